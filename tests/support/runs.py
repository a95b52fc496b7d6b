"""Everything that can run a whole pack: both passes and the states, by the plain reference and by DuckDB, whole and in shards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import explain
from custodiet.explain import drawn
from custodiet.explain.awaiting import awaited
from custodiet.explain.drawn import Row, World
from custodiet.explain.included import shipped
from custodiet.explain.pack import Pack, load
from custodiet.explain.run_reference import explained
from custodiet.explain.template_file import read
from support.drawn import bind_world

SHARDS = 2
PLAIN = replace(load(shipped()), templates=(), grace={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run says of one access: its state, strength and best template, what it awaits, and what was found at all."""

    state: str
    strength: float
    template: str | None
    awaits: str | None
    found: tuple[tuple[str, float], ...]


Outcomes = dict[int, Outcome]
Run = Callable[[Pack, World], Outcomes]


def pack_of(*templates: str, grace: Mapping[str, timedelta] | None = None) -> Pack:
    """Return a pack of these templates' texts, with the thresholds 0.9 and 0.3."""
    ordered = sorted((read(text, "t.toml") for text in templates), key=lambda one: one.id)
    return replace(PLAIN, templates=tuple(ordered), grace=grace or {})


def outcomes(run: Run, pack: Pack, tables: str) -> Outcomes:
    """Return what the run says of the accesses in drawn tables."""
    return run(pack, drawn.world(tables))


def by_reference(pack: Pack, world: World) -> Outcomes:
    """Return what the plain loops say: the definition."""
    marks = [(str(row["kind"]), str(row["source"]), _at(row["delivered_to"])) for row in world.get("watermark", ())]
    latest = max(_at(row["occurred_at"]) for row in world["access"])
    behind = awaited(pack.templates, marks, pack.grace, latest=latest, silent_after=pack.silent_after)
    done = explained(pack, world, behind)
    return {
        one.access: Outcome(
            state=one.state,
            strength=one.strength,
            template=one.template,
            awaits=one.awaits,
            found=tuple((i.template, i.strength) for i in done.instances if i.access == one.access),
        )
        for one in done.states
    }


def by_duckdb(pack: Pack, world: World) -> Outcomes:
    """Return what an audit's own run says."""
    with Session(threads=1) as session:
        bind_world(session, world, second=False)
        explain(session, pack, 1_000_000)
        states = session.rows(exp.select("access", "state", "strength", "template", "awaits").from_("access_state"))
        found = session.rows(exp.select("access", "template", "strength", "rests_on").from_("explanation"))
    return {
        access: Outcome(
            state=state,
            strength=strength,
            template=template,
            awaits=awaits,
            found=tuple((name, weight) for one, name, weight, _ in sorted(found, key=_place) if one == access),
        )
        for access, state, strength, template, awaits in states
    }


def in_shards(pack: Pack, world: World) -> Outcomes:
    """Return what runs over the accesses of some actors each say, put together."""
    told: Outcomes = {}
    for shard in range(SHARDS):
        own = [row for row in world["access"] if _bucket(row) == shard]
        if own:
            told |= by_duckdb(pack, {**world, "access": own})
    return told


RUNS: Mapping[str, Run] = {"reference": by_reference, "duckdb": by_duckdb, "shards": in_shards}


def _place(row: tuple[int, str, float, list[int]]) -> tuple[int, str, list[int]]:
    return row[0], row[1], row[3]


def _at(value: object) -> datetime:
    assert isinstance(value, int)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)


def _bucket(row: Row) -> int:
    return hashlib.sha256(str(row["actor"]).encode()).digest()[0] % SHARDS
