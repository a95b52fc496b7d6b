"""A piece of looking: one person, one subject, one system, some opens in a row, and the cause behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from custodiet.simulator.clock import Clock
from custodiet.simulator.matters import taken
from custodiet.simulator.streams import NONE, Ints, Reals, chosen

SYSTEMS = ("RMS", "CAD", "PNC", "CUSTODY", "INTEL", "DEMS", "ANPR")
SYSTEM = {name: n for n, name in enumerate(SYSTEMS)}

CAUSES = ("direct", "team", "supervision", "briefing", "area", "queue", "unrecorded", "prefetch", "namesake", "misuse")
CAUSE = {name: n for n, name in enumerate(CAUSES)}

#: Where people look, by what they are about. Shares in the order of SYSTEMS.
_HABITS: dict[str, tuple[float, ...]] = {
    "call_handler": (0.16, 0.82, 0.02, 0.00, 0.00, 0.00, 0.00),
    "dispatcher": (0.06, 0.84, 0.10, 0.00, 0.00, 0.00, 0.00),
    "attending": (0.44, 0.32, 0.08, 0.00, 0.05, 0.08, 0.03),
    "officer_in_case": (0.60, 0.11, 0.03, 0.03, 0.06, 0.14, 0.03),
    "custody": (0.10, 0.00, 0.05, 0.84, 0.00, 0.01, 0.00),
    "operation": (0.42, 0.08, 0.06, 0.01, 0.28, 0.09, 0.06),
    "team": (0.50, 0.38, 0.02, 0.00, 0.04, 0.06, 0.00),
    "supervision": (0.55, 0.36, 0.01, 0.02, 0.02, 0.04, 0.00),
    "briefing": (0.50, 0.10, 0.06, 0.00, 0.30, 0.00, 0.04),
    "intelligence": (0.36, 0.06, 0.07, 0.00, 0.44, 0.02, 0.05),
    "safeguarding": (0.72, 0.18, 0.02, 0.00, 0.08, 0.00, 0.00),
    "disclosure": (0.72, 0.06, 0.02, 0.02, 0.02, 0.16, 0.00),
    "vetting": (0.56, 0.00, 0.30, 0.00, 0.14, 0.00, 0.00),
    "records": (0.92, 0.07, 0.01, 0.00, 0.00, 0.00, 0.00),
    "unrecorded": (0.50, 0.20, 0.12, 0.02, 0.08, 0.04, 0.04),
}
HABIT = {name: n for n, name in enumerate(_HABITS)}
_SHARES = np.cumsum(np.array(list(_HABITS.values())), axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Pieces of looking as columns."""

    staff: Ints  # who looks
    requester: Ints  # who asked for it by radio, NONE where nobody did
    subject: Ints
    matter: Ints  # what it is about, NONE where no record says
    at: Ints
    opens: Ints  # how many accesses it makes
    system: Ints
    cause: Ints
    mobile: np.ndarray[tuple[int], np.dtype[np.bool_]]  # on a mobile device rather than at a terminal
    case: Ints  # the planted case it belongs to, NONE for all ordinary looking


def looked(staff: Ints, subject: Ints, at: Ints, cause: str, **columns: Any) -> Items:
    """Return items with nothing but who, whom, when and why; other columns by name."""
    count = len(staff)
    none = np.full(count, NONE)
    given = {
        "requester": none,
        "matter": none,
        "opens": np.ones(count, np.int64),
        "system": np.zeros(count, np.int64),
        "mobile": np.zeros(count, np.bool_),
        "case": none,
        **columns,
    }
    return Items(staff=staff, subject=subject, at=at, cause=np.full(count, CAUSE[cause]), **given)


def opens(rng: np.random.Generator, count: int) -> Ints:
    """Return how many accesses so many pieces of looking make: mostly one to four, at times dozens."""
    return np.clip(np.ceil(rng.lognormal(0.75, 0.75, count)), 1, 60).astype(np.int64)


MEAN_OPENS = 3.3


def systems(rng: np.random.Generator, habit: Ints) -> Ints:
    """Return a system for each, by habit."""
    system: Ints = (rng.random(len(habit))[:, None] > _SHARES[habit]).sum(axis=1).astype(np.int64)
    return np.minimum(system, len(SYSTEMS) - 1)


def up_to(items: Items, wanted: float, clock: Clock) -> Items:
    """Return the first of the items that lie in the fortnight, until they make the wanted number of accesses."""
    good = (items.at >= clock.opens) & (items.at < clock.closes)
    inside = taken(items, good)
    return taken(inside, np.arange(int(np.searchsorted(np.cumsum(inside.opens), wanted))))


def drawn(rng: np.random.Generator, weights: Reals, wanted: float, spare: float) -> Ints:
    """Return rows drawn by weight, as many as the wanted accesses need and some to spare."""
    return chosen(rng, weights, int(wanted / MEAN_OPENS * spare) + 20)
