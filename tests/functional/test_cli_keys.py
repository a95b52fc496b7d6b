"""`custodiet doctor` and the commands that keep keys, on vaults whose keys were lost, spoilt, exchanged or copied."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custodiet.bootstrap import Founding, init
from support.command_line import said

ORGANISATION = ("--organisation", "force.example")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a vault with a few commits in it; nobody changes it."""
    folder = tmp_path_factory.mktemp("made") / "vault"
    init(folder, Founding(organisation="force.example"))
    for _ in range(2):
        assert said("ledger", "renew-seeds-key", folder).code == 0
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """Return a copy of the vault, to spoil."""
    return Path(shutil.copytree(made, tmp_path / "vault"))


def examined(vault: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """Return how the doctor ended, and what he found by name."""
    told = said("doctor", vault, "--json")
    return told.code, {check["name"]: check for check in told.body["checks"]}


def test_a_vault_in_good_health_passes(kept: Path, tmp_path: Path) -> None:
    """Nothing failed, nothing is warned of once the keys were copied but that nobody witnesses, and nothing is changed."""
    assert said("ledger", "backup-keys", kept, tmp_path / "copy").code == 0
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}

    code, found = examined(kept)

    unhealthy = {name for name, check in found.items() if check["health"] != "ok"}
    assert (code, unhealthy - {"file system", "free disk"}) == (0, {"witnesses"})
    assert found["witnesses"]["found"].startswith("UNWITNESSED")
    assert found["seeds"]["found"].startswith("all 4 open")
    assert found["entries"]["found"].startswith("4 opened")
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def _other_keys(vault: Path) -> Path:
    init(vault.parent / "other", Founding(organisation="force.example"))
    return vault.parent / "other" / "ledger" / "keys"


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "seeds.key lost": (lambda vault: (vault / "ledger/keys/seeds.key").unlink(), "key of the seeds"),
    "log.key lost": (lambda vault: (vault / "ledger/keys/log.key").unlink(), "signing key"),
    "wrapping.key lost": (lambda vault: (vault / "ledger/keys/wrapping.key").unlink(), "signing key"),
    "a seed lost": (lambda vault: next((vault / "ledger/keys/seeds").iterdir()).unlink(), "seeds"),
    "a seed damaged": (lambda vault: next((vault / "ledger/keys/seeds").iterdir()).write_text("AAAA\n"), "seeds"),
    "seeds.key of another vault": (
        lambda vault: shutil.copy(_other_keys(vault) / "seeds.key", vault / "ledger/keys/seeds.key"),
        "key of the seeds",
    ),
    "log.vkey of another vault": (
        lambda vault: shutil.copy(_other_keys(vault) / "log.vkey", vault / "ledger/keys/log.vkey"),
        "signing key",
    ),
    "keys readable by all": (lambda vault: (vault / "ledger/keys").chmod(0o755), "permissions"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_wrong_with_the_keys_is_named_with_its_remedy(kept: Path, spoilt: str) -> None:
    """The line of the part that is wrong says fail and what to do, and the command ends with 1."""
    spoil, name = SPOILT[spoilt]
    spoil(kept)

    code, found = examined(kept)

    assert code == 1
    assert found[name]["health"] == "fail"
    assert found[name]["remedy"]


def test_seeds_under_the_key_of_another_vault_are_told(kept: Path) -> None:
    """A key of seeds that opens, and is another vault's, opens no seed: doctor and verify both say so, and what can still be proven."""
    init(kept.parent / "other", Founding(organisation="force.example"), passphrase=None)
    assert said("ledger", "change-passphrase", kept, "--no-passphrase").code == 0
    shutil.copy(kept.parent / "other/ledger/keys/seeds.key", kept / "ledger/keys/seeds.key")

    code, found = examined(kept)
    assert (code, found["key of the seeds"]["health"], found["seeds"]["health"]) == (1, "ok", "fail")
    assert "4 of 4 do not open" in found["seeds"]["found"]
    assert "--tree-only" in found["seeds"]["remedy"]
    told = said("verify", kept)
    assert told.code == 1
    assert "cannot be tied to its entries" in told.err
    assert said("verify", kept, "--tree-only").code == 0


def test_lost_seeds_are_told_by_verify_and_the_tree_still_holds(kept: Path) -> None:
    """Without the key of the seeds rows cannot be tied to entries, which is said; tree and checkpoints can be proven."""
    (kept / "ledger/keys/seeds.key").unlink()

    told = said("verify", kept)
    assert told.code == 6
    assert "seeds.key" in told.err
    assert "--tree-only" in told.err
    assert said("verify", kept, "--tree-only").code == 0


def test_a_copy_restores_what_was_lost(kept: Path, tmp_path: Path) -> None:
    """After the whole folder of keys is gone, the copy put in its place opens everything."""
    copy = tmp_path / "copy"
    assert said("ledger", "backup-keys", kept, copy).code == 0
    shutil.rmtree(kept / "ledger/keys")
    assert examined(kept)[0] == 1
    shutil.copytree(copy / "keys", kept / "ledger/keys")

    assert examined(kept)[0] == 0
    assert said("verify", kept).code == 0


def test_a_copy_is_replaced_whole_and_never_by_one_that_does_not_open(kept: Path, tmp_path: Path) -> None:
    """The copy before stays when the vault's own seeds are lost; a new one holds no seed that is gone from the vault."""
    copy = tmp_path / "copy"
    assert said("ledger", "backup-keys", kept, copy).code == 0
    (copy / "keys/seeds/of-a-segment-that-was-erased.seed").write_text("AAAA\n")
    assert said("ledger", "backup-keys", kept, copy).code == 0
    assert not (copy / "keys/seeds/of-a-segment-that-was-erased.seed").exists()
    whole = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}

    next((kept / "ledger/keys/seeds").iterdir()).unlink()
    told = said("ledger", "backup-keys", kept, copy)

    assert told.code == 6
    assert "not put in place" in told.err
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == whole


def test_the_doctor_tells_when_the_copy_is_behind(kept: Path, tmp_path: Path) -> None:
    """None made, made, older than the keys, gone: each is told."""
    copy = tmp_path / "copy"

    def of_copy() -> str:
        return str(examined(kept)[1]["copy of the keys"]["found"])

    assert "none was made" in of_copy()
    said("ledger", "backup-keys", kept, copy)
    assert "is like the keys of today" in of_copy()
    said("ledger", "renew-seeds-key", kept)
    assert "not like" in of_copy()
    shutil.rmtree(copy)
    assert "not there" in of_copy()


@pytest.mark.parametrize("where", ["inside", "taken"])
def test_a_copy_goes_neither_into_the_vault_nor_over_other_things(kept: Path, tmp_path: Path, where: str) -> None:
    """A copy in the vault is lost with it; a folder with other things in it is left alone."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "holiday.jpg").touch()
    folder = kept / "copy" if where == "inside" else tmp_path / "taken"

    assert said("ledger", "backup-keys", kept, folder).code in (2, 3)
    assert (tmp_path / "taken" / "holiday.jpg").exists()
    assert not (kept / "copy").exists()


def test_only_an_administrator_keeps_keys(kept: Path, tmp_path: Path) -> None:
    """An analyst is refused, and nothing is copied or changed."""
    principals = kept / "principals.toml"
    principals.write_text(principals.read_text().replace('"administrator", ', ""))

    for words in (("backup-keys", kept, tmp_path / "copy"), ("change-passphrase", kept), ("renew-seeds-key", kept)):
        assert said("ledger", *words).code == 5
    assert not (tmp_path / "copy").exists()


def test_a_clock_that_is_behind_the_last_commit_fails(kept: Path) -> None:
    """A clock that was set back shows against the newest checkpoint."""
    ahead = time.time() + 3600
    os.utime(kept / "ledger/checkpoint", (ahead, ahead))

    code, found = examined(kept)
    assert (code, found["clock"]["health"]) == (1, "fail")


def test_what_a_writer_left_and_what_waits_is_warned_of(kept: Path) -> None:
    """Unfinished files, looks in the journal and too many manifests are warnings, and no failure."""
    (kept / "ledger/data/000000000099-000000000100.deed-1.parquet.unfinished").touch()
    for size in range(900, 910):
        (kept / f"ledger/manifest/{size}.json").touch()
    said("queue", kept, "--purpose", "lawfulness")

    code, found = examined(kept)
    assert code == 0
    assert {name for name in ("writers", "manifests", "journal") if found[name]["health"] == "warn"} == {
        "writers",
        "manifests",
        "journal",
    }


def test_a_change_of_passphrase_is_in_the_ledger(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next command needs the new one, and the change is a deed of the one who made it."""
    monkeypatch.setenv("CUSTODIET_NEW_PASSPHRASE", "another good horse")
    before = said("verify", kept, "--json").body["verified"]["entries"]["deed/1"]

    assert said("ledger", "change-passphrase", kept).code == 0
    assert said("verify", kept).code == 6
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", "another good horse")
    assert said("verify", kept, "--json").body["verified"]["entries"]["deed/1"] == before + 1
