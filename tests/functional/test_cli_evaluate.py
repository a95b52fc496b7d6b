"""`custodiet evaluate`: the pack against real accesses and fakes, on the small invented force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.command_line import LAWFUL, looks_waiting, said
from support.small_force import Force


@pytest.fixture(scope="module")
def evaluated(made_force: Force, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command prints for a thousand accesses of the small force."""
    import shutil

    vault = Path(shutil.copytree(made_force.vault, tmp_path_factory.mktemp("evaluate") / "vault"))
    found = said("evaluate", vault, "--sample", 1000, *LAWFUL, "--json")
    assert found.code == 0, found.err
    return found.body


def test_each_family_has_its_fakes_and_each_template_its_line(evaluated: dict[str, Any]) -> None:
    """Six families, every template of the pack once, and no more fakes than real accesses."""
    assert [one["family"] for one in evaluated["families"]] == ["F1", "F2", "F3", "F3a", "F4", "F5"]
    assert all(one["made"] == one["dropped"] + one["kept"] and one["made"] <= 1000 for one in evaluated["families"])
    assert evaluated["sample"] == 1000
    names = [one["template"] for one in evaluated["templates"]]
    assert len(names) == len(set(names)) > 20


def test_a_pack_explains_what_was_done_and_not_what_was_not(evaluated: dict[str, Any]) -> None:
    """Most real accesses are explained, hardly a uniform fake is, and the harder families cost more precision."""
    precision = {one["family"]: one["precision"]["value"] for one in evaluated["families"]}

    assert evaluated["coverage"]["all"]["value"] > 0.6
    assert precision["F1"] > 0.97
    assert precision["F1"] >= precision["F3"]


def test_the_same_seed_gives_the_same_figures_and_another_seed_others(vault: Path) -> None:
    """Nothing but the seed decides which accesses are taken and which fakes are made."""
    once, again, other = (
        said("evaluate", vault, "--sample", 300, "--seed", seed, "--families", "F2", "F3", *LAWFUL, "--json").body
        for seed in ("a", "a", "b")
    )

    assert once == again
    assert once["templates"] != other["templates"]
    assert [one["family"] for one in once["families"]] == ["F2", "F3"]


def test_the_look_is_recorded_and_without_a_purpose_nothing_is_shown(vault: Path) -> None:
    """A look is a look, of figures too."""
    refused = said("evaluate", vault, "--sample", 100)
    assert refused.code == 5
    assert refused.out == ""

    said("evaluate", vault, "--sample", 100, "--families", "F2", *LAWFUL)
    assert [look["act"] for look in looks_waiting(vault)][-1:] == ["evaluate"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--families", "F9"), 2, "F9"),
        (("--sample", "0"), 2, "--sample"),
        (("--families", "F1", "--write-measured", "m.toml"), 2, "--families"),
    ],
)
def test_what_cannot_be_measured_is_refused_by_name(
    vault: Path, options: tuple[str, ...], code: int, words: str
) -> None:
    """A family that is none, an empty sample, measures of half the families."""
    refused = said("evaluate", vault, *options, *LAWFUL)

    assert (refused.code, words in refused.err) == (code, True)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    """The error says what was expected."""
    refused = said("evaluate", tmp_path / "nowhere", *LAWFUL)

    assert (refused.code, "vault" in refused.err) == (3, True)


def test_the_text_fits_a_terminal_of_120_columns(vault: Path) -> None:
    """No table is wider than a terminal, and the figures say whose they are."""
    printed = said("evaluate", vault, "--sample", 200, *LAWFUL).out

    tables = [line for line in printed.splitlines() if not line.rstrip().endswith(".")]
    assert max(len(line.rstrip()) for line in tables) <= 120
    assert "200 of" in printed
