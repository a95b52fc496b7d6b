"""Draws the looks that a reviewer will judge: those of the sample that a proposal matches, mixed with fakes that it matches too."""

from __future__ import annotations

import secrets

from custodiet.engines.duckdb import Session
from custodiet.explain.compiler import compiled
from custodiet.explain.template import Template
from custodiet.relations.query import Query
from custodiet_mining.blind import FAKES, REAL, Answers, Shown, borrowed, mixed
from custodiet_mining.instances import INSTANCE

#: Looks beyond those that are shown, of which fakes are made where the families give too few.
_SPARE = 30
TO_JUDGE = Query("custodiet_mining", "to_judge.sql")


def drawn(session: Session, template: Template) -> tuple[list[Shown], Answers]:
    """Return the looks and the answers; the session holds `pool`.

    Fakes that the families do not give are borrowed: a path that chance hardly meets is told with other people's rows.
    """
    session.create_table(INSTANCE, compiled(template, "pool"))
    found = [_shown(row) for row in session.rows(TO_JUDGE, {"real": True, "count": REAL + _SPARE})]
    fakes = [(row[0], _shown(row)) for row in session.rows(TO_JUDGE, {"real": False, "count": FAKES})]
    # of few looks, most are shown, and two for each fake are left to make it of
    spare = min(_SPARE, max(2 * (FAKES - len(fakes)), len(found) - REAL))
    real, rest = found[:-spare], found[-spare:]
    fakes += borrowed(rest, FAKES - len(fakes))
    return mixed(real[:REAL], fakes, secrets.token_hex(16))


def _shown(row: tuple[str, str, str, int, list[int]]) -> Shown:
    _, actor, subject, at, rests_on = row
    return Shown(actor=actor, subject=subject, at=at, rests_on=tuple(rests_on))
