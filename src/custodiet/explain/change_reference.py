"""What two runs say differently of accesses, and why, in plain loops: the definition of `state_change` and `change_cause`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from custodiet.explain.drawn import Row

Instance = tuple[int, str, float, tuple[int, ...]]  # access, template, strength, rests_on
Direct = tuple[str, int | None, int | None]  # cause, fact, entry
Because = tuple[int, str, int | None, int | None, int | None]  # access, cause, fact, entry, through


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one run says: its accesses and their states by ledger index, and the instances of templates."""

    accesses: Mapping[int, Row]
    states: Mapping[int, Row]
    instances: frozenset[Instance]

    def of(self, access: int) -> frozenset[Instance]:
        """Return the instances of one access."""
        return frozenset(one for one in self.instances if one[0] == access)


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """What came between the two runs: rows of `fact_change`, of `merge_edge`, the facts stored, and what else differs."""

    facts: Sequence[Mapping[str, Any]]
    edges: frozenset[tuple[str, str, int]]
    stored: Mapping[int, Mapping[str, Any]]
    packs: bool = False
    code: bool = False


def state_changes(earlier: Told, later: Told) -> dict[int, str]:
    """Return for each access that both know and judge differently what became of it."""
    found = {}
    for access in sorted(earlier.states.keys() & later.states.keys()):
        change = _change(access, earlier, later)
        if change is not None:
            found[access] = change
    return found


def causes(earlier: Told, later: Told, between: Between) -> set[Because]:
    """Return for each changed access the rows that changed and on which it rested or rests; else what else did it."""
    found: set[Because] = set()
    changed = state_changes(earlier, later)
    direct = {access: set(_direct(access, earlier, later, between)) for access in changed}
    for access in changed:
        rows = set(_rows_of(access, earlier, later, direct))
        other = set(_others(access, earlier, later, between, bare=not rows))
        found |= rows | other or {(access, "requester", None, None, None)}
    return found


def _change(access: int, earlier: Told, later: Told) -> str | None:  # noqa: PLR0911 - one line for each kind, in order
    before, after = earlier.states[access], later.states[access]
    was, now = str(before["state"]), str(after["state"])
    if was != now and "explained" in {was, now}:
        return "reopened" if was == "explained" else "explained"
    if was != now and now == "pending":
        return "pending"
    if was == "pending" and now == "unexplained":
        return "waited_in_vain"
    if before["strength"] != after["strength"]:
        return "weaker" if _number(after) < _number(before) else "stronger"
    if was != now:
        return "other_state"
    if before["template"] != after["template"] or earlier.of(access) != later.of(access):
        return "other_reason"
    one, other = earlier.accesses[access], later.accesses[access]
    return None if all(one[name] == other[name] for name in ("actor", "subject")) else "attributed"


def _rows_of(access: int, earlier: Told, later: Told, direct: Mapping[int, set[Direct]]) -> Iterator[Because]:
    for cause, fact, entry in direct[access]:
        yield access, cause, fact, entry, None
    for row in _rested(access, earlier, later):
        for cause, fact, entry in direct.get(row, ()):
            yield access, cause, fact, entry, row


def _direct(access: int, earlier: Told, later: Told, between: Between) -> Iterator[Direct]:
    rested = _rested(access, earlier, later)
    ways = {number for start in _numbers(access, rested, later, between) for number in _way(start, between.edges)}
    used = {fact for subject, _, fact in between.edges if subject in ways}
    for row in between.facts:
        if row["fact"] in rested:
            yield row["change"], row["fact"], row["entry"]
        if row["fact"] in used:
            yield "merged" if row["change"] == "came" else "split", row["fact"], row["entry"]
        if _is_account_of(row, access, earlier, later):
            yield row["change"], row["fact"], row["entry"]
    for look in rested & (later.accesses.keys() - earlier.accesses.keys()):
        yield "came", look, look
    if not (between.packs or between.code) and _is_crowd(access, earlier, later):
        yield "crowd", None, None


def _is_crowd(access: int, earlier: Told, later: Told) -> bool:
    """Tell whether an instance on the same rows has another strength, though the actor is the same."""
    lost = {(template, rests) for _, template, _, rests in earlier.of(access) - later.of(access)}
    gained = {(template, rests) for _, template, _, rests in later.of(access) - earlier.of(access)}
    return bool(lost & gained) and earlier.accesses[access]["actor"] == later.accesses[access]["actor"]


def _rested(access: int, earlier: Told, later: Told) -> set[int]:
    """Return the rows of the instances that one of the runs has alone."""
    return {row for one in earlier.of(access) ^ later.of(access) for row in one[3]}


def _numbers(access: int, rested: set[int], later: Told, between: Between) -> set[str]:
    """Return the subject numbers as they were written: on the access, and on the rows that it rested on."""
    facts = {between.stored[row]["subject"] for row in rested if row in between.stored}
    looks = {later.accesses[row]["subject_as_used"] for row in {access, *rested} if row in later.accesses}
    return {str(number) for number in facts | looks if number is not None}


def _way(start: str, edges: frozenset[tuple[str, str, int]]) -> set[str]:
    """Return the numbers that are reached from one along the merges of either run."""
    reached, new = {start}, {start}
    while new:
        new = {survivor for subject, survivor, _ in edges if subject in new} - reached
        reached |= new
    return reached


def _is_account_of(row: Mapping[str, Any], access: int, earlier: Told, later: Told) -> bool:
    look, then = later.accesses[access], earlier.accesses[access]
    if look["actor"] == then["actor"] or row["kind"] != "account" or row["key"] != look["account"]:
        return False
    since, until, at = row["valid_from"], row["valid_to"], look["occurred_at"]
    return bool((since is None or since <= at) and (until is None or at < until))


def _others(access: int, earlier: Told, later: Told, between: Between, *, bare: bool) -> Iterator[Because]:
    states = {str(earlier.states[access]["state"]), str(later.states[access]["state"])}
    named = {
        "clock": states == {"pending", "unexplained"},
        "packs": bare and between.packs,
        "code": bare and between.code,
    }
    for cause, holds in named.items():
        if holds:
            yield access, cause, None, None, None


def _number(state: Row) -> float:
    strength = state["strength"]
    assert isinstance(strength, float)
    return strength
