"""Files of which each line is a record: the way that fixed width and JSON Lines share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Cut, text_fault
from custodiet.sources.files.lines import Lines
from custodiet.sources.files.sieve import Sieve


class LineCutter(Protocol):
    """Cuts one line into fields; its names may grow as lines come."""

    @property
    def names(self) -> Sequence[str]:
        """Return the names of the fields met so far."""

    def __call__(self, text: str) -> Sequence[str | None] | Problem:
        """Return the line's values in the order of `names`, or why it cannot be cut."""


def line_batches(
    reading: Reading, stream: BinaryIO, name: str, cutter: LineCutter, *, headers: int
) -> Iterator[RawBatch]:
    """Yield the records of a file of one record a line, after `headers` lines that are none."""
    lines, sieve = Lines(stream, reading.encoding, name), Sieve(reading, name)
    line = 1
    while not lines.ended:
        data = lines.take()
        texts = lines.texts(data)
        raws = lines.raws(data, texts)
        sound = b"\0" not in data and lines.is_sound(data)
        cut, at = Cut(), 0
        while headers and at < len(texts):
            headers -= _take_header(sieve, texts[at], line + at)
            at += 1
        others = sieve.candidates(texts)
        for index in range(at, len(texts)):
            if index in others:
                sieve.pass_by(texts[index], line + index)
                continue
            text = texts[index].rstrip("\r\n")
            cut.add(line + index, raws[index], (None if sound else text_fault(text)) or cutter(text))
            sieve.pass_record()
        line += len(texts)
        lines.suit(len(data), len(cut))
        yield cut.batch(cutter.names, reading.missing, sieve.taken())
    if headers:
        raise BadInput("The file is shorter than its header.", file=name, expected=f"{headers} more header lines")
    sieve.finish()


def _take_header(sieve: Sieve, text: str, line: int) -> int:
    if sieve.is_skipped(text):
        sieve.pass_by(text, line)
        return 0
    sieve.heard(text)
    return 1
