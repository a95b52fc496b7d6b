"""The command from the first word that allows it to the file of an approved template, on a small invented force.

The pack lacks two templates. One said that queue work was given to the actor, and must be found again; the other said that
the actor was on duty in an area where something happened, which explains everybody, and must not.
"""

from __future__ import annotations

import json
import pwd
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from custodiet import bootstrap
from custodiet.app.permissions import Look
from custodiet.bootstrap.judging import judging
from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from custodiet.explain.template_file import read
from custodiet_mining import permission, proposals, room
from custodiet_mining.limits import Limits
from custodiet_mining.proposals import Mining
from custodiet_mining.room import Room
from support.command_line import LAWFUL, Said, said
from vault import ANN, BEN, CAT, NARROW, Place, made, sitting

REFUSED, USAGE, BAD_INPUT = 5, 2, 3
README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
#: The keys that were printed of each shape.
PRINTED: dict[str, set[str]] = {}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give one vault to all tests of the module, which go through it in the order of the page; paths of three steps at most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUSTODIET_STATE", str(tmp_path_factory.mktemp("made")))
        patch.setattr(proposals, "Limits", lambda: Limits(longest=3, fakes=1_500))
        yield made(tmp_path_factory.mktemp("force"))


def said_by(account: pwd.struct_passwd, *words: object) -> Said:
    """Return what `custodiet mine` says to that account."""
    with sitting(account):
        told = said("mine", *words)
    if "--json" in words and told.code == 0:
        PRINTED[told.body["schema"]] = set(told.body)
    return told


def mined_by(account: pwd.struct_passwd, place: Place) -> Mining:
    """Return what the account mines, and finds in the ledger."""
    with sitting(account):
        return proposals.mine(place.vault, Look(purpose="lawfulness"))


def number_of(place: Place) -> int:
    """Return the number of the best proposal."""
    body = said_by(ANN, "list", place.vault, "--json").body
    return min(one["proposal"] for one in body["proposals"])


def marks(place: Place, number: int, account: pwd.struct_passwd) -> tuple[str, str]:
    """Return the sentences that the account may see, in two lists: those whose matter the records bear out, and the rest."""
    body = said_by(account, "show", place.vault, number, *LAWFUL, "--json").body
    assert body["fakes"] is None
    numbers = [one["number"] for one in body["sentences"]]
    return ",".join(map(str, numbers[::2])), ",".join(map(str, numbers[1::2]))


def test_it_is_off_until_a_named_person_allows_it(place: Place) -> None:
    """Installed is not enough, nor is a line in the settings that nobody answers for; then the word stands in the ledger."""
    told = said_by(ANN, place.vault, *LAWFUL)
    assert told.code == REFUSED
    assert "custodiet mine allow" in told.err
    settings = place.vault / "vault.toml"
    before = settings.read_text()
    settings.write_text(f"{before}mining = true\n")
    assert said_by(ANN, place.vault, *LAWFUL).code == REFUSED
    settings.write_text(before)
    assert said_by(BEN, "allow", place.vault, "--reason", "opinion 2026/31").code == REFUSED
    assert said_by(ANN, "allow", place.vault, "--reason", "Zoë said so").code == BAD_INPUT
    assert said_by(ANN, "allow", place.vault, "--reason", "opinion 2026/31", "--json").body["by"] == ANN.pw_name
    assert "mining = true" in settings.read_text()
    assert bootstrap.verify(place.vault)


def test_a_mining_is_a_look(place: Place) -> None:
    """Without a lawful purpose nothing is searched, and an administrator alone does not look."""
    assert said_by(ANN, place.vault).code == REFUSED
    assert said_by(ANN, place.vault, "--purpose", "productivity").code == REFUSED


def test_the_removed_template_is_found_again_and_the_wide_one_is_not(place: Place) -> None:
    """First stands the path of the removed template, over the same relation and keys; no path over an area closes anything."""
    found = mined_by(ANN, place).mined
    first = found.proposals[0]
    removed = read((shipped() / "templates" / f"{NARROW}.toml").read_text("utf-8"), NARROW)
    assert [(hop.relation, set(hop.match)) for hop in first.template.path] == [
        (hop.relation, set(hop.match)) for hop in removed.path
    ]
    assert first.closes
    assert first.support > found.residue / 3
    assert first.weighed.swallowed <= 0.01
    assert [one for one in found.proposals if "area" in str(one.candidate.path) and one.closes] == []


def test_each_proposal_is_a_fact_once_and_the_same_run_gives_the_same(place: Place) -> None:
    """Mined again, the run gives the same proposals, which stand in the ledger already; that it was searched stands there twice."""
    before = said_by(ANN, "list", place.vault, "--json").body["proposals"]
    body = said_by(ANN, place.vault, *LAWFUL, "--json").body
    assert body["schema"] == "mining/1"
    assert [one["proposal"] for one in body["proposals"]] == [one["proposal"] for one in before]
    assert {one["stage"] for one in before} == {"mined"}
    with sitting(ANN):
        records = [record for _, record in Room.entered(place.vault).ledger.read().records("mining/1")]
    assert [one["act"] for one in records].count("mined") == len(before)
    first, second = ({**one, "at": ""} for one in records if one["act"] == "searched")
    assert first == second


def test_the_records_hold_nothing_of_any_person(place: Place) -> None:
    """Neither a subject nor a member of the workforce who looked is named in the open records."""
    with sitting(ANN):
        snapshot = Room.entered(place.vault).ledger.read()
        text = json.dumps([record for _, record in snapshot.records("mining/1")])
    sentences = said_by(ANN, "show", place.vault, number_of(place), *LAWFUL, "--json").body["sentences"]
    assert sentences
    assert [one["subject"] for one in sentences if one["subject"] in text] == []


def test_the_sheet_shows_the_price_and_hides_the_fakes(place: Place) -> None:
    """In Markdown: figures with their population and run, every family's price, the template, and 25 sentences without answers."""
    sheet = said_by(ANN, "show", place.vault, number_of(place), *LAWFUL).out
    for wanted in (
        "## Its price",
        "F4: a subject tied to the actor",
        "## Whom else",
        "## Week by week",
        "```toml",
        "of run R-",
    ):
        assert wanted in sheet
    assert len(re.findall(r"(?m)^\d+\. \S+, \w+ \d\d \w+ 2026", sheet)) == 25
    assert "Fakes were" not in sheet
    template = said_by(ANN, "show", place.vault, number_of(place), "--template", *LAWFUL).out
    assert read(template, "shown.toml").id.startswith("mined_")


def test_nothing_goes_into_shadow_before_it_is_judged(place: Place) -> None:
    """The order cannot be changed."""
    number = number_of(place)
    assert said_by(BEN, "shadow", place.vault, number, *LAWFUL).code == REFUSED
    assert said_by(BEN, "approve", place.vault, number).code == REFUSED


def test_the_answers_are_told_to_who_has_marked_and_to_nobody_else(place: Place) -> None:
    """Each sentence is marked once; then the reviewer is told which were fakes, and another reviewer is not."""
    number = number_of(place)
    accepted, doubted = marks(place, number, BEN)
    assert said_by(BEN, "mark", place.vault, number, "--accept", accepted, *LAWFUL).code == BAD_INPUT
    assert said_by(BEN, "mark", place.vault, number, "--accept", "one", *LAWFUL).code == USAGE
    body = said_by(BEN, "mark", place.vault, number, "--accept", accepted, "--doubt", doubted, *LAWFUL, "--json").body
    assert len(body["fakes"]) == 5
    assert body["marks"][0]["fakes"] == 5
    assert body["stage"] == "proposed"
    assert said_by(BEN, "mark", place.vault, number, "--accept", accepted, "--doubt", doubted, *LAWFUL).code == REFUSED
    assert "Fakes were" in said_by(BEN, "show", place.vault, number, *LAWFUL).out
    assert "Fakes were" not in said_by(CAT, "show", place.vault, number, *LAWFUL).out


def test_a_fake_can_be_told_from_the_records(place: Place) -> None:
    """A sentence that is a fake speaks of a task of somebody else's, or of no look that ever was."""
    number = number_of(place)
    with sitting(BEN):
        shown = proposals.show(place.vault, number, Look(purpose="lawfulness"))
    assert shown.answers is not None
    fakes = [one for one in shown.sentences if one.number in shown.answers.fakes]
    real = [one for one in shown.sentences if one.number not in shown.answers.fakes]
    assert {(one.subject, one.at) for one in fakes} & {(one.subject, one.at) for one in real} == set()


def test_an_edit_may_say_it_better_and_may_not_be_another_path(place: Place) -> None:
    """Words and windows are the reviewer's; the relations and keys are what was measured. It then counts, and closes nothing."""
    number = number_of(place)
    text = said_by(BEN, "show", place.vault, number, "--template", *LAWFUL).out
    edited = place.beside / "edited.toml"
    edited.write_text(text.replace('person = "access.actor", ', ""))
    assert said_by(BEN, "shadow", place.vault, number, "--template", edited, *LAWFUL).code == BAD_INPUT
    edited.write_text(f'status = "approved"\n{text}')
    assert said_by(BEN, "shadow", place.vault, number, "--template", edited, *LAWFUL).code == BAD_INPUT
    edited.write_text(text.replace("was given task", "had been given task"))
    body = said_by(BEN, "shadow", place.vault, number, "--template", edited, "--days", 28, *LAWFUL, "--json").body
    assert body["matched"] > body["residue"] / 3
    assert body["would_close"] == body["matched"]
    with sitting(BEN):
        assert bootstrap.audit(place.vault).states["unexplained"] == body["residue"]


def test_two_people_approve_when_the_shadow_has_ended(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before its end, and not one person twice; the second approval writes the file, and the pack is as it was."""
    number, into = number_of(place), place.beside / "approved"
    into.mkdir()
    assert "shadow until" in said_by(BEN, "approve", place.vault, number).err
    later = datetime.now(UTC) + timedelta(days=29)
    for module in (proposals, permission, room):
        monkeypatch.setattr(module, "now", lambda: later)
    before = load(place.beside / "pack").digest
    assert said_by(ANN, "approve", place.vault, number).code == REFUSED
    assert said_by(BEN, "approve", place.vault, number).code == 0
    assert said_by(BEN, "approve", place.vault, number, "--into", into).code == REFUSED
    assert said_by(CAT, "approve", place.vault, number).code == USAGE
    done = said_by(CAT, "approve", place.vault, number, "--into", into, "--json").body
    assert done["stage"] == "approved"
    assert load(place.beside / "pack").digest == before
    template = read(Path(done["file"]).read_text("utf-8"), "approved.toml")
    assert template.sentence.startswith("{actor} had been given task")
    assert template.approval.by == ("appropriate_authority", "investigator")


def test_the_approved_file_explains_once_the_operator_puts_it_into_his_pack(place: Place) -> None:
    """The next audit has it as a template like any other."""
    [file] = (place.beside / "approved").iterdir()
    (place.beside / "pack" / "templates" / file.name).write_bytes(file.read_bytes())
    judging.cache_clear()
    with sitting(ANN):
        found = {line.template: line.accesses for line in bootstrap.audit(place.vault).templates}
    assert found[file.stem] > 1_000


def test_what_is_retired_may_be_mined_again(place: Place) -> None:
    """It needs a reason and a role; the history stays."""
    number = number_of(place)
    assert said_by(ANN, "retire", place.vault, number, "--reason", "superseded").code == REFUSED
    assert said_by(CAT, "retire", place.vault, number, "--reason", "superseded").code == 0
    [story] = [
        one for one in said_by(ANN, "list", place.vault, "--json").body["proposals"] if one["proposal"] == number
    ]
    assert (story["stage"], story["retired_for"]) == ("retired", "superseded")
    assert len(story["approvals"]) == 2


def test_it_can_be_shut_out_again(place: Place) -> None:
    """After that word nothing is mined or shown, and the list of what was remains."""
    assert said_by(ANN, "forbid", place.vault, "--reason", "decision 2027/4").code == 0
    assert said_by(ANN, place.vault, *LAWFUL).code == REFUSED
    assert said_by(BEN, "show", place.vault, number_of(place), *LAWFUL).code == REFUSED
    assert said_by(ANN, "list", place.vault).code == 0
    assert bootstrap.verify(place.vault)


def test_what_was_printed_is_what_the_readme_says() -> None:
    """Every shape of `--json`, with its keys."""
    rows = re.findall(r"(?m)^\| `(\w+/1)` \| (.*) \|$", README)
    assert {name: set(re.findall(r"`(\w+)`", keys)) for name, keys in rows} == PRINTED
