"""A packaged `.sql` file as a value: a fixed query in DuckDB's dialect, with named parameters and no templating."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Query:
    """A fixed query: the package it lies in and its file name. Its first line says what it writes, then why."""

    package: str
    name: str

    @property
    def text(self) -> str:
        """Return the SQL text of the file."""
        return files(self.package).joinpath(self.name).read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that a compiler made and wrote out once, to be run many times."""

    text: str
