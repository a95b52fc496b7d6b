"""What a client remembers outside the vault: kept by every command, held against the log, and never in the way."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from time import perf_counter

import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.state_folder import remembered_folder
from custodiet.errors import VerificationFailed
from custodiet.ledger.checkpoint import verified
from support.command_line import said, started
from support.witnessed_vault import commit, copied, made_vault


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a small vault."""
    return made_vault(tmp_path / "vault")


def test_reading_and_writing_keep_the_signed_checkpoint_outside_the_vault(vault: Path, state_folder: Path) -> None:
    """The file holds the newest note, signed by the log, for the owner alone; it follows each commit."""
    ledger = VaultLedger(Vault(vault))
    for _ in range(2):
        size = commit(vault, 1)
        files = [path for path in (state_folder / "remembered").iterdir() if path.suffix == ""]
        assert [verified(path.read_bytes(), ledger.keys.verifier()).size for path in files] == [size]
    assert (state_folder / "remembered").stat().st_mode & 0o777 == 0o700
    assert said("verify", vault, "--json").body["remembered"] == {"file": str(files[0]), "size": size, "problem": None}


@pytest.mark.parametrize("command", ["verify", "audit", "ledger policy", "ledger compare"])
def test_every_command_that_opens_the_ledger_demands_consistency(vault: Path, command: str) -> None:
    """An older state in the vault's place ends each of them with 1, and the file that tells is named."""
    older = copied(vault, "older")
    commit(vault, 1)

    found = said(*command.split(), older)

    assert found.code == 1
    assert str(remembered_folder()) in found.err


def test_a_writer_refuses_to_go_on_from_an_older_state(vault: Path) -> None:
    """Nothing is appended to a log that was set back; moving the file away is how one says that it was on purpose."""
    older = copied(vault, "older")
    commit(vault, 1)
    with pytest.raises(VerificationFailed, match="set back"):
        commit(older, 1)
    VaultLedger(Vault(older)).memory.file.unlink()
    commit(older, 1)


def test_two_copies_that_went_different_ways_are_told_apart(vault: Path) -> None:
    """The memory is of the key: the twin that grew otherwise is not an extension of what was seen."""
    twin = copied(vault, "twin")
    commit(vault, 2)
    shutil.move(remembered_folder(), remembered_folder().with_name("aside"))
    commit(twin, 3, act="why")
    shutil.rmtree(remembered_folder())
    shutil.move(remembered_folder().with_name("aside"), remembered_folder())

    with pytest.raises(VerificationFailed, match="rewritten"):
        VaultLedger(Vault(twin)).read()


def test_a_folder_that_cannot_be_written_is_let_be_and_told_by_verify(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commands go on; `verify` says that nothing is remembered, and where it would be."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CUSTODIET_STATE", str(tmp_path / "file" / "below"))

    commit(vault, 1)
    told = said("verify", vault)

    assert told.code == 0
    assert "Not remembered: The folder of remembered checkpoints cannot be written" in told.out


@pytest.mark.parametrize("damage", [b"", b"nonsense", bytes(2_000_000)])
def test_a_memory_that_is_damaged_is_no_memory(vault: Path, damage: bytes) -> None:
    """What is no note signed by this log's key is not believed, in either direction; the next commit writes it anew."""
    memory = VaultLedger(Vault(vault)).memory
    memory.file.write_bytes(damage)
    size = commit(vault, 1)
    last = memory.last()
    assert last is not None
    assert last.size == size


def test_clients_at_once_remember_the_newest(vault: Path) -> None:
    """Readers and a writer side by side never set the memory back, and none of them sees a log that was cut off."""
    readers = [started("ledger", "policy", vault) for _ in range(2)]
    size = commit(vault, 10)
    for reader in readers:
        assert "set back" not in reader.communicate(timeout=120)[1]
    last = VaultLedger(Vault(vault)).memory.last()
    assert last is not None
    assert last.size == size


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The variable first, then the user's folder of state by the XDG rules: what is not absolute is ignored."""
    assert remembered_folder() == Path(os.environ["CUSTODIET_STATE"]) / "remembered"
    monkeypatch.delenv("CUSTODIET_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert remembered_folder() == tmp_path / "custodiet" / "remembered"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert remembered_folder() == tmp_path / ".local" / "state" / "custodiet" / "remembered"


def test_remembering_costs_next_to_nothing(vault: Path) -> None:
    """Asking the memory and holding the log against it takes under 2 ms, the best of many."""
    commit(vault, 1)
    ledger = VaultLedger(Vault(vault))
    log = ledger.read().log

    def once() -> float:
        began = perf_counter()
        last = ledger.memory.last()
        assert last is not None
        log.root_at(last.size)
        return perf_counter() - began

    assert min(once() for _ in range(20)) < 0.002
