"""What is said where nothing explains an access: what was looked for, and what came nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from custodiet.explain.sentences import Wording, span, when, with_article
from custodiet.relations.query import Query

NEAREST_MISS = Query("custodiet.explain", "nearest_miss.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The look that nothing explains: whose, at what, when (microseconds since 1970 UTC)."""

    actor: str
    subject_kind: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """The row of `nearest_miss.sql`: what operations say of the subject, nearest in time."""

    kind: str
    fact: int
    matter: str
    part: str | None
    person: str | None
    unit: str | None
    work: str | None
    at: int
    own: bool  # it was the actor's own work
    linked: bool  # some work of the actor's own is about the subject, near or far


def told(asked: Asked, nearest: Miss | None, looked_back: timedelta, wording: Wording) -> str:
    """Return what was looked for and the nearest thing found, as sentences."""
    thing = "person" if asked.subject_kind == "person" else asked.subject_kind
    actor = wording.person(asked.actor)
    if nearest is not None and nearest.linked:
        return f"Nothing that {actor} was doing at the time explains this look. Nearest: {_miss(asked, nearest, thing, wording)}."
    within = span(round(looked_back / timedelta(microseconds=1)))
    lack = f"No assignment, custody, case or tasking links {actor} to this {thing} within {within}."
    if nearest is None:
        return f"{lack} Nothing in the records of operations names this {thing}."
    return f"{lack} Nearest: {_miss(asked, nearest, thing, wording)}."


def awaited(kind: str) -> str:
    """Return the sentence that says which facts are still under way."""
    return f"Facts of the kind {kind} up to this time have not all come in yet; until they have, nothing can be said for certain."


def _miss(asked: Asked, nearest: Miss, thing: str, wording: Wording) -> str:
    gap = when(nearest.at, asked.at)
    part = _words(nearest.part)
    if nearest.kind == "tasking":
        owner = _owner(nearest, wording)
        return f"task {nearest.matter} of the {part} queue, which is about this {thing}, was given to {owner} {gap}"
    if nearest.kind == "briefing":
        return f"this {thing} was on briefing {nearest.matter} of {nearest.unit or 'another unit'} {gap}"
    recorded = f"incident {nearest.matter}, in which this {thing} is recorded as {with_article(part)}"
    if nearest.kind == "incident":
        return f"{recorded}, was opened {gap}"
    did = "attended" if nearest.work == "attending" else f"was {_words(nearest.work)} of"
    return f"{_owner(nearest, wording)} {did} {recorded}, {gap}"


def _owner(nearest: Miss, wording: Wording) -> str:
    if nearest.person is None:
        return nearest.unit or "somebody"
    named = wording.person(nearest.person)
    return f"{named} of {nearest.unit}" if nearest.unit and not nearest.own else named


def _words(text: str | None) -> str:
    return (text or "involved").replace("_", " ")
