"""`custodiet evaluate LOG`: a process log in a file, without a vault."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from custodiet.engines.process_logs import replay
from custodiet.engines.process_logs.accesses import Accesses
from support.command_line import said
from support.log_files import write_csv
from support.process_logs import permits


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of an invented town hall."""
    return write_csv(tmp_path / "permits.csv", permits(60))


def test_the_four_families_and_the_leak_check_are_told(log: Path, tmp_path: Path) -> None:
    """Figures for each family, a leak check that held, and a file with real and fake accesses that can be counted again."""
    out = tmp_path / "scored.csv"
    found = said("evaluate", log, "--sample", 150, "--out", out, "--json")

    assert found.code == 0, found.err
    assert [one["family"] for one in found.body["families"]] == [
        "uniform",
        "degree-preserving",
        "same team",
        "related case",
    ]
    assert found.body["leak_free"]
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(row["family"] == "real" for row in rows) == found.body["sampled"] == 150
    assert sum(row["family"] == "real" and row["explained"] == "yes" for row in rows) == found.body["explained"]
    assert sum(row["family"] == "uniform" for row in rows) == found.body["families"][0]["fakes"]


def test_families_seed_and_sample_are_as_asked(log: Path) -> None:
    """One family alone, and equal seeds give equal figures."""
    asked = ("evaluate", log, "--sample", 120, "--families", "same-team", "--seed", "a", "--json")
    one, again = said(*asked), said(*asked)

    assert [family["family"] for family in one.body["families"]] == ["same team"]
    assert one.body == again.body


def test_accesses_of_ones_own_are_judged_as_those_of_the_log_are(log: Path, tmp_path: Path) -> None:
    """Real accesses that are handed in get the scores that they had; strangers at the same moment are hardly explained."""
    first = tmp_path / "first.csv"
    assert said("evaluate", log, "--sample", 150, "--out", first, "--json").code == 0
    with first.open(encoding="utf-8", newline="") as file:
        known = [row for row in csv.DictReader(file) if row["family"] in {"real", "uniform"}]
    own, out = tmp_path / "own.csv", tmp_path / "out.csv"
    with own.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("case", "at", "actor"), *((one["case"], one["at"], one["actor"]) for one in known)]
        )

    found = said("evaluate", log, "--sample", 150, "--judge", own, "--out", out, "--json")

    assert found.code == 0, found.err
    with out.open(encoding="utf-8", newline="") as file:
        judged = [row for row in csv.DictReader(file) if row["family"] == "judged"]
    assert [{**row, "family": ""} for row in judged] == [{**row, "family": ""} for row in known]
    assert found.body["judged"] == len(known)
    assert found.body["judged_explained"] == sum(row["explained"] == "yes" for row in known)


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        ("nobody,P-00059,2030-01-01T00:00:00Z", "actor", "an actor of the log"),
        ("9001,P-99999,2030-01-01T00:00:00Z", "case", "a case of the log"),
        ("9001,P-00059,2030-01-01T00:00:00", "at", "with its offset"),
        ("9001,P-00059,2020-01-01T00:00:00Z", "at", "in the evaluated period"),
    ],
)
def test_an_access_that_cannot_be_judged_is_named(
    log: Path, tmp_path: Path, row: str, field: str, expected: str
) -> None:
    """File, line, field, what was found and what was expected."""
    own = tmp_path / "own.csv"
    own.write_text(f"actor,case,at\n{row}\n", "utf-8")

    found = said("evaluate", log, "--sample", 150, "--judge", own, "--out", tmp_path / "out.csv", "--json")

    assert found.code == 3
    assert (found.body["file"], found.body["line"], found.body["field"]) == ("own.csv", 2, field)
    assert expected in found.body["expected"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--families", "F1"), "uniform, degree-preserving, same-team, related-case"),
        (("--sample", "5"), "100 or more"),
        (("--judge", "own.csv"), "--judge needs --out"),
        (("--write-measured", "measured.toml"), "a process log has no templates"),
    ],
)
def test_what_a_log_has_not_is_refused(log: Path, options: tuple[str, ...], told: str) -> None:
    """The message says what would do."""
    found = said("evaluate", log, *options)

    assert found.code == 2
    assert told in " ".join(found.err.split())


def test_a_vault_has_no_scored_accesses(tmp_path: Path) -> None:
    """`--out` is refused before the vault is looked at."""
    found = said("evaluate", tmp_path, "--out", tmp_path / "scored.csv")

    assert found.code == 2
    assert "--out is for a process log" in " ".join(found.err.split())


def test_a_log_that_leaks_fails(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were an access judged with its own event at hand, the command would say so and exit with 1."""
    plain = replay.replayed

    def leaking(log_read: object, asked: Accesses, *rest: object) -> object:
        return plain(log_read, Accesses(actor=asked.actor, case=asked.case, at=asked.at + 1), *rest)

    monkeypatch.setattr("custodiet.engines.process_logs.trial.replayed", leaking)
    found = said("evaluate", log, "--sample", 150)

    assert found.code == 1
    assert "LEAK" in found.out
