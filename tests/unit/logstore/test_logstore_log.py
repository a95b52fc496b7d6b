"""A log on a disk: appended to, read, and read as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from custodiet.errors import BadInput, Locked, Refused, VerificationFailed
from custodiet.ledger.commitments import entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.proof import verify_consistency, verify_inclusion
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore import spans
from custodiet.logstore.layout import KEPT_MANIFESTS
from custodiet.logstore.log import Log
from custodiet.logstore.verification import verify
from custodiet.signing.key_folder import KeyFolder
from support.ledgers import ORIGIN, Kept, access_row, deed, fact_row, staged


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a new log."""
    return Kept.create(tmp_path / "ledger")


@pytest.fixture
def accesses(tmp_path: Path) -> Path:
    """Return a staged table of 700 accesses."""
    return staged(tmp_path / "accesses.parquet", [access_row(number) for number in range(700)])


def test_a_new_log_begins_with_its_schemas_and_its_key(kept: Kept) -> None:
    """The first entries say what the entry types commit to, and under which key the log is signed."""
    log = kept.open()
    assert [record["describes"] for _, record in log.records("schema/1")] == ["access/1", "fact/1", "deed/1"]
    assert list(log.records("key/1")) == [(3, {"typ": "key/1", "from": 0, "vkey": kept.keys.verifier().key.text})]
    assert (log.size, log.checkpoint.origin) == (4, ORIGIN)
    assert kept.verify().entries == {"key/1": 1, "schema/1": 3}


def test_a_log_is_not_made_over_another(kept: Kept) -> None:
    """A folder that holds a log is refused, and the log stays."""
    with pytest.raises(Refused):
        Log.create(kept.folder, origin=ORIGIN, signer=kept.keys.signer(), salts=kept.keys.salts())
    assert kept.verify().size == 4


def test_what_was_appended_is_read_back(kept: Kept, tmp_path: Path, accesses: Path) -> None:
    """Rows come back as they were staged, in order, with their indices before them."""
    facts = staged(tmp_path / "facts.parquet", [fact_row(number) for number in range(3)], "fact/1")
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", accesses)
        appender.append_records("delivery/1", [{"rows": 700, "file": "a.csv"}])
        appender.append_table("fact/1", facts)
        appender.append_deeds([deed(), deed("why")])
        assert appender.size == 4 + 700 + 1 + 3 + 2
        checkpoint = appender.commit()
    log = kept.open()
    assert log.checkpoint == checkpoint
    for typ, source, first in (("access/1", accesses, 4), ("fact/1", facts, 705)):
        (segment,) = log.segments(typ)
        found, wanted = pq.read_table(segment), pq.read_table(source)
        assert found["index"].to_pylist() == list(range(first, first + wanted.num_rows))
        assert found.drop_columns(["index"]).to_pylist() == wanted.to_pylist()
    assert list(log.records("delivery/1")) == [(704, {"file": "a.csv", "rows": 700, "typ": "delivery/1"})]
    assert pq.read_table(log.segments("deed/1")[0])["act"].to_pylist() == ["show", "why"]
    assert kept.verify().entries == {
        "access/1": 700,
        "deed/1": 2,
        "delivery/1": 1,
        "fact/1": 3,
        "key/1": 1,
        "schema/1": 3,
    }


def test_long_work_tells_how_far_it_is(kept: Kept, accesses: Path) -> None:
    """Appending and verifying tell of rising numbers that end with the whole."""
    heard: list[tuple[int, int]] = []
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", accesses, lambda done, total: heard.append((done, total)))
        appender.commit()
    assert heard[-1] == (700, 700)
    heard.clear()
    verify(kept.folder, kept.keys.verifier(), kept.keys.salts(), told=lambda done, total: heard.append((done, total)))
    assert heard == sorted(heard)
    assert heard[-1] == (704, 704)


def test_segments_are_plain_tables_to_the_engine(kept: Kept, accesses: Path) -> None:
    """DuckDB sees texts, instants without zone and integers, with no extension and no metadata of ours."""
    kept.append(accesses)
    columns = duckdb.read_parquet(str(kept.segment("access/1")))
    types = dict(zip(columns.columns, map(str, columns.types), strict=True))
    assert {types[name] for name in ("index", "sequence", "position")} == {"BIGINT"}
    assert (types["occurred_at"], types["subject"], types["original"]) == ("TIMESTAMP", "VARCHAR", "BLOB")


def test_an_entry_is_what_the_reference_says_and_can_be_proved(kept: Kept, accesses: Path) -> None:
    """Row, salts and the plain encoder give the leaf, and the proof leads from it to the signed root."""
    kept.append(accesses)
    log = kept.open()
    (segment,) = log.manifest.of("access/1")
    from base64 import b64decode

    sealed = b64decode(kept.layout.seed(segment.file).read_bytes())
    context = f"{ORIGIN} {segment.start}-{segment.end}"
    for index in (4, 255, 256, 703):
        row = pq.read_table(log.segments("access/1")[0]).slice(index - 4, 1).to_pylist()[0]
        salts = kept.keys.salts().salts(sealed, context, start=index, count=1, groups=5)
        leaf = leaf_hash(entry(ENTRY_TYPES["access/1"], row, [salts[at : at + 16] for at in range(0, 80, 16)]))
        verify_inclusion(leaf, index, log.size, log.inclusion_proof(index), log.root)


def test_an_earlier_size_can_be_looked_at_and_led_on_from(kept: Kept, accesses: Path) -> None:
    """The root at an earlier size is the one signed then, and a consistency proof leads from it to now."""
    sizes = [4, kept.append(accesses), kept.append(accesses)]
    log = kept.open()
    for old in sizes:
        signed = Log.open(kept.folder).root_at(old)
        verify_consistency(old, log.size, log.consistency_proof(old), signed, log.root)
    assert len(log.segments("access/1", sizes[1])) == 1
    assert list(log.records("schema/1", 1)) == list(log.records("schema/1"))[:1]
    with pytest.raises(BadInput):
        log.root_at(log.size + 1)


def test_leaving_without_a_commit_leaves_the_log_as_it_was(kept: Kept, accesses: Path) -> None:
    """Neither size nor any file of the log has changed."""
    before = {
        path: path.read_bytes() for path in sorted(kept.folder.rglob("*")) if path.is_file() and path.name != "lock"
    }
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", accesses)
        assert appender.size == 704
    after = {
        path: path.read_bytes() for path in sorted(kept.folder.rglob("*")) if path.is_file() and path.name != "lock"
    }
    assert {path: data for path, data in after.items() if data} == before
    assert kept.verify().size == 4


def test_a_row_that_cannot_be_entered_spoils_the_whole_append(kept: Kept, tmp_path: Path, accesses: Path) -> None:
    """After a refused row nothing can be committed, and the log is as it was."""
    bad = staged(tmp_path / "bad.parquet", [access_row(0), access_row(1, sequence=2**60)])
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", accesses)
        with pytest.raises(BadInput, match="sequence"):
            appender.append_table("access/1", bad)
        with pytest.raises(Refused):
            appender.commit()
        with pytest.raises(Refused):
            appender.append_deeds([deed()])
    assert kept.verify().size == 4


def test_a_record_too_long_for_an_entry_is_refused_and_spoils_nothing(kept: Kept) -> None:
    """An entry has at most 65,535 bytes; a longer record is refused before anything is written."""
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        room = 65_535 - len('{"text":"","typ":"run/1"}')
        with pytest.raises(BadInput, match="65536 bytes"):
            appender.append_records("run/1", [{"text": "x" * (room + 1)}])
        appender.append_records("run/1", [{"text": "x" * room}])
        appender.commit()
    assert kept.verify().entries["run/1"] == 1


@pytest.mark.parametrize(
    ("typ", "record"),
    [("access/1", {}), ("run", {}), ("../../x/1", {}), ("run/1", {"typ": "key/1"}), ("run/1", {"at": 0.5})],
)
def test_what_is_no_control_record_is_refused(kept: Kept, typ: str, record: dict[str, object]) -> None:
    """A type that has rows, a name that is none, a record of another type and fractions are refused."""
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender, pytest.raises(BadInput):
        appender.append_records(typ, [record])


def test_a_table_with_other_columns_is_refused(kept: Kept, tmp_path: Path) -> None:
    """A table that lacks a column, or has one more, is refused and told which."""
    table = pq.read_table(staged(tmp_path / "a.parquet", [access_row(0)])).drop_columns(["device"])
    pq.write_table(table, tmp_path / "b.parquet")
    with (
        kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender,
        pytest.raises(BadInput, match="device"),
    ):
        appender.append_table("access/1", tmp_path / "b.parquet")


def test_nothing_appended_commits_nothing(kept: Kept, tmp_path: Path) -> None:
    """Empty tables and lists add no entry, and a commit of nothing gives the checkpoint there is."""
    before = kept.layout.checkpoint.read_bytes()
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", staged(tmp_path / "none.parquet", []))
        appender.append_deeds([])
        appender.append_records("run/1", [])
        assert appender.commit().size == 4
    assert kept.layout.checkpoint.read_bytes() == before


def test_a_long_table_makes_several_segments(kept: Kept, accesses: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table longer than a segment is cut, and the log verifies; a second commit in one go adds to the first."""
    monkeypatch.setattr(spans, "SEGMENT_ENTRIES", 300)
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", accesses)
        assert appender.commit().size == 704
        appender.append_table("access/1", accesses)
        assert appender.commit().size == 1404
    log = kept.open()
    found = [(each.start, each.end) for each in log.manifest.of("access/1")]
    assert found == [(4, 304), (304, 604), (604, 704), (704, 1004), (1004, 1304), (1304, 1404)]
    assert kept.verify().entries["access/1"] == 1400


def test_a_second_writer_meets_the_holder_of_the_lock(kept: Kept) -> None:
    """Another process is refused at once, told who writes since when; a reader is not held up."""
    script = (
        "import sys; from pathlib import Path; from custodiet.errors import Locked\n"
        "from custodiet.logstore.log import Log; from custodiet.signing.key_folder import KeyFolder\n"
        "folder = Path(sys.argv[1]); keys = KeyFolder(folder / 'keys'); log = Log.open(folder, keys.verifier())\n"
        "try:\n    log.appender(keys.signer(), keys.salts()).__enter__()\n"
        "except Locked as error:\n    print(log.size, error)\n"
    )
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()):
        command = [sys.executable, "-c", script, str(kept.folder)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        with pytest.raises(Locked), kept.open().appender(kept.keys.signer(), kept.keys.salts()):
            pass
    assert told.startswith(f"4 Process {os.getpid()} has been writing since 2")


def test_a_reader_keeps_its_snapshot(kept: Kept, accesses: Path) -> None:
    """A log opened before a commit still has its size and reads its segments after it, and after many more."""
    old = kept.open()
    for _ in range(KEPT_MANIFESTS + 2):
        kept.append(accesses)
    assert (old.size, len(list(old.records("schema/1")))) == (4, 3)
    assert old.root_at(4) == old.root
    assert len(list(kept.layout.manifests.iterdir())) == KEPT_MANIFESTS
    assert kept.verify().earlier_checkpoints == KEPT_MANIFESTS + 2


def test_a_log_of_another_key_is_not_written_to(kept: Kept, tmp_path: Path) -> None:
    """A signer that did not sign the checkpoint on the disk is refused."""
    other = KeyFolder.create(tmp_path / "other", ORIGIN)
    with pytest.raises(VerificationFailed), kept.open().appender(other.signer(), other.salts()):
        pass
    with pytest.raises(VerificationFailed):
        Log.open(kept.folder, other.verifier())


def test_no_log_is_told_plainly(tmp_path: Path) -> None:
    """A folder without a log is bad input, for a reader and for a writer."""
    with pytest.raises(BadInput, match="There is no log"):
        Log.open(tmp_path)


def test_the_same_rows_under_the_same_salts_give_the_same_bytes(kept: Kept, tmp_path: Path, accesses: Path) -> None:
    """Segment files are a function of their rows: two logs fed alike have equal segments, and unequal hashes."""
    other = Kept.create(tmp_path / "other")
    for each in (kept, other):
        each.append(accesses)
    assert kept.segment("access/1").read_bytes() == other.segment("access/1").read_bytes()
    assert kept.open().root != other.open().root
