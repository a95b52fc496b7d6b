"""What a person sees of the ties between actors and subjects: those of the latest run that his walls leave open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from custodiet.app.ports import Relations
from custodiet.cases.visibility import Walls
from custodiet.relations.query import Query

TIES_OF = Query("custodiet.report.sql", "ties_of.sql")
_OPEN_START, _OPEN_END = 1, 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One step of a waterfall: what was compared, what was found, and the bits that it adds (None: nothing is estimated)."""

    comparison: str
    words: str
    bits: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TieSeen:
    """A tie with everything that it rests on."""

    person: str
    subject: str
    nature: str
    probability: float
    reasons: str
    waterfall: Sequence[Reason]
    valid_from: datetime | None
    valid_to: datetime | None
    basis: Sequence[int]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TiesPage:
    """The ties of a run that one principal may see, the likeliest first."""

    run: str
    linkage: str  # what linked descriptions; empty where they were held together word for word
    ties: Sequence[TieSeen]
    more: int  # that were left off by the limit


def ties_page(relations: Relations, walls: Walls, *, person: str | None, size: int) -> tuple[Sequence[TieSeen], int]:
    """Return the first `size` ties that the walls leave open, and how many more there are; walled ones are not counted."""
    rows = relations.rows(TIES_OF, {"person": person})
    seen = [row for row in rows if not walls.ties(row[0], row[1])]
    return [_tie(row) for row in seen[:size]], max(0, len(seen) - size)


def _tie(row: tuple[Any, ...]) -> TieSeen:
    person, subject, nature, probability, reasons, waterfall, since, until, basis, method = row
    return TieSeen(
        person=person,
        subject=subject,
        nature=nature,
        probability=probability,
        reasons=reasons,
        waterfall=[Reason(comparison=c, words=words, bits=bits) for c, words, bits in json.loads(waterfall)],
        valid_from=None if since.year == _OPEN_START else since.replace(tzinfo=UTC),
        valid_to=None if until.year == _OPEN_END else until.replace(tzinfo=UTC),
        basis=list(basis),
        method=method,
    )
