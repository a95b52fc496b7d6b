"""A mapping at work: the compiled query over delivered records, in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

import numpy as np
import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.ingest.compiler import RAW, compile_mapping
from custodiet.ingest.identity import identified
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.reading import Format
from custodiet.relations import stored

#: The columns that every table of raw records begins with.
_OWN = ("position", "original")
_NESTED = (Format.JSON, Format.JSON_LINES, Format.XML)


class Mapper:
    """Applies one mapping to the records of deliveries; the query for a file's fields is compiled once."""

    def __init__(self, mapping: Mapping, name: str) -> None:
        self.mapping, self.relation = mapping, stored.ACCESS if mapping.target.is_access else stored.FACT
        self._name = name  # of the views that it makes in sessions
        self._compiled: dict[tuple[str, ...], tuple[int, exp.Select]] = {}
        self._views: set[tuple[Session, int]] = set()
        self._one_at_a_time = Lock()

    def rows(self, session: Session, raw: pa.Table) -> pa.Table:
        """Return the stored rows that the records make, with each row's first problem behind them, in order."""
        if self.mapping.reading.format in _NESTED:
            raw = self._widened(raw)
        fields = tuple(raw.column_names[len(_OWN) :])
        session.bind_arrow(RAW, raw.rename_columns(numbered(fields)))
        return in_order(session.arrow(exp.select("*").from_(self._view(session, fields))))

    def _widened(self, raw: pa.Table) -> pa.Table:
        """Return the records with a column for each field that is read: nested records may lack any of them."""
        for name in self.mapping.used_columns:
            if name not in raw.column_names:
                raw = raw.append_column(name, pa.nulls(raw.num_rows, pa.string()))
        return raw

    def _view(self, session: Session, fields: tuple[str, ...]) -> str:
        """Return the name of the session's view that maps records of these fields."""
        with self._one_at_a_time:
            number, query = self._compiled.get(fields) or self._compile(fields)
            if (session, number) not in self._views:
                session.create_view(f"{self._name}_{number}", query)
                self._views.add((session, number))
        return f"{self._name}_{number}"

    def _compile(self, fields: tuple[str, ...]) -> tuple[int, exp.Select]:
        mapped = compile_mapping(self.mapping, fields)
        query = identified(self.relation, self.mapping.source, mapped)
        self._compiled[fields] = len(self._compiled), query
        return self._compiled[fields]


def in_order(rows: pa.Table) -> pa.Table:
    """Return the rows by position and part; most are so already."""
    positions, parts = (rows.column(name).to_numpy() for name in ("position", "part"))
    steps, within = np.diff(positions), np.diff(parts)
    if bool(np.all((steps > 0) | ((steps == 0) & (within > 0)))):
        return rows
    return rows.sort_by([("position", "ascending"), ("part", "ascending")])


def numbered(fields: Sequence[str]) -> list[str]:
    """Return the column names under which the compiled query knows the fields: names of files may differ by case alone."""
    return [*_OWN, *(f"f{number}" for number in range(len(fields)))]
