"""Audits, and what people see of them, over the real ledger and engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from custodiet import __version__
from custodiet.app import audits, findings, reporting
from custodiet.app.audits import Audit, Auditor
from custodiet.app.completeness import nothing_new
from custodiet.app.findings import FindingDetail, QueuePage, Why
from custodiet.app.looks import purpose_of
from custodiet.app.permissions import Desk, Look
from custodiet.app.ports import LedgerReader, Told, unheard
from custodiet.app.runs import Run, Runs
from custodiet.app.ties import TiesPage, ties_page
from custodiet.app.vault import Principal, Vault
from custodiet.bootstrap.accounts import account_of
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.histories import Histories
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.linking import linked
from custodiet.bootstrap.outputs import writing_to
from custodiet.cases.visibility import Walls
from custodiet.engines import accounting
from custodiet.engines.analysis import KEPT, Base, Stored, derive, reopened
from custodiet.engines.detecting import Reading, finding_named, front, walls_of
from custodiet.engines.duckdb import Session
from custodiet.errors import Refused, UsageError
from custodiet.explain.pack import Pack
from custodiet.logstore.cosigned import witnessing
from custodiet.logstore.lock import writing
from custodiet.model.instants import rfc3339
from custodiet.relations.query import Query
from custodiet.report.audit_document import AuditDocument, render
from custodiet.report.integrity import Integrity

ASKED = Query("custodiet.report.sql", "asked.sql")
QUEUE_LENGTH = Query("custodiet.report.sql", "queue_length.sql")
#: Findings that one page or report may put in front.
_MOST = 100_000


def audit(folder: Path, *, as_known: int | None = None, told: Told = unheard) -> Audit:
    """Explain every access and rank what nothing explains; returns the run's figures."""
    vault = Vault(folder)
    settings, ledger, runs = vault.settings(), VaultLedger(vault), Runs.of(vault)
    vault.principal(login())
    by, linkage = linked(judging(settings.pack), vault)

    def derived(snapshot: LedgerReader, size: int, into: Path, earlier: Run | None) -> None:
        stored = Stored(
            accesses=snapshot.segments("access/1", size),
            facts=snapshot.segments("fact/1", size),
            size=size,
            base=Base(folder=runs.path(earlier.name), size=earlier.provenance.ledger_size) if earlier else None,
            beats=nothing_new(snapshot, size),
            erased=snapshot.absent(size),
        )
        derive(stored, by, into, vault.scratch, told)

    def enter(run: Run) -> None:
        with ledger.write() as writer:
            writer.append_records("run/1", [{**run.body(), "made_at": rfc3339(datetime.now(UTC))}])
            writer.commit()

    auditor = Auditor(packs=by.pack.digest, code=__version__, linkage=linkage, derive=derived, relations=KEPT)
    ledger.keys.unlock()  # now, and not after minutes of work: a passphrase may have to be typed
    vault.derived.mkdir(parents=True, exist_ok=True)
    with writing(vault.derived / "lock"):
        run, differs = audits.audit(ledger, runs, auditor, as_known=as_known, enter=enter)
    with _relations(vault, run) as session:
        gone = ledger.read().accesses_gone(run.provenance.ledger_size)
        done = audits.summed_up(run, session, _titles(by.pack), differs, gone=gone)
    return replace(done, beside=audits.beside(ledger, runs, run))


def queue(folder: Path, look: Look, *, size: int = 20) -> QueuePage:
    """Return the front of the queue as the caller may see it; the look is recorded first."""
    _check_size(size)
    desk = desk_in(folder)
    principal = desk.looks("queue", None, look)
    run = _latest(desk.vault)
    with _relations(desk.vault, run) as session:
        return _page(session, desk, principal, run, size)


def show(folder: Path, name: str, look: Look) -> FindingDetail:
    """Return one finding with everything beside it; raises Refused in the same words where it is walled and where there is none."""
    desk = desk_in(folder)
    principal = desk.looks("show", name, look)
    run = _latest(desk.vault)
    with _relations(desk.vault, run) as session:
        found = finding_named(session, _reading(session, desk, principal), name)
        found = replace(found, nearest_miss=_misses(session, desk, name)[name].sentence)
        detail = findings.detail(session, found, ZoneInfo(desk.vault.settings().zone))
        then = Histories(desk, _walls(session, principal, desk.now)).of_finding([one.access for one in detail.accesses])
        return replace(detail, history=then)


def ties(folder: Path, look: Look, *, actor: str | None = None, size: int = 50) -> TiesPage:
    """Return the ties of the latest audit, of one actor or of all, that the walls leave open; the look is recorded first."""
    _check_size(size)
    desk = desk_in(folder)
    principal = desk.looks("ties", actor, look)
    run = _latest(desk.vault)
    with _relations(desk.vault, run) as session:
        seen, more = ties_page(session, _walls(session, principal, desk.now), person=actor, size=size)
    return TiesPage(run=run.name, linkage=run.provenance.linkage, ties=seen, more=more)


def why(folder: Path, event: int, look: Look) -> Why:
    """Return the reason of one access, or what was looked for; raises Refused where it is walled, erased or not there."""
    desk = desk_in(folder)
    principal = desk.looks("why", str(event), look)
    gone = VaultLedger(desk.vault).read().gone_of(event)
    if gone is not None:
        raise Refused(gone)
    run = _latest(desk.vault)
    with _relations(desk.vault, run) as session:
        told = _why(session, desk, principal, event)
        return replace(told, history=Histories(desk, _walls(session, principal, desk.now)).of_access(event))


def report(folder: Path, out: Path, look: Look, *, size: int = 20) -> AuditDocument:
    """Write the report of the latest audit to a file, and return what it shows; the look is recorded first."""
    _check_size(size)
    desk = desk_in(folder)
    principal = desk.looks("report", None, look)
    settings, ledger = desk.vault.settings(), VaultLedger(desk.vault)
    run = _latest(desk.vault)
    by = judging(settings.pack)
    titles = {one.id: one.title for one in by.pack.templates}
    snapshot = ledger.read()
    with _relations(desk.vault, run) as session:
        gone = snapshot.accesses_gone(run.provenance.ledger_size)
        figures = audits.summed_up(run, session, _titles(by.pack), gone=gone)
        occasion = reporting.Occasion(
            drawn_at=desk.now,
            drawn_by=desk.login,
            purpose=purpose_of(look.purpose),
            settings=settings,
            signal_titles={signal.id: signal.title for signal in by.signals},
            template_titles=titles,
            next_steps=by.settings.next_steps,
            kind_words=by.pack.words.kinds,
            integrity=Integrity(
                origin=settings.origin,
                checkpoint=(desk.vault.ledger / "checkpoint").read_text(encoding="utf-8"),
                key=ledger.keys.verifier().key.text,
                witnessing=witnessing(snapshot.log.layout, snapshot.log.checkpoint, ledger.witnesses()),
            ),
        )
        document = reporting.audit_document(
            figures, _page(session, desk, principal, run, size), session, snapshot, occasion
        )
    with writing_to(out):
        out.write_text(render(document), encoding="utf-8")
    return document


def _page(session: Session, desk: Desk, principal: Principal, run: Run, size: int) -> QueuePage:
    reading = _reading(session, desk, principal)
    settings = judging(desk.vault.settings().pack).settings
    seen = front(session, reading, size=size, per_actor=settings.per_actor)
    misses = _misses(session, desk, None)
    told = [replace(finding, nearest_miss=misses[finding.finding].sentence) for finding in seen.findings]
    [(in_queue,)] = session.rows(QUEUE_LENGTH)
    actors = {finding: miss.actor for finding, miss in misses.items()}
    gone = VaultLedger(desk.vault).read().accesses_gone(run.provenance.ledger_size)
    return QueuePage(run=run.name, findings=told, actors=actors, in_queue=in_queue, held_back=seen.held_back, gone=gone)


def _why(session: Session, desk: Desk, principal: Principal, event: int) -> Why:
    told = account_of(session, _pack(desk), ZoneInfo(desk.vault.settings().zone), event)
    if _walls(session, principal, desk.now).ties(str(told.access["actor"]), str(told.access["subject"])):
        raise Refused(accounting.ABSENT)
    return told


def _misses(session: Session, desk: Desk, name: str | None) -> dict[str, accounting.NearestMiss]:
    """Return what came nearest for the findings in front, or for the one of that name."""
    session.create_table("asked", ASKED, {"finding": name})
    return accounting.nearest_misses(session, _pack(desk))


def _latest(vault: Vault) -> Run:
    return audits.latest(VaultLedger(vault), Runs.of(vault))


def _check_size(size: int) -> None:
    if not 1 <= size <= _MOST:
        msg = f"--size is a number of findings from 1 to {_MOST:,}, not {size}"
        raise UsageError(msg)


def _titles(pack: Pack) -> dict[str, str]:
    return {one.id: one.title for one in pack.templates}


def _pack(desk: Desk) -> Pack:
    return judging(desk.vault.settings().pack).pack


def _reading(session: Session, desk: Desk, principal: Principal) -> Reading:
    signals = judging(desk.vault.settings().pack).signals
    return Reading(signals=signals, walls=_walls(session, principal, desk.now))


def _walls(session: Session, principal: Principal, now: datetime) -> Walls:
    return walls_of(session, principal.staff, now)


@contextmanager
def _relations(vault: Vault, run: Run) -> Iterator[Session]:
    with reopened(Runs.of(vault).path(run.name), vault.scratch) as session:
        yield session
