"""Sentences name the facts, put times in words and say how many other reasons there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from custodiet.explain import drawn, reference
from custodiet.explain.nearest import Asked, Miss, awaited, told
from custodiet.explain.pack import load, shipped
from custodiet.explain.sentences import Telling, Wording, account, also, sentence, span, when, with_article
from custodiet.explain.template import Template
from custodiet.explain.words import Words

PACK = load(shipped())
MINUTE = 60_000_000
DAY = 86_400_000_000
WORDING = Wording(ranks={"4127": "PC", "3311": "PS"}, words=PACK.words)


def telling(template: Template) -> Telling:
    """Return the template's first example, told."""
    world = drawn.world(template.explains[0].tables)
    access = world["access"][0]
    found = reference.instances(template, world, [access])[0]
    numbered = {row.get("fact", row.get("access")): row for rows in world.values() for row in rows}
    if template.path[-1].relation == "explained_request":
        bindings = {"r": world["explained_request"][0]}
    else:
        bindings = {hop.alias: numbered[number] for hop, number in zip(template.path, found.rests_on, strict=True)}
    return Telling(template=template, access=access, bindings=bindings)


def test_the_sentence_names_person_incident_part_and_lag() -> None:
    """The sentence of the first example is the one that the manual promises."""
    assert sentence(telling(PACK.template("assigned")), WORDING) == (
        "PC 4127 was assigned to incident 2026-114233, in which the subject is recorded as a witness, 38 minutes earlier."
    )


@pytest.mark.parametrize("template", PACK.templates, ids=lambda t: t.id)
def test_every_template_makes_one_whole_sentence(template: Template) -> None:
    """No slot stays open, and the sentence begins with a capital and ends with one full stop."""
    text = sentence(telling(template), WORDING)
    assert "{" not in text
    assert text[0].isupper()
    assert text.endswith(".")
    assert not text.endswith("..")


def test_other_reasons_are_counted_in_words() -> None:
    """The strongest is told and the other templates are counted, not their instances."""
    first, second = telling(PACK.template("assigned")), telling(PACK.template("supervisor"))
    assert account([first], WORDING) == sentence(first, WORDING)
    assert account([first, second, second], WORDING).endswith(" One other reason also applies.")
    assert also(2) == "Two other reasons also apply."
    assert also(12) == "12 other reasons also apply."


def test_a_request_is_told_with_the_requesters_own_reason() -> None:
    """The reason of who asked stands inside the sentence, without its full stop."""
    told_request = replace(telling(PACK.template("requested")), reason=telling(PACK.template("assigned")))
    assert sentence(told_request, WORDING) == (
        "Staff member 7001 made the check for PC 4127: PC 4127 was assigned to incident 2026-114233, in which the subject"
        " is recorded as a witness, 38 minutes earlier."
    )


@pytest.mark.parametrize(
    ("microseconds", "words"),
    [
        (0, None),
        (1_000_000, "1 second"),
        (59 * 1_000_000, "59 seconds"),
        (60 * 1_000_000, "1 minute"),
        (38 * MINUTE, "38 minutes"),
        (60 * MINUTE, "1 hour"),
        (47 * 60 * MINUTE, "47 hours"),
        (2 * DAY, "2 days"),
        (59 * DAY, "59 days"),
        (61 * DAY, "2 months"),
        (800 * DAY, "2 years"),
    ],
)
def test_a_span_is_told_in_its_largest_fitting_unit(microseconds: int, words: str | None) -> None:
    """Seconds below a minute, minutes below an hour, hours below two days, days below sixty, then months and years."""
    assert span(microseconds) == words


def test_before_and_after_are_told_from_the_access() -> None:
    """A fact before the look was earlier, one after it later."""
    assert when(0, 38 * MINUTE) == "38 minutes earlier"
    assert when(38 * MINUTE, 0) == "38 minutes later"
    assert when(5, 5) == "at the same moment"


@pytest.mark.parametrize(
    ("words", "told_as"), [("witness", "a witness"), ("officer in case", "an officer in case"), ("user", "a user")]
)
def test_articles_follow_the_sound(words: str, told_as: str) -> None:
    """A before consonants, an before vowels."""
    assert with_article(words) == told_as


def test_people_without_a_rank_are_still_named() -> None:
    """A number stays a number, and an account that nobody is known to hold is called that."""
    assert WORDING.person("9000") == "staff member 9000"
    assert WORDING.person("account:acc1") == "the holder of account acc1"
    assert WORDING.person(None) == "somebody"


MISS = Miss(
    kind="assignment",
    fact=1,
    matter="I-1",
    matter_kind="incident",
    part="witness",
    person="3311",
    unit="Response B",
    work="attending",
    at=0,
    own=False,
    linked=False,
)
ASKED = Asked(actor="4127", subject_kind="person", at=9 * DAY)


def test_a_lack_says_what_was_looked_for_and_the_nearest() -> None:
    """What was looked for comes first, then the nearest thing found with its distance in time."""
    assert told(ASKED, MISS, timedelta(days=28), WORDING) == (
        "No assignment, custody, case or tasking links PC 4127 to this person within 28 days. Nearest: PS 3311 of Response B"
        " attended incident I-1, in which this person is recorded as a witness, 9 days earlier."
    )


def test_a_lack_with_nothing_near_says_so() -> None:
    """A subject whom operations never met is said to be one."""
    assert told(ASKED, None, timedelta(days=28), WORDING).endswith(
        "Nothing in the records of operations names this person."
    )


def test_own_work_that_is_too_far_is_not_denied() -> None:
    """Where the nearest thing is the actor's own work, the sentence does not claim that nothing links him."""
    own = replace(MISS, person="4127", own=True, linked=True)
    assert told(ASKED, own, timedelta(days=28), WORDING) == (
        "Nothing that PC 4127 was doing at the time explains this look. Nearest: PC 4127 attended incident I-1, in which"
        " this person is recorded as a witness, 9 days earlier."
    )


def test_a_lack_is_not_claimed_where_own_work_lies_farther_than_anothers() -> None:
    """Somebody else's work may be nearer; still the sentence does not say that nothing links the actor."""
    text = told(ASKED, replace(MISS, linked=True), timedelta(days=28), WORDING)
    assert text.startswith(
        "Nothing that PC 4127 was doing at the time explains this look. Nearest: PS 3311 of Response B"
    )


def test_a_matter_is_called_what_the_pack_calls_its_kind() -> None:
    """A custody record is no incident, and who dispatched somebody to it did not attend."""
    held = replace(MISS, matter="K-5", matter_kind="custody", part="detainee", work="custody_sergeant")
    assert told(ASKED, held, timedelta(days=28), WORDING).endswith(
        "Nearest: PS 3311 of Response B was custody sergeant of custody record K-5, in which this person is recorded as a"
        " detainee, 9 days earlier."
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("incident", "incident I-1, in which this person is recorded as a witness, was opened 9 days earlier."),
        (
            "tasking",
            "task I-1 of the witness queue, which is about this person, was given to PS 3311 of Response B 9 days",
        ),
        ("briefing", "this person was on briefing I-1 of Response B 9 days earlier."),
    ],
)
def test_what_came_nearest_is_told_by_its_kind(kind: str, sentence: str) -> None:
    """An incident, a task and a briefing each have a sentence of their own."""
    assert sentence in told(ASKED, replace(MISS, kind=kind), timedelta(days=28), WORDING)


def test_a_pack_that_has_no_words_of_its_own_speaks_plainly() -> None:
    """Nothing of one field stands in the words of a pack that says none."""
    plain = Wording(ranks=WORDING.ranks)
    assert told(ASKED, MISS, timedelta(days=28), plain) == (
        "No work on record links PC 4127 to this person within 28 days. Nearest: PS 3311 of Response B was attending of"
        " matter I-1, in which this person is recorded as a witness, 9 days earlier."
    )
    assert told(ASKED, None, timedelta(days=28), plain).endswith("No work on record names this person.")


def test_facts_under_way_are_called_what_the_pack_calls_them() -> None:
    """The kind of fact is told in the pack's word, else by its own name, with the source that owes it."""
    ward = Words(kinds={"assignment": "ward stay"})
    assert awaited("assignment", "beds", ward).startswith("Facts of the kind ward stay from beds up to")
    assert awaited("subject_merge", "records", Words()).startswith("Facts of the kind subject merge from records up to")


def test_a_vehicle_is_not_a_person() -> None:
    """The sentence speaks of what was looked at."""
    vehicle = replace(ASKED, subject_kind="vehicle")
    assert "to this vehicle within" in told(vehicle, None, timedelta(days=28), WORDING)
