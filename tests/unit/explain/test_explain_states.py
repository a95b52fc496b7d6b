"""States: groups add their doubt away, thresholds decide, and what may still come in is awaited."""

from __future__ import annotations

import pytest

from custodiet.explain.pack import load, shipped
from custodiet.explain.reference import Instance
from custodiet.explain.states import Thresholds, combined, state_of
from custodiet.model.explanations import State

PACK = load(shipped())


def found(group: str, strength: float, template: str = "t") -> Instance:
    """Return an instance for access 1."""
    return Instance(access=1, template=template, evidence_group=group, strength=strength, rests_on=(1,))


def test_within_a_group_only_the_strongest_counts() -> None:
    """Two reasons of one kind are one reason."""
    assert combined([found("a", 0.5), found("a", 0.4)]) == 0.5


def test_across_groups_doubt_is_multiplied() -> None:
    """1 - (1 - 0.5) * (1 - 0.4)."""
    assert combined([found("a", 0.5), found("b", 0.4)]) == 0.7


@pytest.mark.parametrize(
    ("strength", "awaited", "state"),
    [
        (0.9, None, State.EXPLAINED),
        (0.899999, None, State.WEAK),
        (0.3, "duty", State.WEAK),
        (0.299999, None, State.UNEXPLAINED),
        (0.299999, "duty", State.PENDING),
        (0.95, "duty", State.EXPLAINED),
    ],
)
def test_thresholds_are_inclusive_and_pending_only_stands_in_for_unexplained(
    strength: float, awaited: str | None, state: State
) -> None:
    """From 0.9 explained, from 0.3 weak; below that the answer is pending while something is awaited."""
    assert state_of(1, awaited, [found("a", strength)], Thresholds()).state is state


def test_of_equal_templates_the_first_by_name_is_shown() -> None:
    """The strongest template is shown; among equals the first in the alphabet."""
    instances = [found("a", 0.5, "y"), found("b", 0.5, "x"), found("c", 0.4, "a")]
    assert state_of(1, None, instances, Thresholds()).template == "x"


def test_no_instance_no_template() -> None:
    """An access without an instance has strength 0 and no template."""
    state = state_of(1, None, [], Thresholds())
    assert (state.state, state.strength, state.template) == (State.UNEXPLAINED, 0.0, None)
