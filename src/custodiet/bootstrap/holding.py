"""Legal holds: entries kept for a matter until a record releases them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from custodiet.app.redacting import check_keeper
from custodiet.app.vault import Principal, Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.errors import BadInput, Refused
from custodiet.ledger.holding import checked_matter, standing
from custodiet.ledger.index_ranges import Range, merged, overlap, told_ranges
from custodiet.ledger.redaction import checked_authority
from custodiet.ledger.retention import TYP, Hold, release_record
from custodiet.logstore.log import Log


def hold(folder: Path, entries: Sequence[Range], matter: str, authority: str) -> Hold:
    """The entries are held from now on; returns the hold as the ledger has it.

    Raises BadInput for entries that are not there or were dropped, Refused for a principal without the duty for it.
    """
    vault, principal = _keeper(folder, "hold entries")
    wanted = Hold(
        by=principal.login,
        at=datetime.now(UTC),
        authority=checked_authority(authority),
        matter=checked_matter(matter),
        entries=merged(entries),
    )
    with VaultLedger(vault).write() as writer:
        _check_there(writer.read().log, wanted.entries)
        writer.append_records(TYP, [wanted.record()])
        writer.commit()
    return max(VaultLedger(vault).read().holds(), key=lambda each: each.number or 0)


def release(folder: Path, number: int, authority: str) -> Hold:
    """The hold of that number is ended by a record, and returned; raises Refused where none of that number stands."""
    vault, principal = _keeper(folder, "release a hold")
    record = release_record(number, principal.login, datetime.now(UTC), checked_authority(authority))
    with VaultLedger(vault).write() as writer:
        if number not in {each.number for each in standing(writer.read().holds())}:
            msg = f"no hold {number} stands; `custodiet ledger holds` shows those that do"
            raise Refused(msg)
        writer.append_records(TYP, [record])
        writer.commit()
    return next(each for each in VaultLedger(vault).read().holds() if each.number == number)


def holds(folder: Path) -> list[Hold]:
    """Return all holds, those released included; they hold nothing of any record."""
    vault = Vault(folder)
    vault.settings()
    vault.principal(login())
    return VaultLedger(vault).read().holds()


def _keeper(folder: Path, act: str) -> tuple[Vault, Principal]:
    vault = Vault(folder)
    vault.settings()
    principal = vault.principal(login())
    check_keeper(principal, act)
    return vault, principal


def _check_there(log: Log, entries: tuple[Range, ...]) -> None:
    if not entries or entries[-1][1] > log.size:
        raise BadInput(f"Name entries that are there: the ledger has {log.size}.", found=told_ranges(entries) or "none")
    gone = [(each.start, each.end) for each in log.manifest.dropped() if overlap(entries, each.start, each.end)]
    if gone:
        raise BadInput("Some of these entries were dropped; nothing is left to be held.", found=told_ranges(gone))
