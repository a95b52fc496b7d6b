"""Linkage by Splink on DuckDB: two tables of descriptions and a model go in, pairs with probability and reasons come out.

Nothing is trained here. The model's numbers are used as they stand, so that the same tables give the same pairs; conditions of
the model run in a session of their own that can read no file and whose settings are locked.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker
from splink.internals.exceptions import SplinkException
from sqlglot import exp

from custodiet.detect.tie_model import TieModel
from custodiet.errors import BadPack

#: What the session may use before it spills.
MEMORY_LIMIT = "4GB"

#: What is estimated is never certain.
SUREST = 0.999999

_FIELDS: list[pa.Field[Any]] = [
    pa.field("question", pa.string()),
    pa.field("left_record", pa.int64()),
    pa.field("right_record", pa.int64()),
    pa.field("probability", pa.float64()),
    pa.field("reasons", pa.string()),
    pa.field("waterfall", pa.string()),
    pa.field("method", pa.string()),
]
PAIRS = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class SplinkLinker:
    """Links by Splink; `scratch` is where it spills when memory runs out."""

    scratch: Path
    memory: str = MEMORY_LIMIT

    def pairs(self, model: TieModel, left: pa.Table, right: pa.Table, frequencies: Mapping[str, pa.Table]) -> pa.Table:
        """Return the pairs that the model finds likely, as PAIRS says, in no order; raises BadPack for a model it cannot run.

        `frequencies` gives, for a field, how common each of its values is (columns: the field, and `tf_` with its name);
        of fields that are not given it is counted among the two tables.
        """
        if not left.num_rows or not right.num_rows:
            return PAIRS.empty_table()
        with _session(self.scratch, self.memory) as connection:
            try:
                found = _predicted(connection, model, (left, right), frequencies)
            except (duckdb.Error, SplinkException, ValueError) as error:
                told = str(error.__cause__ or error).splitlines()[0]
                raise BadPack("The model cannot be run.", file=f"{model.question}.json", found=told) from error
        return _told(model, found, model.prior(right.num_rows))


def _session(scratch: Path, memory: str) -> duckdb.DuckDBPyConnection:
    scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": memory,
            "temp_directory": str(scratch),
            "preserve_insertion_order": "false",
            "autoinstall_known_extensions": "false",
        },
    )
    for setting, value in (("enable_external_access", exp.false()), ("lock_configuration", exp.true())):
        assignment = exp.EQ(this=exp.column(setting), expression=value)
        connection.execute(exp.Set(expressions=[exp.SetItem(this=assignment)]).sql(dialect="duckdb"))
    return connection


def settings_of(model: TieModel, descriptions: int) -> dict[str, Any]:
    """Return the settings that Splink runs the model with, among so many descriptions on the right."""
    return {**model.settings, "probability_two_random_records_match": model.prior(descriptions)}


def linker_of(
    connection: duckdb.DuckDBPyConnection,
    settings: Mapping[str, Any],
    tables: tuple[pa.Table, pa.Table],
    frequencies: Mapping[str, pa.Table],
) -> Linker:
    """Return Splink's own linker over two tables; the first is the left of every pair."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    database = DuckDBAPI(connection=connection)
    sides = [
        database.register(table, dataset_display_name=name)
        for name, table in zip(("a_left", "b_right"), tables, strict=True)
    ]
    linker = Linker(sides, dict(settings), log_level=None, validate_settings=False)
    for field, table in frequencies.items():
        linker.table_management.register_term_frequency_lookup(
            database.register(table, dataset_display_name=f"frequency_{field}"), field
        )
    return linker


def _predicted(
    connection: duckdb.DuckDBPyConnection,
    model: TieModel,
    tables: tuple[pa.Table, pa.Table],
    frequencies: Mapping[str, pa.Table],
) -> pa.Table:
    wanted = {level.frequency_of for comparison in model.comparisons for level in comparison.levels}
    known = {field: table for field, table in frequencies.items() if field in wanted}
    linker = linker_of(connection, settings_of(model, tables[1].num_rows), tables, known)
    found = linker.inference.predict(threshold_match_probability=model.threshold)
    table: pa.Table = found.as_pyarrow_table()
    return table


def _told(model: TieModel, found: pa.Table, prior: float) -> pa.Table:
    rows = [row for row in found.to_pylist() if not any(row[f"gamma_{name}"] == 0 for name in model.vetoes)]
    waterfalls = [_waterfall(model, row, prior) for row in rows]
    return pa.table(
        {
            "question": pa.array([model.question] * len(rows), pa.string()),
            "left_record": pa.array([row["unique_id_l"] for row in rows], pa.int64()),
            "right_record": pa.array([row["unique_id_r"] for row in rows], pa.int64()),
            "probability": pa.array([min(row["match_probability"], SUREST) for row in rows], pa.float64()),
            "reasons": pa.array([_reasons(each) for each in waterfalls], pa.string()),
            "waterfall": pa.array([json.dumps(each, separators=(",", ":")) for each in waterfalls], pa.string()),
            "method": pa.array([model.method] * len(rows), pa.string()),
        },
        schema=PAIRS,
    )


#: A step of a waterfall: what was compared, at which level it was found, and the bits that it adds.
Step = tuple[str, str, float]


def _reasons(waterfall: Sequence[Step]) -> str:
    """Return in words what speaks for the pair."""
    return ", ".join(words for _, words, bits in waterfall if bits > 0)


def _waterfall(model: TieModel, row: Mapping[str, Any], prior: float) -> list[Step]:
    """Return the steps in the order of the model, from the chance beforehand; their bits add up to the weight."""
    parts: list[Step] = [("beforehand", "any two descriptions", round(math.log2(prior / (1 - prior)), 2))]
    for comparison in model.comparisons:
        level = comparison.level(int(row[f"gamma_{comparison.name}"]))
        if level.number >= 0:
            bits = row[f"mw_{comparison.name}"] + row.get(f"mw_tf_adj_{comparison.name}", 0.0)
            parts.append((comparison.name, level.words, round(bits, 2)))
    return parts
