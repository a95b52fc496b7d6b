"""On small random worlds the queries of the coverage map say exactly what the plain loops say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.covering import COVERAGE, COVERAGE_KIND, MATCH_OVERLAP, REASON_SET, TEMPLATE_SHARE
from custodiet.engines.duckdb import Session
from custodiet.relations.catalogue import RELATIONS
from custodiet.report import coverage_reference as plain
from custodiet.report.coverage_map import OF_SUBJECT
from support.drawn import ARROW

START = datetime(2026, 1, 1)  # noqa: DTZ001 - instants in relations carry no zone marker
TEMPLATES = ("a", "b", "c", "idle")
STATES = ("explained", "weak", "pending", "unexplained")
COLUMNS: dict[str, dict[str, pa.DataType]] = {
    "access": {
        "access": pa.int64(),
        "occurred_at": pa.timestamp("us"),
        **dict.fromkeys(("actor", "subject", "system", "action"), pa.string()),
    },
    "access_state": {"access": pa.int64(), "state": pa.string()},
    "explanation": {"access": pa.int64(), "template": pa.string(), "strength": pa.float64()},
    "posting": {
        "fact": pa.int64(),
        "person": pa.string(),
        "unit": pa.string(),
        "valid_from": pa.timestamp("us"),
        "valid_to": pa.timestamp("us"),
    },
    **{kind: {"subject": pa.string(), "valid_from": pa.timestamp("us")} for kind in OF_SUBJECT},
    **{kind: {"person": pa.string(), "valid_from": pa.timestamp("us")} for kind in ("duty", "assignment")},
    "kind_read": {"kind": pa.string(), "templates": pa.int64()},
    "source_reach": {
        **dict.fromkeys(("kind", "source", "standing"), pa.string()),
        **dict.fromkeys(("delivered_to", "awaited_from"), pa.timestamp("us")),
    },
    "template_place": {"template": pa.string(), "place": pa.int64(), "shadow": pa.bool_()},
}
World = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One session for the module: each example binds its own world over the last."""
    with Session(threads=1) as opened:
        yield opened


def world_of(seed: int) -> World:
    """Return a small world over four months: overlapping and reversed postings, people and subjects unknown to context."""
    chance = Random(seed)

    def moment() -> datetime:
        return START + timedelta(hours=chance.randrange(0, 2880, 60))

    def someone() -> str | None:
        return chance.choice(("p1", "p2", "p3", None))

    numbers = range(chance.randint(1, 40))
    posting = [
        {"fact": n, "person": someone(), "unit": chance.choice(("u1", "u2", None)), "valid_from": moment(), "valid_to": moment()}
        for n in range(chance.randint(0, 6))
    ]  # fmt: skip
    reach = [
        {
            "kind": kind,
            "source": source,
            "standing": chance.choice(("awaited", "silent", "unneeded")),
            "delivered_to": START,
            "awaited_from": moment(),
        }
        for kind in ("duty", "tasking")
        for source in ("s1", "s2")
        if chance.random() < 0.6
    ]
    return {
        "access": [
            {
                "access": 100 + n,
                "occurred_at": moment(),
                "actor": chance.choice(("p1", "p2", "account:x")),
                "subject": chance.choice(("n1", "n2", "n3")),
                "system": chance.choice(("RMS", "PNC")),
                "action": "consultation",
            }
            for n in numbers
        ],
        "access_state": [{"access": 100 + n, "state": chance.choice(STATES)} for n in numbers],
        "explanation": [
            {
                "access": 100 + chance.choice(numbers),
                "template": chance.choice(TEMPLATES[:3]),
                "strength": chance.choice((0.3, 0.9, 0.95)),
            }
            for _ in range(chance.randint(0, 60))
        ],
        "posting": posting,
        **{kind: [{"subject": chance.choice(("n1", "n2", "n9")), "valid_from": moment()}
                  for _ in range(chance.randint(0, 2))] for kind in OF_SUBJECT},
        **{kind: [{"person": someone(), "valid_from": moment()} for _ in range(chance.randint(0, 2))]
           for kind in ("duty", "assignment")},
        "kind_read": [{"kind": kind, "templates": n} for n, kind in enumerate(("duty", "tasking", "briefing"))],
        "source_reach": reach,
        "template_place": [{"template": name, "place": n, "shadow": name == "c"} for n, name in enumerate(TEMPLATES)],
    }  # fmt: skip


def bind(session: Session, world: World) -> None:
    """Bind every relation of the world."""
    for name, rows in world.items():
        columns = {column: pa.array([row[column] for row in rows], kind) for column, kind in COLUMNS[name].items()}
        session.bind_arrow(name, pa.table(columns))


def made(session: Session, relation: str) -> list[dict[str, Any]]:
    """Return the rows of the relation, after checking that its columns are the catalogue's."""
    table = session.arrow(exp.select("*").from_(relation))
    wanted = RELATIONS[relation]
    assert [(field.name, field.type) for field in table.schema] == [(c.name, ARROW[c.type]) for c in wanted.columns]
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def ordered(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return the rows so that equal ones stand at equal places."""
    return sorted(str(sorted(row.items())) for row in rows)


SEEDS = st.integers(0, 2**32)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_coverage_means_the_same_on_duckdb(session: Session, seed: int) -> None:
    """Every cell has the accesses, states, subjects and facts in reach that the plain loops count, and is there once."""
    world = world_of(seed)
    bind(session, world)
    session.create_table("coverage", COVERAGE)
    assert ordered(made(session, "coverage")) == ordered(plain.coverage(world))


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_the_sources_of_a_kind_stand_the_same_on_duckdb(session: Session, seed: int) -> None:
    """Each month, kind and source has its standing and the accesses beyond it; a kind without a source is there too."""
    world = world_of(seed)
    bind(session, world)
    session.create_table("coverage_kind", COVERAGE_KIND)
    assert ordered(made(session, "coverage_kind")) == ordered(plain.coverage_kind(world))


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_shares_of_templates_mean_the_same_on_duckdb(session: Session, seed: int) -> None:
    """Counts are equal, bounds to five digits, and a share is flagged by both unless it lies on the bound itself."""
    world = world_of(seed)
    bind(session, world)
    _make_shares(session)
    expected = plain.template_share(world, 0.9)
    found = sorted(made(session, "template_share"), key=lambda row: (row["template"], row["month"]))
    judged = ("low", "high", "outside")
    bare = [[{k: v for k, v in row.items() if k not in judged} for row in rows] for rows in (found, expected)]
    assert bare[0] == bare[1]
    for one, other in zip(found, expected, strict=True):
        assert [one[name] is None for name in judged] == [other[name] is None for name in judged]
        if one["low"] is not None:
            assert one["low"] == pytest.approx(other["low"], abs=1e-5)
            assert one["high"] == pytest.approx(other["high"], abs=1e-5)
            share = one["accesses"] / one["of_accesses"]
            on_bound = min(abs(share - other["low"]), abs(share - other["high"])) < 1e-5
            assert one["outside"] == other["outside"] or on_bound


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_the_overlap_counts_every_access_once(session: Session, seed: int) -> None:
    """The rows of the overlap add up to the accesses, and tell for each access how many templates in force matched it."""
    world = world_of(seed)
    bind(session, world)
    _make_shares(session)
    in_force = [row for row in world["explanation"] if row["template"] != "c"]
    reasons = {row["access"]: {e["template"] for e in in_force if e["access"] == row["access"]}
               for row in world["access"]}  # fmt: skip
    numbers = [len(found) for found in reasons.values()]
    found = session.rows(exp.select("templates", "accesses").from_("match_overlap").order_by("templates"))
    assert found == [(n, numbers.count(n)) for n in sorted(set(numbers))]


def _make_shares(session: Session) -> None:
    session.create_table("reason_set", REASON_SET, {"explained": 0.9})
    session.create_table("template_share", TEMPLATE_SHARE)
    session.create_table("match_overlap", MATCH_OVERLAP)
