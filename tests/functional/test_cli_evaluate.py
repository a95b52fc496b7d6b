"""`custodiet evaluate`: the pack against real accesses and fakes, on the small invented force."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from custodiet.explain.pack import shipped
from support.command_line import LAWFUL, looks_waiting, said
from support.small_force import Force


@pytest.fixture(scope="module")
def evaluated(made_force: Force, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the command prints for a thousand accesses of the small force."""
    vault = Path(shutil.copytree(made_force.vault, tmp_path_factory.mktemp("evaluate") / "vault"))
    found = said("evaluate", vault, "--sample", 1000, *LAWFUL, "--json")
    assert found.code == 0, found.err
    return found.body


def test_each_family_has_its_fakes_and_each_template_its_line(evaluated: dict[str, Any]) -> None:
    """All families, every template of the pack once, and no more fakes than real accesses."""
    assert [one["family"] for one in evaluated["families"]] == ["F1", "F2", "F3", "F3d", "F3a", "F4", "F5"]
    assert all(one["made"] == one["dropped"] + one["kept"] and one["made"] <= 1000 for one in evaluated["families"])
    assert evaluated["sample"] == 1000
    names = [one["template"] for one in evaluated["templates"]]
    assert len(names) == len(set(names)) > 20


def test_a_pack_explains_what_was_done_and_not_what_was_not(evaluated: dict[str, Any]) -> None:
    """Most real accesses are explained, hardly a uniform fake is, and the harder families cost more precision."""
    precision = {one["family"]: one["precision"]["value"] for one in evaluated["families"]}

    assert evaluated["coverage"]["all"]["value"] > 0.6
    assert precision["F1"] > 0.97
    assert precision["F1"] >= precision["F3"] >= precision["F3d"]


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


WIDE = """id = "anyone_near"
version = 1
title = "Anyone in the area of any incident of a fortnight"
owner = "nobody"
evidence_group = "near"
keep = "strongest"
sentence = "Incident {i.incident} was in the area of {actor}."
needs = ["incident", "involvement"]

[[path]]
relation = "involvement"
alias = "s"
match = { subject = "access.subject" }

[[path]]
relation = "incident"
alias = "i"
match = { incident = "s.incident" }

[[path]]
relation = "posting"
alias = "p"
match = { person = "access.actor", area = "i.area" }

[[window]]
from = "i.valid_from"
until = "i.valid_from + 14d"

[strength]
base = 0.95

[[explains]]
name = "an incident of last week"
tables = \"\"\"
access
actor | subject | occurred_at
4127  | N1      | 2026-03-09 10:08

involvement
incident | subject | role
I-1      | N1      | witness

incident
incident | incident_kind | area  | valid_from
I-1      | incident      | North | 2026-03-02 09:30

posting
person | unit   | area
4127   | Beat 1 | North
\"\"\"

[[near_miss]]
name = "another area"
tables = \"\"\"
access
actor | subject | occurred_at
4127  | N1      | 2026-03-09 10:08

involvement
incident | subject | role
I-1      | N1      | witness

incident
incident | incident_kind | area  | valid_from
I-1      | incident      | South | 2026-03-02 09:30

posting
person | unit   | area
4127   | Beat 1 | North
\"\"\"
"""


def test_the_one_wide_template_that_buys_coverage_is_refused(vault: Path, tmp_path: Path) -> None:
    """It explains more than the pack alone; once it is measured, `custodiet test` fails on it and on no other template."""
    pack = Path(shutil.copytree(shipped(), tmp_path / "county"))
    (pack / "templates" / "anyone_near.toml").write_text(WIDE)
    assert "Not measured as they are now (`custodiet evaluate` does): uk_police: anyone_near." in said("test", pack).out
    before = said("evaluate", vault, "--sample", 3000, *LAWFUL, "--json").body
    settings = vault / "vault.toml"
    settings.write_text(settings.read_text().replace('pack = "uk_police"', f'pack = "{pack}"'))
    assert said("evaluate", vault, *LAWFUL).code == 3  # the latest audit is another pack's
    assert said("audit", vault).code == 0

    wide = said("evaluate", vault, "--sample", 3000, "--write-measured", pack / "measured.toml", *LAWFUL, "--json").body
    tested = said("test", pack, "--json")

    assert wide["coverage"]["all"]["value"] > before["coverage"]["all"]["value"]
    assert tested.code == 1
    [failed] = tested.body["failed"]
    assert (failed["file"], failed["example"]) == ("templates/anyone_near.toml", "its measured worth")
    assert "too wide to close accesses with base 0.95" in failed["problem"]
