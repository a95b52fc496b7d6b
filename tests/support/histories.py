"""Ledgers of invented entries in which facts come late, are corrected and withdrawn, subjects merge and split, accounts pass on.

A ledger holds several small dense worlds that share no person, subject, matter or login, so that one run tries many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from custodiet.engines.duckdb import Session
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

BASE = datetime(2026, 3, 2)  # noqa: DTZ001 - instants in relations carry no zone marker
PEOPLE, NUMBERS, MATTERS, LOGINS = ("p1", "p2", "p3"), ("n1", "n2", "n3", "n4"), ("i1", "i2"), ("a1", "a2")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The entries of a ledger, in order; each is an access or a fact."""

    accesses: Sequence[Row]
    facts: Sequence[Row]
    size: int

    def up_to(self, size: int) -> History:
        """Return the ledger as it was at an earlier size, with nothing of what came after."""
        return self.kept(lambda index: index < size, size)

    def kept(self, wanted: Callable[[int], bool], size: int) -> History:
        """Return the ledger with the entries that are wanted, each at its index."""
        return History(
            accesses=[row for row in self.accesses if wanted(row["index"])],
            facts=[row for row in self.facts if wanted(row["index"])],
            size=size,
        )

    def bind(self, session: Session) -> None:
        """Bind the rows as stored."""
        session.bind_arrow("stored_fact", stored(FACT, self.facts))
        session.bind_arrow("stored_access", stored(ACCESS, self.accesses))


def history(seed: int, *, worlds: int = 12, entries: int = 600) -> History:
    """Return a ledger of so many entries in so many worlds, a function of the seed."""
    chance = Random(seed)
    accesses: list[Row] = []
    facts: list[Row] = []
    for index in range(entries):
        world = f"w{chance.randrange(worlds)}"
        if chance.random() < 0.25:
            accesses.append({**_of_world(_access(chance), world), "index": index, "delivery": "D000000"})
        else:
            facts.append({**_of_world(_fact(chance), world), "index": index, "delivery": f"D{index // 70:06d}"})
    return History(accesses=accesses, facts=facts, size=entries)


def world_of(row: Row) -> str:
    """Return the world that a row belongs to."""
    return next(str(row[name]).partition("-")[0] for name in _NAMES if row.get(name) is not None)


_NAMES = (
    "operator",
    "requester",
    "account",
    "person",
    "subject",
    "counterpart",
    "key",
    "recorded_by",
    "source_fact_id",
)


def _of_world(row: Row, world: str) -> Row:
    return {name: f"{world}-{value}" if name in _NAMES and value is not None else value for name, value in row.items()}


def _access(chance: Random) -> Row:
    by_account = chance.random() < 0.4
    return {
        "operator": None if by_account else chance.choice(PEOPLE),
        "account": chance.choice(LOGINS) if by_account else None,
        "requester": chance.choice((None, None, *PEOPLE)) if not by_account else None,
        "subject": chance.choice(NUMBERS),
        "occurred_at": _at(chance),
        "source": "rms",
    }


def _fact(chance: Random) -> Row:
    kind = chance.choice(
        ("involvement", "involvement", "assignment", "assignment", "account", "subject_merge", "posting")
    )
    row = {**_BLANK, **_KINDS[kind](chance), "kind": kind, "source": chance.choice(("cad", "cad", "rms"))}
    row["source_fact_id"] = chance.choice((None, f"{kind}1", f"{kind}2", f"{kind}3"))
    row["withdrawn"] = row["source_fact_id"] is not None and chance.random() < 0.25
    row["valid_from"] = chance.choice((None, _at(chance), _at(chance)))
    row["valid_to"] = chance.choice((None, None, _at(chance)))
    row["recorded_at"] = chance.choice((None, _at(chance)))
    row["recorded_by"] = chance.choice((None, None, *PEOPLE))
    return row


_BLANK = dict.fromkeys(("person", "subject", "counterpart", "key"))
_KINDS: dict[str, Callable[[Random], Row]] = {
    "involvement": lambda c: {
        "key": c.choice(MATTERS),
        "subject": c.choice(NUMBERS),
        "attributes": '{"role":"witness"}',
    },
    "assignment": lambda c: {
        "key": c.choice(MATTERS),
        "person": c.choice(PEOPLE),
        "attributes": c.choice(('{"role":"attending"}', '{"role":"attending","unit":"u1"}')),
    },
    "account": lambda c: {"key": c.choice(LOGINS), "person": c.choice(PEOPLE)},
    "subject_merge": lambda c: {"subject": c.choice(NUMBERS), "counterpart": c.choice(NUMBERS)},
    "posting": lambda c: {"person": c.choice(PEOPLE), "attributes": '{"unit":"u1"}'},
}


def _at(chance: Random) -> datetime:
    return BASE + timedelta(hours=chance.randint(-60, 60))
