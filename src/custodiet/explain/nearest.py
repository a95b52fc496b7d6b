"""What is said where nothing explains an access: what was looked for, and what came nearest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from custodiet.explain.sentences import Wording, span, when, with_article
from custodiet.explain.words import Words
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
    matter_kind: str | None
    part: str | None
    person: str | None
    unit: str | None
    work: str | None
    at: int
    own: bool  # it was the actor's own work
    linked: bool  # some work of the actor's own is about the subject, near or far
    same_team: bool | None = (
        None  # whether it is the actor's own unit; None for his own work, and where no posting says
    )


def told(asked: Asked, nearest: Miss | None, looked_back: timedelta, wording: Wording) -> str:
    """Return what was looked for and the nearest thing found, as sentences in the pack's words."""
    words = wording.words
    named = {"actor": wording.person(asked.actor), "subject": words.subject(asked.subject_kind)}
    within = span(round(looked_back / timedelta(microseconds=1))) or "a moment"
    own = nearest is not None and nearest.linked
    lack = words.say("own", named) if own else words.say("lack", {**named, "span": within})
    found = (
        words.say("none", named) if nearest is None else words.say("nearest", {"miss": _miss(asked, nearest, wording)})
    )
    return f"{lack} {found}"


def awaited(kind: str, source: str, words: Words) -> str:
    """Return the sentence that says which facts are still under way, and from whom."""
    return words.say("awaited", {"kind": words.kind(kind), "source": source})


def _miss(asked: Asked, nearest: Miss, wording: Wording) -> str:
    words = wording.words
    part = (nearest.part or words.involved).replace("_", " ")
    return words.say(
        nearest.kind,
        {
            "subject": words.subject(asked.subject_kind),
            "matter": words.matter_called(nearest.matter_kind, nearest.matter),
            "number": nearest.matter,
            "part": part,
            "an:part": with_article(part),
            "queue": part,
            "owner": _owner(nearest, wording),
            "work": (nearest.work or words.involved).replace("_", " "),
            "did": words.worked(nearest.work),
            "unit": nearest.unit or words.unit,
            "when": when(nearest.at, asked.at),
        },
    )


def _owner(nearest: Miss, wording: Wording) -> str:
    if nearest.person is None:
        return nearest.unit or "somebody"
    named = wording.person(nearest.person)
    if nearest.own or nearest.unit is None:
        return named
    if nearest.same_team is None:
        return f"{named} of {nearest.unit}"
    return wording.words.say(
        "same_team" if nearest.same_team else "other_team", {"person": named, "unit": nearest.unit}
    )
