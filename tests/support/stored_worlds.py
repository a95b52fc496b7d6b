"""Small ledgers of stored rows, a function of a seed, in which everything that goes wrong with context goes wrong.

Facts come late, are corrected and withdrawn; intervals overlap, stay open or are reversed; subjects are merged in chains and
rings, and split again; a login, and a staff number, is one person's and then another's.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from custodiet.relations.kinds import KINDS, FactKind, Field
from custodiet.relations.stored import ACCESS, FACT

Row = dict[str, Any]
HOUR = 3_600_000_000
BASE = 1_772_409_600_000_000  # 2026-03-02
#: Values for the fields of facts, few enough that rows meet.
WORDS: dict[str, tuple[str, ...]] = {
    "incident": ("i1", "i2"),
    "task": ("k1", "k2"),
    "briefing": ("b1",),
    "account": ("login1", "login2"),
    "subject": ("n1", "n2", "n3"),
    "survivor": ("n1", "n2", "n3"),
    **dict.fromkeys(("person", "supervisor", "recorded_by"), ("p1", "p2", "p3")),
    **dict.fromkeys(("unit", "area", "crew", "supervisor_for"), ("u1", "u2")),
    "parent": ("i1", "i2"),
    "incident_kind": ("incident", "custody"),
    "duty": ("duty", "leave"),
}
ROLES = {
    "involvement": ("witness", "missing", "detainee"),
    "assignment": ("attending", "officer_in_case", "call_handler", "custody_sergeant"),
    "posting": ("response", "custody"),
}
#: Kinds that templates rest on come more often than the rest.
DRAWN = tuple(kind for kind in KINDS for _ in range({"involvement": 5, "assignment": 6, "account": 3, "subject_merge": 2}.get(kind.name, 1)))  # fmt: skip


def stored_world(seed: int, facts: int = 60, accesses: int = 12) -> tuple[list[Row], list[Row]]:
    """Return facts and accesses as stored, each with its ledger index, in no order that means anything."""
    chance = Random(seed)
    places = list(range(facts + accesses))
    chance.shuffle(places)
    told = [_fact(chance, chance.choice(DRAWN), places[number]) for number in range(facts)]
    return told, [_access(chance, places[facts + number]) for number in range(accesses)]


def _fact(chance: Random, kind: FactKind, index: int) -> Row:
    row: Row = {column.name: None for column in FACT.columns}
    more = {}
    for field in kind.fields:
        value = _word(chance, kind, field)
        if field.held_in != "attributes":
            row[field.held_in] = value
        elif value is not None:
            more[field.name] = value
    said = chance.choice((None, "f1", "f2", "f3"))
    start = _at(chance)
    return {
        **row,
        "index": index,
        "kind": kind.name,
        "attributes": json.dumps(more),
        "source": chance.choice(("one", "two")),
        "source_fact_id": said,
        "withdrawn": said is not None and chance.random() < 0.3,
        "valid_from": chance.choice((None, start, start)),
        "valid_to": chance.choice((None, start + chance.randint(-6, 48) * HOUR, _at(chance))),
        "recorded_at": chance.choice((None, start, start + 12 * 24 * HOUR, _at(chance))),
        "recorded_by": chance.choice((None, *WORDS["recorded_by"])),
    }


def _word(chance: Random, kind: FactKind, field: Field) -> str | None:
    if not field.required and chance.random() < 0.3:
        return None
    if field.name == "role":
        return chance.choice(ROLES[kind.name])
    return chance.choice(WORDS.get(field.name, ("x", "y")))


def _access(chance: Random, index: int) -> Row:
    who = chance.choice(({"operator": "p1"}, {"operator": "p2"}, {"account": "login1"}, {"account": "login2"}))
    return {
        **{column.name: None for column in ACCESS.columns},
        **who,
        "index": index,
        "requester": chance.choice((None, None, "p1", "p3")),
        "subject": chance.choice(WORDS["subject"]),
        "occurred_at": _at(chance),
        "quoted_reference": chance.choice((None, "i1")),
        "source": "rms",
        "subject_kind": "person",
        "system": "RMS",
        "action": "consultation",
        "channel": "view",
    }


def _at(chance: Random) -> int:
    return BASE + chance.randint(-24, 48) * HOUR
