"""A signing key that lies elsewhere: on a real PKCS#11 token (SoftHSM), and behind signers of `securesystemslib`."""

from __future__ import annotations

import builtins
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ecdsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from custodiet.app.vault import Vault
from custodiet.bootstrap import Elsewhere, Founding, back_up_keys, change_passphrase, doctor, init, rotate_key, verify
from custodiet.bootstrap.keeping import enter_act
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.errors import BadInput, EnvironmentFault
from support.command_line import said

pytest.importorskip("securesystemslib", reason="the extra hsm is not installed")

MODULE, PIN = Path("/usr/lib/softhsm/libsofthsm2.so"), "493817"


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


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """Yield the public keys (PEM) of a token `log`: `checkpoint` and `other` are Ed25519, `curve` is ECDSA with the number 2."""
    pkcs11 = pytest.importorskip("pkcs11", reason="the extra hsm is not installed")
    if not MODULE.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM is not installed")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(
        f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(folder / "conf"))
        patch.setenv("PYKCS11LIB", str(MODULE))
        words = ["--init-token", "--free", "--label", "log", "--so-pin", "12345678", "--pin", PIN]
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
        with pkcs11.lib(str(MODULE)).get_token(token_label="log").open(rw=True, user_pin=PIN) as session:
            public = {name: edwards(session, name) for name in ("checkpoint", "other")}
            public["curve"] = curve(session)
        yield public


def edwards(session: Any, label: str) -> bytes:
    """Make an Ed25519 key on the token and return its public key."""
    from pkcs11 import Attribute, KeyType, Mechanism
    from pkcs11.util.ec import encode_named_curve_parameters

    named = {Attribute.EC_PARAMS: encode_named_curve_parameters("1.3.101.112")}
    kind = session.create_domain_parameters(KeyType.EC_EDWARDS, named, local=True)
    public, _ = kind.generate_keypair(mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=label)
    return pem(Ed25519PublicKey.from_public_bytes(bytes(public[Attribute.EC_POINT])[-32:]))


def curve(session: Any) -> bytes:
    """Make an ECDSA key on the token and return its public key."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key
    from pkcs11 import Attribute, KeyType
    from pkcs11.util import biginteger
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

    named = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    kind = session.create_domain_parameters(KeyType.EC, named, local=True)
    public, _ = kind.generate_keypair(store=True, id=biginteger(2), label="curve")
    return pem(load_der_public_key(encode_ec_public_key(public)))


def pem(public: Any) -> bytes:
    """Return a public key as PEM."""
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def elsewhere(folder: Path, uri: str, public: bytes) -> Elsewhere:
    """Return where the key is, its public key in a file."""
    (folder / "public.pem").write_bytes(public)
    return Elsewhere(uri=uri, public_key=folder / "public.pem")


def in_file(folder: Path, key: Any) -> Elsewhere:
    """Return a key that the signer of `securesystemslib` for files reads."""
    (folder / "private.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return elsewhere(folder, f"file2:{folder / 'private.pem'}", pem(key.public_key()))


def files(vault: Path) -> dict[Path, bytes]:
    """Return all that a vault holds."""
    return {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()}


def signing_key(vault: Path) -> tuple[str, str]:
    """Return what the doctor says of the signing key."""
    [check] = [check for check in doctor(vault) if check.name == "signing key"]
    return check.health.value, check.found


def test_a_token_signs_checkpoints(vault: Path, token: dict[str, bytes], tmp_path: Path, monkeypatch: Any) -> None:
    """From the command line, with the PIN out of a file: no private key stays, commits verify, and the key hands over again."""
    (tmp_path / "pin").write_text(f"{PIN}\n")
    monkeypatch.setenv("CUSTODIET_PIN_FILE", str(tmp_path / "pin"))
    key = elsewhere(tmp_path, "pkcs11:token=log;object=checkpoint", token["checkpoint"])

    told = said("ledger", "rotate-key", vault, "--key-uri", key.uri, "--public-key", key.public_key)
    assert told.code == 0
    names = {path.name for path in (vault / "ledger/keys").iterdir()}
    assert "log.uri" in names
    assert "log.key" not in names
    assert (vault / "ledger/keys/log.uri").read_text() == f"{key.uri}\n"
    enter_act(VaultLedger(Vault(vault)), "test")
    assert verify(vault).full
    assert signing_key(vault)[0] == "ok"
    assert "lies elsewhere" in signing_key(vault)[1]

    rotate_key(vault)
    assert (vault / "ledger/keys/log.key").exists()
    assert not (vault / "ledger/keys/log.uri").exists()
    enter_act(VaultLedger(Vault(vault)), "test")
    assert verify(vault).full


@pytest.mark.parametrize(
    ("uri", "pin", "said_of_it"),
    [
        ("pkcs11:token=log;object=other", PIN, "not a signature of the log's key"),
        ("pkcs11:token=log;object=nowhere", PIN, "NoSuchKey"),
        ("pkcs11:token=nowhere;object=checkpoint", PIN, "NoSuchToken"),
        ("pkcs11:token=log;object=checkpoint", "000000", "PinIncorrect"),
        ("pkcs11:object=checkpoint", PIN, "is not of the form"),
        ("pkcs11:token=log;object=checkpoint", None, "CUSTODIET_PIN_FILE"),
        ("hsm:2?label=log", PIN, "A checkpoint key must be Ed25519"),  # the library's own signer for tokens
        ("nothing:2", PIN, "Unsupported private key scheme"),
    ],
)
def test_a_key_that_cannot_sign_changes_nothing(
    vault: Path, token: dict[str, bytes], tmp_path: Path, monkeypatch: Any, uri: str, pin: str | None, said_of_it: str
) -> None:
    """Another key, no key, no token, a wrong PIN or none, a signer without Ed25519: it says so, and the log is as it was."""
    if pin is not None:
        monkeypatch.setenv("CUSTODIET_PIN", pin)
    before = files(vault)
    with pytest.raises(EnvironmentFault, match=said_of_it) as caught:
        rotate_key(vault, elsewhere=elsewhere(tmp_path, uri, token["checkpoint"]))
    assert str(pin) not in str(caught.value)
    assert files(vault) == before


def test_a_token_that_holds_another_key_later_writes_no_checkpoint(
    vault: Path, token: dict[str, bytes], tmp_path: Path, monkeypatch: Any
) -> None:
    """The signature is held against `log.vkey` before it is used; with the right key the log goes on."""
    monkeypatch.setenv("CUSTODIET_PIN", PIN)
    uri = "pkcs11:token=log;object=checkpoint"
    rotate_key(vault, elsewhere=elsewhere(tmp_path, uri, token["checkpoint"]))
    size = verify(vault).size
    (vault / "ledger/keys/log.uri").write_text("pkcs11:token=log;object=other\n")

    with pytest.raises(EnvironmentFault, match="not a signature of the log's key"):
        enter_act(VaultLedger(Vault(vault)), "test")
    assert signing_key(vault)[0] == "fail"
    assert verify(vault).size == size

    (vault / "ledger/keys/log.uri").write_text(f"{uri}\n")
    enter_act(VaultLedger(Vault(vault)), "test")
    assert verify(vault).size > size


def test_a_key_of_another_kind_is_refused(vault: Path, token: dict[str, bytes], tmp_path: Path) -> None:
    """The ECDSA key of a token cannot be a checkpoint key, whoever would sign with it."""
    before = files(vault)
    with pytest.raises(BadInput, match=r"A checkpoint key must be Ed25519\."):
        rotate_key(vault, elsewhere=elsewhere(tmp_path, "hsm:2?label=log", token["curve"]))
    assert files(vault) == before


def test_a_signer_of_the_library_signs_checkpoints(vault: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """With another passphrase for the seeds, and a copy of the keys, as with a key of one's own."""
    rotate_key(vault, elsewhere=in_file(tmp_path, Ed25519PrivateKey.generate()))
    change_passphrase(vault, passphrase=b"twelve letters")
    ledger = VaultLedger(Vault(vault), lambda: b"twelve letters")
    enter_act(ledger, "test")
    assert ledger.keys.in_the_open() == ()
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", "twelve letters")
    assert verify(vault).full
    back_up_keys(vault, tmp_path / "copy")
    assert (tmp_path / "copy/keys/log.uri").exists()


def test_a_public_key_may_be_32_bytes_in_base64(vault: Path, tmp_path: Path) -> None:
    """As key services give it."""
    from base64 import b64encode

    key = Ed25519PrivateKey.generate()
    there = in_file(tmp_path, key)
    there.public_key.write_bytes(b64encode(key.public_key().public_bytes_raw()) + b"\n")
    rotate_key(vault, elsewhere=there)
    assert verify(vault).full


def test_the_library_refuses_a_private_key_of_another_kind(vault: Path, tmp_path: Path) -> None:
    """An ECDSA key behind the address of an Ed25519 one: nothing is changed."""
    there = in_file(tmp_path, new_ecdsa(SECP256R1()))
    before = files(vault)
    there.public_key.write_bytes(pem(Ed25519PrivateKey.generate().public_key()))
    with pytest.raises(EnvironmentFault, match="A checkpoint key must be Ed25519"):
        rotate_key(vault, elsewhere=there)
    assert files(vault) == before


@pytest.mark.parametrize("uri", ["file2:/somewhere", "pkcs11:token=log;object=checkpoint"])
def test_without_the_extra_it_says_what_to_install(vault: Path, tmp_path: Path, monkeypatch: Any, uri: str) -> None:
    """Neither library is there: the message has the command."""
    real = builtins.__import__

    def absent(name: str, *more: Any) -> Any:
        if name.partition(".")[0] in {"pkcs11", "securesystemslib"}:
            raise ImportError(name)
        return real(name, *more)

    public = pem(Ed25519PrivateKey.generate().public_key())
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(EnvironmentFault, match=r"pip install 'custodiet\[hsm\]'"):
        rotate_key(vault, elsewhere=elsewhere(tmp_path, uri, public))


@pytest.mark.parametrize("text", ["", "no scheme", "file2:/a\nfile2:/b\n", "file2:/ü", "file2:/a b"])
def test_an_address_is_one_line_of_visible_ascii(vault: Path, tmp_path: Path, text: str) -> None:
    """In `log.uri` anything else is damage, told by the file's name; the command refuses it before it does anything."""
    public = pem(Ed25519PrivateKey.generate().public_key())
    with pytest.raises(BadInput):
        rotate_key(vault, elsewhere=elsewhere(tmp_path, text, public))
    (vault / "ledger/keys/log.uri").write_text(text)
    with pytest.raises(EnvironmentFault, match=r"log\.uri is damaged"):
        VaultLedger(Vault(vault)).keys.signer()


def test_address_and_public_key_go_together(vault: Path) -> None:
    """One without the other is a mistake in the command."""
    assert said("ledger", "rotate-key", vault, "--key-uri", "file2:/somewhere").code == 2
