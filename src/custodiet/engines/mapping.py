"""A mapping at work: the compiled query over delivered records, in DuckDB."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.ingest.compiler import RAW, compile_mapping
from custodiet.ingest.mapping import Mapping
from custodiet.ingest.reading import Format

#: The columns that every table of raw records begins with.
_OWN = ("position", "original")
_NESTED = (Format.JSON, Format.JSON_LINES, Format.XML)


class Mapper:
    """Applies one mapping; the query for a file's fields is compiled once."""

    def __init__(self, mapping: Mapping, session: Session) -> None:
        self.mapping = mapping
        self._session = session
        self._compiled: dict[tuple[str, ...], exp.Select] = {}

    def map(self, raw: pa.Table, into: str) -> None:
        """Keep the mapped rows of these raw records under the name `into`."""
        if self.mapping.reading.format in _NESTED:
            raw = self._widened(raw)
        fields = tuple(raw.column_names[len(_OWN) :])
        self._session.bind_arrow(RAW, raw.rename_columns(numbered(fields)))
        self._session.create_table(into, self._query(fields))

    def _widened(self, raw: pa.Table) -> pa.Table:
        """Return the records with a column for each field that is read: nested records may lack any of them."""
        for name in self.mapping.used_columns:
            if name not in raw.column_names:
                raw = raw.append_column(name, pa.nulls(raw.num_rows, pa.string()))
        return raw

    def _query(self, fields: tuple[str, ...]) -> exp.Select:
        if fields not in self._compiled:
            self._compiled[fields] = compile_mapping(self.mapping, fields)
        return self._compiled[fields]


def numbered(fields: Sequence[str]) -> list[str]:
    """Return the column names under which the compiled query knows the fields: names of files may differ by case alone."""
    return [*_OWN, *(f"f{number}" for number in range(len(fields)))]
