"""Everything that can run a template: the plain reference, and each way in which DuckDB does. A further one is a line here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence

from sqlglot import exp

from custodiet.engines import linking
from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, drawn, reference
from custodiet.explain.drawn import Row, World
from custodiet.explain.reference import Instance
from custodiet.explain.template import Template
from custodiet.explain.template_file import read
from custodiet.relations.catalogue import EXPLANATION
from support.drawn import bind_world

SHARDS = 2
Engine = Callable[[Template, World], list[Instance]]


def found(engine: Engine, template: str, tables: str) -> list[tuple[tuple[int, ...], float]]:
    """Return the rows that the instances of a template's text rest on in drawn tables, with their strengths, in order."""
    return [(one.rests_on, one.strength) for one in engine(read(template, "t.toml"), drawn.world(tables))]


def by_reference(template: Template, world: World) -> list[Instance]:
    """Return what the plain loops find: the definition."""
    return reference.instances(template, world, world["access"])


def by_duckdb(template: Template, world: World) -> list[Instance]:
    """Return what the compiled query finds over all accesses at once."""
    with Session(threads=1) as session:
        bind_world(session, world)
        return _instances(session.rows(compiler.compiled(template)))


def in_shards(template: Template, world: World) -> list[Instance]:
    """Return what the compiled query finds in shards of subjects, each alone, put together."""
    found: list[Instance] = []
    for shard in range(SHARDS):
        own = [row for row in world["access"] if _bucket(row) == shard]
        found += by_duckdb(template, {**world, "access": own})
    return sorted(found, key=_place)


def by_links(template: Template, world: World) -> list[Instance]:
    """Return what the links between actors and subjects say of the accesses."""
    with Session(threads=1) as session:
        bind_world(session, world)
        linking.count_crowds(session, [template])
        linking.find(session, "found", [template], "access")
        return _instances(session.rows(exp.select(*EXPLANATION.names).from_("found")))


ENGINES: Mapping[str, Engine] = {
    "reference": by_reference,
    "duckdb": by_duckdb,
    "shards": in_shards,
    "links": by_links,
}


def _instances(rows: Sequence[tuple[object, ...]]) -> list[Instance]:
    named = (dict(zip(EXPLANATION.names, row, strict=True)) for row in rows)
    found = [Instance(**{**row, "rests_on": tuple(row["rests_on"])}) for row in named]  # type: ignore[arg-type]
    return sorted(found, key=_place)


def _place(one: Instance) -> tuple[int, tuple[int, ...]]:
    return one.access, one.rests_on


def _bucket(row: Row) -> int:
    return hashlib.sha256(str(row["subject"]).encode()).digest()[0] % SHARDS
