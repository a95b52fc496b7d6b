"""Episodes and ranks as the queries make them agree with plain loops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.detecting import Reading, detect, front
from custodiet.engines.duckdb import Session
from custodiet.relations.catalogue import RELATIONS
from custodiet.relations.kinds import KINDS
from support.drawn_force import bind_rows

START = datetime(2026, 1, 1)  # noqa: DTZ001 - instants in relations carry no zone marker
GAP = timedelta(days=30)
ACCESSES = st.lists(
    st.fixed_dictionaries(
        {
            "actor": st.sampled_from(["4127", "5120"]),
            "subject": st.sampled_from(["N1", "N2"]),
            "day": st.sampled_from([0, 1, 2, 29, 30, 31, 32, 60, 61, 92]),
            "state": st.sampled_from(["explained", "explained", "weak", "pending", "unexplained"]),
            "subject_kind": st.sampled_from(["person", "person", "person", "table"]),
        }
    ),
    min_size=1,
    max_size=14,
)


def session_with(accesses: list[dict[str, Any]]) -> Session:
    """Return a session in which these accesses were judged."""
    rows = [
        {**{k: v for k, v in row.items() if k != "day"}, "access": str(number), "subject_as_used": row["subject"],
         "occurred_at": str(START + timedelta(days=row["day"]))}
        for number, row in enumerate(accesses)
    ]  # fmt: skip
    session = Session(threads=1)
    for name in ("access", "access_state"):
        bind_rows(session, RELATIONS[name], rows)
    for kind in KINDS:
        bind_rows(session, kind.relation, [])
    detect(session, ())
    return session


def plain_episodes(accesses: list[dict[str, Any]]) -> list[list[int]]:
    """Return the accesses of each episode by plain loops."""
    found: list[list[int]] = []
    pairs = sorted({(row["actor"], row["subject"]) for row in accesses})
    for pair in pairs:
        mine = sorted(
            (row["day"], number)
            for number, row in enumerate(accesses)
            if (row["actor"], row["subject"]) == pair and row["subject_kind"] != "table"
        )
        spell: list[tuple[int, int]] = []
        for each in [*mine, None]:
            if spell and (each is None or timedelta(days=each[0] - spell[-1][0]) >= GAP):
                if any(accesses[number]["state"] in {"unexplained", "weak"} for _, number in spell):
                    found.append([number for _, number in spell])
                spell = []
            if each is not None:
                spell.append(each)
    return sorted(found)


@settings(max_examples=10, deadline=None)
@given(accesses=ACCESSES)
def test_episodes_agree_with_plain_loops(accesses: list[dict[str, Any]]) -> None:
    """The same accesses lie in the same episodes; whole tables make none."""
    with session_with(accesses) as session:
        rows = session.rows(exp.select("finding", "access").from_("episode_access"))
        in_tables = session.rows(exp.select("coalesce(sum(accesses), 0)").from_("table_use"))
    by_finding: dict[str, list[tuple[int, int]]] = {}
    for finding, access in rows:
        by_finding.setdefault(finding, []).append((accesses[access]["day"], access))

    assert sorted([number for _, number in sorted(spell)] for spell in by_finding.values()) == plain_episodes(accesses)
    assert in_tables == [(sum(row["subject_kind"] == "table" for row in accesses),)]


@settings(max_examples=10, deadline=None)
@given(accesses=ACCESSES, later=ACCESSES)
def test_a_finding_keeps_its_name_when_later_accesses_join(
    accesses: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    """Every finding before is a finding after, of the same pair and the same first access."""
    more = accesses + [{**row, "day": row["day"] + 100} for row in later]
    query = exp.select("finding", "actor", "subject", "first_at").from_("episode")
    with session_with(accesses) as before, session_with(more) as after:
        assert set(before.rows(query)) <= set(after.rows(query))


@settings(max_examples=8, deadline=None)
@given(accesses=ACCESSES)
def test_ranks_count_from_one_and_follow_the_rule(accesses: list[dict[str, Any]]) -> None:
    """Without signals: more unexplained first, then the earlier, then the name; nothing is left out."""
    with session_with(accesses) as session:
        found = front(session, Reading(signals=())).findings
        episodes = session.rows(exp.select("finding").from_("episode"))

    assert [finding.rank for finding in found] == list(range(1, len(episodes) + 1))
    assert list(found) == sorted(found, key=lambda each: (-each.unexplained, each.first_at, each.finding))
