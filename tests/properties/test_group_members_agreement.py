"""The relation `group_member`: what the engine makes of explained accesses against the definition in plain loops."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines import grouping
from custodiet.engines.duckdb import Session
from custodiet.engines.group_members import learn_groups
from custodiet.explain.groups import Settings, learned
from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from custodiet.relations.catalogue import GROUP_MEMBER

START = datetime(2026, 3, 4, 10, tzinfo=UTC)
SMALL = Settings(
    learned_from=timedelta(days=14), least_subjects=1, least_members=3, least_modularity=0.0, most_actors=4
)
#: Actor, subject, half days since the start, and whether the first pass explained it.
LOOKS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(0, 70), st.booleans()), min_size=1, max_size=50
)
TEMPLATES = [one for one in load(shipped("hospital")).templates if one.id == "works_with"]


def instant(halves: int) -> datetime:
    """Return the moment so many half days after the start."""
    return START + timedelta(hours=12 * halves)


def table(looks: list[tuple[int, int, int, bool]]) -> pa.Table:
    """Return the looks as rows of `access`."""
    return pa.table(
        {
            "actor": pa.array([f"p{one[0]}" for one in looks], pa.string()),
            "subject": pa.array([f"n{one[1]}" for one in looks], pa.string()),
            "occurred_at": pa.array([instant(one[2]).replace(tzinfo=None) for one in looks], pa.timestamp("us")),
        }
    )


def by_engine(looks: list[tuple[int, int, int, bool]]) -> list[tuple[object, ...]]:
    """Return the rows that the engine makes."""
    with Session(threads=1) as session:
        session.bind_arrow("access", table(looks))
        session.bind_arrow("explained_access", table([one for one in looks if one[3]]))
        learn_groups(session, TEMPLATES, SMALL)
        return session.rows(exp.select(*GROUP_MEMBER.names).from_(GROUP_MEMBER.name))


def by_definition(looks: list[tuple[int, int, int, bool]]) -> list[tuple[object, ...]]:
    """Return the rows that the plain loops make."""
    explained = [(one[0], one[1], instant(one[2])) for one in looks if one[3]]
    accesses = [(one[0], one[1], instant(one[2])) for one in looks]
    names = {number: f"p{number}" for number in range(6)}
    rows = learned(explained, accesses, names, SMALL, grouping.groups)
    return [tuple(one.replace(tzinfo=None) if isinstance(one, datetime) else one for one in row) for row in rows]


@settings(max_examples=60, deadline=None)
@given(LOOKS)
def test_the_engine_learns_what_the_loops_learn(looks: list[tuple[int, int, int, bool]]) -> None:
    """Windows, the span behind them, what is explained and what is judged: all as by definition."""
    found = by_engine(looks)

    assert sorted(found) == sorted(by_definition(looks))


@settings(max_examples=60, deadline=None)
@given(LOOKS, LOOKS, st.integers(10, 60))
def test_what_comes_later_changes_no_group_of_an_earlier_week(
    looks: list[tuple[int, int, int, bool]], later: list[tuple[int, int, int, bool]], from_half: int
) -> None:
    """The groups of the weeks that were over hold, whatever is seen afterwards."""
    until = instant(from_half).replace(tzinfo=None)
    more = [(one[0], one[1], from_half + one[2], one[3]) for one in later]
    known = [one for one in looks if one[2] < from_half]
    if not known:
        return

    over = {row for row in by_engine(known) if row[-1] <= until}
    assert {row for row in by_engine(known + more) if row[-1] <= until} >= over
