"""The canonical text of each value of a column, for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from custodiet.errors import BadInput
from custodiet.ledger.canonical import LARGEST_INTEGER, parsed, quoted
from custodiet.ledger.entry_types import JSON_COLUMNS
from custodiet.logstore.arrow import Values, compute, from_buffers
from custodiet.logstore.hashing import Octets
from custodiet.relations.relation import Column, Type

_INSTANT_LETTERS = len("2026-01-01T00:00:00.000000")
#: Microseconds from 1970 to the first and the last instant that four digits of a year can write.
_FIRST_INSTANT = int(np.datetime64("0001-01-01", "us").astype(np.int64))
_LAST_INSTANT = int(np.datetime64("9999-12-31T23:59:59.999999", "us").astype(np.int64))
_ESCAPED = '[\\x00-\\x1f"\\\\]'


@dataclass(frozen=True, slots=True)
class Member:
    """One column as members of the rows' objects: what stands before the value, the values' texts, what stands after."""

    head: str
    texts: Values | str  # null where the row has no such member; one text if it is that of every row
    tail: str

    @property
    def always(self) -> bool:
        """Tell whether every row has this member."""
        return isinstance(self.texts, str) or bool(self.texts.null_count == 0)


def members(rows: pa.RecordBatch, columns: tuple[Column, ...]) -> list[Member]:
    """Return the members that some row has, in the order of the columns."""
    present = ((column, rows.column(column.name)) for column in columns)
    return [_found(column, values) for column, values in present if values.null_count < len(values)]


def check_values(rows: pa.RecordBatch, columns: Iterable[Column]) -> None:
    """Return if every value can be entered; raises BadInput naming the field otherwise."""
    for column in columns:
        values = rows.column(column.name)
        if not column.nullable and values.null_count:
            raise BadInput("A row lacks a value that every row must have.", field=column.name)
        if column.type is Type.INTEGER:
            _check_integers(column, values)
        elif column.type is Type.INSTANT:
            _check_instants(column, values)
        elif column.type is Type.TEXT:
            _check_texts(column, values)


def _found(column: Column, values: Values) -> Member:
    """Return the column as a member, with one text where all rows have the same: a source, a delivery, a system."""
    first = values[0]
    if values.null_count or first != values[-1] or not compute.all(compute.equal(values, first)).as_py():
        return _member(column, values)
    single = _member(column, values.slice(0, 1))
    texts: Values = single.texts
    return Member(single.head, texts[0].as_py(), single.tail)


def _member(column: Column, values: Values) -> Member:
    key = f'"{column.name}":'
    if column.name in JSON_COLUMNS:
        return Member(key, values, "")
    if column.type is Type.TEXT:
        return Member(key + '"', _escaped(values), '"')
    if column.type is Type.INSTANT:
        return Member(key + '"', _instants(values), 'Z"')
    return Member(key, compute.cast(values, pa.string()), "")


def _escaped(values: Values) -> Values:
    """Return the texts as they stand between the quotes; most columns have nothing to escape and stay as they are."""
    octets = _octets(values)
    if (octets < ord(" ")).any():
        return _escaped_one_by_one(values)
    for letter in ("\\", '"'):
        if (octets == ord(letter)).any():
            values = compute.replace_substring(values, letter, "\\" + letter)
    return values


def _escaped_one_by_one(values: Values) -> Values:
    mask = compute.match_substring_regex(values, _ESCAPED).fill_null(False)
    escaped = [quoted(text)[1:-1] for text in values.filter(mask).to_pylist()]
    return compute.replace_with_mask(values, mask, pa.array(escaped, pa.string()))


def _instants(values: Values) -> Values:
    """Return the instants in RFC 3339 without the closing Z: as the cast writes them, with a T for the space."""
    written = compute.cast(values, pa.string())
    validity, offsets, data = written.buffers()
    first, last = _bounds(written)
    letters = np.frombuffer(data, dtype=np.uint8).copy()
    letters[first:last].reshape(-1, _INSTANT_LETTERS)[:, 10] = ord("T")
    buffers = [validity, offsets, pa.py_buffer(letters.tobytes())]
    return from_buffers(pa.string(), len(written), buffers, offset=written.offset)


def _octets(values: Values) -> Octets:
    data = values.buffers()[2]
    if data is None or not len(values):
        return np.zeros(0, dtype=np.uint8)
    first, last = _bounds(values)
    return np.frombuffer(data, dtype=np.uint8)[first:last]


def _bounds(values: Values) -> tuple[int, int]:
    """Return where the texts' octets begin and end in the buffer of the column, of which this may be a slice."""
    offsets = np.frombuffer(values.buffers()[1], dtype=np.int32)
    return int(offsets[values.offset]), int(offsets[values.offset + len(values)])


def _check_integers(column: Column, values: Values) -> None:
    bounds = compute.min_max(values).as_py()
    if bounds["min"] is not None and max(-bounds["min"], bounds["max"]) > LARGEST_INTEGER:
        raise BadInput("An integer is too large for an entry.", field=column.name, expected="at most 53 bits")


def _check_instants(column: Column, values: Values) -> None:
    bounds = compute.min_max(compute.cast(values, pa.int64())).as_py()
    if bounds["min"] is not None and not _FIRST_INSTANT <= bounds["min"] <= bounds["max"] <= _LAST_INSTANT:
        raise BadInput("An instant is outside the years 1 to 9999.", field=column.name)


def _check_texts(column: Column, values: Values) -> None:
    try:
        values.validate(full=True)
    except pa.ArrowInvalid as error:
        raise BadInput("A text is not well-formed UTF-8.", field=column.name) from error
    for text in values.unique().drop_null().to_pylist() if column.name in JSON_COLUMNS else ():
        _check_object(column, text)


def _check_object(column: Column, text: str) -> None:
    try:
        value = parsed(text)
    except BadInput as error:
        raise BadInput(str(error), field=column.name) from error
    if not isinstance(value, dict):
        raise BadInput("This column holds no JSON object.", field=column.name, expected="a canonical JSON object")
