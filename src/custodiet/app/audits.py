"""An audit as a use case: made once for each provenance, recorded in the ledger, and summed up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.app.known_runs import known_runs, known_size, last_size
from custodiet.app.ports import Ledger, LedgerReader, Relations
from custodiet.app.runs import Run, Runs, run_name
from custodiet.errors import BadInput, Refused, VerificationFailed
from custodiet.model.explanations import State
from custodiet.model.provenance import Provenance
from custodiet.relations.query import Query

_SQL = "custodiet.report.sql"
STATES = Query(_SQL, "states.sql")
REACH = Query(_SQL, "reach.sql")
MATCHES = Query(_SQL, "matches.sql")
OVERLAP = Query(_SQL, "overlap.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateShare:
    """What one template matched. Shares of several templates overlap and must not be added."""

    template: str
    title: str
    accesses: int
    only_by_this: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another audit of the same entries, made by other packs, code or linkage, and what is different in it."""

    run: str
    packs: bool  # made by other packs
    code: bool  # made by another version of the code
    linkage: bool  # made with other linkage
    made_by: str  # that version
    differs: Sequence[str] | None  # relations with other bytes; None where that cannot be told any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """An audit in figures."""

    run: Run
    states: Mapping[str, int]  # every access is in exactly one state
    actors: int
    subjects: int
    first_at: datetime
    last_at: datetime
    templates: Sequence[TemplateShare]
    overlap: Mapping[int, int]  # number of templates that match -> accesses; disjoint
    findings: int
    gone: int = 0  # accesses that are in no figure, since they were redacted or dropped
    differs: Sequence[str] = ()  # relations that have other bytes than the ledger says of this run
    beside: Sequence[Beside] = ()  # audits of the same entries by other packs, code or linkage


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditor:
    """What an audit is made by: the packs in use, the code's version, linkage if any, and the engine that derives the relations."""

    packs: str
    code: str
    linkage: str
    derive: Callable[
        [LedgerReader, int, Path, Run | None], None
    ]  # snapshot, size known, folder to write into, earlier run
    relations: Collection[str]  # what it writes


def audit(
    ledger: Ledger, runs: Runs, auditor: Auditor, *, as_known: int | None, enter: Callable[[Run], None]
) -> tuple[Run, Sequence[str]]:
    """Return the run of what is known now, or was known at a ledger size; a run that is there already is not made again.

    A run that the ledger does not know with these bytes is entered in it. One made for today's knowledge becomes the one
    that the queue is read from. Beside the run stand the relations that the ledger knows with other bytes: none, unless
    the code or a library was changed without a new version.
    """
    snapshot = ledger.read()
    size = last_size(snapshot) if as_known is None else known_size(snapshot, as_known)
    _check_still_there(snapshot, size)
    provenance = Provenance(
        ledger_size=size,
        root=snapshot.root_at(size).hex(),
        packs=auditor.packs,
        code=auditor.code,
        linkage=auditor.linkage,
    )
    name = run_name(provenance)
    entered = entered_as(snapshot, name) if runs.is_comparable(name) else []
    run = runs.made(provenance)
    if run is None or set(run.relations) != set(auditor.relations) or (entered and run.relations not in entered):
        earlier = runs.before(provenance)
        run = runs.make(provenance, lambda folder: auditor.derive(snapshot, size, folder, earlier))
    if run.relations not in entered:
        enter(run)
    if as_known is None:
        runs.point_to(run)
    return run, _differing(run.relations, entered[0]) if entered else ()


def entered_as(snapshot: LedgerReader, name: str) -> list[Mapping[str, str]]:
    """Return the digests of relations with which the ledger knows a run, oldest first; none where it does not know it."""
    return [body["relations"] for _, body in snapshot.records("run/1") if body["run"] == name]


def latest(ledger: Ledger, runs: Runs) -> Run:
    """Return the run that the queue is read from.

    Raises BadInput where there is none, or its files are not as they were written; VerificationFailed where they are not
    what the ledger says of it: a finding cannot be taken out of the queue by hand.
    """
    run = runs.latest()
    if run.relations not in entered_as(ledger.read(), run.name):
        msg = f"the audit {run.name} is not what the ledger says of it; `custodiet audit` makes it again"
        raise VerificationFailed(msg)
    return run


def beside(ledger: Ledger, runs: Runs, run: Run) -> list[Beside]:
    """Return the audits of the same entries that other packs, code or linkage made, in the order in which they were entered."""
    others = [
        each for each in known_runs(ledger.read()) if each.size == run.provenance.ledger_size and each.name != run.name
    ]
    return [
        Beside(
            run=each.name,
            packs=each.provenance.packs != run.provenance.packs,
            code=each.provenance.code != run.provenance.code,
            linkage=each.provenance.linkage != run.provenance.linkage,
            made_by=each.provenance.code,
            differs=runs.differing(run, each.name, each.digests[0]),
        )
        for each in others
    ]


def summed_up(
    run: Run, relations: Relations, titles: Mapping[str, str], differs: Sequence[str] = (), *, gone: int = 0
) -> Audit:
    """Return the figures of a run; `gone` accesses are in none of them. Raises BadInput where no access is left."""
    [(_, actors, subjects, first_at, last_at, findings)] = relations.rows(REACH)
    if first_at is None:
        raise BadInput("No access is left to audit: all were redacted or dropped.")
    counted = dict(relations.rows(STATES))
    return Audit(
        run=run,
        states={state.value: counted.get(state.value, 0) for state in State},
        actors=actors,
        subjects=subjects,
        first_at=first_at.replace(tzinfo=UTC),
        last_at=last_at.replace(tzinfo=UTC),
        templates=[
            TemplateShare(template=name, title=titles.get(name, name), accesses=accesses, only_by_this=only)
            for name, accesses, only in relations.rows(MATCHES)
        ],
        overlap=dict(relations.rows(OVERLAP)),
        findings=findings,
        gone=gone,
        differs=differs,
    )


def _differing(found: Mapping[str, str], entered: Mapping[str, str]) -> Sequence[str]:
    return sorted(name for name in {*found, *entered} if found.get(name) != entered.get(name))


def _check_still_there(snapshot: LedgerReader, size: int) -> None:
    """Raises Refused where rows are gone that an audit of that size had: other rows would give another audit."""
    gone = snapshot.gone_since(size)
    if gone:
        msg = f"the audit as known at {size} cannot be made again: {'; '.join(gone)}"
        raise Refused(msg)
