"""A handover from one signing key to the next, cut short anywhere: no key is lost, and the log goes on."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from custodiet.app.vault import Vault
from custodiet.bootstrap import Elsewhere, Founding, declare_compromised, doctor, init, rotate_key, verify
from custodiet.bootstrap.keeping import enter_act
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.errors import BadInput, CustodietError, Refused, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.faults import LogDamaged
from custodiet.logstore.appender import Appender
from custodiet.signing import durable


class Killed(BaseException):
    """The process is no more."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a vault; nobody changes it."""
    folder = tmp_path_factory.mktemp("made") / "vault"
    init(folder, Founding(organisation="force.example"), passphrase=None)
    return folder


@pytest.fixture
def vault(made: Path, tmp_path: Path) -> Path:
    """Return a vault of one's own."""
    return Path(shutil.copytree(made, tmp_path / "vault"))


def keys_of(vault: Path) -> list[str]:
    """Return the log's public keys in order."""
    return [step.verifier.key.text for step in VaultLedger(Vault(vault)).keys.history().steps]


def goes_on(vault: Path) -> None:
    """The next command writes, all verifies, and the doctor finds nothing wrong with keys."""
    enter_act(VaultLedger(Vault(vault)), "test")
    assert verify(vault).full
    assert {check.name: check.health.value for check in doctor(vault)}["history of keys"] == "ok"


def test_a_handover_is_in_the_log_and_old_checkpoints_stay_good(vault: Path) -> None:
    """Both keys signed the checkpoint of the handover; before it the old one, after it the new one alone."""
    before = verify(vault)
    rotated = rotate_key(vault, reason="yearly")
    goes_on(vault)
    again = rotate_key(vault)
    goes_on(vault)

    assert keys_of(vault) == [rotated.before, rotated.key, again.key]
    assert verify(vault).earlier_checkpoints == before.earlier_checkpoints + 4
    ledger = vault / "ledger"
    assert (ledger / f"checkpoints/{rotated.size}").read_text().count("\n— ") == 2
    assert (ledger / "checkpoint").read_text().count("\n— ") == 1


@pytest.mark.parametrize("after_commit", [False, True])
def test_killed_at_the_commit(vault: Path, monkeypatch: pytest.MonkeyPatch, after_commit: bool) -> None:  # noqa: FBT001
    """Before it the old key signs on as if nothing had been; after it the new one takes over with the next command."""
    old, real = keys_of(vault), Appender.commit

    def commit(self: Appender, *beside: object) -> Checkpoint:
        if after_commit:
            real(self, *beside)  # type: ignore[arg-type]
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Appender, "commit", commit)
        with pytest.raises(Killed):
            rotate_key(vault)
    assert verify(vault).full
    goes_on(vault) if after_commit else enter_act(VaultLedger(Vault(vault)), "test")
    assert len(keys_of(vault)) == len(old) + after_commit
    rotate_key(vault)
    goes_on(vault)


@pytest.mark.parametrize("to", ["a new key", "a key elsewhere", "a new key, from one elsewhere"])
def test_killed_at_any_step_around_it(made: Path, tmp_path: Path, to: str) -> None:
    """Whichever change to the folder of keys is the last: everything verifies, the next command writes, a new handover works."""
    start, there = Path(shutil.copytree(made, tmp_path / "start")), None
    if "elsewhere" in to:
        pytest.importorskip("securesystemslib", reason="the extra hsm is not installed")
        there = key_in_file(tmp_path)
    if "from" in to:
        rotate_key(start, elsewhere=there)
        there = None
    for step in count():
        vault = Path(shutil.copytree(start, tmp_path / str(step)))
        if not _killed_at(step, vault, there):
            assert step > 8
            return
        assert verify(vault).full
        enter_act(VaultLedger(Vault(vault)), "test")
        assert verify(vault).full
        rotate_key(vault)
        goes_on(vault)


def key_in_file(folder: Path) -> Elsewhere:
    """Return a key that lies elsewhere: in a file outside the vault."""
    key, private, public = Ed25519PrivateKey.generate(), folder / "private.pem", folder / "public.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return Elsewhere(uri=f"file2:{private}", public_key=public)


def _killed_at(step: int, vault: Path, there: Elsewhere | None) -> bool:
    """Tell whether the handover was killed before the change of that number."""
    done = count()
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in (
            (durable, "sync_folder"),
            (durable, "_write"),
            (Path, "rename"),
            (Path, "unlink"),
            (shutil, "rmtree"),
        ):
            patch.setattr(owner, name, _counted(getattr(owner, name), done, step, vault / "ledger" / "keys"))
        try:
            rotate_key(vault, elsewhere=there)
        except Killed:
            return True
    return False


def _counted(real: object, done: count[int], step: int, keys: Path) -> object:
    def run(path: Path, *words: object, **more: object) -> object:
        if Path(path).is_relative_to(keys) and "seeds" not in Path(path).parts and next(done) == step:
            raise Killed
        return real(path, *words, **more)  # type: ignore[operator]

    return run


def test_a_retired_key_signs_nothing_more(vault: Path) -> None:
    """Neither through a writer that opened it before the handover, nor forged into the place of the checkpoint."""
    ledger = VaultLedger(Vault(vault))
    retired, salts, log = ledger.keys.signer(), ledger.keys.salts(), ledger.read().log
    rotate_key(vault)

    with pytest.raises(Refused, match="retired"), log.appender(retired, salts):
        pass
    now = ledger.read().log.checkpoint
    forged = signed(Checkpoint(origin=now.origin, size=now.size + 1, root=bytes(32)), retired)
    (vault / "ledger/checkpoint").write_bytes(forged)
    with pytest.raises(VerificationFailed, match="not signed by"):
        ledger.read()
    with pytest.raises(LogDamaged):
        verify(vault)


def test_a_history_that_is_not_the_logs_is_found(vault: Path) -> None:
    """A line of the history left out, or a handover's checkpoint taken away, is a fault that verification names."""
    rotated = rotate_key(vault)
    goes_on(vault)
    history = vault / "ledger/keys/log.vkeys"
    whole = history.read_text()
    history.write_text(whole.replace(f"{rotated.size} ", f"{rotated.size + 1} "))
    with pytest.raises(CustodietError):
        verify(vault)
    history.unlink()
    with pytest.raises(LogDamaged, match=r"checkpoint|history of keys"):
        verify(vault)
    history.write_text(whole)
    (vault / f"ledger/checkpoints/{rotated.size}").unlink()
    with pytest.raises(LogDamaged, match="handed over"):
        verify(vault)


def test_keys_restored_from_before_a_handover_sign_nothing(vault: Path, tmp_path: Path) -> None:
    """An old copy put back over the keys is refused by writers, and what it holds is not taken for the log's key."""
    shutil.copytree(vault / "ledger/keys", tmp_path / "copy")
    rotate_key(vault)
    goes_on(vault)
    shutil.rmtree(vault / "ledger/keys")
    shutil.copytree(tmp_path / "copy", vault / "ledger/keys")

    with pytest.raises(VerificationFailed, match="not signed by"):
        enter_act(VaultLedger(Vault(vault)), "test")


def test_a_compromise_hands_over_and_is_told(vault: Path) -> None:
    """The present key hands over first; verification says from which size on the old key proves nothing."""
    old = keys_of(vault)[0]
    declared = declare_compromised(vault, 4, reason="stolen laptop")

    assert (declared.compromised, declared.above) == (old, 4)
    assert keys_of(vault) == [old, declared.key]
    assert [(each.key, each.above) for each in verify(vault).compromised] == [(old, 4)]
    goes_on(vault)
    later = declare_compromised(vault, declared.until - 1)
    assert (later.compromised, later.until, later.key) == (old, declared.until, declared.key)
    with pytest.raises(BadInput):
        declare_compromised(vault, 10_000)
    records = "".join(str(body) for _, body in VaultLedger(Vault(vault)).read().records("key/1"))
    assert "laptop" not in records
