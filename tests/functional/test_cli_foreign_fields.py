"""A hospital's log and a council's go the whole way: taken in, explained in the words of their field, and ranked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.command_line import LAWFUL, said

FOREIGN = Path(__file__).parent / "foreign"
#: The context of each field in the order of delivery: the export, and the mapping where it has another name.
CONTEXT = {
    "hospital": (
        *(("staff", "staff"), ("postings", "postings"), ("rota", "rota"), ("encounters", "encounters")),
        *(("encounters", "patients_of_encounters"), ("work", "work"), ("tasks", "tasks"), ("patients", "patients")),
    ),
    "council": (
        *(("staff", "staff"), ("postings", "postings"), ("supervision", "supervision"), ("cases", "cases")),
        *(("people", "people"), ("work", "work"), ("tasks", "tasks"), ("residents", "residents")),
    ),
}
#: For each look in order: its state and its strongest reason.
STATES = {
    "hospital": """
        explained booking_clerk, explained appointment, explained prescription, weak team_appointment, explained ward_team,
        explained on_call, explained referral, explained appointment, weak ward_unit, explained follow_up,
        explained requested, unexplained, explained consent, unexplained, explained repeat, unexplained, unexplained,
        explained appointment, unexplained, unexplained, unexplained, unexplained, explained office_task, unexplained,
        explained appointment, pending
    """,
    "council": """
        explained duty_desk, explained visit, explained complaint_handler, explained conference, explained repeat,
        explained case_worker, weak case_worker, explained revenues_task, unexplained revenues_task,
        explained case_supervisor, weak team_case, explained information_request, unexplained, unexplained, unexplained,
        unexplained, unexplained, weak visit, pending
    """,
}
#: Words that one field says and the others do not.
POLICE = re.compile(
    r"\b(police|policing|force|custody|tasking|crime|incident|briefing|witness statement|constable)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class World:
    """A vault of a field, audited."""

    field: str
    vault: Path
    accounts: Sequence[dict[str, Any]]  # of each look, in the order of the log


def told(*words: object) -> dict[str, Any]:
    """Return what a command prints as JSON; it must end well."""
    done = said(*words, "--json")
    assert (done.code, done.err) == (0, ""), done.err
    return done.body


@pytest.fixture(scope="module", params=sorted(CONTEXT))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return the field's log and context, taken in and audited by its pack."""
    field: str = request.param
    folder, vault = FOREIGN / field, tmp_path_factory.mktemp(field) / "vault"
    told("init", vault, "--organisation", f"{field}.example", "--title", f"Wexcombe {field}", "--pack", field)
    for name, mapping in CONTEXT[field]:
        taken = told("context", vault, folder / f"{name}.csv", "--mapping", folder / f"{mapping}.toml")
        assert [one["counts"]["quarantined"] for one in taken["deliveries"]] == [0]
    first = told("verify", vault)["verified"]["size"]
    taken = told("ingest", vault, folder / "looks.csv", "--mapping", folder / "looks.toml")
    told("audit", vault)
    looks = range(first, first + taken["deliveries"][0]["counts"]["accepted"])
    return World(field=field, vault=vault, accounts=[told("why", vault, look, *LAWFUL) for look in looks])


def test_each_look_has_the_state_and_reason_that_the_field_expects(world: World) -> None:
    """Every template of the pack is the strongest reason of a look or stands beside one, and no look is explained amiss."""
    found = world.accounts
    strongest = [one["explanations"][0]["template"] if one["explanations"] else "" for one in found]
    states = [f"{one['state']} {template}".strip() for one, template in zip(found, strongest, strict=True)]
    assert states == [one.strip() for one in " ".join(STATES[world.field].split()).split(",")]


def test_what_is_said_is_said_in_the_words_of_the_field(world: World) -> None:
    """Neither an account nor the queue nor the report holds a word of another field."""
    for one in world.accounts:
        assert (
            POLICE.findall(" ".join([*(e["sentence"] for e in one["explanations"]), one["nearest_miss"] or ""])) == []
        )
    page = said("queue", world.vault, *LAWFUL)
    assert (page.code, POLICE.findall(page.out)) == (0, [])


SENTENCES = {
    "hospital": (
        "This patient's appointment A-17 with Dr 2041 as clinician began 40 minutes later.",
        "Nurse 3307 was on duty on Ward 7, which has had this patient since stay S-5 began there, 32 hours earlier.",
        (
            "Clerk 5210 made the check for Dr 2041: Dr 2041 saw this patient in encounter A-3, 5 months earlier, and follow-up"
            " FU-2 was due 14 hours later."
        ),
        (
            "No appointment, ward stay, referral or task links Nurse 3309 to this patient within 28 days. Nearest: Ward 7 had"
            " stay S-6 of this patient, 46 hours earlier."
        ),
        (
            "No appointment, ward stay, referral or task links Nurse 3308 to this patient within 28 days. No encounter or task"
            " on record names this patient."
        ),
    ),
    "council": (
        "Adviser 655 took call K-31 at the duty desk, which concerns this resident as a caller, 2 minutes earlier.",
        "Head 671 is chair of safeguarding conference SC-4, in which this resident is a parent, 5 days later.",
        (
            "Nothing that Officer 640 was doing at the time explains this look. Nearest: Officer 640 was case worker of benefit"
            " case B-77, in which this resident is an associate, 9 days earlier."
        ),
        (
            "No case, call, visit, conference or task links Officer 661 to this resident within 56 days. Nearest: a colleague of"
            " another team, Officer 640 of Benefits East, was case worker of benefit case B-77, in which this resident is an"
            " associate, 15 days earlier."
        ),
    ),
}


def test_the_accounts_name_what_the_field_works_with(world: World) -> None:
    """Appointments and stays here, calls and conferences there, each with its number and its distance in time."""
    sentences = {e["sentence"] for one in world.accounts for e in one["explanations"]}
    misses = {one["nearest_miss"] for one in world.accounts}
    assert set(SENTENCES[world.field]) - sentences - misses == set()


SIGNALS = {
    "hospital": {
        ("3308", "P-1011"): {"self", "no_encounter", "off_duty", "no_reason"},
        ("3308", "P-1008"): {"own_surname_and_address", "no_encounter", "printed", "days_apart", "vague_reason"},
        ("5210", "P-1007"): {"public_figure", "no_encounter", "vague_reason"},
        ("2050", "P-1009"): {"colleague", "no_encounter", "vague_reason"},
        ("3309", "P-1003"): {"after_leaving"},
    },
    "council": {
        ("655", "R8"): {"own_surname_and_address", "no_case", "days_apart", "vague_reason"},
        ("641", "R10"): {"restricted", "no_case", "awaits_facts"},
        ("661", "R9"): {"after_leaving"},
        ("690", "R7"): {"same_postcode"},
    },
}


def test_signals_of_other_fields_weigh_in_this_one(world: World) -> None:
    """Kin, colleagues, people in the public eye and those left behind are found by the signals that packs share."""
    queue = told("queue", world.vault, "--size", "50", *LAWFUL)
    found = {(f["actor"], f["subject"]): {s["signal"] for s in f["signals"]} for f in queue["findings"]}
    assert {pair: found.get(pair, set()) - {"no_reason"} for pair in SIGNALS[world.field]} == {
        pair: signals - {"no_reason"} for pair, signals in SIGNALS[world.field].items()
    }


def test_the_report_speaks_of_the_field(world: World, tmp_path: Path) -> None:
    """The page's reasons, signals and next steps are the pack's, and none is for another field."""
    page = tmp_path / "report.html"
    assert said("report", world.vault, page, *LAWFUL).code == 0
    text = re.sub(r"<[^>]+>", " ", page.read_text("utf-8").split("<body", 1)[1])
    assert POLICE.findall(text) == []
