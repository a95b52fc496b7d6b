"""Linkage by Splink: confined, never certain, and taught outside of audits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from custodiet.detect.tie_model import TieModel, read_model
from custodiet.errors import BadPack
from custodiet.explain.included import shipped

pytest.importorskip("splink", reason="the extra [link] is not installed")

from custodiet.linkers.splink_linker import PAIRS, SplinkLinker
from custodiet.linkers.training import Lesson, trained

TEXT = (shipped() / "ties" / "same_person.json").read_text("utf-8")
MODEL = read_model(TEXT, "same_person.json")
TEXTS = ("surname", "forename", "root", "date_of_birth", "postcode", "uprn", "flat", "house", "street", "door", "premises", "phone")  # fmt: skip
LISTS = ("surnames", "doors", "postcodes", "phones")
ANN: dict[str, Any] = {
    "surname": "ALDER",
    "forename": "ANN",
    "root": "ANN",
    "date_of_birth": "1980-01-02",
    "postcode": "ZA11AA",
    "door": "ZA11AA//12",
    "phone": "07700900111",
}


def table(*rows: dict[str, Any]) -> pa.Table:
    """Return descriptions as a table, numbered from 1."""
    columns: dict[str, pa.Array] = {"unique_id": pa.array(range(1, len(rows) + 1), pa.int64())}
    columns |= {name: pa.array([row.get(name) for row in rows], pa.string()) for name in TEXTS}
    columns["number"] = pa.array([row.get("number") for row in rows], pa.int32())
    columns |= {name: pa.array([row.get(name) for row in rows], pa.list_(pa.string())) for name in LISTS}
    return pa.table(columns)


def others(count: int) -> list[dict[str, Any]]:
    """Return people who have nothing in common with one another."""
    return [{**ANN, "surname": f"BIRCH{chr(65 + n % 26) * (1 + n // 26)}", "forename": "BOB", "root": "ROBERT", "date_of_birth": f"19{n % 60 + 10}-05-05", "door": f"ZA11AA//{n + 20}", "phone": f"077009{n:05}"} for n in range(count)]  # fmt: skip


def found(model: TieModel, scratch: Path, *right: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the pairs of Ann with these, as rows."""
    rows: list[dict[str, Any]] = SplinkLinker(scratch).pairs(model, table(ANN), table(*right), {}).to_pylist()
    return rows


def test_a_slip_does_not_hide_a_person_and_a_namesake_is_none(tmp_path: Path) -> None:
    """A digit of the date of birth may be wrong; another person of the name has another birth and home."""
    slip = {**ANN, "date_of_birth": "1980-01-03", "phone": None}
    namesake = {**ANN, "date_of_birth": "1955-07-30", "door": "ZB11AA//9", "postcode": "ZB11AA", "phone": "07700900999"}

    pairs = found(MODEL, tmp_path, slip, namesake, *others(200))

    assert [pair["right_record"] for pair in pairs] == [1]
    assert pairs[0]["probability"] < 1
    assert "dates of birth a slip apart" in pairs[0]["reasons"]


def test_a_twin_at_home_is_another_person(tmp_path: Path) -> None:
    """Surname, birth, home and telephone in common do not make two given names one."""
    twin = {**ANN, "forename": "ZOE", "root": "ZOE"}

    assert found(MODEL, tmp_path, twin, *others(200)) == []


def test_no_descriptions_have_no_pairs(tmp_path: Path) -> None:
    """An empty side is no fault."""
    assert SplinkLinker(tmp_path).pairs(MODEL, table(), table(ANN), {}).schema == PAIRS


def test_a_models_conditions_cannot_read_the_disk(tmp_path: Path) -> None:
    """Conditions are text of a pack: they run where no file can be opened."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    raw = json.loads(TEXT)
    level = raw["settings"]["comparisons"][0]["comparison_levels"][1]
    level["sql_condition"] = f"surname_l = surname_r AND (SELECT count(*) FROM read_csv('{secret}')) > 0"
    level.pop("tf_adjustment_column")

    with pytest.raises(BadPack, match="cannot be run"):
        found(read_model(json.dumps(raw), "same_person.json"), tmp_path / "scratch", ANN, *others(5))


def test_training_counts_and_says_where_its_numbers_come_from() -> None:
    """Taught on pairs of which a third has another surname, that level's m is a third; what is too rare keeps its judgement."""
    left = [{**ANN, "surname": f"OAK{chr(65 + n)}", "date_of_birth": f"1980-01-{n + 1:02}"} for n in range(24)]
    right = [{**row, "surname": "YEW"} if n % 3 == 0 else row for n, row in enumerate(left)]
    lesson = Lesson(
        left=table(*left),
        right=table(*right),
        frequencies={},
        true_pairs=pa.table({"unique_id_l": list(range(1, 25)), "unique_id_r": list(range(1, 25))}),
        said_of={"trained_on": "24 trees", "trained_at": "2026-03-01"},
        seed=3,
    )

    taught = json.loads(trained(TEXT, lesson))

    surname = taught["settings"]["comparisons"][0]["comparison_levels"]
    assert surname[4]["m_probability"] == pytest.approx(8 / 24, abs=0.01)
    assert taught["provenance"]["seed"] == 3
    assert "24 true pairs" in taught["provenance"]["method"]
    assert read_model(json.dumps(taught), "same_person.json").digest != MODEL.digest
