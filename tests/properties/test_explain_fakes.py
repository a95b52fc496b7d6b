"""The queries that make fakes, against what each family means in plain loops."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain import drawn
from custodiet.explain.drawn import Value
from custodiet.explain.fakes import DRAWS, FAKE_ACCESS, SAMPLED, SERVING, TIE, TITLES, Family, reference
from custodiet.explain.fakes.reference import Draw
from custodiet.explain.fakes.reference_ties import ties
from custodiet.explain.passes import readable
from custodiet.relations.catalogue import ACCESS
from custodiet.relations.relation import Column, Relation, Type
from support.drawn import bind_world

HOUR = 3_600_000_000
BASE = drawn.instant("2026-03-02 00:00")
PEOPLE, SUBJECTS = ("p1", "p2", "p3"), ("n1", "n2", "n3", "n4")
#: Values worth drawing for a column, so that rows meet; names differ in case and spaces only where they must agree.
TEXTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("actor", "requester", "operator", "person"), PEOPLE),
    "subject": SUBJECTS,
    "incident": ("i1", "i2", "i3"),
    **dict.fromkeys(("unit", "area"), ("u1", "u2")),
    "system": ("RMS", "CAD"),
    "subject_kind": ("person", "person", "person", "vehicle", "table"),
    "surname": ("KERR", " kerr", "Bane"),
    "forename": ("ANN", "ann ", "BO"),
    "date_of_birth": ("1990-01-01", "1991-01-01"),
    "address": ("1 HIGH ST", "1 high st ", "2 LOW RD"),
    "incident_kind": ("incident", "incident", "custody"),
    "duty": ("duty",),
}
READ = ("posting", "staff", "subject", "association", "incident", "involvement", "assignment")
World = dict[str, list[dict[str, Value]]]


def value(chance: Random, column: Column) -> Value:
    """Return a value of the column; one that may be absent sometimes is, and validity is sometimes open."""
    if column.nullable and chance.random() < 0.15:
        return None
    if column.type is Type.INSTANT:
        if column.name == "valid_from" and chance.random() < 0.4:
            return drawn.OPEN_START
        if column.name == "valid_to" and chance.random() < 0.5:
            return drawn.OPEN_END
        return BASE + chance.randint(-30, 30) * HOUR // 2
    return chance.choice(TEXTS.get(column.name, ("x", "y")))


def rows(chance: Random, relation: Relation, start: int, count: int) -> list[dict[str, Value]]:
    """Return so many rows of the relation, numbered from `start`."""
    wanted = [column for column in relation.columns if column.name not in {"fact", "access"}]
    return [
        drawn.filled(relation, {column.name: value(chance, column) for column in wanted}, start + number)
        for number in range(count)
    ]


def world_of(seed: int) -> World:
    """Return a small dense world, a function of the seed."""
    chance = Random(seed)
    world = {"access": rows(chance, ACCESS, 1000, 16)}
    for place, name in enumerate(READ, 1):
        relation = readable(name, second=False)
        assert relation is not None
        world[name] = rows(chance, relation, place * 100, chance.randint(2, 9))
    return world


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One session for the module: each example binds its own world over the last."""
    with Session(threads=1) as one:
        yield one


def made(session: Session, world: World, seed: str, bearers: int) -> None:
    """Make what the draws read."""
    bind_world(session, world, second=False)
    for name in ("sampled_access", "serving", "fake_tie", "draw", "fake_access"):
        session.drop(name)
    session.create_table("sampled_access", SAMPLED, {"seed": seed, "count": 10})
    session.create_table("serving", SERVING)
    session.create_table("fake_tie", TIE, {"bearers": bearers})


def by_duckdb(session: Session, family: Family, seed: str) -> list[Draw]:
    """Return the draws of the family, and keep them as `draw`."""
    query, bounds = DRAWS[family]
    session.drop("draw")
    session.create_table("draw", query, {"seed": seed, **bounds})
    columns = ("access", "actor", "subject", "donor", "made_by")
    return sorted(Draw(*row) for row in session.rows(exp.select(*columns).from_("draw")))


def by_reference(world: World, family: Family, seed: str, bearers: int) -> list[Draw]:
    """Return the draws of the family in plain loops."""
    sample = reference.sampled(world, seed, 10)
    draws: dict[Family, Any] = {
        Family.UNIFORM: lambda: reference.uniform(world, sample, seed),
        Family.PERMUTED: lambda: reference.permuted(world, sample, seed),
        Family.SAME_TEAM: lambda: reference.same_team(world, sample, seed, 3),
        Family.SAME_DAY: lambda: reference.same_team(world, sample, seed, 0),
        Family.SAME_AREA: lambda: reference.same_area(world, sample, seed, 3),
        Family.RELATED: lambda: reference.related(ties(world, bearers), sample, seed),
        Family.COINCIDENT: lambda: reference.coincident(world, sample, seed),
    }
    return sorted(draws[family]())


SEEDS = st.integers(0, 2**32)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(number=SEEDS, seed=st.text("abc|0", max_size=3), bearers=st.integers(0, 3))
def test_each_family_is_what_its_loops_say(session: Session, number: int, seed: str, bearers: int) -> None:
    """Sample, places of service, ties, draws and what is left of them are the same in DuckDB and in plain loops."""
    world = world_of(number)
    made(session, world, seed, bearers)
    sample = reference.sampled(world, seed, 10)

    assert [row for (row,) in session.rows(exp.select("access").from_("sampled_access").order_by("access"))] == sorted(
        row["access"] for row in sample
    )
    served = session.rows(exp.select("access", "actor", "unit", "area").from_("serving"))
    assert sorted(served) == sorted((one.access, one.actor, one.unit, one.area) for one in reference.serving(world))
    moments = [exp.func("epoch_us", exp.column(name)) for name in ("valid_from", "valid_to")]
    tied = session.rows(exp.select("actor", "subject", "nature", *moments).from_("fake_tie"))
    assert sorted(tied) == ties(world, bearers)
    for family in Family:
        expected = by_reference(world, family, seed, bearers)
        assert by_duckdb(session, family, seed) == expected, family
        session.drop("fake_access")
        session.create_table("fake_access", FAKE_ACCESS, {"offset": 2**44})
        kept = session.rows(exp.select("made_from").from_("fake_access"))
        assert sorted(access for (access,) in kept) == [
            draw.access for draw in expected if reference.is_made_up(world, sample, draw)
        ], family


def test_worlds_are_dense_enough_to_have_fakes_of_every_family() -> None:
    """The agreement above is about something: each family is drawn many times in a few worlds, and some are left out."""
    drawn_of = dict.fromkeys(Family, 0)
    left_out = 0
    for number in range(60):
        world = world_of(number)
        sample = reference.sampled(world, "s", 10)
        for family in Family:
            draws = by_reference(world, family, "s", 3)
            drawn_of[family] += len(draws)
            left_out += sum(not reference.is_made_up(world, sample, draw) for draw in draws)

    assert min(drawn_of.values()) > 20
    assert left_out > 50
    assert set(TITLES) == set(Family)


def test_a_fake_keeps_who_and_when_and_takes_what_belongs_to_its_subject(session: Session) -> None:
    """Actor, time and system are the real access's; subject, reference and purpose are the donor's."""
    world = drawn.world(
        """
        access
        actor | subject | occurred_at      | system | quoted_reference | stated_purpose
        p1    | n1      | 2026-03-02 10:05 | RMS    | I-1              | a
        p2    | n2      | 2026-03-02 10:10 | RMS    | I-2              | b

        posting
        person | unit
        p1     | A
        """
    )
    made(session, world, "s", 3)
    by_duckdb(session, Family.PERMUTED, "s")
    session.create_table("fake_access", FAKE_ACCESS, {"offset": 100})
    columns = ("access", "made_from", "actor", "subject", "quoted_reference", "stated_purpose")
    fakes = sorted(session.rows(exp.select(*columns).from_("fake_access")))

    assert fakes == [(101, 1, "p1", "n2", "I-2", "b"), (102, 2, "p2", "n1", "I-1", "a")]
