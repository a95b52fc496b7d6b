"""Work that comes by desk and by briefing: queues of tasks about people, and who is on whose briefing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.incidents import Scene
from custodiet.simulator.streams import DAY, HOUR, NONE, Ints, chosen, delays
from custodiet.simulator.workforce import ROLE

#: Queue, the role whose units work it, and its share of tasks.
QUEUES = (
    ("intelligence", "intelligence", 0.36),
    ("safeguarding", "safeguarding", 0.22),
    ("disclosure", "disclosure", 0.12),
    ("vetting", "vetting", 0.08),
    ("records", "records", 0.22),
)
_TASKS_A_DAY = 1900  # at scale 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Pieces of queue work about a subject, for a person or for whoever of the unit takes it."""

    queue: Ints
    subject: Ints
    staff: Ints  # who does it
    to_unit: np.ndarray[tuple[int], np.dtype[np.bool_]]  # given to the unit, not to the person by name
    issued: Ints
    done: Ints
    recorded: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefings:
    """Subjects on the briefing of an area, or of one unit of it, for some days."""

    subject: Ints
    area: Ints
    unit: Ints  # NONE: the whole area
    starts: Ints
    ends: Ints


def queue_work(scene: Scene) -> Tasks:
    """Return the tasks of the fortnight and of the two days before it."""
    rng, force, people, clock = scene.streams.named("tasks"), scene.force, scene.people, scene.roster.clock
    count = max(50, int(_TASKS_A_DAY * scene.scale * clock.days))
    queue = chosen(rng, np.array([share for *_, share in QUEUES]), count)
    staff = np.full(count, NONE)
    for n, (_, role, _) in enumerate(QUEUES):
        mine = np.flatnonzero(queue == n)
        members = force.in_role(role)
        staff[mine] = members[chosen(rng, force.weight[members], len(mine))]
    span = (np.full(count, clock.opens - DAY // 2), np.full(count, clock.closes))
    issued = scene.roster.moment(rng, staff, span)
    kept = issued != NONE
    queue, staff, issued = queue[kept], staff[kept], issued[kept]
    area = rng.integers(0, force.areas, len(issued))
    person = people.locals(rng, area, 1.7)
    place = rng.random(len(issued))
    subject = np.where(place < 0.1, people.address(people.household[person]), person)
    late = np.where(rng.random(len(issued)) < 0.05, delays(rng, len(issued), DAY), 0)
    return Tasks(
        queue=queue,
        subject=subject,
        staff=staff,
        to_unit=rng.random(len(issued)) < 0.2,
        issued=issued,
        done=issued + 2 * HOUR + delays(rng, len(issued), 1.5 * DAY),
        recorded=issued + late,
    )


def briefed(scene: Scene) -> Briefings:
    """Return what is on the briefings: each day and area some known people, for one to three days."""
    rng, force, people, clock = scene.streams.named("briefings"), scene.force, scene.people, scene.roster.clock
    daily = 10
    day = np.repeat(np.arange(-1, clock.days), force.areas * daily)
    area = np.tile(np.repeat(np.arange(force.areas), daily), clock.days + 1)
    subject = people.locals(rng, area, 4.0)
    driven = people.vehicle(rng.integers(0, len(people.keeper), len(day)))
    subject = np.where(rng.random(len(day)) < 0.12, driven, subject)
    local = [
        np.flatnonzero(np.isin(force.units.role, [ROLE["response"]]) & (force.units.area == n))
        for n in range(force.areas)
    ]
    teams = np.array(local)
    one = teams[area, rng.integers(0, teams.shape[1], len(day))]
    starts = clock.midnight(day) + 6 * HOUR + (rng.random(len(day)) * HOUR / 2).astype(np.int64)
    return Briefings(
        subject=subject,
        area=area,
        unit=np.where(rng.random(len(day)) < 0.25, one, NONE),
        starts=starts,
        ends=starts + rng.integers(1, 4, len(day)) * DAY,
    )
