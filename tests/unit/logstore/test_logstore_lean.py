"""A lean log: less stored, the same proved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from custodiet.errors import EnvironmentFault, Locked, Refused
from custodiet.ledger.faults import LogDamaged, Part
from custodiet.ledger.proof import verify_consistency, verify_inclusion
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore import lean
from custodiet.logstore.entries import Entries, provable
from custodiet.logstore.kept_tiles import KeptTiles, write_kept
from custodiet.logstore.lean import LeafStore, make_lean, make_whole
from custodiet.logstore.log import Log
from custodiet.logstore.selection import Sampling
from custodiet.logstore.static_export import export_static
from custodiet.logstore.static_folder import StaticFolder
from custodiet.logstore.verification import verify
from support.ledgers import Kept, access_row, deed, flip, rewrite, staged

VECTORS = Path(__file__).resolve().parents[3] / "docs" / "specs" / "vectors"


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log of 1,405 entries, with checkpoints at 4, 704, 705 and 1,405: three of them end inside a tile."""
    kept = Kept.create(tmp_path / "ledger")
    table = staged(tmp_path / "a.parquet", [access_row(number) for number in range(700)])
    kept.append(table)
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_deeds([deed()])
        appender.commit()
    kept.append(table)
    return kept


def leaned(kept: Kept, *, whole: bool = False) -> LeafStore:
    """Make the log lean, or whole again."""
    return (make_whole if whole else make_lean)(kept.folder, kept.keys.verifier(), kept.keys.salts())


def hashes_of(kept: Kept) -> dict[str, bytes]:
    """Return the files of hashes."""
    return {path.name: path.read_bytes() for path in kept.layout.hashes.iterdir()}


def test_leaf_hashes_are_left_out_and_can_all_be_made_again(kept: Kept) -> None:
    """What is left is the last tile, and the tiles in which earlier checkpoints end; made whole, it is what it was."""
    before = hashes_of(kept)
    done = leaned(kept)
    assert (done.first, done.kept, done.before) == (1280, 2, 1405 * 32)
    assert done.now == (1405 - 1280) * 32 + 2 * (8 + 8192)
    assert sorted(hashes_of(kept)) == ["0-1280", "0-1280.tiles", "1"]
    assert leaned(kept) == LeafStore(size=1405, first=1280, kept=2, before=done.now, now=done.now)
    leaned(kept, whole=True)
    assert hashes_of(kept) == before


def test_a_lean_log_proves_what_it_proved(kept: Kept) -> None:
    """Every entry and every earlier checkpoint is proved as before; without the seeds, the checkpoints are."""
    whole = kept.open()
    wanted = [whole.inclusion_proof(index) for index in range(0, 1405, 97)]
    leaned(kept)
    log = provable(kept.open(), kept.keys.salts())
    assert [log.inclusion_proof(index) for index in range(0, 1405, 97)] == wanted
    for index, entry in enumerate(Entries(log, kept.keys.salts()).between(250, 262), start=250):
        verify_inclusion(leaf_hash(entry), index, log.size, log.inclusion_proof(index), log.root)
    bare = kept.open()
    for old in (4, 704, 705):
        verify_consistency(old, bare.size, bare.consistency_proof(old), bare.root_at(old), bare.root)
    with pytest.raises(EnvironmentFault, match="lean"):
        bare.inclusion_proof(300)


def test_a_lean_log_goes_on(kept: Kept, tmp_path: Path) -> None:
    """It is verified, in whole and in part, appended to, and made lean again."""
    leaned(kept)
    for full in (True, False):
        verified = kept.verify(full=full)
        assert (verified.size, verified.left_out) == (1405, 1280 - 2 * 256)
    kept.append(staged(tmp_path / "more.parquet", [access_row(number) for number in range(900)]))
    keys = kept.keys
    assert verify(kept.folder, keys.verifier(), keys.salts(), some=Sampling(0.5, 3)).rows > 0
    assert kept.verify().earlier_checkpoints == 4
    done = leaned(kept)
    assert (done.size, done.first, done.kept) == (2305, 2304, 3)
    assert kept.verify().size == 2305


@pytest.mark.parametrize("way", ["full", "sample"])
def test_an_altered_row_is_found_in_its_tile(kept: Kept, way: str) -> None:
    """The tile that holds the row is named; the tile's root, which leads to the signed root, tells that the row is to blame."""
    leaned(kept)

    def renamed(table: pa.Table) -> pa.Table:
        names = pc.if_else(pc.equal(table["index"], 300), "P9999", table["subject"])
        return table.set_column(table.schema.get_field_index("subject"), "subject", names)

    rewrite(kept.segment("access/1"), renamed)
    some = Sampling(1.0, 1) if way == "sample" else None
    with pytest.raises(LogDamaged, match="one of the entries up to 511") as found:
        verify(kept.folder, kept.keys.verifier(), kept.keys.salts(), some=some)
    assert (found.value.fault.part, found.value.fault.index) == (Part.DATA, 256)


@pytest.mark.parametrize(("name", "at"), [("0-1280", 40), ("0-1280.tiles", 9000), ("1", 70)])
def test_a_spoilt_hash_is_named(kept: Kept, name: str, at: int) -> None:
    """A bit in what a lean log still stores is found, from the rows and from the tree alone."""
    leaned(kept)
    flip(kept.layout.hashes / name, at)
    with pytest.raises(LogDamaged) as found:
        kept.verify()
    assert found.value.fault.part is Part.TREE
    with pytest.raises(LogDamaged):
        kept.verify(full=False)


def test_a_damaged_log_is_not_made_lean(kept: Kept) -> None:
    """Where a row is not what was logged, nothing is left out: the stored hash is the witness against it."""
    rewrite(kept.segment("access/1"), lambda table: table.set_column(1, "requester", pa.array(["x"] * table.num_rows)))
    before = hashes_of(kept)
    with pytest.raises(LogDamaged, match="not the entry that was logged"):
        leaned(kept)
    assert hashes_of(kept) == before


def test_a_log_that_is_written_to_is_not_made_lean(kept: Kept) -> None:
    """Another writer holds the lock: nothing is done."""
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()), pytest.raises(Locked):
        leaned(kept)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("step", range(4))
def test_cut_short_it_leaves_a_log_that_holds(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, step: int, *, whole: bool
) -> None:
    """After a crash before or after any rename, the log holds, the next writer clears up, and the same is begun again."""
    if whole:
        leaned(kept)
    publish, done = lean.publish, 0

    def cut(path: Path) -> None:
        nonlocal done
        if done == step // 2 and step % 2 == 0:
            raise KeyboardInterrupt
        publish(path)
        done += 1
        if done == step // 2 + 1 and step % 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(lean, "publish", cut)
    try:
        leaned(kept, whole=whole)
    except KeyboardInterrupt:
        assert step < (2 if whole else 4)
    assert kept.verify().size == 1405
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_deeds([deed()])
        assert appender.commit().size == 1406
    monkeypatch.undo()
    leaned(kept, whole=whole)
    assert sorted(hashes_of(kept)) == (["0", "1"] if whole else ["0-1280", "0-1280.tiles", "1"])
    assert kept.verify().size == 1406


def test_a_reader_finds_the_leaf_hashes_while_they_are_stored_anew(kept: Kept) -> None:
    """A snapshot that was opened before goes on to prove."""
    log = provable(Log.open(kept.folder), kept.keys.salts())
    proof = log.inclusion_proof(300)
    leaned(kept)
    assert log.inclusion_proof(300) == proof


def test_kept_tiles_are_written_as_specified(tmp_path: Path) -> None:
    """The file is the one of docs/specs/vectors/lean.json, and gives back each of its tiles and no other."""
    vector = json.loads((VECTORS / "lean.json").read_text("utf-8"))
    tiles = {
        tile: b"".join(hashlib.sha256(f"{tile}/{place}".encode()).digest() for place in range(256))
        for tile in vector["tiles"]
    }
    path = tmp_path / "0-76800.tiles"
    with path.open("wb") as file:
        write_kept(file, vector["tiles"], tiles.__getitem__)
    data = path.read_bytes()
    assert (data[:40].hex(), len(data)) == (vector["first_bytes"], vector["length"])
    assert hashlib.sha256(data).hexdigest() == vector["sha256"]
    read = KeptTiles.read(path)
    assert {tile: read.tile(tile) for tile in range(400) if tile in read} == tiles


def test_a_lean_log_is_exported_as_the_whole_one(kept: Kept, tmp_path: Path) -> None:
    """The tiles that were left out are made again; every file of the export is the same."""
    exported = []
    for name in ("whole", "lean"):
        folder = tmp_path / name
        folder.mkdir()
        export_static(kept.open(), kept.keys.salts(), kept.keys.verifier(), StaticFolder(folder))
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        exported.append({str(path.relative_to(folder)): path.read_bytes() for path in files})
        leaned(kept)
    assert exported[0] == exported[1]
    assert len(exported[0]) > 10


def test_rows_whose_leaf_hashes_were_left_out_are_not_dropped(kept: Kept) -> None:
    """Nothing could tell any more what the entries were; made whole first, the log may be lean again afterwards."""
    leaned(kept)
    with pytest.raises(Refused, match="entry 256"):
        kept.drop()
    assert kept.verify().size == 1405
    leaned(kept, whole=True)
    kept.drop()
    done = leaned(kept)
    assert (done.first, done.kept) == (1280, 3)  # the tiles 0 to 2 hold leaf hashes of entries without rows
    assert kept.verify().gone.dropped == 700
    assert kept.verify(full=False).size == 1406
    leaned(kept, whole=True)
    assert kept.verify().size == 1406


def test_groups_are_erased_from_a_lean_log(kept: Kept) -> None:
    """The entries are made again with the digests that were kept, so their tiles have their roots, before and after."""
    leaned(kept)
    leaf = Entries(kept.open(), kept.keys.salts()).leaves(300, 1)
    kept.redact([300], ("actor", "subject"))
    assert kept.verify().gone.redacted == 1
    log = provable(kept.open(), kept.keys.salts())
    verify_inclusion(leaf, 300, log.size, log.inclusion_proof(300), log.root)
    leaned(kept)
    assert kept.verify().gone.redacted == 1
