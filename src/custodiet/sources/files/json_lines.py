"""JSON Lines: each line is one object; nested ones get dotted names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import problem, text_fault
from custodiet.sources.files.line_records import LineFile
from custodiet.sources.files.nested import DECODER, NotPlain, Widening


class _Objects:
    def __init__(self) -> None:
        self._widening = Widening()

    @property
    def names(self) -> Sequence[str]:
        return self._widening.names

    def together(self, texts: Sequence[str]) -> None:
        """Leave each line to itself."""

    def __call__(self, text: str) -> list[str | None] | Problem:
        try:
            row = self._widening.row_of(DECODER.decode(text))
        except NotPlain as fault:
            return problem("unreadable", str(fault), "one JSON object")
        except json.JSONDecodeError as fault:
            return problem("unreadable", f"broken JSON at character {fault.pos + 1}", "one JSON object")
        except RecursionError:
            return problem("unreadable", "objects nested too deep", "one JSON object")
        return row if isinstance(row, Problem) else escape_fault(text, row) or row


def escape_fault(text: str, row: Sequence[str | None]) -> Problem | None:
    """Return what is wrong with characters that were written as escapes: halves of characters, or NUL."""
    if "\\u" not in text:
        return None
    return text_fault("".join(value for value in row if value is not None))


class JsonLinesReader:
    """Reads JSON Lines files. The names of a batch are those met up to its end; later batches may have more."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the file's records in order."""
        return LineFile(self._reading, stream, name, _Objects(), headers=0).batches()
