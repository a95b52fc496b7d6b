"""Context in two times: what was known at a size rests on nothing later, and what changed names the rows that did it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.bootstrap.judging import judging
from custodiet.context.change_reference import FactChange, fact_changes, merge_edges
from custodiet.engines.analysis import KEPT
from custodiet.engines.changing import judge
from custodiet.engines.covering import cover
from custodiet.engines.detecting import detect
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.change_reference import Between, Told, causes, state_changes
from custodiet.explain.pack import Pack
from custodiet.explain.template import Fanout
from custodiet.model.provenance import Provenance
from custodiet.relations.query import Query
from support.histories import History, history, world_of

POLICE = judging("uk_police")
SEEDS = st.integers(0, 2**32)
SIZES = st.lists(st.integers(60, 600), min_size=2, max_size=2).map(sorted)
JUDGED = ("access", "access_state", "explanation")
CONTEXT_HELD = Query("custodiet.report.sql", "context_held.sql")


def of(*templates: str) -> Pack:
    """Return the police pack with these templates alone."""
    return replace(POLICE.pack, templates=tuple(POLICE.pack.template(name) for name in templates))


def crowded(pack: Pack) -> Pack:
    """Return the pack with a limit to how many people an involvement may excuse by `assigned`."""
    own = pack.template("assigned")
    limited = replace(own, strength=replace(own.strength, fanout=Fanout(through="s", most=2)))
    return replace(pack, templates=tuple(limited if one is own else one for one in pack.templates))


FIRST = of("assigned", "recorded_it", "same_unit")
BOTH = crowded(of("assigned", "recorded_it", "repeat", "requested", "same_unit"))


@pytest.fixture(scope="module")
def session() -> Session:
    """One session for the module: each example binds its own ledger over the last."""
    return Session(threads=1)


def run(session: Session, ledger: History, pack: Pack) -> None:
    """Make the relations of context and explanation as known at the ledger's size."""
    ledger.bind(session)
    bind_context(session, ledger.size)
    explain(session, pack, ledger.size)


def rows(session: Session, relation: str) -> list[tuple[Any, ...]]:
    """Return the rows of a relation in an order of their own."""
    return sorted(session.rows(exp.select("*").from_(relation)), key=repr)


@settings(max_examples=2, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(SEEDS, SIZES)
def test_what_was_known_at_a_size_rests_on_nothing_later(session: Session, seed: int, sizes: list[int]) -> None:
    """Every relation of a run as known at a size is the same from the whole ledger and from its beginning alone."""
    ledger, size = history(seed), sizes[0]
    found = []
    for entries in (ledger.up_to(size), replace(ledger, size=size)):
        entries.bind(session)
        bind_context(session, size)
        explain(session, POLICE.pack, size)
        detect(session, POLICE.signals, POLICE.settings)
        session.create_table("context_held", CONTEXT_HELD)
        cover(session, POLICE.pack)
        found.append({name: rows(session, name) for name in KEPT})
    assert found[0] == found[1]


def compared(session: Session, ledger: History, sizes: tuple[int, int], pack: Pack) -> None:
    """Make the relations of change between two sizes of a ledger."""
    for side, size in zip(("earlier", "later"), sizes, strict=True):
        run(session, ledger.up_to(size), pack)
        for name in (*JUDGED, "subject_merge"):
            session.create_table(f"{side}_{name}", exp.select("*").from_(name))
    deliver(session)
    judge(session, *(provenance(size) for size in sizes))


def deliver(session: Session) -> None:
    """Bind the deliveries of the last ledger; nobody knows when they were taken in."""
    deliveries = exp.select("delivery", exp.cast("NULL", "TIMESTAMP").as_("received_at")).distinct()
    session.create_table("delivery_time", deliveries.from_("stored_fact"))


def provenance(size: int, packs: str = "p") -> Provenance:
    """Return what a run at a size is a function of."""
    return Provenance(ledger_size=size, root="", packs=packs, code="c")


def told(session: Session, side: str = "") -> Told:
    """Return what one of the runs (the last, where no side is given) says, as plain values."""
    accesses = ("access", "actor", "subject", "subject_as_used", "account", "occurred_at")
    states = ("access", "state", "strength", "template")
    found = session.rows(exp.select("access", "template", "strength", "rests_on").from_(f"{side}explanation"))
    return Told(
        accesses=by_number(session, f"{side}access", accesses),
        states=by_number(session, f"{side}access_state", states),
        instances=frozenset((access, template, strength, tuple(rests)) for access, template, strength, rests in found),
    )


def by_number(session: Session, relation: str, columns: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    """Return the rows of a relation by ledger index."""
    found = session.rows(exp.select(*columns).from_(relation))
    return {row[0]: dict(zip(columns, row, strict=True)) for row in found}


def between(ledger: History, earlier: int, later: int) -> Between:
    """Return what came between two sizes, in plain loops."""
    by_index = {row["index"]: row for row in ledger.facts}
    facts = [
        {**by_index[one.fact], "fact": one.fact, "change": one.change, "entry": one.entry}
        for one in fact_changes(ledger.facts, earlier, later)
    ]
    edges = frozenset(merge_edges(ledger.facts, earlier, later))
    return Between(facts=facts, edges=edges, stored=by_index)


@settings(max_examples=5, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(SEEDS, SIZES)
def test_changes_and_their_causes_mean_the_same_in_plain_loops(session: Session, seed: int, sizes: list[int]) -> None:
    """Which facts changed, which accesses are judged differently and by which rows: DuckDB says what the reference says."""
    ledger, (earlier, later) = history(seed), sizes
    compared(session, ledger, (earlier, later), BOTH)
    one, other = told(session, "earlier_"), told(session, "later_")

    facts = session.rows(exp.select("fact", "change", "entry", "replaces").from_("fact_change"))
    assert sorted(FactChange(*row) for row in facts) == fact_changes(ledger.facts, earlier, later)
    assert dict(session.rows(exp.select("access", "change").from_("state_change"))) == state_changes(one, other)
    found = session.rows(exp.select("access", "cause", "fact", "entry", "through").from_("change_cause"))
    assert len(found) == len(set(found))
    assert set(found) == causes(one, other, between(ledger, earlier, later))


@settings(max_examples=4, phases=[Phase.generate], deadline=None, suppress_health_check=list(HealthCheck))
@given(SEEDS, SIZES)
def test_the_rows_named_are_enough_for_the_change(session: Session, seed: int, sizes: list[int]) -> None:
    """Had only the entries named as an access's causes come, it would have lost all that it lost and gained all that it gained."""
    ledger, (earlier, later) = history(seed), sizes
    compared(session, ledger, (earlier, later), FIRST)
    one, other = told(session, "earlier_"), told(session, "later_")
    because: dict[int, set[int]] = {}
    for access, cause, entry in session.rows(exp.select("access", "cause", "entry").from_("change_cause")):
        assert cause != "requester"
        because.setdefault(access, set()).update(() if entry is None else (entry,))
    world = {row["index"]: world_of(row) for row in ledger.accesses}
    one_of_each = {world[access]: access for access in sorted(because)}.values()
    named = {entry for access in one_of_each for entry in because[access]}
    run(session, ledger.kept(lambda index: index < earlier or index in named, later), FIRST)
    now = told(session)
    for access in one_of_each:
        assert other.of(access) <= now.of(access)
        assert (one.of(access) - other.of(access)).isdisjoint(now.of(access))


def test_histories_have_what_they_are_for(session: Session) -> None:
    """In one drawn ledger every kind of change and of cause that rows can bring is there, so that agreement says something."""
    compared(session, history(1), (300, 600), BOTH)
    changed = {change for (change,) in session.rows(exp.select("change").from_("state_change"))}
    because = {cause for (cause,) in session.rows(exp.select("cause").from_("change_cause"))}
    assert changed >= {"reopened", "explained", "weaker", "stronger", "other_reason", "attributed"}
    assert because >= {"came", "superseded", "withdrawn", "merged", "split", "crowd"}


def test_where_no_row_did_it_the_pack_did(session: Session) -> None:
    """Two runs of one size differ by their packs alone, and every change says so."""
    ledger = history(7)
    for side, pack in (("earlier", FIRST), ("later", of("recorded_it"))):
        run(session, ledger, pack)
        for name in (*JUDGED, "subject_merge"):
            session.create_table(f"{side}_{name}", exp.select("*").from_(name))
    deliver(session)
    judge(session, provenance(600, "one"), provenance(600, "other"))
    found = session.rows(exp.select("cause", "entry").distinct().from_("change_cause"))
    assert found == [("packs", None)]


def test_the_clock_is_told_where_a_look_waited_in_vain(session: Session) -> None:
    """A source that delivers past a look without explaining it ends the waiting; no row is named for it."""
    at = datetime(2026, 3, 2, 10, tzinfo=UTC).replace(tzinfo=None)
    assigned = {"kind": "assignment", "key": "i1", "person": "p1", "attributes": '{"role":"attending"}'}
    fact = {"person": None, "subject": None, "counterpart": None, "withdrawn": False, "source": "cad"}
    facts = [
        {**fact, **assigned, "source_fact_id": None, "index": index, "recorded_at": recorded, "delivery": "D000000"}
        for index, recorded in ((1, at), (2, at.replace(day=9)))
    ]
    look = {"index": 0, "operator": "p2", "subject": "n1", "occurred_at": at, "delivery": "D000000"}
    compared(session, History(accesses=[look], facts=facts, size=3), (2, 3), FIRST)

    assert session.rows(exp.select("access", "change", "awaited").from_("state_change")) == [
        (0, "waited_in_vain", "assignment from cad")
    ]
    assert rows(session, "change_cause") == [(0, "clock", None, None, None)]
