"""Compares two runs in a session: which accesses and findings they judge differently, and which rows did it.

Reads the Parquet files of both runs and the ledger's stored rows up to the later size. Writes `fact_change`, `merge_edge`,
`instance_change`, `state_change`, `change_cause` and `finding_change`; nothing is compared row by row in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlglot import exp

from custodiet.cases.visibility import Walls
from custodiet.context.changes import FACT_CHANGE, MERGE_EDGE
from custodiet.engines.analysis import Stored, bind
from custodiet.engines.detecting import walled
from custodiet.engines.duckdb import Session
from custodiet.explain.changes import CHANGE_CAUSE, INSTANCE_CHANGE, STATE_CHANGE
from custodiet.model.changes import (
    Cause,
    CauseKind,
    ChangeKind,
    FindingChange,
    FindingChangeKind,
    Standing,
    StateChange,
)
from custodiet.model.explanations import State
from custodiet.model.provenance import Provenance
from custodiet.relations.query import Query
from custodiet.triage.changes import FINDING_CHANGE, SEEN_FINDING

_SQL = "custodiet.engines"
STATE_CHANGE_SEEN = Query(_SQL, "state_change_seen.sql")
CHANGES_SEEN = Query(_SQL, "changes_seen.sql")
CAUSES_SEEN = Query(_SQL, "causes_seen.sql")
CHANGES_COUNTED = Query(_SQL, "changes_counted.sql")
FINDINGS_COUNTED = Query(_SQL, "finding_changes_counted.sql")
FINDINGS_CHANGED = Query(_SQL, "finding_changes_seen.sql")
LOOK_TOLD = Query(_SQL, "look_told.sql")
ACCESSES_KNOWN = Query(_SQL, "accesses_known.sql")

#: When each delivery was taken in.
Deliveries = Iterable[tuple[str, datetime]]
_JUDGED = ("access", "access_state", "explanation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One of two runs: its folder, and what it is a function of."""

    folder: Path
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two runs of one ledger, of which the first knows no more entries than the second, and the rows that it stored."""

    earlier: Compared
    later: Compared
    stored: Stored  # up to the later size
    deliveries: Deliveries
    shadows: Sequence[str] = ()  # templates on trial, which decide nothing


def compare(session: Session, pair: Pair, *, only: Sequence[int] | None = None) -> None:
    """Make `state_change` and `change_cause` of the two runs; `only` these accesses, and those on which they rest."""
    bind(session, pair.stored)
    session.bind_arrow("delivery_time", _times(pair.deliveries))
    for side, run in (("earlier", pair.earlier), ("later", pair.later)):
        session.bind_parquet(f"{side}_subject_merge", [run.folder / "subject_merge.parquet"])
        for relation in _JUDGED:
            _bind_judged(session, f"{side}_{relation}", run.folder / f"{relation}.parquet", only)
    judge(session, pair.earlier.provenance, pair.later.provenance, pair.shadows)


def judge(session: Session, earlier: Provenance, later: Provenance, shadows: Sequence[str] = ()) -> None:
    """Make `state_change` and `change_cause` of what is bound as earlier, later and stored."""
    session.bind_arrow("shadow_template", pa.table({"template": pa.array(shadows, pa.string())}))
    sizes = {"earlier": earlier.ledger_size, "later": later.ledger_size}
    session.create_table("fact_change", FACT_CHANGE, sizes)
    session.create_table("merge_edge", MERGE_EDGE)
    session.create_table("instance_change", INSTANCE_CHANGE)
    session.create_table("state_change", STATE_CHANGE)
    differing = {"packs": earlier.packs != later.packs, "code": earlier.code != later.code}
    session.create_table("change_cause", CHANGE_CAUSE, differing)


def compare_findings(session: Session, pair: Pair) -> None:
    """Make `finding_change` of the two runs, without what is `walled`; `compare` comes first."""
    for side, run in (("earlier", pair.earlier), ("later", pair.later)):
        session.bind_parquet("finding", [run.folder / "finding.parquet"])
        session.create_table(f"{side}_finding", SEEN_FINDING)
        session.bind_parquet(f"{side}_episode_access", [run.folder / "episode_access.parquet"])
    session.create_table("finding_change", FINDING_CHANGE)


def put_up(session: Session, walls: Sequence[Walls]) -> None:
    """Make `walled` of these walls together, and `state_change_seen`: what is walled in one run is not shown in the other."""
    session.create_table("walled", walled(*walls))
    session.create_table("state_change_seen", STATE_CHANGE_SEEN)


def changes(session: Session, *, most: int, only: int | None = None) -> list[StateChange]:
    """Return at most so many changes that the reader may see, the gravest kind first, then by access, with their causes."""
    asked = {"most": most, "access": only}
    causes: dict[int, list[Cause]] = {}
    for access, *rest in session.rows(CAUSES_SEEN, asked):
        causes.setdefault(access, []).append(_cause(rest))
    return [_change(row, causes) for row in session.rows(CHANGES_SEEN, asked)]


def counted(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many accesses, and how many findings, changed in each way, as far as the reader may see them."""
    return dict(session.rows(CHANGES_COUNTED)), dict(session.rows(FINDINGS_COUNTED))


def known(session: Session) -> tuple[int, int]:
    """Return how many accesses that the reader may see only the earlier, and only the later, of the two runs knows."""
    [(before, after)] = session.rows(ACCESSES_KNOWN)
    return before, after


def finding_changes(session: Session, *, most: int) -> list[FindingChange]:
    """Return at most so many changed findings that the reader may see: re-opened first, then in the order of the queue."""
    return [_finding(row) for row in session.rows(FINDINGS_CHANGED, {"most": most})]


def look_told(session: Session, access: int) -> tuple[str, str, str]:
    """Return channel, subject and system of an access of the run that is bound in the session."""
    [(channel, subject, system)] = session.rows(LOOK_TOLD, {"access": access})
    return channel, subject, system


def _bind_judged(session: Session, name: str, path: Path, only: Sequence[int] | None) -> None:
    if only is None:
        session.bind_parquet(name, [path])
        return
    session.bind_parquet(f"whole_{name}", [path])
    numbers = [exp.Literal.number(one) for one in sorted(only)]
    session.create_view(
        name, exp.select("*").from_(f"whole_{name}").where(exp.In(this=exp.column("access"), expressions=numbers))
    )


def _times(deliveries: Deliveries) -> pa.Table:
    rows = list(deliveries)
    at = [moment.astimezone(UTC).replace(tzinfo=None) for _, moment in rows]
    names = pa.array([name for name, _ in rows], pa.string())
    return pa.table({"delivery": names, "received_at": pa.array(at, pa.timestamp("us"))})


def _change(row: tuple[Any, ...], causes: dict[int, list[Cause]]) -> StateChange:
    access, change, before, after, was, now, template_was, template_now, awaited, at, *attributed = row
    actor_before, actor_after, subject_before, subject_after = attributed
    return StateChange(
        access=access,
        change=ChangeKind(change),
        before=State(before),
        after=State(after),
        strength_before=was,
        strength_after=now,
        template_before=template_was,
        template_after=template_now,
        awaited=awaited,
        occurred_at=at.replace(tzinfo=UTC),
        actor_before=actor_before,
        actor_after=actor_after,
        subject_before=subject_before,
        subject_after=subject_after,
        causes=tuple(causes.get(access, ())),
    )


def _cause(row: Sequence[Any]) -> Cause:
    cause, fact, entry, through, kind, source, recorded_at, known_at, subject, survivor = row
    return Cause(
        cause=CauseKind(cause),
        fact=fact,
        entry=entry,
        through=through,
        kind=kind,
        source=source,
        recorded_at=_utc(recorded_at),
        known_at=_utc(known_at),
        subject=subject,
        survivor=survivor,
    )


def _finding(row: tuple[Any, ...]) -> FindingChange:
    finding, change, other, actor, subject, first_at, *numbers = row
    return FindingChange(
        finding=finding,
        change=FindingChangeKind(change),
        other=other,
        actor=actor,
        subject=subject,
        first_at=first_at.replace(tzinfo=UTC),
        before=_standing(numbers[0::2]),
        after=_standing(numbers[1::2]),
    )


def _standing(numbers: Sequence[int | None]) -> Standing | None:
    rank, score, accesses, unexplained, weak = numbers
    if rank is None or score is None or accesses is None or unexplained is None or weak is None:
        return None
    return Standing(rank=rank, score=score, accesses=accesses, unexplained=unexplained, weak=weak)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
