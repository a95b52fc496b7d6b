"""Private keys under a passphrase: the format to the byte, and what is refused."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.signing import log_key, seeds_key
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.passphrase import USUAL_COST, Argon2Cost, derived_key
from custodiet.signing.wrapping import Shut, WrappingKey, cost_of, locked_with, unlocked

NAME = "force.example/custodiet/main"
KNOWN: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "keys.json").read_text("utf-8")
)
CHEAP = Argon2Cost(1, 8, 1)
LOCKED = locked_with(WrappingKey(bytes(32)), b"correct horse", CHEAP, bytes(16))


def asked(passphrase: bytes) -> Any:
    """Return someone who says this passphrase, and remembers how often."""
    times: list[bytes] = []

    def ask() -> bytes:
        times.append(passphrase)
        return passphrase

    return ask, times


def test_argon2id_is_that_of_the_rfc() -> None:
    """The library gives the tag of RFC 9106, section 5.3."""
    kdf = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\x04" * 12, secret=b"\x03" * 8
    )

    assert kdf.derive(b"\x01" * 32).hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


@pytest.mark.parametrize("vector", KNOWN["wrapping"], ids=lambda vector: str(vector["cost"]))
def test_wrapping_keys_are_those_of_the_vectors(vector: dict[str, str]) -> None:
    """The passphrase gives the key, and opens the file; another opens nothing."""
    data, passphrase = vector["file"].encode(), vector["passphrase"].encode()
    derived = derived_key(passphrase, bytes.fromhex(vector["salt"]), cost_of(data))

    assert derived.hex() == vector["key_of_passphrase"]
    assert unlocked(data, passphrase).key.hex() == vector["wrapping_key"]
    with pytest.raises(Shut):
        unlocked(data, passphrase + b" ")


def test_new_keys_cost_what_the_specification_says() -> None:
    """One pass over 64 MiB: more than the least that OWASP asks (46 MiB, one pass)."""
    assert USUAL_COST.text == KNOWN["wrapping"][-1]["cost"] == "1 65536 1"


def test_keys_of_seeds_are_those_of_the_vectors() -> None:
    """Wrapped and in the open, the same key; under another wrapping key, none."""
    known = KNOWN["seeds"]
    around = WrappingKey(bytes.fromhex(known["wrapping_key"]))

    assert around.derived("seeds.key").hex() == known["derived"]
    assert b"".join(seeds_key.read(known["file"].encode(), around)).hex() == known["seeds_key"]
    assert b"".join(seeds_key.read(known["file_in_the_open"].encode(), None)).hex() == known["seeds_key"]
    with pytest.raises(Shut):
        seeds_key.read(known["file"].encode(), WrappingKey(bytes(32)))


def test_log_keys_are_those_of_the_vectors() -> None:
    """The file is PKCS#8, which any library opens with the derived password."""
    known = KNOWN["log"]
    around = WrappingKey(bytes.fromhex(known["wrapping_key"]))
    opened = load_pem_private_key(known["file"].encode(), known["password"].encode())

    assert isinstance(opened, Ed25519PrivateKey)
    assert opened.private_bytes_raw().hex() == known["private_key"]
    assert log_key.read(known["file"].encode(), around).private_bytes_raw().hex() == known["private_key"]
    with pytest.raises(Shut):
        log_key.read(known["file"].encode(), WrappingKey(bytes(32)))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"v1", b"v2"),
        (b"argon2id 1 8 1", b"argon2id 1 7 1"),
        (b"argon2id 1 8 1", b"argon2id 1 1048577 1"),
        (b"argon2id 1 8 1", b"argon2id 65 8 1"),
        (b"argon2id 1 8 1", b"argon2id 1 1000 17"),
        (b"argon2id 1 8 1", b"argon2id 01 8 1"),
        (b"argon2id 1 8 1", b"argon2id 1  8 1"),
        (b"argon2id", b"scrypt"),
        (b"AAAA ", b"AAAA"),
        (b"\n", b"\r\n"),
    ],
)
def test_a_wrapping_key_in_another_form_is_refused(was: bytes, becomes: bytes) -> None:
    """Another version, a cost out of bounds, another way to write the same: nothing is derived from it."""
    damaged = LOCKED.replace(was, becomes, 1)
    if damaged == LOCKED:
        damaged = LOCKED + b"\n"
    with pytest.raises(BadInput):
        unlocked(damaged, b"correct horse")


def test_the_cost_and_the_salt_are_bound() -> None:
    """A cheaper cost or another salt put into the file opens nothing, even for one who knows what key they give."""
    sealed = LOCKED.split(b"\n")[2]
    for line in (b"argon2id 2 8 1 " + b64encode(bytes(16)), b"argon2id 1 8 1 " + b64encode(bytes(15) + b"x")):
        with pytest.raises(Shut):
            unlocked(b"custodiet-wrapping-key/v1\n" + line + b"\n" + sealed + b"\n", b"correct horse")


@given(st.integers(0, len(LOCKED) - 1), st.integers(1, 255))
def test_no_altered_byte_opens(place: int, change: int) -> None:
    """Whatever byte is altered, the file is refused or does not open."""
    damaged = bytearray(LOCKED)
    damaged[place] ^= change
    line = bytes(damaged).split(b"\n")[1:2]
    if line and len(line[0].split(b" ")) > 3 and len(line[0].split(b" ")[2]) > 4:
        return  # a larger memory is allowed and slow
    with pytest.raises((BadInput, Shut)):
        unlocked(bytes(damaged), b"correct horse")


def test_a_passphrase_is_needed_where_one_was_set(tmp_path: Path) -> None:
    """Without it, or with another, neither private key can be opened, and the file that stays shut is named."""
    made = KeyFolder.create(tmp_path / "keys", NAME, passphrase=b"correct horse")
    right, wrong, nobody = (
        KeyFolder(made.folder, lambda: b"correct horse"),
        KeyFolder(made.folder, lambda: b"wrong horse"),
        KeyFolder(made.folder),
    )

    assert right.signer().verifier == made.verifier()
    assert right.salts() == made.salts()
    assert (right.opens_with(b"correct horse"), right.opens_with(b"wrong horse")) == (True, False)
    for opened in (wrong.signer, wrong.salts):
        with pytest.raises(EnvironmentFault, match=r"does not open .*wrapping\.key"):
            opened()
    for opened in (nobody.signer, nobody.salts):
        with pytest.raises(EnvironmentFault, match="none was given"):
            opened()


def test_nobody_is_asked_for_what_is_public(tmp_path: Path) -> None:
    """Checking signatures needs no passphrase; each private key does, and the work of opening is done once."""
    made = KeyFolder.create(tmp_path / "keys", NAME, passphrase=b"correct horse")
    ask, times = asked(b"correct horse")
    keys = KeyFolder(made.folder, ask)

    assert keys.verifier() == made.verifier()
    assert times == []
    before = derived_key.cache_info().misses
    keys.unlock()
    assert len(times) == 2
    assert derived_key.cache_info().misses == before


def test_nothing_secret_lies_in_the_open(tmp_path: Path) -> None:
    """Neither the private key nor the key of the seeds stands in any file, in bytes, hex or base64; all are 600."""
    keys = KeyFolder.create(tmp_path / "keys", NAME, passphrase=b"correct horse")
    secrets = (keys.signer().private.private_bytes_raw(), keys.salts().keys[0])
    for path in keys.folder.iterdir():
        data = path.read_bytes()
        assert path.stat().st_mode & 0o777 == 0o600
        for secret in secrets:
            assert secret not in data
            assert secret.hex().encode() not in data
            assert b64encode(secret)[:40] not in data


def test_without_a_passphrase_the_keys_lie_in_the_open_and_open_unasked(tmp_path: Path) -> None:
    """For made-up data; a folder from before there were passphrases is such a folder."""
    keys = KeyFolder.create(tmp_path / "keys", NAME)

    assert not keys.has_passphrase
    assert keys.salts().keys[0].hex().encode() + b"\n" == (keys.folder / "seeds.key").read_bytes()
    assert (
        b64decode((keys.folder / "log.key").read_bytes().split(b"\n")[1])[-32:]
        == keys.signer().private.private_bytes_raw()
    )


@pytest.mark.parametrize("name", ["log.key", "seeds.key"])
def test_a_key_whose_wrapping_key_is_gone_or_another_says_so(tmp_path: Path, name: str) -> None:
    """The sentence names the file that cannot be opened, and what it lies under."""
    keys = KeyFolder.create(tmp_path / "keys", NAME, passphrase=b"correct horse")
    other = KeyFolder.create(tmp_path / "other", NAME, passphrase=b"correct horse")
    opened = keys.signer if name == "log.key" else keys.salts
    (keys.folder / "wrapping.key").write_bytes((other.folder / "wrapping.key").read_bytes())
    with pytest.raises(EnvironmentFault, match=rf"{name} was not made under wrapping\.key"):
        opened()
    (keys.folder / "wrapping.key").unlink()
    with pytest.raises(EnvironmentFault, match=rf"{name} is damaged.* that is missing"):
        opened()
