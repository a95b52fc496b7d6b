"""From stored facts to reasons: context and explanation on DuckDB say what the plain loops say, whatever goes wrong with facts."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.context import reference as context_reference
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.drawn import World
from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from custodiet.relations.catalogue import ACCESS, RELATIONS, WATERMARK
from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Relation, Type
from custodiet.relations.stored import ACCESS as STORED_ACCESS
from custodiet.relations.stored import FACT as STORED_FACT
from support.drawn import stored
from support.runs import Outcome, by_reference
from support.stored_worlds import stored_world

PACK = load(shipped("uk_police"))
RELATIONS_MADE = (ACCESS, WATERMARK, *(RELATIONS[kind.name] for kind in KINDS))
SEEDS = st.integers(0, 2**32)
SIZES = st.sampled_from((40, 60, 72))


def made(session: Session, relation: Relation) -> list[tuple[object, ...]]:
    """Return the rows of the relation in the session, instants in microseconds, in an order of their own."""
    columns = [
        exp.func("epoch_us", exp.column(one.name, quoted=True))
        if one.type is Type.INSTANT
        else exp.column(one.name, quoted=True)
        for one in relation.columns
    ]
    return sorted(session.rows(exp.select(*columns).from_(relation.name)), key=repr)


def meant(relation: Relation, world: World) -> list[tuple[object, ...]]:
    """Return the rows that the plain loops make of it, in the same order."""
    return sorted((tuple(row[name] for name in relation.names) for row in world[relation.name]), key=repr)


def bound(facts: Sequence[dict[str, object]], accesses: Sequence[dict[str, object]], size: int) -> Session:
    """Return a session in which context was made as known at the size."""
    session = Session(threads=1)
    session.bind_arrow("stored_fact", stored(STORED_FACT, facts))
    session.bind_arrow("stored_access", stored(STORED_ACCESS, accesses))
    bind_context(session, size)
    return session


def world_of(seed: int, size: int) -> tuple[Session, dict[str, list[dict[str, object]]]]:
    """Return the same ledger both ways: bound in a session, and as the plain loops make it."""
    facts, accesses = stored_world(seed)
    return bound(facts, accesses, size), context_reference.context(facts, accesses, size)


@settings(max_examples=25, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=SEEDS, size=SIZES)
def test_every_relation_of_context_is_what_the_plain_loops_make(seed: int, size: int) -> None:
    """Standing facts, survivors of merges, holders of logins, actors and watermarks, as known at a size."""
    session, world = world_of(seed, size)
    with session:
        for relation in RELATIONS_MADE:
            assert made(session, relation) == meant(relation, world), relation.name


@settings(max_examples=10, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=SEEDS, size=SIZES)
def test_every_access_is_explained_as_the_plain_loops_explain_it(seed: int, size: int) -> None:
    """State, strength to a millionth, best template, what is awaited and every instance, of the whole police pack."""
    session, world = world_of(seed, size)
    with session:
        explain(session, PACK, size)
        states = session.rows(exp.select("access", "state", "strength", "template", "awaits").from_("access_state"))
        found = session.rows(exp.select("access", "template", "strength", "rests_on").from_("explanation"))
    expected = by_reference(PACK, world)  # type: ignore[arg-type]
    assert {access for access, *_ in states} == set(expected)
    for access, *told in states:
        own = sorted((name, rests_on, weight) for one, name, weight, rests_on in found if one == access)
        assert_alike(told, [(name, weight) for name, _, weight in own], expected[access])


def assert_alike(told: list[object], found: list[tuple[str, float]], expected: Outcome) -> None:
    """Check what is told of an access: strengths may differ by a millionth, in which powers of two are rounded apart."""
    state, strength, template, awaits = told
    assert (state, template, awaits) == (expected.state, expected.template, expected.awaits)
    assert abs(float(str(strength)) - expected.strength) <= 2.0e-6
    assert [name for name, _ in found] == [name for name, _ in expected.found]
    assert all(abs(one - other) <= 1.0e-6 for (_, one), (_, other) in zip(found, expected.found, strict=True))


def test_the_ledgers_hold_what_goes_wrong() -> None:
    """Among the worlds are reversed and open intervals, facts taken back, merges and splits, logins of two people, and every state."""
    seen: set[str] = set()
    for seed in range(12):
        facts, accesses = stored_world(seed)
        world = context_reference.context(facts, accesses, 72)
        pairs = [(row["valid_from"], row["valid_to"]) for row in facts]
        seen |= {"reversed" for start, end in pairs if start is not None and end is not None and end < start}
        seen |= {"open" for start, end in pairs if start is None or end is None}
        seen |= {"withdrawn" for row in facts if row["withdrawn"]}
        once = context_reference.context(facts, accesses, 40)["subject_merge"]
        taken_back = {row["fact"] for row in once} - {row["fact"] for row in world["subject_merge"]}
        seen |= {"split" for _ in taken_back}
        seen |= {"merged" for row in world["access"] if row["subject"] != row["subject_as_used"]}
        holders = {(row["account"], row["actor"]) for row in world["access"] if row["account"] and not row["operator"]}
        seen |= {"re-used" for login in ("login1", "login2") if len({one for own, one in holders if own == login}) > 1}
        seen |= {one.state for one in by_reference(PACK, world).values()}  # type: ignore[arg-type]
    assert seen >= {"reversed", "open", "withdrawn", "merged", "split", "re-used", "explained", "weak", "unexplained"}
