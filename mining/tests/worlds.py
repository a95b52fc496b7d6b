"""Small dense worlds for properties: every relation that a path may go over, with keys that meet and times that do not always."""

from __future__ import annotations

from random import Random

from custodiet.explain import drawn
from custodiet.explain.drawn import Value
from custodiet.relations.catalogue import ACCESS, RELATIONS
from custodiet.relations.relation import Column, Relation, Type
from custodiet_mining.domains import KEYS, Domain

DAY = 86_400_000_000
BASE = drawn.instant("2026-03-02 00:00")
OPEN = {"valid_from": drawn.OPEN_START, "valid_to": drawn.OPEN_END}
KEYS_OF: dict[Domain, tuple[str, ...]] = {domain: tuple(f"{domain.value}{n}" for n in (1, 2, 3)) for domain in Domain}
ENDS = {"actor": KEYS_OF[Domain.PERSON], "subject": KEYS_OF[Domain.SUBJECT]}

World = dict[str, list[dict[str, Value]]]


def value(chance: Random, relation: Relation, column: Column) -> Value:
    """Return a value of the column: sometimes absent, sometimes an open end, never out of reach of the others."""
    if column.nullable and chance.random() < 0.15:
        return None
    if column.type is Type.INSTANT:
        if column.name in OPEN and chance.random() < 0.3:
            return OPEN[column.name]
        return BASE + chance.choice((-120, -60, -2, -1, 0, 1, 2)) * DAY
    domain = KEYS.get(relation.name, {}).get(column.name)
    texts = ENDS.get(column.name) if domain is None else KEYS_OF[domain]
    return chance.choice(texts or ("x", "y"))


def rows(chance: Random, relation: Relation, start: int, count: int) -> list[dict[str, Value]]:
    """Return so many rows of the relation, numbered from `start`."""
    wanted = [column for column in relation.columns if column.name not in {"fact", "access"}]
    return [
        drawn.filled(relation, {column.name: value(chance, relation, column) for column in wanted}, start + number)
        for number in range(count)
    ]


def world_of(seed: int, accesses: int = 5, most: int = 4) -> World:
    """Return a world that is a function of the seed."""
    chance = Random(seed)
    world: World = {"access": rows(chance, ACCESS, 1000, accesses)}
    for place, name in enumerate(sorted(KEYS), 1):
        world[name] = rows(chance, RELATIONS[name], place * 100, chance.randint(0, most))
    return world
