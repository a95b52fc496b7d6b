"""The relations of context as queries over the ledger's stored rows, as they were known at a ledger size.

The steps, in order, each reading what the earlier ones wrote:

1. `standing_fact` ($size): of the facts known, those that still stand: neither superseded nor withdrawn.
2. `survivor`: for each merged subject number, the number that goes on.
3. one relation for each kind of fact (`kind_relation`), its subject resolved to the survivor.
4. `account_holder`: who held an account, cut so that no two rows of an account overlap.
5. `access` ($size): the accesses known, each with its actor and subject.
6. `watermark` ($size): up to when each source has delivered each kind, or said that it had nothing new (`heartbeat`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from custodiet.relations.kinds import KINDS, FactKind
from custodiet.relations.query import Query

#: What an open start and an open end are written as, so that half-open comparisons need no case for NULL.
OPEN_START = "0001-01-01 00:00:00"
OPEN_END = "9999-12-31 00:00:00"

STANDING_FACT = Query("custodiet.context", "standing_fact.sql")
SURVIVOR = Query("custodiet.context", "survivor.sql")
ACCOUNT_HOLDER = Query("custodiet.context", "account_holder.sql")
ACCESS = Query("custodiet.context", "access.sql")
WATERMARK = Query("custodiet.context", "watermark.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One relation to make: its name, its query, and whether the query asks for the parameter `size`."""

    relation: str
    query: exp.Expr | Query
    sized: bool = False


def steps() -> Iterator[Step]:
    """Yield the steps that make every relation of context, in the order in which they must run."""
    yield Step(relation="standing_fact", query=STANDING_FACT, sized=True)
    yield Step(relation="survivor", query=SURVIVOR)
    for kind in KINDS:
        yield Step(relation=kind.name, query=kind_relation(kind))
    yield Step(relation="account_holder", query=ACCOUNT_HOLDER)
    yield Step(relation="access", query=ACCESS, sized=True)
    yield Step(relation="watermark", query=WATERMARK, sized=True)


def kind_relation(kind: FactKind) -> exp.Select:
    """Return the query that makes the relation of one kind from `standing_fact` and `survivor`; no fact, no row."""
    resolves = kind.name != "subject_merge" and any(field.held_in == "subject" for field in kind.fields)
    columns = [_as("index", "fact")]
    columns += [_field(field.name, field.held_in, resolves=resolves) for field in kind.fields]
    columns += [
        exp.alias_(_or_open("valid_from", OPEN_START), "valid_from"),
        exp.alias_(_or_open("valid_to", OPEN_END), "valid_to"),
        _as("recorded_at"),
        _as("recorded_by"),
        _as("source"),
    ]
    query = exp.select(*columns).from_(exp.to_table("standing_fact").as_("f"))
    if resolves:
        query = query.join(
            exp.to_table("survivor").as_("m"),
            on=exp.EQ(this=_column("subject", "m"), expression=_column("subject")),
            join_type="left",
        )
    return query.where(exp.EQ(this=_column("kind"), expression=exp.Literal.string(kind.name)))


def _field(name: str, held_in: str, *, resolves: bool) -> exp.Expr:
    if held_in == "attributes":
        path = exp.Literal.string(f"$.{name}")
        return exp.alias_(exp.func("json_extract_string", _column("attributes"), path), name)
    if held_in == "subject" and resolves:
        return exp.alias_(exp.func("coalesce", _column("survivor", "m"), _column("subject")), name)
    return _as(held_in, name)


def _or_open(name: str, instant: str) -> exp.Expr:
    return exp.func("coalesce", _column(name), exp.cast(exp.Literal.string(instant), "TIMESTAMP"))


def _as(name: str, alias: str | None = None) -> exp.Expr:
    return exp.alias_(_column(name), alias or name, quoted=True)


def _column(name: str, table: str = "f") -> exp.Column:
    return exp.column(name, table=table, quoted=True)
