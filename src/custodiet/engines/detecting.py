"""Episodes, features, signals and findings computed on a DuckDB session, and read from it as values.

Reads the relations `access`, `access_state` and those of context; writes `episode_access`, `episode`, `table_use`,
`feature` and its parts, `signal` and `finding`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlglot import exp

from custodiet.cases.visibility import ABSENT, NO_WALLS, WALL, Walls, walls_from
from custodiet.detect.compiler import SIGNAL, fired_query
from custodiet.detect.features import FEATURE_STEPS, URGENT_ACCESS, feature_query
from custodiet.detect.sentences import sentence_of
from custodiet.detect.signal_file import SignalFile
from custodiet.detect.ties import TieRules
from custodiet.engines.duckdb import Session
from custodiet.engines.tying import Linker, tie_asked
from custodiet.errors import Refused
from custodiet.model.findings import Finding, Signal
from custodiet.relations.query import Query
from custodiet.triage.episodes import EPISODE_STEPS
from custodiet.triage.ranking import FINDING, FRONT, HELD_BACK, Front, Settings

_FRONTED = Query("custodiet.engines", "fronted.sql")
_SIGNALS_OF = Query("custodiet.engines", "signals_of.sql")
_NO_LIMIT = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How findings are read: the signals that give them words, whose walls stand, and the nearest misses."""

    signals: Sequence[SignalFile]
    walls: Walls = NO_WALLS
    nearest_misses: Mapping[str, str] | None = None  # by finding


@dataclass(frozen=True, slots=True)
class Tying:
    """How ties are found: the pack's rules and models, and linkage where it is asked for."""

    rules: TieRules = field(default_factory=TieRules)
    linker: Linker | None = None


def detect(
    session: Session, signals: Sequence[SignalFile], settings: Settings | None = None, tying: Tying | None = None
) -> None:
    """Compute episodes, ties, features, signals and ranked findings and keep them in the session under their names.

    Ties are drawn between an actor and the subjects of his own episodes that are not explained, and no other.
    """
    by = tying or Tying()
    chosen = settings or Settings()
    gap = {"gap_days": chosen.gap_days}
    session.create_table("urgent_access", URGENT_ACCESS)
    for name, query in EPISODE_STEPS:
        session.create_table(name, query, gap if name == "episode_access" else None)
    session.create_table("tie_asked", _asked_pairs())
    tie_asked(session, by.rules, by.linker)
    session.create_table("vague_reason", _texts("reason", chosen.vague_reasons))
    for name, query in FEATURE_STEPS:
        session.create_table(name, query)
    session.create_table("feature", feature_query())
    session.create_table("signal_fired", fired_query(signals))
    session.create_table("signal", SIGNAL)
    session.create_table("finding", FINDING)
    for name in (*(step for step, _ in FEATURE_STEPS), "signal_fired", "vague_reason", "urgent_access"):
        session.drop(name)


def front(session: Session, reading: Reading, *, size: int | None = None, per_actor: int | None = None) -> Front:
    """Return the front of the queue as the reader may see it, in order; the rest stays in the queue and is counted."""
    bounds = {"size": _NO_LIMIT if size is None else size, "per_actor": _NO_LIMIT if per_actor is None else per_actor}
    _put_in_front(session, reading, bounds)
    [(held_back,)] = session.rows(HELD_BACK, bounds)
    return Front(findings=_findings(session, reading, None), held_back=held_back)


def finding_named(session: Session, reading: Reading, name: str) -> Finding:
    """Return the finding of that name; raises Refused in the same words where it is walled and where there is none."""
    _put_in_front(session, reading, {"size": _NO_LIMIT, "per_actor": _NO_LIMIT})
    for finding in _findings(session, reading, name):
        return finding
    raise Refused(ABSENT)


def walls_of(session: Session, staff_number: str | None, as_at: datetime) -> Walls:
    """Return the walls of a member of the workforce at a moment; who has no staff number has none that are known."""
    if staff_number is None:
        return NO_WALLS
    moment = as_at.astimezone(UTC).replace(tzinfo=None)
    return walls_from(session.rows(WALL, {"staff_number": staff_number, "as_at": moment}))


def walled(*walls: Walls) -> exp.Expression:
    """Return the relation `walled`: side and id of everything that one of these walls keeps from the reader."""
    actors = {("actor", name) for one in walls for name, _ in one.actors}
    subjects = {("subject", name) for one in walls for name, _ in one.subjects}
    return _values(("side", "id"), sorted(actors | subjects))


def _put_in_front(session: Session, reading: Reading, bounds: Mapping[str, int]) -> None:
    session.create_table("walled", walled(reading.walls))
    session.create_table("front_finding", FRONT, bounds)


def _findings(session: Session, reading: Reading, name: str | None) -> tuple[Finding, ...]:
    sentences = {signal.id: signal.sentence for signal in reading.signals}
    signals: dict[str, list[Signal]] = {}
    for finding, signal, points, facts in session.rows(_SIGNALS_OF, {"finding": name}):
        words = sentence_of(sentences[signal], json.loads(facts))
        signals.setdefault(finding, []).append(Signal(signal=signal, points=points, sentence=words))
    return tuple(_finding(row, signals, reading) for row in session.rows(_FRONTED, {"finding": name}))


def _finding(row: tuple[Any, ...], signals: Mapping[str, list[Signal]], reading: Reading) -> Finding:
    name, rank, actor, subject, first_at, last_at, accesses, unexplained, systems = row
    return Finding(
        finding=name,
        rank=rank,
        actor=actor,
        subject=subject,
        first_at=first_at.replace(tzinfo=UTC),
        last_at=last_at.replace(tzinfo=UTC),
        accesses=accesses,
        unexplained=unexplained,
        systems=tuple(systems),
        signals=tuple(signals.get(name, ())),
        nearest_miss=(reading.nearest_misses or {}).get(name, ""),
    )


def _asked_pairs() -> exp.Select:
    """The actors and subjects of episodes with something to look at: nobody's ties are drawn for their own sake."""
    something = exp.Add(this=exp.column("unexplained"), expression=exp.column("weak"))
    return (
        exp.select(exp.alias_(exp.column("actor"), "person"), exp.column("subject"))
        .from_("episode")
        .where(exp.GT(this=something, expression=exp.Literal.number(0)))
        .distinct()
    )


def _texts(column: str, texts: Sequence[str]) -> exp.Expression:
    return _values((column,), [(text,) for text in texts])


def _values(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> exp.Expression:
    """A relation of texts written out; a last row of NULLs, filtered away, gives the types where there are no rows."""
    written = [exp.Tuple(expressions=[exp.Literal.string(text) for text in row]) for row in rows]
    last = exp.Tuple(expressions=[exp.cast(exp.null(), "VARCHAR") for _ in columns])
    source = exp.Values(
        expressions=[*written, last],
        alias=exp.TableAlias(this=exp.to_identifier("v"), columns=[exp.to_identifier(c) for c in columns]),
    )
    return (
        exp.select(*columns)
        .from_(source)
        .where(exp.Not(this=exp.Is(this=exp.column(columns[0]), expression=exp.null())))
    )
