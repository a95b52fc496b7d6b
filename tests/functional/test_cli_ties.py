"""Ties on the command line: recorded, walled, the same each time, and by linkage only where it is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from custodiet.bootstrap import linking
from custodiet.bootstrap.identity import login
from support.command_line import LAWFUL, looks_waiting, said

ALL = ("-n", 100_000)
needs_splink = pytest.mark.skipif(find_spec("splink") is None, reason="the extra [link] is not installed")


def ties(vault: Path, *more: object) -> dict[str, Any]:
    """Return the ties of the latest audit as the principal sees them."""
    return said("ties", vault, *LAWFUL, *ALL, *more, "--json").body


def ask_for_linkage(vault: Path) -> None:
    """The vault's settings ask for linkage."""
    with (vault / "vault.toml").open("a") as settings:
        settings.write("linkage = true\n")


def test_a_look_at_ties_is_recorded_and_needs_a_purpose(vault: Path) -> None:
    """Without a purpose nothing is shown; with one the look waits in the journal, with whose ties were asked for."""
    refused = said("ties", vault)
    shown = said("ties", vault, *LAWFUL, "--actor", "4127")

    assert (refused.code, refused.out) == (5, "")
    assert shown.code == 0
    assert [(look["act"], look["object"]) for look in looks_waiting(vault)][-1] == ("ties", "4127")


def test_ties_are_told_with_their_reasons_and_the_rows_they_rest_on(vault: Path) -> None:
    """Each tie has a nature, a chance, its steps, and facts of the ledger; the text says how descriptions were held together."""
    page = ties(vault)

    assert page["linkage"] == ""
    assert page["ties"]
    for tie in page["ties"]:
        assert 0.5 <= tie["probability"] <= 1
        assert tie["waterfall"]
        assert tie["basis"]
    assert "word for word" in said("ties", vault, *LAWFUL).out


def test_every_tie_is_of_an_actor_and_a_subject_whose_record_he_opened(vault: Path) -> None:
    """No tie is drawn for its own sake."""
    latest = (vault / "derived" / "latest").read_text().strip()
    episodes = pq.read_table(vault / "derived" / latest / "episode.parquet").to_pylist()
    opened = {(row["actor"], row["subject"]) for row in episodes if row["unexplained"] + row["weak"]}

    assert {(tie["person"], tie["subject"]) for tie in ties(vault)["ties"]} <= opened


def test_ties_of_oneself_and_ones_own_are_not_there(vault: Path) -> None:
    """For the actor of a tie it does not exist, nor does what is his kin's or his team's."""
    actor = ties(vault)["ties"][0]["person"]
    (vault / "principals.toml").write_text(f'[principals."{login()}"]\nstaff = "{actor}"\nroles = ["analyst"]\n')

    assert ties(vault, "--actor", actor)["ties"] == []
    assert actor not in {tie["person"] for tie in ties(vault)["ties"]}


@needs_splink
def test_linkage_is_asked_for_and_named_and_gives_the_same_each_time(vault: Path) -> None:
    """The run names library, models and their digests; the ledger keeps the name; a second audit makes the same run."""
    exact = said("audit", vault, "--json").body
    ask_for_linkage(vault)

    first = said("audit", vault, "--json").body
    again = said("audit", vault, "--json").body

    assert first["run"] != exact["run"]
    assert [(each["run"], each["linkage"], each["code"]) for each in first["beside"]] == [(exact["run"], True, False)]
    assert first["provenance"]["linkage"].startswith("splink 5")
    assert "same_person/1" in first["provenance"]["linkage"]
    assert (again["run"], again["differs"]) == (first["run"], [])
    between = said("diff", vault, *LAWFUL, "--from", exact["run"], "--to", first["run"])
    assert "The linkage is not the same" in between.out
    assert "same_home/1" in ties(vault)["linkage"]
    assert {tie["method"].split("/")[0] for tie in ties(vault)["ties"]} & {"same_person", "same_home"}
    assert said("verify", vault).code == 0


@needs_splink
def test_linkage_finds_what_word_for_word_does(vault: Path) -> None:
    """On records without slips no tie is lost by linking, and every estimate stays below certainty."""
    exact = {(tie["person"], tie["subject"], tie["nature"]) for tie in ties(vault)["ties"]}
    ask_for_linkage(vault)
    said("audit", vault)

    linked = ties(vault)["ties"]

    assert exact <= {(tie["person"], tie["subject"], tie["nature"]) for tie in linked}
    assert all(tie["probability"] < 1 for tie in linked if tie["method"].startswith(("same_person", "same_home")))


def test_linkage_that_is_asked_for_and_not_installed_ends_the_audit(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An audit that silently found fewer ties would be another audit: it says what to install, and ends with 6."""
    ask_for_linkage(vault)
    monkeypatch.setattr(linking, "find_spec", lambda _: None)

    told = said("audit", vault)

    assert told.code == 6
    assert "custodiet[link]" in told.err
