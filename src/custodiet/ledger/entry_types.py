"""Entry types: which columns of a stored relation are committed to, in which disclosure groups.

A `typ` names an immutable schema record, which is itself an entry of the log. A new column makes a new version of the
type; entries of the old one are for ever encoded under the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.relations.relation import Column, Relation, Type
from custodiet.relations.stored import ACCESS, ACCESS_GROUPS, BESIDE, DEED, DEED_GROUPS, FACT, FACT_GROUPS

#: Columns that hold canonical JSON, which goes into the group's object as it is.
JSON_COLUMNS = frozenset({"attributes", "extra"})

_WORDS = {Type.TEXT: "text", Type.INTEGER: "integer", Type.INSTANT: "instant", Type.TRUTH: "truth", Type.BYTES: "bytes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryType:
    """A type of entry whose groups of fields are committed to, each under its own salt."""

    typ: str
    relation: Relation
    groups: Mapping[str, tuple[str, ...]]  # in the order of the digests

    def __post_init__(self) -> None:
        """Refuse a column that is in two groups, or in none and not kept beside the entry."""
        grouped = [column for columns in self.groups.values() for column in columns]
        if sorted(grouped + [column.name for column in self.beside]) != sorted(self.relation.names):
            msg = f"the groups of {self.typ} are not a partition of the columns of {self.relation.name}"
            raise ValueError(msg)

    @property
    def beside(self) -> tuple[Column, ...]:
        """Return the columns that are stored with the row and are no part of the entry."""
        return tuple(column for column in self.relation.columns if column in BESIDE)

    def columns_of(self, group: str) -> tuple[Column, ...]:
        """Return the group's columns in the order of their names, which is their order in the group's object."""
        return tuple(self.relation.column(name) for name in sorted(self.groups[group]))

    def schema_record(self) -> dict[str, object]:
        """Return the `schema/1` record that describes this type."""
        return {
            "typ": "schema/1",
            "describes": self.typ,
            "row": self.relation.row,
            "groups": [
                {"group": group, "columns": [_described(column) for column in self.columns_of(group)]}
                for group in self.groups
            ],
            "beside": [_described(column) for column in self.beside],
        }


def _described(column: Column) -> dict[str, object]:
    word = "json" if column.name in JSON_COLUMNS else _WORDS[column.type]
    return {"column": column.name, "type": word, "meaning": column.meaning}


ENTRY_TYPES: dict[str, EntryType] = {
    entry_type.typ: entry_type
    for entry_type in (
        EntryType(typ="access/1", relation=ACCESS, groups=ACCESS_GROUPS),
        EntryType(typ="fact/1", relation=FACT, groups=FACT_GROUPS),
        EntryType(typ="deed/1", relation=DEED, groups=DEED_GROUPS),
    )
}


def entry_type_named(typ: str) -> EntryType:
    """Return the entry type of that name; raises BadInput for a name that no type bears."""
    if typ not in ENTRY_TYPES:
        raise BadInput("There is no entry type of that name.", found=typ, expected=", ".join(ENTRY_TYPES))
    return ENTRY_TYPES[typ]


def same_shape(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Tell whether two schema records commit to the same columns in the same groups; their prose may differ."""
    return _shape(one) == _shape(other)


def _shape(record: Mapping[str, object]) -> object:
    groups = record["groups"]
    if not isinstance(groups, list):
        return groups
    return [(group["group"], [(column["column"], column["type"]) for column in group["columns"]]) for group in groups]
