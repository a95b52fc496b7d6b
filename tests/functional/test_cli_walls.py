"""Walls on the command line: what is walled and what does not exist are the same to who asks."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.bootstrap.identity import login
from support.command_line import LAWFUL, looks_waiting, said

NO_FINDING = "custodiet: There is no such finding.\n"
NO_ACCESS = "custodiet: There is no such access.\n"
ALL = ("-n", 100_000)


def relation(vault: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a relation of the latest run."""
    latest = (vault / "derived" / "latest").read_text().strip()
    return _rows(vault / "derived" / latest / f"{name}.parquet")


@cache
def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def sit_as(vault: Path, staff: str, roles: str = '["administrator", "analyst", "investigator"]') -> None:
    """The one who runs these tests is that member of staff, in that vault."""
    (vault / "principals.toml").write_text(f'[principals."{login()}"]\nstaff = "{staff}"\nroles = {roles}\n')


def queue(vault: Path) -> dict[str, Any]:
    """Return the whole queue as the principal sees it, behind no limit of actors."""
    return said("queue", vault, *LAWFUL, *ALL, "--json").body


def seen(vault: Path) -> set[str]:
    """Return the findings that `show` opens or `queue` names."""
    return {finding["finding"] for finding in queue(vault)["findings"]}


@pytest.fixture
def busiest(vault: Path) -> str:
    """Return the actor who has the finding at the front of the queue."""
    return str(queue(vault)["findings"][0]["actor"])


def gone_for(vault: Path, staff: str) -> list[dict[str, Any]]:
    """Return the rows of findings that are walled from the member of staff."""
    walls = _walls(vault, staff)
    return [row for row in relation(vault, "finding") if _is_walled(row, walls)]


def walled_from(vault: Path, gone: list[dict[str, Any]]) -> None:
    """These findings are nowhere for the principal, and nothing tells that they are there."""
    page = queue(vault)
    names = {finding["finding"] for finding in page["findings"]}
    everything = relation(vault, "finding")
    ranks = [finding["rank"] for finding in page["findings"]]
    access_of = {row["finding"]: row["access"] for row in relation(vault, "episode_access")}

    assert gone
    assert names.isdisjoint(row["finding"] for row in gone)
    assert ranks[-1] - len(ranks) == page["held_back"]
    assert page["in_queue"] == len(everything) - len(gone)
    for row in gone[:3]:
        walled, absent = said("show", vault, row["finding"], *LAWFUL), said("show", vault, "F-ZZZZZZZZ", *LAWFUL)
        assert (walled.code, walled.out, walled.err) == (absent.code, absent.out, absent.err) == (5, "", NO_FINDING)
        walled, absent = said("why", vault, access_of[row["finding"]], *LAWFUL), said("why", vault, 2**40, *LAWFUL)
        assert (walled.code, walled.out, walled.err) == (absent.code, absent.out, absent.err) == (5, "", NO_ACCESS)


@pytest.mark.parametrize(
    "roles", ['["analyst"]', '["administrator", "analyst"]', '["auditor_of_auditors", "administrator"]']
)
def test_nobody_sees_findings_about_himself(vault: Path, busiest: str, roles: str) -> None:
    """His own findings are in no list, open under no name, and explain no access; administrators included."""
    sit_as(vault, busiest, roles)
    gone = gone_for(vault, busiest)
    assert busiest in {row["actor"] for row in gone}
    walled_from(vault, gone)


def test_a_team_mate_sees_none_of_his_teams_findings(vault: Path, busiest: str) -> None:
    """Who is posted to the same unit today does not work on the finding; someone of another unit does."""
    units = {row["person"]: row["unit"] for row in relation(vault, "posting") if row["valid_to"].year == 9999}
    finding = queue(vault)["findings"][0]["finding"]
    mate = next(p for p, unit in sorted(units.items()) if p != busiest and unit == units[busiest])

    sit_as(vault, mate)

    assert finding not in seen(vault)
    walled_from(vault, gone_for(vault, mate))


def test_a_declared_association_walls_the_subjects_matters(vault: Path, exports: Path, tmp_path: Path) -> None:
    """Once the tie is in the ledger and audited, findings about that subject are gone for him, and only those are new."""
    target = queue(vault)["findings"][0]
    stranger = _without_ties(vault, target)
    sit_as(vault, stranger)
    before = seen(vault)
    assert target["finding"] in before
    tie = tmp_path / "associations_new.csv"
    tie.write_text(f"StaffNo,Subject,Nature,DeclaredAt\n{stranger},{target['subject']},spouse,03/03/2026 09:00:00\n")

    assert said("context", vault, tie, "-m", exports / "mappings" / "hr_associations.toml").code == 0
    assert said("audit", vault).code == 0

    assert target["finding"] not in seen(vault)
    walled_from(vault, gone_for(vault, stranger))


def test_the_report_leaves_out_what_its_drawer_may_not_see(vault: Path, busiest: str, tmp_path: Path) -> None:
    """Neither finding nor number of the walled person stands in the file."""
    open_to_all, walled = tmp_path / "all.html", tmp_path / "walled.html"
    target = queue(vault)["findings"][0]
    assert said("report", vault, open_to_all, *LAWFUL).code == 0
    sit_as(vault, busiest)
    assert said("report", vault, walled, *LAWFUL).code == 0

    assert target["finding"] in open_to_all.read_text()
    assert target["finding"] not in walled.read_text()
    assert not re.search(rf"\b{busiest}\b", walled.read_text())


def test_a_refused_look_is_recorded_like_any_other(vault: Path, busiest: str) -> None:
    """Who asks for a walled finding, or for one that is not there, leaves the same trace, before any word is said."""
    target = queue(vault)["findings"][0]["finding"]
    sit_as(vault, busiest)
    before = len(looks_waiting(vault))

    said("show", vault, target, *LAWFUL, "--reason", "curious")
    said("show", vault, "F-ZZZZZZZZ", *LAWFUL)
    said("why", vault, 2**40, *LAWFUL)

    found = [(look["act"], look["object"], look["reason"]) for look in looks_waiting(vault)[before:]]
    assert found == [("show", target, "curious"), ("show", "F-ZZZZZZZZ", None), ("why", str(2**40), None)]


def behind_walls(vault: Path, staff: str) -> list[dict[str, Any]]:
    """Return the findings that are walled from a member of staff."""
    walls = _walls(vault, staff)
    return [row for row in relation(vault, "finding") if _is_walled(row, walls)]


def _walls(vault: Path, staff: str) -> tuple[set[str], set[str]]:
    """Return the walls of a member of staff, actors and subjects, worked out plainly from the run: of ties that end, the open ones."""
    staff_rows, postings = relation(vault, "staff"), relation(vault, "posting")
    subjects, ties = relation(vault, "subject"), relation(vault, "association")
    me = [row for row in staff_rows if row["person"] == staff]
    units = {row["unit"] for row in postings if row["person"] == staff and row["valid_to"].year == 9999}
    homes = {row["address"] for row in me if row["valid_to"].year == 9999 and row["address"]}
    mine = {_person(row) for row in me}
    own = {row["subject"] for row in subjects if _person(row) in mine}
    declared = {row["subject"] for row in ties if row["person"] == staff}
    household = {row["subject"] for row in subjects if row["valid_to"].year == 9999 and row["address"] in homes}
    named = {_person(row) for row in subjects if row["subject"] in declared}
    actors = {staff}
    actors |= {row["person"] for row in postings if row["unit"] in units and row["valid_to"].year == 9999}
    actors |= {row["person"] for row in staff_rows if row["address"] in homes and row["valid_to"].year == 9999}
    actors |= {row["person"] for row in staff_rows if _person(row) in named}
    actors |= {row["person"] for row in ties if row["subject"] in own}
    for row in relation(vault, "supervision"):
        if row["valid_to"].year == 9999 and staff in {row["person"], row["supervisor"]}:
            actors |= {row["person"], row["supervisor"]}
    actors |= {f"account:{row['account']}" for row in relation(vault, "account") if row["person"] == staff}
    return actors, own | declared | household


def _person(row: dict[str, Any]) -> tuple[str, str, str]:
    return str(row["surname"]).upper(), str(row["forename"]).upper(), str(row["date_of_birth"])


def _is_walled(finding: dict[str, Any], walls: tuple[set[str], set[str]]) -> bool:
    actors, subjects = walls
    return finding["actor"] in actors or finding["subject"] in subjects


def _without_ties(vault: Path, finding: dict[str, Any]) -> str:
    """Return a member of staff from whom the finding is not walled, and who has nothing to do with its actor."""
    people = sorted({row["person"] for row in relation(vault, "staff")})
    return next(p for p in people if p != finding["actor"] and not _is_walled(finding, _walls(vault, p)))
