"""A log that goes on under a later version of an entry type, beside what was written under the earlier one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType
from custodiet.ledger.faults import LogDamaged
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.logstore.levels import Levels
from custodiet.logstore.segments import columns_schema
from custodiet.relations.relation import Column, Type
from custodiet.relations.stored import ACCESS, ACCESS_GROUPS
from support.ledgers import Kept, access_row, staged

TERMINAL = Column("terminal", Type.TEXT, "where the operator sat")
LATER = EntryType(
    typ="access/2",
    relation=replace(ACCESS, columns=(*ACCESS.columns, TERMINAL)),
    groups={**ACCESS_GROUPS, "actor": (*ACCESS_GROUPS["actor"], "terminal")},
)


@pytest.fixture
def old(tmp_path: Path) -> Kept:
    """Return a log that was made, and filled, before the later version was known."""
    kept = Kept.create(tmp_path / "ledger")
    kept.append(staged(tmp_path / "old.parquet", [access_row(each) for each in range(300)]))
    return kept


@pytest.fixture
def kept(old: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Return the log after it went on under the later version."""
    monkeypatch.setitem(ENTRY_TYPES, LATER.typ, LATER)
    for name, first in (("new", 300), ("newer", 500)):
        rows = [access_row(each, terminal=f"T{each % 3}") for each in range(first, first + 200)]
        table = pa.Table.from_pylist(rows, schema=columns_schema(LATER.relation))
        pq.write_table(table, tmp_path / f"{name}.parquet")
        old.append(tmp_path / f"{name}.parquet", LATER.typ)
    return old


def test_the_log_goes_on_and_verifies(kept: Kept) -> None:
    """Both versions verify in one log, and nothing that was written before has changed."""
    verified = kept.verify()
    assert (verified.entries["access/1"], verified.entries["access/2"]) == (300, 400)
    assert verified.earlier_checkpoints >= 3


def test_the_later_version_is_described_once_before_its_first_row(kept: Kept) -> None:
    """The schema record of the new version stands in the log, before the first entry of it, and not twice."""
    records = [(index, body) for index, body in kept.open().records("schema/1") if body["describes"] == LATER.typ]
    first = next(kept.open().manifest.of(LATER.typ)).start
    assert records == [(first - 1, LATER.schema_record())]


def test_each_entry_is_made_again_under_its_own_version(kept: Kept) -> None:
    """Old entries re-encode under the old version, new ones under the new, all to the leaves that are stored."""
    log = kept.open()
    entries = list(Entries(log, kept.keys.salts()).between())
    assert b"".join(map(leaf_hash, entries)) == Levels(log.layout).read(0, 0, log.size)
    for index in (10, log.size - 1):
        opened = Entries(log, kept.keys.salts()).opened(index)
        assert opened.entry == entries[index]
        assert opened.typ == ("access/1" if index == 10 else "access/2")
        assert ("terminal" in opened.row) is (index != 10)


def test_readers_see_both_versions(kept: Kept) -> None:
    """The files of a type are those of all its versions, and in the engine a column that is not there yet is null."""
    paths = kept.open().segments("access/1")
    assert [path.name.split(".")[1] for path in paths] == ["access-1", "access-2", "access-2"]
    with Session() as session:
        session.bind_parquet("access", paths)
        query = exp.select("terminal", "count(*)").from_("access").group_by("terminal").order_by("2", "1")
        assert dict(session.rows(query)) == {None: 300, "T0": 134, "T1": 133, "T2": 133}


def test_a_version_of_the_software_that_does_not_know_the_type_says_so(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older version does not call the log damaged without saying that a later one wrote it."""
    monkeypatch.delitem(ENTRY_TYPES, LATER.typ)
    with pytest.raises(LogDamaged, match=r"does not know the entry type access/2: use the version that wrote it"):
        kept.verify()


def test_a_type_that_is_described_otherwise_is_refused(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of a type never changes: software that takes it to be another does not verify the log."""
    other = replace(LATER, groups={**ACCESS_GROUPS, "context": (*ACCESS_GROUPS["context"], "terminal")})
    monkeypatch.setitem(ENTRY_TYPES, LATER.typ, other)
    with pytest.raises(LogDamaged):
        kept.verify(full=False)
