"""The export in the layout of tlog-tiles: whole, continued, cut short, refused, checked, and without anything personal."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from custodiet.errors import BadInput, Locked, Refused, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.faults import LogDamaged, Part
from custodiet.ledger.static_check import CheckedExport, check_export
from custodiet.ledger.static_names import StaticFile, bundles, partial_files, tiles
from custodiet.logstore.lean import make_lean
from custodiet.logstore.static_export import Exported, export_static
from custodiet.logstore.static_folder import StaticFolder
from support.ledgers import Kept, access_row, deed, fact_row, flip, rewrite, staged


def grown(kept: Kept, rows: int, tmp_path: Path) -> int:
    """Add that many accesses and return the new size."""
    first = kept.open().size
    made = staged(tmp_path / f"{first}.parquet", [access_row(each) for each in range(first, first + rows)])
    return kept.append(made)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a log with entries of every kind and four sizes."""
    folder = tmp_path_factory.mktemp("sound")
    kept = Kept.create(folder / "ledger")
    grown(kept, 300, folder)
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("fact/1", staged(folder / "f.parquet", [fact_row(each) for each in range(9)], "fact/1"))
        appender.append_deeds([deed()])
        appender.append_records("delivery/1", [{"rows": 600}])
        appender.commit()
    grown(kept, 400, folder)
    return kept


@pytest.fixture
def kept(sound: Kept, tmp_path: Path) -> Kept:
    """Return a copy of the log that may grow or be damaged."""
    shutil.copytree(sound.folder, tmp_path / "ledger")
    return Kept(tmp_path / "ledger", type(sound.keys)(tmp_path / "ledger" / "keys"))


@pytest.fixture
def public(tmp_path: Path) -> StaticFolder:
    """Return the folder to export to."""
    return StaticFolder(tmp_path / "public")


def export(kept: Kept, folder: StaticFolder) -> Exported:
    """Export the log as it is now."""
    return export_static(kept.open(), kept.keys.salts(), kept.keys.verifier(), folder)


def check(kept: Kept, folder: StaticFolder) -> CheckedExport:
    """Check the export with the log's key."""
    return check_export(folder, kept.keys.verifier())


def files(folder: StaticFolder) -> dict[str, bytes]:
    """Return all files of the folder by name."""
    return {
        path.relative_to(folder.folder).as_posix(): path.read_bytes()
        for path in folder.folder.rglob("*")
        if path.is_file()
    }


def published(kept: Kept) -> set[str]:
    """Return the names that an export must have: the size's files, and partial ones of earlier sizes still unfilled."""
    size = kept.open().size
    rightmost = {(file.level, file.number) for file in partial_files(size)}
    earlier = [int(path.name) for path in kept.layout.checkpoints.iterdir()]
    unfilled = {f.path for each in earlier for f in partial_files(each) if (f.level, f.number) in rightmost}
    return {"checkpoint", *(file.path for file in (*bundles(size), *tiles(size))), *unfilled}


def test_an_export_has_the_files_of_its_size_and_holds(kept: Kept, public: StaticFolder) -> None:
    """The folder holds the files that the layout demands, no others, and an outsider finds the log's root."""
    done = export(kept, public)
    assert set(files(public)) == published(kept)
    found = check(kept, public)
    assert (found.size, found.root, found.beyond) == (kept.open().size, kept.open().root, 0)
    assert done.written == len(files(public)) - 1


def test_a_second_export_adds_what_is_new_and_leaves_the_rest(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """After each growth the folder equals a fresh export plus partial files that were filled since; old bytes stay."""
    export(kept, public)
    for rows in (1, 40, 256, 300):
        before = files(public)
        grown(kept, rows, tmp_path)
        done = export(kept, public)
        after = files(public)
        assert all(after[name] == data for name, data in before.items() if name != "checkpoint")
        assert done.written == len(after) - len(before)
        fresh = StaticFolder(tmp_path / f"fresh-{rows}")
        export(kept, fresh)
        assert files(fresh).items() <= after.items()
        assert check(kept, public).size == kept.open().size


def test_an_export_of_nothing_new_changes_nothing(kept: Kept, public: StaticFolder) -> None:
    """The same size exported again writes no file but the checkpoint."""
    export(kept, public)
    before = files(public)
    assert export(kept, public).written == 0
    assert files(public) == before


def test_partial_files_of_committed_sizes_are_published(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """Whoever has an earlier checkpoint finds the partial tiles that its size needs, or the full ones in their place."""
    for rows in (3, 4, 5):
        grown(kept, rows, tmp_path)
    export(kept, public)
    there = files(public)
    for size in (int(path.name) for path in kept.layout.checkpoints.iterdir()):
        assert all(file.path in there or file.whole.path in there for file in partial_files(size))


def test_an_export_cut_short_anywhere_is_finished_by_the_next(
    kept: Kept, public: StaticFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever number of files was written, the checkpoint is not there, and the next export makes the same folder."""
    export(kept, public)
    whole = files(public)
    write = StaticFolder.write

    for most in (0, 1, 2, 5, len(whole) - 2):
        shutil.rmtree(public.folder)
        left = iter(range(most))

        def failing(self: StaticFolder, path: str, data: bytes, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise OSError(28, "No space left on device")
            write(self, path, data)

        with monkeypatch.context() as patch:
            patch.setattr(StaticFolder, "write", failing)
            with pytest.raises(OSError, match="No space"):
                export(kept, public)
        assert "checkpoint" not in files(public)
        assert export(kept, public).kept == most
        assert files(public) == whole


def test_files_cut_short_by_a_loss_of_power_are_written_again(kept: Kept, public: StaticFolder) -> None:
    """Without a checkpoint, empty and short files are not taken for whole ones."""
    export(kept, public)
    whole = files(public)
    (public.folder / "checkpoint").unlink()
    for name in ("tile/0/000", "tile/entries/001"):
        (public.folder / name).write_bytes(whole[name][:100])
    (public.folder / "tile/1/000.p/2").write_bytes(b"")
    assert export(kept, public).written == 3
    assert files(public) == whole


def test_a_folder_with_other_things_is_refused(kept: Kept, public: StaticFolder) -> None:
    """Nothing is written among a person's own files."""
    public.folder.mkdir()
    (public.folder / "letter.txt").write_text("Dear all")
    with pytest.raises(Refused, match="letter"):
        export(kept, public)
    assert set(files(public)) == {"letter.txt"}


def test_a_folder_with_another_log_is_refused(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """With its checkpoint or without it, another log's export is not continued, and stays as it is."""
    other = Kept.create(tmp_path / "other")
    grown(other, 900, tmp_path)
    export(other, public)
    before = files(public)
    with pytest.raises(VerificationFailed):  # the same origin, another key
        export(kept, public)
    (public.folder / "checkpoint").unlink()
    with pytest.raises(Refused, match=r"tile/entries/000 is not of this log"):
        export(kept, public)
    assert files(public) == {name: data for name, data in before.items() if name != "checkpoint"}


def test_another_origin_is_named(kept: Kept, public: StaticFolder) -> None:
    """The refusal says which log the folder holds."""
    public.folder.mkdir()
    note = signed(Checkpoint(origin="other.example/custodiet/main", size=0, root=bytes(32)), kept.keys.signer())
    (public.folder / "checkpoint").write_bytes(note)
    with pytest.raises(Refused, match=r"other\.example"):
        export(kept, public)


def test_another_history_is_a_fault_and_the_first_entry_that_differs_is_named(
    kept: Kept, public: StaticFolder, tmp_path: Path
) -> None:
    """Two histories under one key are not merged: where they part is told."""
    fork = tmp_path / "fork"
    shutil.copytree(kept.folder, fork)
    parted = grown(kept, 10, tmp_path) - 10
    export(kept, public)
    forked = Kept(fork, type(kept.keys)(fork / "keys"))
    forked.append(staged(tmp_path / "x.parquet", [access_row(each, operator="6666") for each in range(20)]))
    with pytest.raises(VerificationFailed, match=f"differ is {parted}"):
        export(forked, public)


def test_a_longer_export_shows_that_the_log_was_set_back(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """An export larger than the log is not overwritten."""
    old = tmp_path / "old"
    shutil.copytree(kept.folder, old)
    grown(kept, 10, tmp_path)
    export(kept, public)
    with pytest.raises(VerificationFailed, match="set back"):
        export(Kept(old, type(kept.keys)(old / "keys")), public)


def test_damaged_rows_are_not_published(kept: Kept, public: StaticFolder) -> None:
    """A row that no longer gives its entry stops the export before a checkpoint is written, and is named."""

    def change(table):
        return table.set_column(table.schema.get_field_index("system"), "system", [["elsewhere"] * table.num_rows])

    rewrite(kept.segment("access/1", 1), change)
    with pytest.raises(LogDamaged) as found:
        export(kept, public)
    assert found.value.fault.row == 0
    assert "checkpoint" not in files(public)


def test_two_exports_at_once_are_told(kept: Kept, public: StaticFolder) -> None:
    """While one process exports to a folder, another is locked out."""
    with public.writing(), pytest.raises(Locked):
        export(kept, public)


def test_an_export_shows_nothing_personal(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """No value of any row that could tell of a person stands in any file of the export, in any usual writing."""
    marked = access_row(
        5000,
        operator="4711-OPERATOR",
        account="acct-4711",
        subject="Jane Roe, 1 Acacia Avenue",
        subject_kind="victim",
        stated_purpose="ring her back about the burglary",
        occurred_at=datetime(2026, 3, 5, 4, 3, 2, 1234),  # noqa: DTZ001  (UTC without a zone, as stored)
        extra='{"query":"roe jane"}',
    )
    fact = fact_row(1, person="4711-OPERATOR", attributes='{"home":"1 Acacia Avenue"}')
    kept.append(staged(tmp_path / "m.parquet", [marked]))
    kept.append(staged(tmp_path / "n.parquet", [fact], "fact/1"), "fact/1")
    export(kept, public)
    text = b"\n".join([*files(public).values(), *(name.encode() for name in files(public))])
    values = [value for row in (marked, fact, access_row(7), fact_row(2)) for value in row.values() if value]
    looked_for = {str(value).encode() for value in values if isinstance(value, str) and len(value) > 7}
    looked_for |= {value for value in values if isinstance(value, bytes)}
    looked_for |= {
        b"2026-03-05",
        b"Acacia",
        b"Jane Roe",
        b"4711-OPERATOR",
        b"burglary",
    }  # shorter words are in base64 by chance
    assert len(looked_for) > 20
    assert {each for each in looked_for if each in text} == set()


def spoil(kept: Kept, public: StaticFolder, name: str) -> LogDamaged:
    """Flip a bit in the middle of the file, and return what the check says."""
    flip(public.folder / name, (public.folder / name).stat().st_size // 2)
    with pytest.raises(LogDamaged) as found:
        check(kept, public)
    return found.value


def test_every_flipped_bit_is_found_and_the_right_part_blamed(kept: Kept, public: StaticFolder) -> None:
    """A bit in any file of the export is found: in tiles as the tree's fault, in bundles as the data's."""
    export(kept, public)
    whole = files(public)
    for name in whole:
        fault = spoil(kept, public, name).fault
        (public.folder / name).write_bytes(whole[name])
        if name == "checkpoint":
            assert fault.part is Part.CHECKPOINT
        else:
            assert fault.part is (Part.DATA if "entries" in name else Part.TREE)
            assert fault.file in {name, StaticFile.parse(name).whole.path}
    assert check(kept, public).size == kept.open().size


def test_missing_and_strange_files_are_found(kept: Kept, public: StaticFolder) -> None:
    """A file that the size needs and that is not there is named, and so is one that no log has."""
    export(kept, public)
    whole = files(public)
    needed = {file.path for file in (*bundles(kept.open().size), *tiles(kept.open().size))}
    for name in needed:
        (public.folder / name).unlink()
        with pytest.raises(LogDamaged, match="missing") as found:
            check(kept, public)
        assert found.value.fault.file in {name, StaticFile.parse(name).whole.path}
        (public.folder / name).write_bytes(whole[name])
    (public.folder / "tile/0/0000").write_bytes(b"")
    with pytest.raises(LogDamaged, match="called so"):
        check(kept, public)


def test_an_export_without_checkpoint_is_none(kept: Kept, public: StaticFolder) -> None:
    """A folder without checkpoint is bad input, not a fault of the log."""
    with pytest.raises(BadInput, match="no export"):
        check(kept, public)


def test_files_beyond_the_checkpoint_are_counted_and_no_fault(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """An older checkpoint put over a longer export still holds, and what it does not reach is told."""
    export(kept, public)
    old = (public.folder / "checkpoint").read_bytes()
    grown(kept, 600, tmp_path)
    export(kept, public)
    (public.folder / "checkpoint").write_bytes(old)
    assert check(kept, public).beyond > 0


def test_entries_and_tiles_altered_together_are_found(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """A whole other log under this log's checkpoint does not give the signed root."""
    export(kept, public)
    mine = (public.folder / "checkpoint").read_bytes()
    other = Kept.create(tmp_path / "other")
    grown(other, kept.open().size - other.open().size, tmp_path)
    theirs = StaticFolder(tmp_path / "theirs")
    export(other, theirs)
    (theirs.folder / "checkpoint").write_bytes(mine)
    with pytest.raises(LogDamaged, match="agree with one another"):
        check(kept, theirs)


def drop(kept: Kept, which: int) -> tuple[int, int]:
    """Drop a segment of accesses as a retention act does, and return its first entry and its end."""
    log = kept.open()
    segment = list(log.manifest.of("access/1"))[which]
    manifest = log.manifest.with_changed([segment.without_rows(record=0)])
    kept.layout.manifest(log.size).write_text(manifest.text)
    kept.layout.segment(segment).unlink()
    kept.layout.seed(segment.file).unlink()
    return segment.start, segment.end


def test_dropped_entries_are_left_out_below_the_minimum_index(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """Bundles that cannot be made any more are left out, the index from which all are there is published, and it holds."""
    start, end = drop(kept, 0)
    grown(kept, 300, tmp_path)
    done = export(kept, public)
    first_kept = -(-end // 256) * 256
    assert start < 256 < end < first_kept == done.minimum_index
    assert (public.folder / "minimum-index").read_text() == f"{first_kept}\n"
    assert not (public.folder / "tile/entries/000").exists()
    assert (public.folder / StaticFile(None, first_kept // 256).path).exists()
    found = check(kept, public)
    assert (found.pruned, found.root) == (first_kept // 256, kept.open().root)


def test_a_bundle_above_the_minimum_index_must_be_there(kept: Kept, public: StaticFolder) -> None:
    """The minimum index excuses nothing that lies above it."""
    export(kept, public)
    (public.folder / "minimum-index").write_text("256\n")
    (public.folder / "tile/entries/000").unlink()
    assert check(kept, public).pruned == 1
    (public.folder / "tile/entries/001").unlink()
    with pytest.raises(LogDamaged, match="missing"):
        check(kept, public)
    for text in ("", "256", "0256\n", "-1\n", "256\n\n", "٢\n"):
        (public.folder / "minimum-index").write_text(text)
        with pytest.raises(BadInput):
            check(kept, public)


def test_what_was_exported_before_it_was_dropped_stays(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """A mirror goes on after a drop: nothing in it is altered, and it still holds."""
    export(kept, public)
    before = files(public)
    drop(kept, 0)
    grown(kept, 300, tmp_path)
    export(kept, public)
    assert all(files(public)[name] == data for name, data in before.items() if name != "checkpoint")
    assert check(kept, public).pruned == 0


def test_a_redacted_row_is_exported_as_it_always_was(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """Erasing a person changes nothing in the export, made before or after."""
    export(kept, public)
    before = files(public)
    kept.redact([10, 11], ("subject", "actor"))
    after = StaticFolder(tmp_path / "after")
    export(kept, after)
    assert files(after)["tile/entries/000"] == before["tile/entries/000"]
    export(kept, public)
    assert check(kept, public).root == kept.open().root == check(kept, after).root


def test_a_lean_log_is_exported_like_a_whole_one(kept: Kept, public: StaticFolder, tmp_path: Path) -> None:
    """Leaf hashes that are not stored are made again, and held to the stored roots before they are published."""
    export(kept, public)
    make_lean(kept.folder, kept.keys.verifier(), kept.keys.salts())
    again = StaticFolder(tmp_path / "again")
    export(kept, again)
    assert files(again) == files(public)

    def change(table):
        return table.set_column(table.schema.get_field_index("system"), "system", [["elsewhere"] * table.num_rows])

    rewrite(kept.segment("access/1"), change)
    with pytest.raises(LogDamaged):
        export(kept, StaticFolder(tmp_path / "damaged"))
