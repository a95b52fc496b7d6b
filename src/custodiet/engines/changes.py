"""What changed between two sizes of the ledger: rows of context that came or went, and accesses that are new or another's."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain.touched import BASE
from custodiet.relations.kinds import KINDS, FactKind

#: The kinds by which an access comes to be another's, each with the column of both that tells which accesses.
_OWNERS = {"account": "account", "subject_merge": "subject"}


def changed_facts(session: Session) -> Iterator[str]:
    """Yield the kinds of which rows came or went; for each, make `changed_KIND` (those rows) and `ever_KIND` (all of both).

    Reads each relation of context, and the same as it was known before under its name after `base_`. Rows are told apart
    by the ledger index of their fact and, since merges give a row another subject, by the subject.
    """
    for kind in KINDS:
        came = _without(kind, kind.name, BASE + kind.name)
        went = _without(kind, BASE + kind.name, kind.name)
        session.create_table(f"went_{kind.name}", went)
        changed = exp.union(came, exp.select("*").from_(f"went_{kind.name}"), distinct=False)
        session.create_table(f"changed_{kind.name}", changed)
        ever = exp.union(exp.select("*").from_(kind.name), exp.select("*").from_(f"went_{kind.name}"), distinct=False)
        session.create_view(f"ever_{kind.name}", ever)
        if session.rows(exp.select("fact").from_(f"changed_{kind.name}").limit(1)):
            yield kind.name


def changed_accesses(size: int, kinds: frozenset[str]) -> exp.Query:
    """Return the query for the accesses (their numbers) that the earlier run, of `size` entries, does not hold as they stand.

    Those are the new ones and, where whose an account was or which numbers are one was told anew, those of another actor or
    subject than before.
    """
    new = (
        exp.select("access")
        .from_("access")
        .where(exp.GTE(this=exp.column("access"), expression=exp.Literal.number(size)))
    )
    if not kinds & set(_OWNERS):
        return new
    moved = [_moved(*one) for one in _OWNERS.items() if one[0] in kinds]
    now, before = (_as_it_is(held) for held in ("access", f"{BASE}access"))
    other = exp.select("access").from_(exp.except_(now, before, distinct=True).subquery("o"))
    numbers = moved[0] if len(moved) == 1 else exp.union(*moved, distinct=True)
    return exp.union(new, other, distinct=True).with_("moved", as_=numbers, materialized=True)


def _moved(kind: str, column: str) -> exp.Query:
    """The accesses, as they are and as they were, of an account or a subject of which a row came or went."""
    whose = exp.select(column).distinct().from_(f"changed_{kind}")
    same = exp.EQ(this=exp.column(column, table="w"), expression=exp.column(column, table="a"))
    found = [
        exp.select(exp.column("access", table="a"))
        .from_(exp.to_table(held).as_("a"))
        .join(whose.subquery("w"), on=same)
        for held in ("access", f"{BASE}access")
    ]
    return exp.union(*found, distinct=True)


def _as_it_is(held: str) -> exp.Select:
    same = exp.EQ(this=exp.column("access", table="m"), expression=exp.column("access", table="a"))
    query = exp.select(*(exp.column(name, table="a") for name in ("access", "actor", "subject")))
    return query.from_(exp.to_table(held).as_("a")).join(exp.to_table("moved").as_("m"), on=same)


def _without(kind: FactKind, held: str, other: str) -> exp.Select:
    names = ["fact"] + [field.name for field in kind.fields if field.held_in == "subject"]
    same = [exp.NullSafeEQ(this=exp.column(name, table="o"), expression=exp.column(name, table="h")) for name in names]
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("h")))
        .from_(exp.to_table(held).as_("h"))
        .join(exp.to_table(other).as_("o"), on=exp.and_(*same), join_type="anti")
    )
