"""From pieces of looking to single accesses: searches, hits, views, edits and prints, seconds apart, with what was typed as the reason."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.items import CAUSE, SYSTEM, Items
from custodiet.simulator.matters import Book, stacked, taken
from custodiet.simulator.population import PERSON, VEHICLE
from custodiet.simulator.streams import DAY, MINUTE, NONE, Ints, Truths, delays
from custodiet.simulator.ties import Namesakes

OPERATIONS = ("search", "list", "view", "edit", "print", "export", "create", "prefetch")
OPERATION = {name: n for n, name in enumerate(OPERATIONS)}

#: What follows the first access, by system: the chances of search, list, view, edit, print, export, create.
_FLOW = np.array(
    [
        (0.06, 0.08, 0.60, 0.19, 0.04, 0.01, 0.02),  # RMS
        (0.04, 0.02, 0.70, 0.22, 0.01, 0.00, 0.01),  # CAD
        (0.40, 0.00, 0.60, 0.00, 0.00, 0.00, 0.00),  # PNC
        (0.00, 0.02, 0.58, 0.35, 0.04, 0.00, 0.01),  # CUSTODY
        (0.15, 0.10, 0.60, 0.10, 0.04, 0.01, 0.00),  # INTEL
        (0.05, 0.10, 0.77, 0.02, 0.00, 0.06, 0.00),  # DEMS
        (0.45, 0.15, 0.38, 0.00, 0.00, 0.02, 0.00),  # ANPR
    ]
)
_OPENING = np.array([0.45, 0.12, 1.0, 0.02, 0.5, 0.3, 0.9])  # how often the first access is a search

PURPOSES = {
    "matter": ("attending, call received", "statement, witness", "file update", "suspect check", "address check",
               "risk assessment", "update to victim", "linked crime check", "custody, risk assessment", "case file build",
               "house to house", "handover, next shift", "safeguarding check", "supervisor review"),
    "desk": ("research request", "MASH referral", "disclosure schedule", "DBS check", "record correction",
             "subject access request", "intelligence development", "duplicate nominal check"),
    "briefing": ("daily briefing", "patrol, wanted check", "area awareness", "beat plan"),
    "vague": ("enquiry", "police purposes", "check", ".", "enq", "intel", "as discussed", "info"),
}  # fmt: skip
PHRASES = tuple(phrase for phrases in PURPOSES.values() for phrase in phrases)
_BOUNDS = dict(zip(PURPOSES, np.cumsum([0, *(len(phrases) for phrases in PURPOSES.values())]).tolist(), strict=False))
_GIVEN = np.array([0.35, 0.0, 1.0, 0.25, 1.0, 0.5, 1.0])  # how often a system has a reason
_QUOTED = np.array([0.4, 0.0, 0.5, 0.0, 0.5, 0.4, 0.6])  # how often a reference, where there is a matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Accesses:
    """All accesses as columns, in order of time. Milliseconds; indices into the world; NONE for nothing."""

    at: Ints
    staff: Ints
    requester: Ints
    subject: Ints
    matter: Ints
    system: Ints
    operation: Ints
    cause: Ints
    case: Ints
    mobile: Truths
    session: Ints
    phrase: Ints
    reference: Ints  # the matter whose number was typed
    mistyped: Truths
    typed: Truths  # search words are kept

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.at)


def made(scene: Scene, book: Book, items: Items) -> Accesses:
    """Return the accesses that the items make, with interface noise, namesakes opened by mistake, and typed reasons."""
    flow = _flow(scene, items)
    reasons = _reasoned(scene, book, flow)
    whole = stacked([reasons, _namesakes(scene, reasons), _prefetched(scene, reasons)])
    return taken(whole, np.lexsort((whole.subject, whole.staff, whole.system, whole.at)))


def _flow(scene: Scene, items: Items) -> Accesses:
    rng = scene.streams.named("flow")
    item = np.repeat(np.arange(len(items.opens)), items.opens)
    first = np.cumsum(items.opens) - items.opens
    place = np.arange(len(item)) - first[item]
    gaps = np.where(place == 0, 0, 1500 + delays(rng, len(item), 35_000))
    running = np.cumsum(gaps)
    at = items.at[item] + running - running[first[item]]
    at = np.minimum(at, scene.roster.clock.closes - 1)
    system = _fitting(rng, scene, items)[item]
    session = rng.permutation(len(items.opens))[item] + 1
    none = np.full(len(item), NONE)
    return Accesses(
        at=at,
        staff=items.staff[item],
        requester=items.requester[item],
        subject=items.subject[item],
        matter=items.matter[item],
        system=system,
        operation=_operations(rng, items.cause[item], system, place),
        cause=items.cause[item],
        case=items.case[item],
        mobile=items.mobile[item],
        session=session,
        phrase=none,
        reference=none,
        mistyped=np.zeros(len(item), np.bool_),
        typed=np.zeros(len(item), np.bool_),
    )


def _fitting(rng: np.random.Generator, scene: Scene, items: Items) -> Ints:
    """Return systems that know such a subject: plate readers know vehicles only, and vehicles are often looked up there."""
    kind = scene.people.kind(items.subject)
    moved = np.where((items.system == SYSTEM["ANPR"]) & (kind != VEHICLE), SYSTEM["RMS"], items.system)
    by_plate = (kind == VEHICLE) & (items.requester == NONE) & (rng.random(len(kind)) < 0.3)
    return np.where(by_plate, SYSTEM["ANPR"], moved)


def _operations(rng: np.random.Generator, cause: Ints, system: Ints, place: Ints) -> Ints:
    running = np.cumsum(_FLOW, axis=1)
    follows = (rng.random(len(system))[:, None] > running[system]).sum(axis=1).clip(0, 6)
    opening = np.where(rng.random(len(system)) < _OPENING[system], OPERATION["search"], OPERATION["view"])
    operation = np.where(place == 0, opening, follows)
    idle = np.isin(cause, [CAUSE["unrecorded"], CAUSE["misuse"], CAUSE["briefing"]])
    writes = np.isin(operation, [OPERATION["edit"], OPERATION["create"]])
    return np.where(idle & writes, OPERATION["view"], operation)


def _reasoned(scene: Scene, book: Book, flow: Accesses) -> Accesses:
    """Return the accesses with the reason and reference that were typed; one reason holds for a session."""
    rng = scene.streams.named("reasons")
    chance = rng.random((4, int(flow.session.max(initial=0)) + 1))[:, flow.session]
    given = rng.random(len(flow)) < _GIVEN[flow.system]
    loose = np.isin(flow.cause, [CAUSE["unrecorded"], CAUSE["misuse"]])
    vague = chance[0] < np.select([flow.cause == CAUSE["misuse"], loose], [0.4, 0.3], 0.08)
    desk = flow.cause == CAUSE["queue"]
    brief = np.isin(flow.cause, [CAUSE["briefing"], CAUSE["area"]])
    group = np.select([vague, desk, brief], [_pool("vague"), _pool("desk"), _pool("briefing")], _pool("matter"))
    low, high = group // 100, group % 100
    phrase = np.where(given, low + (chance[1] * (high - low)).astype(np.int64), NONE)
    some = rng.integers(0, len(book.matters.kind), len(flow))
    recent = book.matters.opened[some] < flow.at
    wrong = loose & (flow.matter == NONE) & recent & (chance[2] < 0.15)
    quoted = (rng.random(len(flow)) < _QUOTED[flow.system]) & ((flow.matter != NONE) | wrong)
    numbered = np.where(wrong, some, flow.matter)
    known = book.matters.opened[np.maximum(numbered, 0)] <= flow.at  # a number cannot be typed before it exists
    columns = {f.name: getattr(flow, f.name) for f in fields(Accesses)}
    return Accesses(
        **{
            **columns,
            "phrase": phrase,
            "reference": np.where(quoted & known, numbered, NONE),
            "mistyped": chance[3] < 0.015,
            "typed": flow.operation == OPERATION["search"],
        }
    )


def _pool(name: str) -> int:
    """Return the first and the end of a group of phrases in one number."""
    first = int(_BOUNDS[name])
    return first * 100 + first + len(PURPOSES[name])


def _namesakes(scene: Scene, flow: Accesses) -> Accesses:
    """Return the wrong hits: someone of the same name, opened a moment after the search and left again."""
    rng, people = scene.streams.named("namesakes"), scene.people
    searched = (flow.operation == OPERATION["search"]) & (people.kind(flow.subject) == PERSON)
    rows = np.flatnonzero(searched & (flow.system == SYSTEM["RMS"]) & (rng.random(len(flow)) < 0.025))
    some = taken(flow, rows)
    other = Namesakes.of(people).draw(rng, people.surname[some.subject])
    columns = {f.name: getattr(some, f.name) for f in fields(Accesses)}
    count = len(rows)
    return Accesses(
        **{
            **columns,
            "at": np.minimum(some.at + 700 + delays(rng, count, 3_000), scene.roster.clock.closes - 1),
            "subject": other,
            "operation": np.full(count, OPERATION["view"]),
            "cause": np.where(some.cause == CAUSE["misuse"], some.cause, CAUSE["namesake"]),
            "typed": np.zeros(count, np.bool_),
        }
    )


def _prefetched(scene: Scene, flow: Accesses) -> Accesses:
    """Return the rows that the records system's screen makes by itself: someone of the same home, fetched and not shown."""
    rng, people = scene.streams.named("prefetch"), scene.people
    viewed = (flow.operation == OPERATION["view"]) & (people.kind(flow.subject) == PERSON)
    rows = np.flatnonzero(viewed & (flow.system == SYSTEM["RMS"]) & (rng.random(len(flow)) < 0.012))
    some = taken(flow, rows)
    home = people.household[some.subject]
    other = people.first_of[home] + rng.integers(0, 1000, len(rows)) % (
        people.first_of[home + 1] - people.first_of[home]
    )
    kept = other != some.subject
    some, other = taken(some, kept), other[kept]
    columns = {f.name: getattr(some, f.name) for f in fields(Accesses)}
    none = np.full(len(other), NONE)
    return Accesses(
        **{
            **columns,
            "subject": other,
            "operation": np.full(len(other), OPERATION["prefetch"]),
            "cause": np.full(len(other), CAUSE["prefetch"]),
            "phrase": none,
            "reference": none,
            "typed": np.zeros(len(other), np.bool_),
            "case": none,
        }
    )


def merged_at(scene: Scene) -> Ints:
    """Return when each former number was merged into its survivor."""
    rng, clock = scene.streams.named("merges"), scene.roster.clock
    span = clock.closes - clock.opens + 30 * DAY
    return clock.opens - 30 * DAY + (rng.random(len(scene.people.former_of)) * span).astype(np.int64) // MINUTE * MINUTE


def with_former_numbers(scene: Scene, accesses: Accesses, merged: Ints) -> Accesses:
    """Return the accesses with former numbers of persons where these were still in use."""
    rng, people = scene.streams.named("former numbers"), scene.people
    place = np.clip(np.searchsorted(people.former_of, accesses.subject), 0, len(people.former_of) - 1)
    has = people.former_of[place] == accesses.subject
    early = has & (accesses.at < merged[place]) & (rng.random(len(accesses)) < 0.5)
    former = people.size - len(people.former_of) + place
    columns = {f.name: getattr(accesses, f.name) for f in fields(Accesses)}
    return Accesses(**{**columns, "subject": np.where(early, former, accesses.subject)})
