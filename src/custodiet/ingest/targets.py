"""What a mapping can fill: the columns of an access, or the fields of one kind of fact."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from custodiet.model.access import Action, Channel, SubjectKind
from custodiet.relations import kinds, stored
from custodiet.relations.relation import Type

#: Stored columns that no mapping fills: the pipeline does.
_NOT_MAPPED = ("source", "occurred_at_text", "delivery", "position", "part", "original_digest", "extra")
_VOCABULARIES: dict[str, type[StrEnum]] = {"action": Action, "channel": Channel, "subject_kind": SubjectKind}

#: The three fields of which at least one must be known: an access by nobody is not an access.
ACTORS = ("requester", "operator", "account")


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetField:
    """A field that a mapping can fill."""

    name: str
    type: Type = Type.TEXT
    required: bool = False
    held_in: str  # the stored column; "attributes" for a fact's further fields
    allowed: tuple[str, ...] = ()  # the only texts it may hold; empty: any
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a mapping yields: "access" or a kind of fact, with the fields that it can fill, in order."""

    name: str
    fields: tuple[TargetField, ...]

    @property
    def is_access(self) -> bool:
        """Tell whether accesses are yielded; otherwise facts are."""
        return self.name == "access"

    @property
    def time_field(self) -> str:
        """Return the field that says when: of an access its moment, of a fact the start of its validity."""
        return "occurred_at" if self.is_access else "valid_from"

    @property
    def id_field(self) -> str:
        """Return the field that holds the source's own identifier."""
        return "source_event_id" if self.is_access else "source_fact_id"

    def field(self, name: str) -> TargetField:
        """Return the field of that name; raises KeyError."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)


def target_named(name: str) -> Target:
    """Return what a mapping that says `yields = name` can fill; raises KeyError."""
    return ACCESS_TARGET if name == "access" else _fact_target(kinds.kind_named(name))


def target_names() -> tuple[str, ...]:
    """Return everything that a mapping can yield."""
    return ("access", *(kind.name for kind in kinds.KINDS))


def _access_target() -> Target:
    beside = {column.name for column in stored.BESIDE}
    columns = [c for c in stored.ACCESS.columns if c.name not in beside and c.name not in _NOT_MAPPED]
    return Target(
        name="access",
        fields=tuple(
            TargetField(
                name=column.name,
                type=column.type,
                required=not column.nullable,
                held_in=column.name,
                allowed=_allowed(column.name),
                meaning=column.meaning,
            )
            for column in columns
        ),
    )


def _allowed(name: str) -> tuple[str, ...]:
    return tuple(str(word) for word in _VOCABULARIES[name]) if name in _VOCABULARIES else ()


def _fact_target(kind: kinds.FactKind) -> Target:
    own = [
        TargetField(name=field.name, required=field.required, held_in=field.held_in, meaning=field.meaning)
        for field in kind.fields
    ]
    names = ("valid_from", "valid_to", "source_fact_id", "recorded_at", "recorded_by", "withdrawn")
    shared = [
        TargetField(
            name=name, type=stored.FACT.column(name).type, held_in=name, meaning=stored.FACT.column(name).meaning
        )
        for name in names
    ]
    return Target(name=kind.name, fields=(*own, *shared))


ACCESS_TARGET = _access_target()
