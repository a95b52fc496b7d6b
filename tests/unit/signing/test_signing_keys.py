"""Keys and salts: kept, opened, and refused where they do not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.signing.ed25519 import Ed25519Verifier
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.salts import SealedSalts, salts_of

NAME = "force.example/custodiet/main"


def test_keys_are_for_their_owner_alone_and_work_again_when_opened(tmp_path: Path) -> None:
    """Folder and files are closed to others, and a signature made by the key read back verifies."""
    KeyFolder.create(tmp_path / "keys", NAME)
    keys = KeyFolder(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}
    signature = keys.signer().sign(b"message")
    assert keys.verifier().accepts(b"message", signature)
    assert not keys.verifier().accepts(b"massage", signature)
    assert keys.signer().verifier == keys.verifier()


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    """A second key in the same folder is refused and the first stays."""
    keys = KeyFolder.create(tmp_path / "keys", NAME)
    before = keys.verifier()
    with pytest.raises(EnvironmentFault):
        KeyFolder.create(tmp_path / "keys", NAME)
    assert keys.verifier() == before


@pytest.mark.parametrize("name", ["log.key", "log.vkey", "seeds.key"])
def test_a_missing_or_damaged_key_is_told_by_its_file(tmp_path: Path, name: str) -> None:
    """The message names the file."""
    keys = KeyFolder.create(tmp_path / "keys", NAME)
    for damage in (b"nonsense", None):
        (tmp_path / "keys" / name).unlink() if damage is None else (tmp_path / "keys" / name).write_bytes(damage)
        with pytest.raises(EnvironmentFault, match=name):
            _ = (keys.signer(), keys.verifier(), keys.salts())


def test_a_public_key_that_is_not_the_private_one_is_refused(tmp_path: Path) -> None:
    """Two keys that do not belong together sign nothing."""
    one, other = KeyFolder.create(tmp_path / "one", NAME), KeyFolder.create(tmp_path / "other", NAME)
    (one.folder / "log.vkey").write_bytes((other.folder / "log.vkey").read_bytes())
    with pytest.raises(EnvironmentFault, match="belong"):
        one.signer()


def test_a_key_of_another_kind_is_refused() -> None:
    """A verifier key that is not Ed25519's is not taken for one."""
    from custodiet.ledger.verifier_key import VerifierKey

    with pytest.raises(BadInput):
        Ed25519Verifier(VerifierKey(name="x", key=b"\x04" + bytes(32)))


def test_a_name_that_no_note_can_carry_is_refused(tmp_path: Path) -> None:
    """A name with a space makes no key, and nothing is written."""
    with pytest.raises(BadInput):
        KeyFolder.create(tmp_path / "keys", "two words")
    assert not (tmp_path / "keys").exists()


def test_salts_are_the_blocks_of_the_tile_keystream() -> None:
    """Salt g of leaf i is AES-256 of the counter (i mod 256) * G + g under HMAC(seed, tile): computed here block by block."""
    import hmac

    seed, groups = bytes(range(32)), 5
    salts = salts_of(seed, start=250, count=12, groups=groups)
    for at, leaf in enumerate(range(250, 262)):
        key = hmac.digest(seed, (leaf // 256).to_bytes(8, "big"), "sha256")
        for group in range(groups):
            block = ((leaf % 256) * groups + group).to_bytes(16, "big")
            own = salts[(at * groups + group) * 16 : (at * groups + group + 1) * 16]
            assert own == Cipher(AES256(key), ECB()).encryptor().update(block)
    assert len({salts[at : at + 16] for at in range(0, len(salts), 16)}) == 12 * groups


def test_a_seed_opens_only_in_its_own_place() -> None:
    """Under another context or key, or damaged, a sealed seed is refused; opened twice it gives the same salts."""
    source = SealedSalts(bytes(32))
    sealed = source.new_seed("log 0-9")
    asked = {"start": 0, "count": 3, "groups": 4}
    assert source.salts(sealed, "log 0-9", **asked) == source.salts(sealed, "log 0-9", **asked)
    assert source.new_seed("log 0-9") != sealed
    for damaged, context, key in (
        (sealed, "log 0-8", bytes(32)),
        (sealed, "log 0-9", bytes(31) + b"x"),
        (sealed[:-1], "log 0-9", bytes(32)),
        (b"", "log 0-9", bytes(32)),
    ):
        with pytest.raises(EnvironmentFault, match="cannot be opened"):
            SealedSalts(key).salts(damaged, context, **asked)
