"""Attacks by one who has the vault's disk and its key: who detects each, and what is not detected without outside help.

The attacker is given everything in the vault: he puts back older states with all their checkpoints, and signs whatever
he likes. A client with a memory is one that ran a command on the vault before; one without has never seen it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from custodiet.ledger.note import Note
from custodiet.logstore.layout import Layout
from support.command_line import said
from support.ledgers import flip
from support.witnessed_vault import commit, copied, key_of, made_vault, policy_text_of, put_in_place, put_policy
from support.witnesses import Serving, make_witness, serving_here


@dataclass(frozen=True)
class Scene:
    """A vault that a witness vouches for, and its state before the last three entries."""

    vault: Path
    before: Path  # a copy, two commits after it was made and cosigned as it was then
    witness: Serving
    size: int

    def attacked(self, forged: Path) -> None:
        """Put the forged vault in the place of the true one."""
        put_in_place(self.vault, forged)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """Set the scene: cosigned, copied, grown by three entries, cosigned again, and looked at by this client."""
    vault = made_vault(tmp_path / "vault")
    make_witness(tmp_path / "northby", "northby", key_of(vault))
    with serving_here(tmp_path / "northby") as witness:
        put_policy(vault, policy_text_of(witness))
        assert said("ledger", "witness", vault).code == 0
        before = copied(vault, "before")
        size = commit(vault, 3)
        assert said("ledger", "witness", vault).code == 0
        assert said("verify", vault).code == 0
        yield Scene(vault, before, witness, size)


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return what makes this client one that has never seen the vault."""
    return lambda: monkeypatch.setenv("CUSTODIET_STATE", str(tmp_path / f"state-{time.monotonic_ns()}"))


def continued(scene: Scene, by: int) -> Path:
    """Return the earlier state with other entries after it, signed with the stolen key."""
    forged = copied(scene.before, f"continued-{by}")
    state = os.environ["CUSTODIET_STATE"]
    os.environ["CUSTODIET_STATE"] = str(scene.vault.parent / "thief")  # the thief works on a machine of his own
    try:
        commit(forged, by, act="why")
    finally:
        os.environ["CUSTODIET_STATE"] = state
    return forged


def test_truncation_is_found_by_memory_and_by_the_witness_and_by_nobody_else(scene: Scene, stranger) -> None:
    """The last three entries are gone with all trace of them in the vault.

    Detected by: a client's memory; the witness when it is asked (it told a larger size); `ledger compare`; the age of
    the cosignatures. NOT detected by a client without memory that asks nobody.
    """
    scene.attacked(scene.before)

    found = said("verify", scene.vault)
    assert found.code == 1
    assert "was cut off or set back" in found.err

    stranger()
    assert said("verify", scene.vault).code == 0  # nothing in the vault tells
    asked = said("ledger", "witness", scene.vault, "--json")
    assert (asked.code, asked.body["asked"][0]["outcome"]) == (1, "disagrees")
    assert f"It has cosigned {scene.size} entries already" in asked.body["asked"][0]["sentence"]
    compared = said("ledger", "compare", scene.vault, "--json")
    assert (compared.code, compared.body["compared"][0]["agreement"]) == (1, "disagrees")
    assert compared.body["compared"][0]["note"].splitlines()[1] == str(
        scene.size
    )  # the proof, signed by the log itself


@pytest.mark.parametrize("by", [1, 3, 6])
def test_truncation_and_going_on_is_found_by_memory_and_by_the_witness(scene: Scene, stranger, by: int) -> None:
    """Three entries were taken away and others put in their place: fewer, as many, more.

    Detected by: a client's memory; the witness (409 or 422, and it keeps the evidence); `ledger compare`. NOT detected
    by a client without memory that asks nobody, nor by cosignatures alone: they still hold for the part that was kept.
    """
    scene.attacked(continued(scene, by))

    found = said("verify", scene.vault)
    assert found.code == 1
    assert ("was cut off or set back" if by < 3 else "its history was rewritten") in found.err

    stranger()
    assert said("verify", scene.vault).code == 0
    assert said("ledger", "compare", scene.vault).code == 1
    asked = said("ledger", "witness", scene.vault, "--json")
    assert (asked.code, asked.body["asked"][0]["outcome"]) == (1, "disagrees")
    logs = said("witness", "list", scene.witness.folder, "--json").body["logs"]
    assert [log["refusals"] for log in logs] == [0 if by < 3 else 1]
    assert logs[0]["size"] == scene.size


def test_a_history_rewritten_from_its_beginning_is_found_by_memory_and_by_the_witness(scene: Scene, stranger) -> None:
    """Everything is written anew with the stolen key, under the same origin, and is longer than before.

    Detected by: a client's memory; the witness; `ledger compare`; and whoever holds a policy of his own sees UNWITNESSED,
    for no cosignature fits. NOT detected by a client without memory, a policy or a witness to ask.
    """
    forged = _rewritten(scene)
    policy = scene.vault.with_name("own.txt")
    shutil.copy(scene.vault / "ledger" / "policy.txt", policy)
    scene.attacked(forged)

    assert said("verify", scene.vault).code == 1
    stranger()
    alone = said("verify", scene.vault)
    assert (alone.code, "UNWITNESSED" in alone.out) == (0, True)
    assert said("verify", scene.vault, "--policy", policy, "--max-age", 24).code == 1
    put_policy(scene.vault, policy.read_text())
    assert said("ledger", "compare", scene.vault).code == 1
    assert said("ledger", "witness", scene.vault).code == 1


def _rewritten(scene: Scene) -> Path:
    state = os.environ["CUSTODIET_STATE"]
    os.environ["CUSTODIET_STATE"] = str(scene.vault.parent / "thief")
    try:
        forged = _founded_with_the_stolen_key(scene.vault)
        commit(forged, scene.size + 3, act="why")
    finally:
        os.environ["CUSTODIET_STATE"] = state
    return forged


def _founded_with_the_stolen_key(vault: Path) -> Path:
    from custodiet.app.vault import Vault
    from custodiet.bootstrap.ledgers import VaultLedger
    from custodiet.logstore.log import Log

    forged = copied(vault, "rewritten")
    for part in ("checkpoint", "checkpoints", "manifest", "data", "hash", "lock", "policy.txt", "keys/seeds"):
        path = forged / "ledger" / part
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    keys = VaultLedger(Vault(forged)).keys
    Log.create(forged / "ledger", origin=Vault(forged).settings().origin, signer=keys.signer(), salts=keys.salts())
    return forged


def test_an_old_checkpoint_in_place_of_the_newest_is_found_in_the_vault_itself(scene: Scene, stranger) -> None:
    """Only the file `checkpoint` is set back: the later ones beside it tell, to whoever looks."""
    stranger()
    shutil.copy(scene.before / "ledger" / "checkpoint", scene.vault / "ledger" / "checkpoint")
    found = said("verify", scene.vault)
    assert (found.code, "has been set back" in found.err) == (1, True)


def test_an_old_state_replayed_is_found_by_the_age_of_its_cosignatures(scene: Scene, stranger) -> None:
    """The vault is kept at an old state, cosignatures and all. A client without memory finds it by their age alone."""
    scene.attacked(scene.before)
    stranger()
    time.sleep(2.1)  # the state is two seconds old, and cosignatures tell whole seconds

    assert said("verify", scene.vault, "--max-age", 1).code == 0
    found = said("verify", scene.vault, "--max-age", 1 / 3600)
    assert (found.code, "The witnesses vouched last" in found.err) == (1, True)


def test_two_histories_under_one_key_cannot_both_be_witnessed(scene: Scene, stranger) -> None:
    """A split view: the second history is refused, and the witness keeps the request as evidence.

    Detected by: the witness; whoever compares; whoever demands a quorum of what he is shown.
    """
    other = continued(scene, 5)
    stranger()
    assert said("ledger", "witness", other, "--json").body["asked"][0]["outcome"] == "disagrees"
    shown = said("verify", other, "--json").body["witnessing"]
    assert (shown["whole"], shown["witnessed"] < scene.size) == (False, True)
    said_by_it = said("ledger", "compare", other, "--json").body["compared"][0]
    assert said_by_it["sentence"].startswith("It has seen another history")

    stranger()
    assert said("ledger", "witness", scene.vault).code == 0  # the true one goes on


def test_a_pasted_cosignature_is_called_forged(scene: Scene, stranger) -> None:
    """A genuine cosignature is moved under a checkpoint that the witness has not seen: `verify` names the file."""
    size = commit(scene.vault, 1)
    layout = Layout(scene.vault / "ledger")
    genuine = Note.parse(layout.past_checkpoint(scene.size).read_bytes()).signatures[-1]
    forged = Note.parse(layout.past_checkpoint(size).read_bytes())
    layout.past_checkpoint(size).write_bytes(forged.signed + genuine.line.encode())

    for _ in range(2):
        found = said("verify", scene.vault, "--json")
        fault = found.body["fault"]
        assert (found.code, fault["part"], fault["file"]) == (1, "checkpoint", f"checkpoints/{size}")
        assert "does not hold for this checkpoint" in fault["sentence"]
        assert fault["last_witnessed"] == scene.size
        stranger()


def test_a_policy_that_was_weakened_is_found_with_one_of_the_reader_s_own(scene: Scene) -> None:
    """Whoever has the disk can write `quorum none`. That is loud, and a reader's own policy is not touched by it."""
    own = scene.vault.with_name("own.txt")
    shutil.copy(scene.vault / "ledger" / "policy.txt", own)
    (scene.vault / "ledger" / "policy.txt").write_text("quorum none\n")

    assert "UNWITNESSED" in said("verify", scene.vault).out
    assert "UNWITNESSED" not in said("verify", scene.vault, "--policy", own).out
    assert said("verify", scene.vault, "--max-age", 24).code == 1
    assert said("verify", scene.vault, "--max-age", 24, "--policy", own).code == 0
    assert said("verify", scene.vault, "--policy", own.with_name("nowhere.txt")).code == 3
    assert said("verify", scene.vault, "--max-age", "nan").code == 2


def test_a_fault_says_up_to_where_witnesses_vouch(scene: Scene) -> None:
    """After damage the last witnessed size below it is named beside the last signed one."""
    size = commit(scene.vault, 2)
    newest = max((scene.vault / "ledger" / "data").glob("*.parquet"))
    flip(newest, 200)

    fault = said("verify", scene.vault, "--json").body["fault"]

    assert (fault["last_good"], fault["last_witnessed"]) == (size - 1, scene.size)
    assert f"Witnesses vouch for the entries below {scene.size}." in said("verify", scene.vault).err
