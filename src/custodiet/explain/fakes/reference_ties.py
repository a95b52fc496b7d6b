"""Which members of the workforce are tied to which subjects, in plain loops: what the query `tie` is tested against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from custodiet.explain.drawn import OPEN_END, Row, Value, World


class Tie(NamedTuple):
    """A row of `tie`."""

    actor: str
    subject: str
    nature: str
    valid_from: int
    valid_to: int


class _Described(NamedTuple):
    """A person as a record describes him in a period."""

    who: str
    surname: str | None
    forename: str | None
    birth: str | None
    address: str | None
    valid_from: int
    valid_to: int


def ties(world: World, bearers: int) -> list[Tie]:
    """Return the ties; a surname ties those only who bear one that at most so many people on record bear."""
    return sorted({tie for tie in _all(world, bearers) if tie.valid_from < tie.valid_to})


def _all(world: World, bearers: int) -> Iterator[Tie]:
    workers = [_described(row, "person") for row in world["staff"]]
    subjects = [_described(row, "subject") for row in world["subject"] if row["subject_kind"] == "person"]
    for row in world["association"]:
        yield Tie(str(row["person"]), str(row["subject"]), "declared", _int(row["valid_from"]), OPEN_END)
    borne: dict[str | None, set[str]] = {}
    for subject in subjects:
        borne.setdefault(subject.surname, set()).add(subject.who)
    for worker in workers:
        for subject in subjects:
            yield from _of_two(worker, subject, rare=len(borne[subject.surname]) <= bearers)
            if _is_same(worker, subject):
                yield from _colleagues(world, worker, subject)


def _of_two(worker: _Described, subject: _Described, *, rare: bool) -> Iterator[Tie]:
    """Yield the ties of a worker and a subject by what the records say of both."""
    period = max(worker.valid_from, subject.valid_from), min(worker.valid_to, subject.valid_to)
    if _is_same(worker, subject):
        yield Tie(worker.who, subject.who, "self", *period)
    other = (worker.surname, worker.forename, worker.birth) != (subject.surname, subject.forename, subject.birth)
    if worker.address is not None and worker.address == subject.address and other:
        yield Tie(worker.who, subject.who, "household", *period)
    named_else = (worker.forename, worker.birth) != (subject.forename, subject.birth)
    if worker.surname is not None and worker.surname == subject.surname and rare and named_else:
        yield Tie(worker.who, subject.who, "surname", *period)


def _colleagues(world: World, worker: _Described, subject: _Described) -> Iterator[Tie]:
    """Yield the ties of everybody who serves in the unit of the worker whom the subject's record describes."""
    for theirs in world["posting"]:
        for own in world["posting"]:
            if theirs["person"] == worker.who != own["person"] and own["unit"] == theirs["unit"]:
                rows: tuple[Mapping[str, Value], ...] = (own, theirs)
                starts = [_int(row["valid_from"]) for row in rows]
                ends = [_int(row["valid_to"]) for row in rows]
                yield Tie(
                    str(own["person"]),
                    subject.who,
                    "colleague",
                    max(*starts, worker.valid_from, subject.valid_from),
                    min(*ends, worker.valid_to, subject.valid_to),
                )


def _is_same(worker: _Described, subject: _Described) -> bool:
    names = worker.surname, worker.forename, worker.birth
    return None not in names and names == (subject.surname, subject.forename, subject.birth)


def _described(row: Row, who: str) -> _Described:
    return _Described(
        str(row[who]),
        _plain(row["surname"]),
        _plain(row["forename"]),
        None if row["date_of_birth"] is None else str(row["date_of_birth"]),
        _plain(row["address"]),
        _int(row["valid_from"]),
        _int(row["valid_to"]),
    )


def _plain(value: Value) -> str | None:
    return None if value is None else str(value).strip(" ").upper()


def _int(value: Value) -> int:
    assert isinstance(value, int)
    return value
