"""Training of a model for linkage, outside any audit: how often levels occur among true pairs (m) and among all others (u).

u is measured by Splink on pairs drawn blindly, with a seed; what is too rare to be measured so keeps the judgement that the
model came with. m is counted on pairs that are known to be true: planted ones, or those that people have decided on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from custodiet.detect.tie_model import read_model
from custodiet.linkers.splink_linker import linker_of

#: Pairs drawn blindly, and the least u that so many can tell: some hundred sightings.
BLIND_PAIRS = 20_000_000
LEAST_U = 100 / BLIND_PAIRS
#: No level is taken to be rarer than this among true pairs: a force's records err in ways that no sample shows.
LEAST_M = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a model is trained on: two tables of descriptions, how common values are, and the pairs that are true."""

    left: pa.Table
    right: pa.Table
    frequencies: Mapping[str, pa.Table]
    true_pairs: pa.Table  # unique_id_l, unique_id_r
    said_of: Mapping[str, Any]  # trained_on and trained_at, for the provenance
    seed: int


def trained(text: str, lesson: Lesson) -> str:
    """Return the text of the model with the numbers that the lesson teaches, and where they come from."""
    import splink

    raw: dict[str, Any] = json.loads(text)
    model = read_model(text, raw["question"])
    wanted = {level.frequency_of for comparison in model.comparisons for level in comparison.levels}
    with duckdb.connect(":memory:") as connection:
        linker = linker_of(
            connection,
            model.settings,
            (lesson.left, lesson.right),
            {field: table for field, table in lesson.frequencies.items() if field in wanted},
        )
        linker.training.estimate_u_using_random_sampling(
            max_pairs=BLIND_PAIRS, seed=lesson.seed, min_count_per_level=None
        )
        labels = _labels(linker, lesson.true_pairs)
        linker.training.estimate_m_from_pairwise_labels(labels)
        found = linker.misc.save_model_to_json(out_path=None)
    judged = _take(raw, found["comparisons"])
    raw["provenance"] = {
        **lesson.said_of,
        "method": f"u on {BLIND_PAIRS:,} blind pairs; m counted on {lesson.true_pairs.num_rows:,} true pairs",
        "seed": lesson.seed,
        "splink": splink.__version__,
        "u_by_judgement": judged,
    }
    return json.dumps(raw, indent=1) + "\n"


def train_file(path: Path, lesson: Lesson) -> None:
    """The model in the file has the numbers that the lesson teaches."""
    path.write_text(trained(path.read_text(encoding="utf-8"), lesson), encoding="utf-8")


def _labels(linker: Any, true_pairs: pa.Table) -> Any:
    sides = ("a_left", "b_right")
    table = true_pairs
    for side, name in zip(("l", "r"), sides, strict=True):
        table = table.append_column(f"source_dataset_{side}", pa.array([name] * true_pairs.num_rows, pa.string()))
    registered = linker._db_api.register(table, dataset_display_name="true_pairs")  # noqa: SLF001 - no public way
    return linker.table_management.register_labels_table(registered)


def _take(raw: dict[str, Any], theirs: list[dict[str, Any]]) -> list[str]:
    """Put the trained numbers into our levels; returns those whose u is a judgement.

    It is one where the model says so (two homes are hardly ever written as one door, and blind pairs that are see true ones
    only), and where it is too rare to be measured.
    """
    judged = []
    for comparison, found in zip(raw["settings"]["comparisons"], theirs, strict=True):
        name = comparison["output_column_name"]
        for level, taught in zip(comparison["comparison_levels"], found["comparison_levels"], strict=True):
            if level.get("is_null_level"):
                continue
            if name not in raw["judged_m"]:
                level["m_probability"] = round(max(LEAST_M, taught.get("m_probability") or 0.0), 6)
            measured = taught.get("u_probability") or 0.0
            if measured >= LEAST_U and name not in raw["judged_u"]:
                level["u_probability"] = float(f"{measured:.4g}")
            else:
                judged.append(f"{name}: {level['label_for_charts']}")
    return judged
