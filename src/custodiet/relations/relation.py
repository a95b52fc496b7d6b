"""A relation: a table declared once, with what a row means and what each column holds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """Column types, in the words of DuckDB's SQL. Instants are UTC microseconds without a zone marker."""

    TEXT = "VARCHAR"
    INTEGER = "BIGINT"
    NUMBER = "DOUBLE"
    INSTANT = "TIMESTAMP"
    TRUTH = "BOOLEAN"
    BYTES = "BLOB"
    INTEGERS = "BIGINT[]"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, type, meaning, and whether it may be absent (NULL)."""

    name: str
    type: Type
    meaning: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """A named table: what one row means, and its columns in order."""

    name: str
    row: str  # what one row means
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        """Refuse two columns of one name."""
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            msg = f"relation {self.name} names a column twice"
            raise ValueError(msg)

    def column(self, name: str) -> Column:
        """Return the column of that name; raises KeyError with the relation's name."""
        for column in self.columns:
            if column.name == name:
                return column
        msg = f"{self.name}.{name}"
        raise KeyError(msg)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names in order."""
        return tuple(column.name for column in self.columns)
