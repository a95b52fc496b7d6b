"""What states and strengths mean, for a reader who knows neither the words nor the numbers of this tool."""

from __future__ import annotations

from collections.abc import Mapping

from custodiet.explain.passes import is_learned
from custodiet.explain.states import Thresholds
from custodiet.explain.template import Template
from custodiet.model.explanations import State

#: Each state in one sentence.
STATES: Mapping[State, str] = {
    State.EXPLAINED: "A reason at work for this look is on record.",
    State.WEAK: "Something on record speaks for this look, but does not settle it.",
    State.PENDING: "No reason is on record yet, but records that could hold one are still under way.",
    State.UNEXPLAINED: (
        "No reason that counts was found for this look in the records that came in. That is not to say that there was none."
    ),
}

#: Said of a reason that goes through a learned group: nobody recorded that the two work together.
_LEARNED = "that the two work together was learned from their explained work in earlier weeks, no record says it"


def strength_in_words(strength: float, thresholds: Thresholds, template: Template) -> str:
    """Return what one reason of that strength is worth by itself."""
    if template.shadow:
        return "on trial: counts for nothing yet"
    worth = _worth(strength, thresholds)
    return f"{worth}; {_LEARNED}" if any(is_learned(hop.relation) for hop in template.path) else worth


def _worth(strength: float, thresholds: Thresholds) -> str:
    if strength >= thresholds.explained:
        return "strong: enough by itself"
    if strength >= thresholds.weak:
        return "weak: speaks for the look, but is not enough"
    return "very weak: counts for next to nothing"
