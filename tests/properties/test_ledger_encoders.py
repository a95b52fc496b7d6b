"""The fast encoder equals the reference, byte for byte, on whatever a source may write."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical
from custodiet.ledger.commitments import entry
from custodiet.ledger.entry_types import ENTRY_TYPES, JSON_COLUMNS, EntryType
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.encoding import Encoder
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.segments import columns_schema
from custodiet.logstore.values import check_values
from custodiet.relations.relation import Column, Type
from custodiet.signing.salts import salts_of

ODD_TEXTS = [
    "",
    '"',
    "\\",
    'O"Brien',
    "a\x00b",
    "\x1f",
    "\x7f",
    "é",
    "e\u0301",
    "\U0001f46e",
    "\uffff",
    "\u2028",
    "<&>",
    "~?>",
    "+/=",
]
TEXTS = st.one_of(
    st.sampled_from(ODD_TEXTS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.just("x" * 5_000)
)
OBJECTS = st.dictionaries(TEXTS, st.one_of(TEXTS, st.booleans(), st.none(), st.integers(-9, 9)), max_size=3).map(
    canonical
)
VALUES = {
    Type.TEXT: TEXTS,
    Type.INTEGER: st.integers(-(2**53 - 1), 2**53 - 1),
    Type.INSTANT: st.datetimes(),
    Type.TRUTH: st.booleans(),
    Type.BYTES: st.binary(max_size=20),
}


def values(column: Column) -> st.SearchStrategy[object]:
    """Return what a column may hold."""
    known = OBJECTS if column.name in JSON_COLUMNS else VALUES[column.type]
    return st.one_of(st.none(), known) if column.nullable else known


def rows(entry_type: EntryType) -> st.SearchStrategy[list[dict[str, object]]]:
    """Return tables of a few rows."""
    row = st.fixed_dictionaries({column.name: values(column) for column in entry_type.relation.columns})
    return st.lists(row, min_size=1, max_size=6)


def batch_of(entry_type: EntryType, table: list[dict[str, object]]) -> pa.RecordBatch:
    """Return the rows as Arrow, as a slice of a longer table, for slices must do as well."""
    batch = pa.RecordBatch.from_pylist([table[0], *table, table[-1]], schema=columns_schema(entry_type.relation))
    return batch.slice(1, len(table))


def reference(entry_type: EntryType, table: list[dict[str, object]], salts: bytes) -> bytes:
    """Return the leaf hashes by the reference encoder."""
    groups = len(entry_type.groups)
    each = [salts[at : at + 16] for at in range(0, len(salts), 16)]
    rows_salts = [each[at : at + groups] for at in range(0, len(each), groups)]
    return b"".join(leaf_hash(entry(entry_type, row, own)) for row, own in zip(table, rows_salts, strict=True))


@pytest.mark.parametrize("typ", list(ENTRY_TYPES))
@given(data=st.data(), seed=st.binary(min_size=32, max_size=32), start=st.integers(0, 2**40))
@settings(max_examples=30, deadline=None)
def test_fast_and_plain_encoder_agree(typ: str, data: st.DataObject, seed: bytes, start: int) -> None:
    """For any rows, quotes, control characters and letters beyond 16 bits included, the leaf hashes are equal."""
    entry_type = ENTRY_TYPES[typ]
    table = data.draw(rows(entry_type))
    batch = batch_of(entry_type, table)
    salts = salts_of(seed, start=start, count=len(table), groups=len(entry_type.groups))
    check_values(batch, entry_type.relation.columns)
    assert Encoder(entry_type).leaf_hashes(batch, salts) == reference(entry_type, table, salts)


def test_roots_of_tiles_are_those_of_the_tree() -> None:
    """Full tiles are reduced to the roots that the definition gives; other lengths are refused."""
    from custodiet.ledger.tiles import TILE_BYTES, perfect_root

    tiles = np.random.default_rng(7).bytes(9 * TILE_BYTES)
    expected = b"".join(perfect_root(tiles[at : at + TILE_BYTES]) for at in range(0, len(tiles), TILE_BYTES))
    assert tile_roots(tiles) == expected
    assert tile_roots(b"") == b""
    with pytest.raises(ValueError, match="full tiles"):
        tile_roots(tiles + tiles[: TILE_BYTES // 2])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", 2**53),
        ("sequence", -(2**53)),
        ("subject", None),
        ("extra", "[1]"),
        ("extra", '{"a":1.5}'),
        ("extra", '{"b":1,"a":2}'),
        ("extra", "nonsense"),
    ],
)
def test_a_value_that_cannot_be_entered_is_refused_by_name(field: str, value: object) -> None:
    """Integers beyond 53 bits, missing values and objects not in canonical form are refused, naming the field."""
    from support.ledgers import access_row

    entry_type = ENTRY_TYPES["access/1"]
    batch = batch_of(entry_type, [access_row(0) | {field: value}])
    with pytest.raises(BadInput) as refused:
        check_values(batch, entry_type.relation.columns)
    assert refused.value.field == field


def test_text_that_is_not_utf8_is_refused() -> None:
    """Half a surrogate pair cannot come from UTF-8, and bytes that are no UTF-8 are refused."""
    from support.ledgers import access_row

    entry_type = ENTRY_TYPES["access/1"]
    batch = batch_of(entry_type, [access_row(0)])
    broken = pa.array([b"\xed\xa0\x80"], pa.binary()).view(pa.string())
    columns = [broken if name == "subject" else batch.column(name) for name in batch.schema.names]
    with pytest.raises(BadInput, match="UTF-8"):
        check_values(pa.RecordBatch.from_arrays(columns, schema=batch.schema), entry_type.relation.columns)


def test_an_instant_before_the_year_1_is_refused() -> None:
    """An instant that four digits of a year cannot write is refused."""
    from support.ledgers import access_row

    entry_type = ENTRY_TYPES["access/1"]
    batch = batch_of(entry_type, [access_row(0, occurred_at=datetime(1, 1, 1))])  # noqa: DTZ001
    early = pa.array([batch.column("occurred_at").cast(pa.int64())[0].as_py() - 1]).cast(pa.timestamp("us"))
    columns = [early if name == "occurred_at" else batch.column(name) for name in batch.schema.names]
    with pytest.raises(BadInput) as refused:
        check_values(pa.RecordBatch.from_arrays(columns, schema=batch.schema), entry_type.relation.columns)
    assert refused.value.field == "occurred_at"
