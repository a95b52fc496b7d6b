"""The force's matters as columns: incidents, crimes, custody records, cases and operations, with who is in them and who works on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from custodiet.simulator.streams import DAY, NONE, Ints, delays

INCIDENT, CRIME, CUSTODY, CASE, OPERATION, INTELLIGENCE = range(6)
KINDS = ("incident", "crime", "custody", "case", "operation", "intelligence")

#: Category, its share of incidents, how often it is attended, how often it makes a crime.
CATEGORIES = (
    ("domestic", 0.11, 0.75, 0.55),
    ("assault", 0.09, 0.65, 0.70),
    ("burglary", 0.04, 0.60, 0.90),
    ("theft", 0.10, 0.20, 0.65),
    ("criminal_damage", 0.06, 0.25, 0.70),
    ("antisocial_behaviour", 0.15, 0.35, 0.05),
    ("road_collision", 0.08, 0.45, 0.03),
    ("missing_person", 0.02, 0.90, 0.00),
    ("concern_for_safety", 0.13, 0.55, 0.02),
    ("suspicious_circumstances", 0.09, 0.40, 0.04),
    ("traffic", 0.06, 0.30, 0.02),
    ("fraud", 0.04, 0.05, 0.35),
    ("contact", 0.03, 0.02, 0.01),
    ("homicide", 0.00, 1.00, 1.00),
)
CATEGORY = {name: n for n, (name, *_) in enumerate(CATEGORIES)}

PARTS = ("caller", "victim", "suspect", "witness", "vehicle", "location", "missing", "detainee", "subject_of_interest")
PART = {name: n for n, name in enumerate(PARTS)}

WORK = ("call_handler", "dispatcher", "attending", "officer_in_case", "desk_investigator", "arresting_officer",
        "custody_sergeant", "detention_officer", "interviewing_officer", "case_builder", "team", "operation_team", "author")  # fmt: skip
WORKS = {name: n for n, name in enumerate(WORK)}

_T = TypeVar("_T")


def stacked(parts: Sequence[_T]) -> _T:
    """Return one value whose columns are those of the parts, one after another."""
    kind = type(parts[0])
    columns = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**columns)


def taken(value: _T, rows: np.ndarray[tuple[int], np.dtype[np.bool_]] | Ints) -> _T:
    """Return the value with those rows of its columns only."""
    kind = type(value)
    return kind(**{f.name: getattr(value, f.name)[rows] for f in fields(kind)})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matters:
    """What the force works on. `began` is when work on it began: for a call, before its number existed."""

    kind: Ints
    area: Ints
    category: Ints
    began: Ints
    opened: Ints  # when its number was made
    closed: Ints  # 0 while open
    parent: Ints
    interest: Ints  # how much work it draws, in thousandths


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Which subject has which part in which matter."""

    matter: Ints
    subject: Ints
    part: Ints
    recorded: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """Who works on which matter, as a person or as a whole unit, from when to when (0: open)."""

    matter: Ints
    staff: Ints
    unit: Ints
    work: Ints
    starts: Ints
    ends: Ints
    crew: Ints  # the crew leader's place in the unit for those in a crew, else NONE
    recorded: Ints


@dataclass(frozen=True, slots=True)
class Book:
    """Matters with their parts and works; the numbers of matters in parts and works count from its first matter."""

    matters: Matters
    parts: Parts
    works: Works


def interest(rng: np.random.Generator, count: int, mean: float = 1.0) -> Ints:
    """Return how much work each of so many matters draws: a few draw most."""
    return (np.minimum(rng.lognormal(0.0, 0.8, count), 7.0) * 1000 * mean).astype(np.int64) + 1


def parts_of(rng: np.random.Generator, matter: Ints, subject: Ints, part: str, at: Ints) -> Parts:
    """Return the parts of those subjects, written down some time after; rows without a subject are left out."""
    kept = subject != NONE
    matter, subject, at = matter[kept], subject[kept], at[kept]
    late = np.where(rng.random(len(matter)) < 0.05, delays(rng, len(matter), 1.2 * DAY), 0)
    recorded = at + delays(rng, len(matter), 600_000) + late
    return Parts(matter=matter, subject=subject, part=np.full(len(matter), PART[part]), recorded=recorded)


def works_of(rng: np.random.Generator, matter: Ints, staff: Ints, work: str, span: tuple[Ints, Ints]) -> Works:
    """Return the work of those staff on those matters; some of it is written down a day or more late."""
    kept = staff != NONE
    matter, staff, starts, ends = matter[kept], staff[kept], span[0][kept], span[1][kept]
    count = len(matter)
    late = np.where(rng.random(count) < 0.05, delays(rng, count, 1.2 * DAY), 0)
    none = np.full(count, NONE)
    return Works(
        matter=matter,
        staff=staff,
        unit=none,
        work=np.full(count, WORKS[work]),
        starts=starts,
        ends=ends,
        crew=none,
        recorded=starts + delays(rng, count, 240_000) + late,
    )


def units_of(rng: np.random.Generator, matter: Ints, unit: Ints, starts: Ints) -> Works:
    """Return the work of whole units on those matters, without end."""
    count = len(matter)
    none = np.full(count, NONE)
    return Works(
        matter=matter,
        staff=none,
        unit=unit,
        work=np.full(count, WORKS["team"]),
        starts=starts,
        ends=np.zeros(count, np.int64),
        crew=none,
        recorded=starts + delays(rng, count, 3_600_000),
    )


def named_of(size: Ints) -> Ints:
    """Return how many of a unit of that size are on the list of an operation's team by name."""
    return size * 3 // 4


def moved(value: _T, by: int) -> _T:
    """Return parts or works whose matters are counted from `by`."""
    kind = type(value)
    columns = {f.name: getattr(value, f.name) for f in fields(kind)}  # type: ignore[arg-type]
    return kind(**{**columns, "matter": columns["matter"] + by})


def bound(books: Sequence[Book]) -> Book:
    """Return one book of all; the parents in each book must already count over the whole."""
    offsets = np.cumsum([0, *(len(book.matters.kind) for book in books[:-1])]).tolist()
    pairs = list(zip(books, offsets, strict=True))
    return Book(
        stacked([book.matters for book in books]),
        stacked([moved(book.parts, offset) for book, offset in pairs]),
        stacked([moved(book.works, offset) for book, offset in pairs]),
    )


def recast(book: Book, matter: int, subjects: tuple[int, int]) -> None:
    """Put the second subject in place of the first in a matter and in all that came of it."""
    chain = np.flatnonzero(book.matters.parent == matter)
    rows = np.isin(book.parts.matter, np.append(chain, matter)) & (book.parts.subject == subjects[0])
    book.parts.subject[rows] = subjects[1]
