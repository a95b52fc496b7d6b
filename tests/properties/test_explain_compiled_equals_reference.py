"""On small random worlds the compiled queries say exactly what the plain reference says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import explain
from custodiet.explain import compiler, drawn, passes, reference, states
from custodiet.explain.awaiting import Awaited, awaited, awaits
from custodiet.explain.drawn import Row, Value
from custodiet.explain.opened import opened
from custodiet.explain.pack import load, shipped
from custodiet.explain.reference import Instance
from custodiet.explain.run_reference import explained
from custodiet.explain.template import (
    Fading,
    Fanout,
    Filter,
    Hop,
    Keep,
    Moment,
    RecordedAfter,
    Reference,
    SelfAuthored,
    Strength,
    Template,
    Term,
    Window,
)
from custodiet.model.explanations import State
from custodiet.relations.catalogue import ACCESS
from custodiet.relations.relation import Column, Relation, Type
from support.drawn import bind_world

PACK = load(shipped())
HOUR = 3_600_000_000
BASE = drawn.instant("2026-03-02 00:00")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
PEOPLE, SUBJECTS, MATTERS, UNITS = ("p1", "p2"), ("n1", "n2"), ("i1", "i2"), ("u1", "u2")
OPEN: dict[str, int] = {"valid_from": drawn.OPEN_START, "valid_to": drawn.OPEN_END}
#: Values worth drawing for a column, so that rows meet.
TEXTS: dict[str, Sequence[str]] = {
    **dict.fromkeys(("actor", "requester", "operator", "person", "supervisor", "recorded_by"), PEOPLE),
    **dict.fromkeys(("subject", "survivor"), SUBJECTS),
    **dict.fromkeys(("incident", "parent", "task", "briefing"), MATTERS),
    **dict.fromkeys(("unit", "area", "crew", "supervisor_for"), UNITS),
    "role": ("attending", "officer_in_case", "call_handler", "custody_sergeant", "missing", "witness", "custody"),
    "incident_kind": ("incident", "custody"),
    "duty": ("duty", "leave"),
}


def value(chance: Random, column: Column) -> Value:
    """Return a value of the column; one that may be absent sometimes is, and validity is sometimes open."""
    if column.nullable and chance.random() < 0.15:
        return None
    if column.type is Type.INSTANT:
        if column.name in OPEN and chance.random() < 0.2:
            return OPEN[column.name]
        return BASE + chance.randint(-4, 4) * HOUR
    if column.type is Type.NUMBER:
        return 1.0
    if column.type is Type.INTEGERS:
        return (chance.randint(1, 9), chance.randint(1, 9))
    return chance.choice(TEXTS.get(column.name, ("x", "y")))


def rows(chance: Random, relation: Relation, start: int, count: int) -> list[dict[str, Value]]:
    """Return so many rows of the relation, numbered from `start`: late, reversed, overlapping and open intervals among them."""
    wanted = [column for column in relation.columns if column.name not in {"fact", "access"}]
    return [
        drawn.filled(relation, {column.name: value(chance, column) for column in wanted}, start + number)
        for number in range(count)
    ]


def world_of(seed: int, relations: frozenset[str]) -> dict[str, list[dict[str, Value]]]:
    """Return a small dense world with rows in each of these relations, a function of the seed."""
    chance = Random(seed)
    world = {"access": rows(chance, ACCESS, 1000, 8)}
    for place, name in enumerate(sorted(relations), 1):
        relation = passes.readable(name, second=True)
        assert relation is not None
        world[name] = rows(chance, relation, place * 100, chance.randint(0, 10))
    for number, request in enumerate(world.get("explained_request", ())):
        request["access"] = 1000 + number
    return world


def moments(aliases: Sequence[str]) -> st.SearchStrategy[Moment]:
    """Draw a moment over the hops' validity and recording."""
    term = st.builds(
        lambda alias, column, hours: Term(reference=Reference(alias, column), shift=timedelta(hours=hours)),
        st.sampled_from(aliases),
        st.sampled_from(("valid_from", "valid_to", "recorded_at")),
        st.sampled_from((0, -2, 1, 30)),
    )
    return st.lists(term, min_size=1, max_size=2).map(lambda terms: Moment(tuple(terms)))


SEEDS = st.integers(0, 2**32)
NOW = Moment((Term(reference=Reference("access", "occurred_at")),))


@st.composite
def templates(draw: st.DrawFn) -> Template:
    """Draw a template over involvement and assignment, and perhaps a posting, that leads from actor to subject."""
    role = Filter(column="role", values=("attending", "witness"), negated=draw(st.booleans()))
    path = [
        Hop(relation="involvement", alias="s", match=(("subject", Reference("access", "subject")),)),
        Hop(
            relation="assignment",
            alias="a",
            match=(("incident", Reference("s", "incident")),)
            + ((("person", Reference("access", "actor")),) if draw(st.booleans()) else ()),
            where=(role,) if draw(st.booleans()) else (),
        ),
    ]
    if draw(st.booleans()):
        link = draw(st.sampled_from(("unit", None)))
        match = (("person", Reference("access", "actor")),) + ((("unit", Reference("a", "unit")),) if link else ())
        path.append(Hop(relation="posting", alias="p", match=match))
    aliases = [hop.alias for hop in path]
    some = st.lists(st.sampled_from(aliases), min_size=1, unique=True).map(tuple)
    maybe = st.one_of(st.none(), moments(aliases))
    bounds = st.tuples(maybe, maybe).filter(lambda pair: pair != (None, None))
    instant = st.one_of(st.just(NOW), moments(aliases))
    window = st.builds(lambda at, pair: Window(instant=at, start=pair[0], until=pair[1]), instant, bounds)
    template = Template(
        id="drawn",
        version=1,
        title="drawn",
        owner="tests",
        evidence_group="g",
        sentence="s",
        path=tuple(path),
        windows=tuple(draw(st.lists(window, max_size=2))),
        differs=((Reference("a", "person"), Reference("access", "actor")),) if draw(st.booleans()) else (),
        strength=Strength(
            base=draw(st.sampled_from((0.97, 0.5))),
            fading=draw(
                st.one_of(
                    st.none(),
                    st.builds(
                        lambda f, u: Fading(half_life=timedelta(hours=30), start=f, until=u),
                        moments(aliases),
                        moments(aliases),
                    ),
                )
            ),
            self_authored=draw(st.one_of(st.none(), some.map(lambda of: SelfAuthored(of=of, factor=0.3)))),
            recorded_after=draw(
                st.one_of(st.none(), some.map(lambda of: RecordedAfter(of=of, beyond=timedelta(hours=1), factor=0.4)))
            ),
        ),
        needs=(),
        keep=draw(st.sampled_from(Keep)),
    )
    return fanned_out(template, draw(st.sampled_from((None, 1, 2))))


def fanned_out(template: Template, most: int | None) -> Template:
    """Return the template with that fan-out through the involvement, where its path allows one."""
    fanout = None if most is None else Fanout(through="s", most=most)
    wide = replace(template, strength=replace(template.strength, fanout=fanout))
    met = {found for hop in template.path for _, found in hop.match}
    if fanout is None or Reference("access", "actor") not in met:
        return template
    try:
        opened(wide)
    except ValueError:
        return template
    return wide


@pytest.fixture(scope="module")
def session() -> Session:
    """One session for the module: each example binds its own world over the last."""
    return Session(threads=1)


def by_duckdb(session: Session, template: Template, world: dict[str, list[dict[str, Value]]]) -> list[Instance]:
    """Return what the compiled query finds."""
    bind_world(session, world)
    found = session.rows(compiler.compiled(template))
    return sorted(
        (Instance(access=a, template=t, evidence_group=g, strength=s, rests_on=tuple(r)) for a, t, g, s, r in found),
        key=lambda one: (one.access, one.rests_on),
    )


def close(one: Sequence[Instance], other: Sequence[Instance]) -> bool:
    """Tell whether both hold the same instances, strengths within a millionth of one another."""
    bare = [replace(i, strength=0.0) for i in one], [replace(i, strength=0.0) for i in other]
    return bare[0] == bare[1] and all(abs(i.strength - j.strength) <= 1.0e-6 for i, j in zip(one, other, strict=True))


@settings(
    max_examples=150, phases=[Phase.explicit, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.data())
def test_a_random_template_means_the_same_compiled(session: Session, data: st.DataObject) -> None:
    """Whatever the template and the world, the compiled query finds what the reference finds."""
    template = data.draw(templates())
    world = world_of(data.draw(SEEDS), frozenset(hop.relation for hop in template.path))
    assert close(by_duckdb(session, template, world), reference.instances(template, world, world["access"]))


@pytest.mark.parametrize("template", PACK.templates, ids=lambda t: t.id)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_shipped_template_means_the_same_compiled(session: Session, template: Template, data: st.DataObject) -> None:
    """On random worlds each shipped template, compiled, finds what the reference finds."""
    world = world_of(data.draw(SEEDS), frozenset(hop.relation for hop in template.path))
    assert close(by_duckdb(session, template, world), reference.instances(template, world, world["access"]))


INSTANCE_ROWS = st.lists(
    st.builds(
        lambda access, template, strength, fact: Instance(
            access=access,
            template=template.id,
            evidence_group=template.evidence_group,
            strength=strength,
            rests_on=(fact,),
        ),
        st.integers(1, 3),
        st.sampled_from(PACK.templates),
        st.integers(0, 1_000_000).map(lambda millionths: millionths / 1_000_000),
        st.integers(1, 9),
    ),
    max_size=8,
)


BEHIND = st.lists(
    st.builds(
        lambda kind, source, hour, asks: Awaited(
            kind=kind, source=source, at=MIDNIGHT + timedelta(hours=hour), delivered_to=MIDNIGHT, asks=asks
        ),
        st.sampled_from(("duty", "tasking")),
        st.sampled_from(("s1", "s2")),
        st.integers(0, 4),
        st.sampled_from(((), (("requester",),), (("operator",), ("account", "requester")))),
    ),
    max_size=3,
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=INSTANCE_ROWS, behind=BEHIND, known=st.lists(st.booleans(), min_size=9, max_size=9))
def test_states_mean_the_same_compiled(
    session: Session, found: list[Instance], behind: list[Awaited], known: list[bool]
) -> None:
    """State, strength, best template and what is awaited are the same in DuckDB and in the reference."""
    chosen = iter(known)
    accesses: list[Row] = [
        {
            "access": n,
            "occurred_at": BASE + n * HOUR,
            **{name: "p1" if next(chosen) else None for name in ("requester", "operator", "account")},
        }
        for n in (1, 2, 3)
    ]
    expected = []
    for row in accesses:
        first = next(iter(awaits(row, behind)), None)
        own = [i for i in found if i.access == row["access"]]
        expected.append(states.state_of(own_number(row), first.words if first else None, own, PACK.thresholds))
    _bind_states(session, accesses, found)
    query = states.compiled_states(PACK.templates, PACK.thresholds, behind, accesses="asked", found="found")
    rows = [
        states.AccessState(access=a, state=State(s), strength=x, template=t, awaits=w)
        for a, s, x, t, w in sorted(session.rows(query), key=lambda row: row[0])
    ]
    assert rows == expected


def own_number(row: Row) -> int:
    """Return the access's number."""
    number = row["access"]
    assert isinstance(number, int)
    return number


def _bind_states(session: Session, accesses: Sequence[Row], found: Sequence[Instance]) -> None:
    import pyarrow as pa

    asked = {"access": pa.array([row["access"] for row in accesses], pa.int64()),
             "occurred_at": pa.array([row["occurred_at"] for row in accesses], pa.timestamp("us")),
             **{name: pa.array([row[name] for row in accesses], pa.string()) for name in ("requester", "operator", "account")}}  # fmt: skip
    columns = {
        "access": pa.array([one.access for one in found], pa.int64()),
        "template": pa.array([one.template for one in found], pa.string()),
        "evidence_group": pa.array([one.evidence_group for one in found], pa.string()),
        "strength": pa.array([one.strength for one in found], pa.float64()),
        "rests_on": pa.array([list(one.rests_on) for one in found], pa.list_(pa.int64())),
    }
    session.bind_arrow("asked", pa.table(asked))
    session.bind_arrow("found", pa.table(columns))


KINDS_READ = frozenset(
    hop.relation for one in PACK.templates for hop in one.path if not hop.relation.startswith("explained_")
)


@settings(max_examples=12, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=SEEDS, hours=st.lists(st.integers(-4, 4), max_size=2))
def test_a_whole_run_means_the_same_on_duckdb(seed: int, hours: list[int]) -> None:
    """Both passes and every state of the shipped pack are what the plain run says, repeats and requests included."""
    world = world_of(seed, KINDS_READ)
    named = list(zip(("tasking", "duty"), hours, strict=False))
    marks = [{"kind": kind, "source": "drawn", "delivered_to": BASE + hour * HOUR} for kind, hour in named]
    watermarks = [(kind, "drawn", MIDNIGHT + timedelta(hours=hour)) for kind, hour in named]
    expected = explained(PACK, world, awaited(PACK.templates, watermarks, PACK.grace))
    with Session(threads=1) as own:
        bind_world(own, {**world, "watermark": marks}, second=False)
        explain(own, PACK, 10_000)
        found = own.rows(
            exp.select("access", "template", "evidence_group", "strength", "rests_on").from_("explanation")
        )
        rows = sorted(own.rows(exp.select("access", "state", "template", "awaits").from_("access_state")))
    instances = sorted(
        (Instance(access=a, template=t, evidence_group=g, strength=s, rests_on=tuple(r)) for a, t, g, s, r in found),
        key=lambda one: (one.access, one.template, one.rests_on),
    )
    assert close(instances, expected.instances)
    assert rows == [(one.access, one.state, one.template, one.awaits) for one in expected.states]
