"""Invented bodies whose process logs have causes: roles, handovers, case workers, pools, batches; and one without any."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2024, 1, 1, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One row of an invented log; nobody is meant by any name in it."""

    case: str
    activity: str
    resource: str
    at: datetime
    team: str = ""
    kind: str = ""


def permits(cases: int, seed: int = 1) -> list[Event]:
    """A town hall: a case worker keeps most of a case, few people, advisers for some aspects, a long life of a case."""
    chance = random.Random(seed)
    workers = {
        part: [f"{5600 + 10 * number + one}" for one in range(4)]
        for number, part in enumerate(("house", "tree", "shop"))
    }
    advisers = {"fire": ["7001", "7002"], "water": ["7003"], "beauty": ["7004", "7005"]}
    desk = ["8001", "8002", "8003"]
    steps = ["check", "publish", "ask advice", "weigh", "draft", "sign", "send"]
    found: list[Event] = []
    for number in range(cases):
        case, part = f"P-{number:05d}", chance.choice(list(workers))
        at = _start(chance, cases, number, days=500)
        found.append(Event(case, "register", chance.choice(desk), at, "desk", part))
        worker = workers[part][number // 40 % 4] if chance.random() < 0.7 else chance.choice(workers[part])
        for step in steps:
            at = _later(chance, at, hours=30)
            if chance.random() < 0.12:
                worker = chance.choice(workers[part])
            if step == "ask advice" and chance.random() < 0.6:
                aspect = chance.choice(list(advisers))
                found.append(Event(case, f"advice {aspect}", chance.choice(advisers[aspect]), at, "advice", part))
                continue
            who = "9001" if step == "sign" and part != "tree" else worker
            found.extend(
                Event(case, f"{step} {turn}", who, at + timedelta(minutes=9 * turn), part, part)
                for turn in range(chance.randint(1, 3))
            )
    return found


def invoices(cases: int, seed: int = 2) -> list[Event]:
    """A shared service: many clerks in pools by supplier group, a batch account, short cases, anonymised names."""
    chance = random.Random(seed)
    clerks = [f"user_{number:03d}" for number in range(120)]
    groups = [f"G{number}" for number in range(12)]
    found: list[Event] = []
    for number in range(cases):
        case, group = f"{4500000000 + number}", chance.randrange(12)
        own = clerks[group * 10 : group * 10 + 10]
        at = _start(chance, cases, number, days=250)
        found.append(Event(case, "Create order", chance.choice(own[:5]), at, "", groups[group]))
        at = _later(chance, at, hours=40)
        found.append(
            Event(
                case,
                "Goods in",
                chance.choice(own[5:8]) if chance.random() < 0.8 else chance.choice(clerks),
                at,
                "",
                groups[group],
            )
        )
        at = _later(chance, at, hours=50)
        found.append(Event(case, "Record invoice", chance.choice(own[6:]), at, "", groups[group]))
        found.append(Event(case, "Match", "batch_00", at + timedelta(hours=chance.randint(1, 9)), "", groups[group]))
        if chance.random() < 0.3:
            at = _later(chance, at, hours=20)
            found.append(Event(case, "Remove block", chance.choice(own[:2]), at, "", groups[group]))
        at = _later(chance, at, hours=80)
        found.append(Event(case, "Clear", chance.choice(clerks[-4:]), at, "", groups[group]))
    return found


def service_desk(cases: int, seed: int = 3) -> list[Event]:
    """Support in lines: teams by product, tickets that wander between people, shifts, some rows without a resource."""
    chance = random.Random(seed)
    teams = {
        f"line {line} {product}": [f"Agent {line}{product}{one}" for one in range(6)]
        for line in (1, 2, 3)
        for product in "ABCDE"
    }
    found: list[Event] = []
    for number in range(cases):
        case, product = f"SR {number}", chance.choice("AABBCDE")
        at = _start(chance, cases, number, days=200)
        for line in (1, 2, 3):
            team = f"line {line} {product}"
            who = chance.choice(teams[team])
            for _ in range(chance.randint(1, 4)):
                found.append(
                    Event(
                        case,
                        chance.choice(["Accepted", "Queued", "In Progress"]),
                        who if chance.random() > 0.04 else "",
                        at,
                        team,
                        product,
                    )
                )
                at = _later(chance, at, hours=6)
                if chance.random() < 0.3:
                    who = chance.choice(teams[team])
            if chance.random() < 0.5:
                break
        found.append(Event(case, "Completed", who, at, team, product))
    return found


def hospital(cases: int, seed: int = 4) -> list[Event]:
    """A hospital: a patient on a ward is seen by whoever of the ward is on shift; laboratories see everybody."""
    chance = random.Random(seed)
    wards = [[f"W{ward}N{one}" for one in range(14)] for ward in range(10)]
    doctors = [[f"W{ward}D{one}" for one in range(4)] for ward in range(10)]
    laboratory = [f"L{one}" for one in range(9)]
    found: list[Event] = []
    for number in range(cases):
        case, ward = f"{number}", chance.randrange(10)
        at = _start(chance, cases, number, days=300)
        doctor = chance.choice(doctors[ward])
        found.append(Event(case, "admission", f"R{chance.randrange(6)}", at))
        for _ in range(chance.randint(2, 12)):
            at += timedelta(hours=chance.uniform(1, 14))
            turn = chance.random()
            shift = (at.hour // 8 + at.timetuple().tm_yday) % 3
            nurse = wards[ward][(shift * 4 + chance.randrange(5)) % 14]
            if turn < 0.55:
                found.append(Event(case, "round", nurse, at))
            elif turn < 0.75:
                found.append(
                    Event(case, "treatment", doctor if chance.random() < 0.8 else chance.choice(doctors[ward]), at)
                )
            else:
                found.append(Event(case, "sample", nurse, at))
                found.append(
                    Event(case, "result", chance.choice(laboratory), at + timedelta(hours=chance.uniform(1, 5)))
                )
                at += timedelta(hours=5)
        found.append(Event(case, "discharge", doctor, at + timedelta(hours=3)))
    return found


def chaos(cases: int, seed: int = 5) -> list[Event]:
    """No cause at all: whoever, on whatever, in office hours."""
    chance = random.Random(seed)
    people = [f"p{number}" for number in range(60)]
    found: list[Event] = []
    for number in range(cases):
        at = _start(chance, cases, number, days=300)
        for _ in range(chance.randint(3, 10)):
            found.append(Event(f"c{number}", f"step {chance.randrange(8)}", chance.choice(people), at))
            at = _later(chance, at, hours=20)
    return found


BODIES: dict[str, Callable[[int], list[Event]]] = {
    "permits": permits,
    "invoices": invoices,
    "service desk": service_desk,
    "hospital": hospital,
}


def rows(events: list[Event], zone: str = "+00:00") -> Iterator[tuple[str, ...]]:
    """Return the events as rows of a file, with a header."""
    yield ("case", "activity", "resource", "time", "team", "kind")
    for one in sorted(events, key=lambda event: event.at):
        yield (one.case, one.activity, one.resource, one.at.strftime("%Y-%m-%dT%H:%M:%S") + zone, one.team, one.kind)


def _start(chance: random.Random, cases: int, number: int, *, days: int) -> datetime:
    return _office(START + timedelta(days=days * number / cases, hours=chance.uniform(0, 9)))


def _later(chance: random.Random, at: datetime, *, hours: float) -> datetime:
    return _office(at + timedelta(hours=chance.expovariate(1 / hours) + 0.1))


def _office(at: datetime) -> datetime:
    """Return the moment itself if the office is open, else the next morning of a working day, some minutes in."""
    if at.hour >= 17:
        at = at.replace(hour=8, minute=at.minute, second=at.second) + timedelta(days=1)
    elif at.hour < 8:
        at = at.replace(hour=8)
    while at.weekday() > 4:
        at += timedelta(days=1)
    return at
