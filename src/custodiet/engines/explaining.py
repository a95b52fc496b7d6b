"""Runs context and explanation in a session: from bound `stored_fact` and `stored_access` to `explanation` and `access_state`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import pyarrow as pa
from sqlglot import exp

from custodiet.context.views import Step, steps
from custodiet.engines import linking
from custodiet.engines.duckdb import Session
from custodiet.engines.group_members import learn_groups
from custodiet.explain import awaiting, compiler, second_pass, states
from custodiet.explain.awaiting import Awaited, Reach, Watermark
from custodiet.explain.pack import Pack
from custodiet.explain.template import After
from custodiet.model.instants import as_utc

#: A source, and the moment at which it had nothing that had not been delivered.
Beat = tuple[str, datetime]
#: Makes a table of states: its name, the accesses, and what was found for them.
States = Callable[[str, str, str], None]


def bind_context(session: Session, size: int, beats: Sequence[Beat] = ()) -> None:
    """Make every relation of context in the session, as known at the ledger size, from what is bound as stored."""
    session.bind_arrow("heartbeat", _heartbeats(beats))
    for step in steps():
        _make(session, step, size)


def explain(session: Session, pack: Pack, size: int) -> None:
    """Make the tables `explanation`, `access_state` and `group_member` for the first `size` entries; context must be bound at that size."""
    states_of = states_in(session, pack)
    linking.count_crowds(session, pack.templates)
    session.create_table("asked_access", _asked(compiler.columns_read(pack.templates), size))
    linking.find(session, "explanation", pack.of_pass(After.NOTHING), "asked_access")
    states_of("first_state", "asked_access", "explanation")
    _second_pass(session, pack, states_of)
    session.create_table("residual_found", second_pass.found_of("explanation", "residual_access"))
    states_of("residual_state", "residual_access", "residual_found")
    session.create_table("access_state", second_pass.final_state("first_state", "residual_state"))
    for name in _SCRATCH:
        session.drop(name)


def states_in(session: Session, pack: Pack) -> States:
    """Return what makes the table of that name with the states of these accesses from what was found for them."""
    behind = sources_awaited(session, pack)

    def states_of(name: str, accesses: str, found: str) -> None:
        query = states.compiled_states(pack.templates, pack.thresholds, behind, accesses=accesses, found=found)
        session.create_table(name, query)

    return states_of


def request(session: Session, pack: Pack, states_of: States) -> None:
    """Make the table `explained_request` of the accesses in `residual_access`."""
    columns = compiler.columns_read(pack.templates)
    session.create_table("requested_access", second_pass.requested_access("residual_access", columns))
    linking.find(session, "requested_found", pack.of_pass(After.NOTHING), "requested_access")
    states_of("requested_state", "requested_access", "requested_found")
    requests = second_pass.explained_request("requested_access", "requested_state", "requested_found")
    session.create_table("explained_request", requests)


_SCRATCH = ("asked_access", "first_state", "explained_access", "residual_access", "requested_access", "requested_found",
            "requested_state", "explained_request", "residual_found", "residual_state")  # fmt: skip


def _heartbeats(beats: Sequence[Beat]) -> pa.Table:
    at = [as_utc(moment).replace(tzinfo=None) for _, moment in beats]
    sources = pa.array([source for source, _ in beats], pa.string())
    return pa.table({"source": sources, "at": pa.array(at, pa.timestamp("us"))})


def _make(session: Session, step: Step, size: int) -> None:
    parameters = {"size": size} if step.sized else None
    session.create_table(step.relation, step.query, parameters)


def sources_awaited(session: Session, pack: Pack) -> tuple[Awaited, ...]:
    """Return the sources that accesses may have to wait for, from the relations `watermark` and `access`."""
    return awaiting.awaited(
        pack.templates, _watermarks(session), pack.grace, latest=_latest(session), silent_after=pack.silent_after
    )


def source_reaches(session: Session, pack: Pack) -> tuple[Reach, ...]:
    """Return how far each source has delivered each kind, and how it stands, from `watermark` and `access`."""
    return awaiting.reaches(
        pack.templates, _watermarks(session), pack.grace, latest=_latest(session), silent_after=pack.silent_after
    )


def _latest(session: Session) -> datetime | None:
    rows: list[tuple[datetime]] = session.rows(awaiting.LATEST_KNOWN)
    return rows[0][0] if rows else None


def _watermarks(session: Session) -> Iterable[Watermark]:
    return [tuple(row) for row in session.rows(exp.select("kind", "source", "delivered_to").from_("watermark"))]


def _asked(columns: Sequence[str], size: int) -> exp.Select:
    """Only the columns that templates read: the table is read once for each of them."""
    known = exp.LT(this=exp.column("access"), expression=exp.Literal.number(size))
    return exp.select(*(exp.column(name, quoted=True) for name in columns)).from_("access").where(known)


def _second_pass(session: Session, pack: Pack, states_of: States) -> None:
    session.create_table("explained_access", second_pass.explained_access("asked_access", "first_state"))
    session.create_table("residual_access", second_pass.residual_access("asked_access", "first_state"))
    learn_groups(session, pack.templates)
    request(session, pack, states_of)
    linking.add(session, "explanation", pack.of_pass(After.EXPLAINED), "residual_access")
