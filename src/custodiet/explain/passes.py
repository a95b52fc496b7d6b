"""What the second pass of templates may read besides facts: what the first pass explained, and groups learned from it."""

from __future__ import annotations

from custodiet.relations.catalogue import ACCESS, GROUP_MEMBER, RELATIONS
from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Column, Relation, Type

#: An access of anybody that the first pass explained.
EXPLAINED_ACCESS = Relation(
    "explained_access",
    "an access that templates of the first pass explain",
    (
        *ACCESS.columns,
        Column("strength", Type.NUMBER, "its strength in the first pass", nullable=False),
    ),
)

#: An access that somebody made for another, where the first pass explains it with the requester in the actor's place.
EXPLAINED_REQUEST = Relation(
    "explained_request",
    "an access made for a requester who has a reason of his own",
    (
        Column("access", Type.INTEGER, "ledger index of the access", nullable=False),
        Column("requester", Type.TEXT, "who asked", nullable=False),
        Column("template", Type.TEXT, "the strongest template that holds for the requester", nullable=False),
        Column("strength", Type.NUMBER, "strength of all that holds for the requester", nullable=False),
        Column("rests_on", Type.INTEGERS, "the rows of the strongest instance", nullable=False),
    ),
)

_SECOND = {relation.name: relation for relation in (EXPLAINED_ACCESS, EXPLAINED_REQUEST, GROUP_MEMBER)}


def readable(name: str, *, second: bool) -> Relation | None:
    """Return the relation of that name if a template of this pass may have it on its path, else None."""
    if name in _SECOND:
        return _SECOND[name] if second else None
    return RELATIONS[name] if name in {kind.name for kind in KINDS} else None


def readable_names(*, second: bool) -> tuple[str, ...]:
    """Return the names of all relations that a template of this pass may have on its path."""
    return tuple(sorted({kind.name for kind in KINDS} | (set(_SECOND) if second else set())))


def is_learned(relation: str) -> bool:
    """Tell whether rows of the relation are learned: no fact says them, and no explanation rests on one."""
    return relation == GROUP_MEMBER.name


def evidence_column(relation: str) -> str:
    """Return the column that says which ledger row (or rows) a hop over this relation rests on."""
    return {"explained_access": "access", "explained_request": "rests_on"}.get(relation, "fact")
