"""`custodiet verify` on a vault that somebody tampered with: exit code 1, and the place by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from support.command_line import LAWFUL, Said, said
from support.ledgers import deed


def accesses(vault: Path) -> list[Path]:
    """Return the segments with accesses, the largest first."""
    found = VaultLedger(Vault(vault)).read().segments("access/1")
    return sorted(found, key=lambda path: (-path.stat().st_size, path.name))


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """The Parquet file has the changed rows, written as neatly as before."""
    pq.write_table(change(pq.read_table(path)), path, compression="zstd")


def found_wrong(vault: Path) -> Said:
    """Return what `verify` says of a vault in which something is wrong."""
    told = said("verify", vault, "--json")
    assert told.code == 1
    assert told.body["error"] == "LogDamaged"
    assert told.err == f"custodiet: {told.body['message']}\n" or told.err.endswith(f"{told.body['message']}\n")
    return told


def test_a_flipped_byte_is_found_and_its_file_named(vault: Path) -> None:
    """One bit in the middle of a segment."""
    path = accesses(vault)[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert path.name in str(found_wrong(vault).body["fault"]["file"])


def test_a_removed_row_is_found_and_its_index_named(vault: Path) -> None:
    """The sixth row of a segment is gone, all others are in their place."""
    path = accesses(vault)[0]
    first = pq.read_table(path, columns=["index"])["index"][0].as_py()
    rewritten(path, lambda table: pa.concat_tables([table.slice(0, 5), table.slice(6)]))

    fault = found_wrong(vault).body["fault"]

    assert path.name in fault["file"]
    assert fault["index"] is None or first <= fault["index"] <= first + 5


def test_a_changed_value_is_found_and_its_index_named(vault: Path) -> None:
    """The subject of one access is another."""
    path = accesses(vault)[0]
    row = 3
    index = pq.read_table(path, columns=["index"])["index"][row].as_py()

    def spared(table: pa.Table) -> pa.Table:
        place = table.schema.get_field_index("subject")
        subjects = table["subject"].to_pylist()
        subjects[row] = "N0000000"
        return table.set_column(place, table.schema.field(place), pa.array(subjects, table.schema.field(place).type))

    rewritten(path, spared)

    assert found_wrong(vault).body["fault"]["index"] == index


def test_two_swapped_segments_are_found(vault: Path) -> None:
    """Each has the other's name."""
    one, two = accesses(vault)[:2]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)

    assert found_wrong(vault).body["fault"]["file"].split("/")[-1] in {one.name, two.name}


def test_a_missing_segment_is_found_and_named(vault: Path) -> None:
    """A file that is gone is named."""
    path = accesses(vault)[0]
    path.unlink()

    assert path.name in found_wrong(vault).body["message"]


def test_an_edited_tile_is_found_and_named(vault: Path) -> None:
    """A stored hash that is not that of the rows below it."""
    tile = max(
        (path for path in (vault / "ledger" / "hash").rglob("*") if path.is_file()), key=lambda p: p.stat().st_size
    )
    content = bytearray(tile.read_bytes())
    content[40] ^= 1
    tile.write_bytes(content)

    told = found_wrong(vault)

    assert told.body["fault"]["part"] == "tree"
    assert tile.name in str(told.body["fault"]["file"])


def test_a_checkpoint_that_was_set_back_is_found(vault: Path) -> None:
    """An older checkpoint, rightly signed, in the place of the newest."""
    older = min((vault / "ledger" / "checkpoints").iterdir(), key=lambda path: int(path.name))
    (vault / "ledger" / "checkpoint").write_bytes(older.read_bytes())

    assert found_wrong(vault).body["fault"]["part"] == "checkpoint"


def test_a_checkpoint_of_another_vault_is_found(vault: Path, tmp_path: Path) -> None:
    """A note signed with another key is none."""
    said("init", tmp_path / "other", "--organisation", "wessexvale.example", "--name", "tests")
    (vault / "ledger" / "checkpoint").write_bytes((tmp_path / "other" / "ledger" / "checkpoint").read_bytes())

    assert found_wrong(vault).code == 1


@pytest.mark.parametrize("kind", ["delivery-1", "deed-1", "run-1"])
def test_a_changed_record_of_what_was_done_is_found(vault: Path, kind: str) -> None:
    """Records of deliveries, looks and runs are entries like any other."""
    path = min((vault / "ledger" / "data").glob(f"*.{kind}.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert path.name in found_wrong(vault).body["message"]


def test_the_words_for_a_person_name_the_place_and_what_can_be_trusted(vault: Path) -> None:
    """Without `--json` the sentence is on standard error, and nothing on standard output."""
    path = accesses(vault)[0]
    path.unlink()

    told = said("verify", vault)

    assert (told.code, told.out) == (1, "")
    assert path.name in told.err.splitlines()[-1]


def test_what_was_tampered_with_takes_nothing_in(vault: Path, exports: Path) -> None:
    """A writer does not build on a checkpoint that was set back."""
    older = min((vault / "ledger" / "checkpoints").iterdir(), key=lambda path: int(path.name))
    (vault / "ledger" / "checkpoint").write_bytes(older.read_bytes())

    told = said("context", vault, exports / "exports/hr/staff.csv", "-m", exports / "mappings/hr_staff.toml")

    assert told.code == 1
    assert (vault / "ledger" / "checkpoint").read_bytes() == older.read_bytes()


@pytest.mark.parametrize("command", ["queue", "report"])
def test_a_look_at_a_vault_that_was_set_back_shows_nothing(vault: Path, tmp_path: Path, command: str) -> None:
    """A client that has seen the ledger larger is shown nothing of an older state put in its place."""
    older = Path(shutil.copytree(vault, tmp_path / "older"))
    VaultLedger(Vault(vault)).enter_deed(deed())
    words = (older, tmp_path / "report.html") if command == "report" else (older,)

    told = said(command, *words, *LAWFUL)

    assert (told.code, told.out) == (1, "")
    assert "was cut off or set back" in told.err
    assert not (tmp_path / "report.html").exists()
