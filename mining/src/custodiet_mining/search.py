"""Runs the search in a session: how many accesses of a pool each path leads from actor to subject."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.relations.query import Query
from custodiet_mining import meeting
from custodiet_mining.halves import Half, Side, halves, joined
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path

MEETING = Query("custodiet_mining", "meeting.sql")


def found(session: Session, pool: str, limits: Limits) -> dict[Path, Mapping[str, int]]:
    """Return by path and family how many accesses of the pool it leads from actor to subject; paths that lead none are left out."""
    reached = _reached(session, pool, limits)
    for side in Side:
        session.create_table(f"met_from_{side.value}", meeting.met(reached, side))
    numbered = list(reached)
    counts: dict[Path, dict[str, int]] = {}
    for first, second, family, accesses in session.rows(MEETING):
        path = joined(numbered[first], numbered[second])
        assert path is not None
        counts.setdefault(path, {})[family] = accesses
    for name in (*reached.values(), *(f"met_from_{side.value}" for side in Side)):
        session.drop(name)
    return {path: counts[path] for path in sorted(counts)}


def _reached(session: Session, pool: str, limits: Limits) -> dict[Half, str]:
    """Walk every half that reaches something; returns the table of each."""
    reached: dict[Half, str] = {}
    for number, half in enumerate(halves(limits.longest)):
        table = f"half_{number}"
        if not half.steps:
            session.create_table(table, meeting.origin(half.side, pool))
        elif half.before in reached:
            session.create_table(table, meeting.farther(half, reached[half.before], limits))
        else:
            continue
        if half.steps and session.rows(exp.select(exp.Count(this=exp.Star())).from_(table)) == [(0,)]:
            session.drop(table)
        else:
            reached[half] = table
    return reached
