"""Time-stamps on a vault's checkpoints: asking an authority for one, and checking those that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.submitting import own_note, when_unlocked
from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.note import Note, own_lines
from custodiet.logstore.files import disk, make_folder, replace
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.lock import writing
from custodiet.witnessing.timestamps import Stamp, ask_authority, roots_in, verified_stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A time-stamp that was asked for."""

    size: int
    stamp: Stamp
    file: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """The time-stamps that are stored with a vault's checkpoints."""

    held: int
    checked: int  # how many of them were verified against roots
    size: int | None = None  # of the checkpoint of the newest that was
    at: datetime | None = None
    authority: str | None = None


def timestamp(folder: Path, url: str, roots: Path) -> Stamped:
    """Have the authority at that address stamp the newest checkpoint; the token is verified and stored with it.

    Raises EnvironmentFault, VerificationFailed for a token that does not hold, BadInput for roots that are none.
    """
    vault = Vault(folder)
    vault.settings()
    log = VaultLedger(vault).read().log
    token, stamp = ask_authority(url, own_note(log).signed, _roots(roots))
    file = log.layout.timestamp(log.size)
    when_unlocked(lambda: _store(log.layout, file, token))
    return Stamped(size=log.size, stamp=stamp, file=file)


def stamps(folder: Path, roots: Path | None = None) -> Stamps:
    """Return the stored time-stamps, verified against the roots where they are given; raises LogDamaged for one that fails."""
    layout = Layout(Vault(folder).ledger)
    sizes = stored_sizes(layout.timestamps, ".tsr")
    if roots is None or not sizes:
        return Stamps(held=len(sizes), checked=0)
    trusted = _roots(roots)
    stamp = [_checked(layout, size, trusted) for size in sizes][-1]
    return Stamps(held=len(sizes), checked=len(sizes), size=sizes[-1], at=stamp.at, authority=stamp.authority)


def _checked(layout: Layout, size: int, roots: list[x509.Certificate]) -> Stamp:
    try:
        note = own_lines(Note.parse(layout.past_checkpoint(size).read_bytes()))
        return verified_stamp(layout.timestamp(size).read_bytes(), note.signed, roots)
    except (BadInput, VerificationFailed, FileNotFoundError) as error:
        said = str(error) if not isinstance(error, OSError) else "The checkpoint of this time-stamp is missing."
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said, file=f"timestamps/{size}.tsr")) from error


def _roots(file: Path) -> list[x509.Certificate]:
    try:
        return roots_in(file.read_bytes(), file.name)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=file.name) from error


def _store(layout: Layout, file: Path, token: bytes) -> None:
    with writing(layout.lock), disk("a time-stamp was stored"):
        make_folder(layout.timestamps)
        replace(file, token)
