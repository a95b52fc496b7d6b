"""Erasing groups of entries: one person proposes, another approves, and what the ledger and the vault held of them is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from custodiet.app.redacting import NOT_HIS, check_approver, check_proposer, open_one
from custodiet.app.runs import Runs
from custodiet.app.unfinished_erasure import UnfinishedErasure, emptied
from custodiet.app.vault import Principal, Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger, Writer
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.engines import erasing
from custodiet.engines.analysis import Stored
from custodiet.engines.duckdb import Session
from custodiet.engines.erasing import Told
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.engines.quarantine_erasing import places
from custodiet.errors import BadInput, Refused
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.holding import check_unheld
from custodiet.ledger.index_ranges import indices_of, ranges_of
from custodiet.ledger.kept_digests import digest_of_kept
from custodiet.ledger.redaction import (
    TYP,
    Proposal,
    Redaction,
    approval_record,
    checked_authority,
    groups_that_go,
)
from custodiet.logstore.lock import writing


def propose_redaction(folder: Path, events: Sequence[int], groups: Sequence[str], authority: str) -> Redaction:
    """The proposal is in the ledger, and returned; nothing is erased before another principal approves it."""
    vault, now = Vault(folder), datetime.now(UTC)
    vault.settings()
    principal = vault.principal(login())
    check_proposer(principal)
    ledger = VaultLedger(vault)
    snapshot = ledger.read()
    typ = _one_type(snapshot, events)
    with Session(scratch=vault.scratch) as session:
        erasing.choose(session, typ, snapshot.segments(typ), events)
        _check_untied(session, snapshot, typ, principal, now)
        _check_statements(session, typ)
        proposal = Proposal(
            by=principal.login,
            at=now,
            authority=checked_authority(authority),
            entries=ranges_of(events),
            groups=groups_that_go(ENTRY_TYPES[typ], groups),
            along=ranges_of(erasing.along(session)) if ENTRY_TYPES[typ].beside else (),
        )
    with ledger.write() as writer:
        writer.append_records(TYP, [proposal.record()])
        writer.commit()
    return max((each for each in ledger.read().redactions() if each.proposal == proposal), key=lambda each: each.number)


def approve_redaction(folder: Path, number: int) -> Redaction:
    """The proposal of that number is approved and carried out, in one commit; returns it as the ledger has it now."""
    vault, now = Vault(folder), datetime.now(UTC)
    vault.settings()
    principal = vault.principal(login())
    ledger, note = VaultLedger(vault), UnfinishedErasure(vault.folder)
    _check_may_approve(vault, ledger.read(), number, principal, now)
    vault.derived.mkdir(parents=True, exist_ok=True)
    with writing(vault.derived / "lock"), ledger.write() as writer:
        snapshot = writer.read()
        redaction = open_one(snapshot.redactions(), number)
        check_unheld(snapshot.holds(), ranges_of(redaction.proposal.erased()))
        rows = _told(vault, snapshot, redaction)
        deliveries = [body for _, body in snapshot.records("delivery/1")]
        names = [str(body["delivery"]) for body in deliveries]
        waiting = Quarantine(vault.quarantine).entries(names)
        note.begin(number, list(places(waiting, rows)), may_hold(deliveries, rows))
        Runs.of(vault).forget_from(min(redaction.proposal.erased()))
        for folder_of_work in (vault.staging, vault.scratch):
            emptied(folder_of_work)
        _carry_out(writer, redaction, principal, now)
        writer.finish_erasure()
    return next(each for each in ledger.read().redactions() if each.number == number)


def redactions(folder: Path) -> list[Redaction]:
    """Return all redactions, those that wait for approval included; they hold nothing of any record."""
    vault = Vault(folder)
    vault.settings()
    vault.principal(login())
    return VaultLedger(vault).read().redactions()


def _carry_out(writer: Writer, redaction: Redaction, principal: Principal, now: datetime) -> None:
    erased = redaction.proposal.erased()
    kept = writer.erase(erased)
    digest = digest_of_kept([(index, group) for index, names in erased.items() for group in names], kept.entries)
    writer.append_records(TYP, [approval_record(redaction.number, principal.login, now, digest)])
    writer.commit()


def _check_may_approve(vault: Vault, snapshot: Snapshot, number: int, principal: Principal, now: datetime) -> None:
    redaction = open_one(snapshot.redactions(), number)
    proposal = redaction.proposal
    check_unheld(snapshot.holds(), ranges_of(proposal.erased()))
    try:
        proposer = vault.principal(proposal.by)
    except Refused:  # the vault does not know him any more
        proposer = None
    check_approver(principal, proposer, proposal.by)
    events = list(indices_of(proposal.entries))
    typ = _one_type(snapshot, events)
    with Session(scratch=vault.scratch) as session:
        erasing.choose(session, typ, snapshot.segments(typ), events)
        _check_untied(session, snapshot, typ, principal, now)


def _one_type(snapshot: Snapshot, events: Sequence[int]) -> str:
    """Return the one type of these entries; raises BadInput where they are of several, of one without groups, or none."""
    if not events:
        raise BadInput("Name at least one entry.")
    typs = {snapshot.typ_of(event) for event in events}
    if None in typs:
        raise Refused(NOT_HIS)
    if len(typs) > 1:
        found = ", ".join(sorted(str(typ) for typ in typs))
        raise BadInput("The entries are of several types; propose them apart.", found=found)
    typ = str(typs.pop())
    if typ not in ENTRY_TYPES:
        raise BadInput("These are records of the log itself, which hold nothing that can be erased.", found=typ)
    return typ


def _check_untied(session: Session, snapshot: Snapshot, typ: str, principal: Principal, now: datetime) -> None:
    if typ == "deed/1":
        [(own,)] = session.rows(erasing.own_deeds(principal.login))
        tied = own > 0
    else:
        stored = Stored(
            accesses=(), facts=snapshot.segments("fact/1"), size=snapshot.size, erased=snapshot.absent(snapshot.size)
        )
        tied = erasing.are_tied(session, typ, stored, str(principal.staff), now)
    if tied:
        raise Refused(NOT_HIS)


def _check_statements(session: Session, typ: str) -> None:
    """If only a source's later statement of a fact were erased, its earlier one would stand again."""
    earlier = erasing.earlier_statements(session) if typ == "fact/1" else []
    if earlier:
        raise BadInput(
            "These facts replaced earlier statements of the same facts, which would stand again; name them too.",
            found=", ".join(str(index) for index in earlier[:20]),
        )


def _told(vault: Vault, snapshot: Snapshot, redaction: Redaction) -> list[Told]:
    """Return where the rows came from that are to lose groups."""
    events = list(redaction.proposal.erased())
    typ = _one_type(snapshot, events)
    if not ENTRY_TYPES[typ].beside:
        return []
    with Session(scratch=vault.scratch) as session:
        erasing.choose(session, typ, snapshot.segments(typ), events)
        return erasing.told(session)


def may_hold(deliveries: Sequence[Mapping[str, Any]], rows: Sequence[Told]) -> list[str]:
    """Return the deliveries whose files may hold the rows' records: their own, and later ones that brought some again."""
    first: dict[str, str] = {}
    for row in rows:
        first[row.source] = min(row.delivery, first.get(row.source, row.delivery))
    own = {row.delivery for row in rows}

    def may(body: Mapping[str, Any]) -> bool:
        again = body["counts"]["duplicate"] + body["counts"]["quarantined"] > 0
        return again and body["source"] in first and body["delivery"] >= first[body["source"]]

    return [body["delivery"] for body in deliveries if body["delivery"] in own or may(body)]
