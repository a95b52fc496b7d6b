"""Another signing key for a log, and the declaration that an earlier one proves nothing any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from custodiet.bootstrap.identity import login
from custodiet.bootstrap.keeping import kept_by_administrator
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.succeeding import settle_keys
from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.key_history import compromise_record, key_record
from custodiet.logstore.log import Log
from custodiet.model.looks import Deed
from custodiet.signing.external import PROBE, ExternalSigner, address, public_key
from custodiet.signing.succession import install_next, prepare_next


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A handover: the keys, and the size of the checkpoint that both signed."""

    before: str
    key: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A key that the log declares compromised above a size, and the key that signs now."""

    compromised: str
    above: int
    until: int  # the size from which another key signs
    key: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A key in a hardware module or a service: its address, and the file of its public key (PEM, or 32 bytes in base64)."""

    uri: str
    public_key: Path


def rotate_key(folder: Path, *, reason: str | None = None, elsewhere: Elsewhere | None = None) -> Rotated:
    """The log is signed by a new key from now on; the checkpoint of the handover bears both signatures.

    The new key is made here, or lies elsewhere. Then it signs something before anything is changed: raises EnvironmentFault
    if it cannot be reached or is not the one of that public key, BadInput for a key that is not Ed25519.
    """
    ledger = kept_by_administrator(folder)
    return _rotated(ledger, reason, None if elsewhere is None else _reached(ledger, elsewhere))


def declare_compromised(folder: Path, above: int, *, reason: str | None = None) -> Declared:
    """The log says of the key that signed after that size that its signatures above it prove nothing; a new key signs.

    If that key is the present one, it hands over first. Raises BadInput for a size that the log does not have.
    """
    ledger = kept_by_administrator(folder)
    settle_keys(ledger.vault.ledger, ledger.keys)
    size = ledger.read().size
    if not 0 <= above < size:
        raise BadInput(f"The log has {size} entries.", found=f"size {above}")
    lost = ledger.keys.history().at(above + 1)[0].key
    if lost == ledger.keys.verifier().key:
        _rotated(ledger, reason)
    with ledger.write() as writer:
        writer.append_deeds([_deed("declare-compromised", reason)])
        writer.append_records("key/1", [compromise_record(lost, above)])
        checkpoint = writer.commit()
    history = ledger.keys.history()
    [until] = [after.start for before, after in pairwise(history.steps) if before.verifier.key == lost]
    return Declared(compromised=lost.text, above=above, until=until, key=history.key.text, size=checkpoint.size)


def _reached(ledger: VaultLedger, elsewhere: Elsewhere) -> ExternalSigner:
    keys, file = ledger.keys, elsewhere.public_key
    try:
        data = file.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"The public key {file} cannot be read: {error.strerror}.") from error
    public = public_key(data, keys.verifier().key.name, str(file))
    signer = ExternalSigner(address(elsewhere.uri.encode()), public, keys.ask_pin)
    signer.sign(PROBE)
    return signer


def _rotated(ledger: VaultLedger, reason: str | None, elsewhere: ExternalSigner | None = None) -> Rotated:
    settle_keys(ledger.vault.ledger, ledger.keys)
    keys = ledger.keys
    present = keys.signer()
    log = Log.open(ledger.vault.ledger, keys.history())
    with log.appender(present, keys.salts()) as appender:
        succeeding = prepare_next(keys, elsewhere)
        appender.append_deeds([_deed("rotate-key", reason)])
        start = appender.size + 1
        appender.append_records("key/1", [key_record(succeeding.verifier.key, start, present.verifier.key)])
        appender.commit(succeeding)
        install_next(keys, start)
    return Rotated(before=present.verifier.key.text, key=succeeding.verifier.key.text, size=start)


def _deed(act: str, reason: str | None) -> Deed:
    return Deed(principal=login(), act=act, object=None, purpose=None, reason=reason, at=datetime.now(UTC))
