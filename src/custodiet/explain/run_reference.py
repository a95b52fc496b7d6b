"""What a whole run of explanation means, in plain loops: two passes and the state of every access."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.explain.awaiting import Awaited, awaits
from custodiet.explain.drawn import Row, World
from custodiet.explain.pack import Pack
from custodiet.explain.reference import Instance, instances
from custodiet.explain.states import AccessState, state_of
from custodiet.explain.template import After
from custodiet.model.explanations import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The rows of `explanation` and `access_state`, in order of access."""

    instances: tuple[Instance, ...]
    states: tuple[AccessState, ...]


def explained(pack: Pack, world: World, behind: Sequence[Awaited]) -> Explained:
    """Return what the pack finds in the world; `behind` are the sources that may be awaited, furthest behind first."""
    accesses = world["access"]
    first = _pass(pack, After.NOTHING, world, accesses)
    states = _states(pack, accesses, first, behind)
    residual = [row for row in accesses if states[_number(row)].state is not State.EXPLAINED]
    seen = {
        **world,
        "explained_access": [
            {**row, "strength": states[_number(row)].strength}
            for row in accesses
            if states[_number(row)].state is State.EXPLAINED
        ],
        "explained_request": _requests(pack, world, residual),
    }
    found = first + _pass(pack, After.EXPLAINED, seen, residual)
    last = _states(pack, accesses, found, behind)
    return Explained(
        instances=tuple(sorted(found, key=lambda one: (one.access, one.template, one.rests_on))),
        states=tuple(last[number] for number in sorted(last)),
    )


def _requests(pack: Pack, world: World, residual: Sequence[Row]) -> list[Row]:
    """Return the requests that the first pass explains with the requester in the actor's place."""
    asked = [{**row, "actor": row["requester"]} for row in residual if row["requester"] not in {None, row["actor"]}]
    found = _pass(pack, After.NOTHING, world, asked)
    states = _states(pack, asked, found, ())
    requests: list[Row] = []
    for row in asked:
        state = states[_number(row)]
        if state.state is State.EXPLAINED:
            own = [one for one in found if one.access == _number(row) and one.template == state.template]
            best = min(own, key=lambda one: (-one.strength, one.rests_on))
            requests.append(
                {
                    "access": best.access,
                    "requester": row["requester"],
                    "template": best.template,
                    "strength": state.strength,
                    "rests_on": best.rests_on,
                }
            )
    return requests


def _pass(pack: Pack, after: After, world: World, accesses: Sequence[Row]) -> list[Instance]:
    return [one for template in pack.of_pass(after) for one in instances(template, world, accesses)]


def _states(
    pack: Pack, accesses: Sequence[Row], found: Sequence[Instance], behind: Sequence[Awaited]
) -> Mapping[int, AccessState]:
    states = {}
    shadows = {template.id for template in pack.templates if template.shadow}
    for row in accesses:
        number = _number(row)
        own = [one for one in found if one.access == number and one.template not in shadows]
        states[number] = state_of(number, _awaited(row, behind), own, pack.thresholds)
    return states


def _awaited(row: Row, behind: Sequence[Awaited]) -> str | None:
    first = awaits(row, behind)[:1]
    return first[0].words if first else None


def _number(row: Row) -> int:
    number = row["access"]
    assert isinstance(number, int)
    return number
