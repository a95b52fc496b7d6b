"""Fakes for the pool, drawn by the core from the accesses of a run."""

from __future__ import annotations

from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain.fakes import DRAWS, FAKE_ACCESS, RARE, SAMPLED, SERVING, TIE, Family
from custodiet_mining.limits import Limits

#: Fakes of the n-th family are numbered from n times this: above any index of a ledger.
_APART = 2**44
_SEED = "mining"
_SCRATCH = ("sampled_access", "serving", "fake_tie", "draw")


def draw_fakes(session: Session, limits: Limits) -> None:
    """The session, which holds the relations of a run, has a table `fake_access`: columns of access, and `family`."""
    session.create_table("sampled_access", SAMPLED, {"seed": _SEED, "count": limits.fakes})
    session.create_table("serving", SERVING)
    session.create_table("fake_tie", TIE, {"bearers": RARE})
    tables = {family: _drawn(session, family, number) for number, family in enumerate(Family, 1)}
    each = [
        exp.select("*", exp.Literal.string(family.value).as_("family")).from_(table) for family, table in tables.items()
    ]
    session.create_table("fake_access", exp.union(*each, distinct=False))
    for name in (*_SCRATCH, *tables.values()):
        session.drop(name)


def _drawn(session: Session, family: Family, number: int) -> str:
    query, bounds = DRAWS[family]
    session.create_table("draw", query, {"seed": _SEED, **bounds})
    table = f"fake_{number}"
    session.create_table(table, FAKE_ACCESS, {"offset": number * _APART})
    return table
