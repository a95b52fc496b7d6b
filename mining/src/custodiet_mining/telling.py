"""Tells the sentences that a reviewer is to judge, as far as the walls let him see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from custodiet.cases.visibility import Walls
from custodiet.engines.accounting import ranks
from custodiet.engines.duckdb import Session
from custodiet.explain import evidence
from custodiet.explain.drawn import Row
from custodiet.explain.sentences import Telling, Wording
from custodiet.explain.sentences import sentence as sentence_of
from custodiet.explain.template import Template
from custodiet.relations.catalogue import RELATIONS
from custodiet_mining.blind import Shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One look with the reason that the proposal gives for it; its number is the one by which it is marked."""

    number: int
    subject: str
    at: datetime
    sentence: str


def told(session: Session, template: Template, looks: Sequence[Shown], walls: Walls) -> list[Told]:
    """Return the looks that may be seen and whose rows are still there, each with its sentence, numbered as they were drawn."""
    each = (
        (number, look, _bindings(session, template, look))
        for number, look in enumerate(looks, 1)
        if not walls.ties(look.actor, look.subject)
    )
    return [_told(session, template, number, look, rows) for number, look, rows in each if rows is not None]


def _told(session: Session, template: Template, number: int, look: Shown, bindings: dict[str, Row]) -> Told:
    at = _EPOCH + timedelta(microseconds=look.at)
    access: Row = {
        "actor": look.actor,
        "requester": look.actor,
        "operator": look.actor,
        "subject": look.subject,
        "occurred_at": look.at,
    }
    people = {
        look.actor,
        *(str(row[name]) for row in bindings.values() for name in ("person", "supervisor") if row.get(name)),
    }
    wording = Wording(ranks=ranks(session, sorted(people), at))
    telling = Telling(template=template, access=access, bindings=bindings)
    return Told(number=number, subject=look.subject, at=at, sentence=sentence_of(telling, wording))


def _bindings(session: Session, template: Template, look: Shown) -> dict[str, Row] | None:
    """Return the row of each hop, or None where one of them is not there any more."""
    bindings: dict[str, Row] = {}
    for hop, fact in zip(template.path, look.rests_on, strict=True):
        rows = session.rows(evidence.hop_row(hop), {"row": fact})
        if not rows:
            return None
        bindings[hop.alias] = dict(zip(RELATIONS[hop.relation].names, rows[0], strict=True))
    return bindings
