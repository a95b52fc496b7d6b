"""JSON: one document with an array of records. The document is held in memory whole; for large exports take JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import BinaryIO, Final, TypeAlias

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.model.deliveries import Problem
from custodiet.sources.files.batches import Cut, problem, text_fault
from custodiet.sources.files.encodings import encoding_of, has_undecodable
from custodiet.sources.files.json_lines import escape_fault
from custodiet.sources.files.lines import WANTED
from custodiet.sources.files.nested import DECODER, Nested, NotPlain, Widening

_SPACE: Final = " \t\n\r"
_LENIENT: Final = json.JSONDecoder(parse_int=str)  # for what is passed by; no number is too long for it

_Found: TypeAlias = "tuple[int, int, Nested | Problem]"  # start, end, value
_Walk: TypeAlias = "Generator[_Found, None, int]"  # returns the end


class JsonReader:
    """Reads JSON documents; whatever stands around the records counts as one thing that is no record."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._path = tuple(reading.records.split(".")) if reading.records else ()

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the document's records in order, numbered from 1."""
        data = stream.read()
        encoding = encoding_of(self._reading.encoding, data[:4], name)
        encoding.check_whole(data[encoding.mark :], name)
        text = encoding.decode(data[encoding.mark :])
        del data
        widening, cut, around, passed = Widening(), Cut(), 1 if self._path else 0, 0
        for number, (start, end, value) in enumerate(_Document(text, name, self._path).records(), start=1):
            _refuse_undecodable(text[passed:start], name)
            passed = end
            record = text[start:end]
            cut.add(number, encoding.encode(record), _row(record, value, widening))
            if len(cut) >= WANTED:
                yield cut.batch(widening.names, self._reading.missing, around)
                cut, around = Cut(), 0
        _refuse_undecodable(text[passed:], name)
        yield cut.batch(widening.names, self._reading.missing, around)


def _row(record: str, value: Nested | Problem, widening: Widening) -> list[str | None] | Problem:
    fault = text_fault(record)
    if fault is not None:
        return fault
    row = value if isinstance(value, Problem) else widening.row_of(value)
    return row if isinstance(row, Problem) else escape_fault(record, row) or row


def _refuse_undecodable(text: str, name: str) -> None:
    if has_undecodable(text):
        raise BadInput("The document is not in the mapping's encoding.", file=name, field="encoding")


class _Document:
    """A walk through a document's text, down to the array at the path and on to the very end."""

    def __init__(self, text: str, name: str, path: tuple[str, ...]) -> None:
        self._text, self._name, self._path = text, name, path
        self._found = False

    def records(self) -> Iterator[_Found]:
        """Yield each record's start, end and value; refuse a document that is broken or has no array at the path."""
        end = yield from self._descend(self._blank(0), self._path)
        if self._blank(end) != len(self._text):
            raise self._broken(end, "the end of the document")
        if not self._found:
            raise BadInput(
                "The document has no array of records there.",
                file=self._name,
                field="read.records",
                found=".".join(self._path) or "no array at the top",
                expected="the path of an array",
            )

    def _descend(self, at: int, path: tuple[str, ...]) -> _Walk:
        """Walk one value, yield the records in it, return its end."""
        opening = self._text[at : at + 1]
        if not path and opening == "[":
            self._found = True
            return (yield from self._array(at))
        if path and opening == "{":
            return (yield from self._object(at, path))
        return self._skip(at)

    def _object(self, at: int, path: tuple[str, ...]) -> _Walk:
        at = self._blank(at + 1)
        if self._text[at : at + 1] == "}":
            return at + 1
        while True:
            if self._text[at : at + 1] != '"':
                raise self._broken(at, "a name in quotes")
            name, at = self._passed(at)
            at = self._blank(at)
            if self._text[at : at + 1] != ":":
                raise self._broken(at, "a colon")
            at = self._blank(at + 1)
            at = (yield from self._descend(at, path[1:])) if name == path[0] else self._skip(at)
            at, more = self._next(at, "}")
            if not more:
                return at

    def _array(self, at: int) -> _Walk:
        at = self._blank(at + 1)
        if self._text[at : at + 1] == "]":
            return at + 1
        while True:
            start, value, at = at, *self._record(at)
            yield start, at, value
            at, more = self._next(at, "]")
            if not more:
                return at

    def _next(self, at: int, closing: str) -> tuple[int, bool]:
        at = self._blank(at)
        found = self._text[at : at + 1]
        if found == closing:
            return at + 1, False
        if found != ",":
            raise self._broken(at, f"a comma or {closing}")
        return self._blank(at + 1), True

    def _record(self, at: int) -> tuple[Nested | Problem, int]:
        try:
            return DECODER.raw_decode(self._text, at)
        except NotPlain as fault:
            return problem("unreadable", str(fault), "one JSON object"), self._skip(at)
        except json.JSONDecodeError as fault:
            raise self._broken(fault.pos, "a JSON value") from None
        except RecursionError:
            raise self._broken(at, "objects nested less deep") from None

    def _skip(self, at: int) -> int:
        return self._passed(at)[1]

    def _passed(self, at: int) -> tuple[object, int]:
        try:
            return _LENIENT.raw_decode(self._text, at)
        except json.JSONDecodeError as fault:
            raise self._broken(fault.pos, "a JSON value") from None
        except RecursionError:
            raise self._broken(at, "objects nested less deep") from None

    def _blank(self, at: int) -> int:
        while self._text[at : at + 1] and self._text[at] in _SPACE:
            at += 1
        return at

    def _broken(self, at: int, expected: str) -> BadInput:
        return BadInput(
            "The document is not whole JSON.",
            file=self._name,
            line=self._text.count("\n", 0, at) + 1,
            found="its end" if at >= len(self._text) else "something else",
            expected=expected,
        )
