"""Models for linkage as files: what is read, and what is refused with the place and what was expected."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from custodiet.detect.tie_model import read_model
from custodiet.detect.ties import read_rules
from custodiet.errors import BadPack
from custodiet.explain.included import shipped

FOLDER = shipped() / "ties"
PERSON = json.loads((FOLDER / "same_person.json").read_text("utf-8"))


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    """Return the shipped model's text after a change."""
    raw = json.loads(json.dumps(PERSON))
    change(raw)
    return json.dumps(raw)


def test_a_model_says_what_each_level_is_worth() -> None:
    """Agreement speaks for a pair, the lack of it against, and a missing field says nothing."""
    model = read_model(json.dumps(PERSON), "same_person.json")
    birth = next(comparison for comparison in model.comparisons if comparison.name == "birth")

    assert [level.number for level in birth.levels] == [-1, 3, 2, 1, 0]
    assert birth.level(3).bits > birth.level(2).bits > 0 > birth.level(0).bits
    assert birth.level(-1).bits == 0


def test_the_chance_beforehand_is_one_record_among_all() -> None:
    """The more descriptions there are, the less likely is any one to be a member of staff's own."""
    model = read_model(json.dumps(PERSON), "same_person.json")

    assert model.prior(2_000_000) == pytest.approx(model.own_records / 2_000_000 if model.own_records else None)
    assert model.prior(1) <= 0.5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        (changed(lambda raw: raw.update(question="same_cat")), "no such question"),
        (changed(lambda raw: raw["provenance"].pop("trained_on")), "trained_on"),
        (changed(lambda raw: raw.update(vetoes=["shoe_size"])), "shoe_size"),
        (changed(lambda raw: raw.pop("threshold")), "threshold"),
        (changed(lambda raw: raw["settings"]["comparisons"][0]["comparison_levels"][1].update(m_probability=0)), "m and u"),
        (
            changed(lambda raw: raw["settings"]["comparisons"][0]["comparison_levels"][3].update(tf_adjustment_column="surname")),
            "another level",
        ),
    ],
)  # fmt: skip
def test_a_model_that_does_not_say_what_it_must_is_refused(text: str, says: str) -> None:
    """The error names the file and what is wrong."""
    with pytest.raises(BadPack, match=says) as refused:
        read_model(text, "same_person.json")

    assert "same_person.json" in str(refused.value)


def test_a_pack_without_ties_has_the_plain_rules(tmp_path: Path) -> None:
    """No model, no short forms, and the numbers that the code comes with."""
    assert read_rules(tmp_path / "ties").models == ()


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("rules.toml", "kin_share = 2.0", "kin_share"),
        ("rules.toml", "kin_share = [", "not TOML"),
        ("nicknames.csv", "name,root\nBOB,ROBERT\nBOB,BOBBY\n", "no name twice"),
        ("same_home.json", None, "one model"),
    ],
)
def test_rules_that_cannot_be_are_refused(tmp_path: Path, file: str, text: str | None, says: str) -> None:
    """A number out of range, a name with two roots, a question without its model."""
    for path in FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text)

    with pytest.raises(BadPack, match=says):
        read_rules(tmp_path)
