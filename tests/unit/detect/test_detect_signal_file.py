"""A signal file says what it must, or the error names the file, the key, what was found and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from custodiet.detect.conditions import Claim, Condition
from custodiet.detect.features import FEATURE
from custodiet.detect.signal_file import read_signal, read_signals, shipped
from custodiet.errors import BadPack

TEXT = """
id = "days_apart"
version = 1
title = "On more than one day"
owner = "Professional standards department"
purpose = "To find the return to one person without a case."
proportionality = "Uses the access log alone."
false_positive = "A repeat caller."
review = 2027-05-31
points = 1
group = "repeat"
sentence = "Opened {looks:time|times} on {days:day|days}."

[[when]]
feature = "days"
at_least = 2

[[fires]]
because = "two days"
given = { looks = 5, days = 2 }
sentence = "Opened 5 times on 2 days."

[[must_not_fire]]
because = "one day"
given = { looks = 9, days = 1 }
"""


@dataclass(frozen=True)
class Text:
    """A file in memory."""

    name: str
    text: str

    def read_text(self, encoding: str) -> str:
        """Return the text."""
        return self.text


def test_a_signal_is_read_with_all_that_it_says() -> None:
    """Every key of the file is in the value."""
    signal = read_signal(TEXT, "days_apart.toml")

    assert (signal.id, signal.points, signal.group, signal.review) == ("days_apart", 1, "repeat", date(2027, 5, 31))
    assert signal.names == ("days", "looks")
    assert signal.when == (Condition(alternatives=((Claim(feature="days", word="at_least", value=2),),)),)
    assert signal.fires[0].sentence == "Opened 5 times on 2 days."
    assert signal.must_not_fire[0].because == "one day"


def test_one_condition_may_say_two_things_and_alternatives_may_be_listed() -> None:
    """`at_least` with `at_most` makes a range; `any` lists claims of which one must hold."""
    ranged = read_signal(TEXT.replace("at_least = 2", "at_least = 2\nat_most = 3"), "x.toml")
    either = read_signal(
        TEXT.replace(
            'feature = "days"\nat_least = 2',
            'any = [ { feature = "printed", at_least = 1 }, { feature = "is_self", is = true } ]',
        ),
        "x.toml",
    )

    assert [claim.word for claim in ranged.when[0].alternatives[0]] == ["at_least", "at_most"]
    assert [claims[0].feature for claims in either.when[0].alternatives] == ["printed", "is_self"]


@pytest.mark.parametrize(
    ("old", "new", "field", "found", "expected"),
    [
        ('id = "days_apart"', 'id = "Days apart"', "signal.id", "Days apart", "such as"),
        ('owner = "Professional standards department"', "", "signal.owner", "None", "a text"),
        (
            'purpose = "To find the return to one person without a case."',
            'purpose = " "',
            "signal.purpose",
            "' '",
            "a text",
        ),
        ("review = 2027-05-31", 'review = "soon"', "signal.review", "'soon'", "2027-05-31"),
        ("points = 1", "points = 1.5", "signal.points", "1.5", "a whole number"),
        ("points = 1", "points = 11", "signal.points", "11", "at most 10"),
        ("points = 1", "points = true", "signal.points", "True", "a whole number"),
        ("version = 1", "version = 0", "signal.version", "0", "1 or more"),
        ("points = 1", "points = 1\nsql = 'x'", "signal.sql", "'sql'", "false_positive"),
        ('feature = "days"', 'feature = "volume_of_work"', "signal.when[1].feature", "'volume_of_work'", "one of"),
        ('feature = "days"', 'feature = "finding"', "signal.when[1].feature", "'finding'", "one of"),
        ("at_least = 2", "over = 2", "signal.when[1]", "'over'", "at_least"),
        ("at_least = 2", "", "signal.when[1]", "feature", "known"),
        ("at_least = 2", 'at_least = "2"', "signal.when[1].at_least", "'2'", "a whole number"),
        ("at_least = 2", "at_least = 2.5", "signal.when[1].at_least", "2.5", "a whole number"),
        ("at_least = 2", "is = true", "signal.when[1].is", "True", "a whole number"),
        ("at_least = 2", 'one_of = ["a"]', "signal.when[1].one_of", "'a'", "list"),
        ("at_least = 2", 'at_least = 2\nper = "actor_name"', "signal.when[1].per", "'actor_name'", "number feature"),
        (
            'feature = "days"\nat_least = 2',
            'feature = "is_self"\nat_least = 2',
            "signal.when[1].at_least",
            "2",
            "is, is_not",
        ),
        ('feature = "days"\nat_least = 2', "any = []", "signal.when[1]", "any", "any ="),
        ('feature = "days"\nat_least = 2', "any = [1]", "signal.when[1].any[1]", "1", "feature"),
        ("{days:day|days}", "{nothing}", "signal.sentence", "'nothing'", "a feature"),
        ("{days:day|days}", "{days", "signal.sentence", "{days", "{feature}"),
        ("{days:day|days}", "{off_duty_as}", "signal.sentence", "'off_duty_as'", "a condition that makes it known"),
        ("given = { looks = 5, days = 2 }", "given = { looks = 5, week = 2 }", "signal.fires[1]", "'week'", "features"),
        ('because = "one day"', "", "signal.must_not_fire[1].because", "None", "a text"),
        ("id = ", "id == ", None, "line 2", "TOML"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, field: str | None, found: str, expected: str) -> None:
    """File, key, what was found and what was expected stand in the error."""
    assert old in TEXT
    with pytest.raises(BadPack) as caught:
        read_signal(TEXT.replace(old, new, 1), "days_apart.toml")

    assert caught.value.file == "days_apart.toml"
    assert caught.value.field == field
    assert found in str(caught.value.found)
    assert expected in str(caught.value.expected)


@pytest.mark.parametrize("key", ["when", "fires", "must_not_fire"])
def test_a_signal_without_conditions_or_examples_is_refused(key: str) -> None:
    """It must say when, show a case that it catches, and a near case that it leaves alone."""
    blocks = TEXT.split("\n[[")
    kept = "\n[[".join(block for block in blocks if not block.startswith(f"{key}]]"))
    with pytest.raises(BadPack, match=key):
        read_signal(kept, "days_apart.toml")


def test_two_files_of_one_signal_are_refused() -> None:
    """The second file is named."""
    with pytest.raises(BadPack, match=r"b\.toml"):
        read_signals([Text("a.toml", TEXT), Text("b.toml", TEXT)])


def test_signals_come_in_the_order_of_their_ids() -> None:
    """The order of the files carries no meaning."""
    other = Text("b.toml", TEXT.replace('"days_apart"', '"a_first"'))

    assert [signal.id for signal in read_signals([Text("a.toml", TEXT), other])] == ["a_first", "days_apart"]


def test_every_shipped_signal_lies_in_a_file_of_its_name_and_says_how_it_errs() -> None:
    """An id is found by its file, and each signal tells its false alarms and its next review."""
    signals = shipped()

    assert len(signals) == len({signal.id for signal in signals}) > 30
    for signal in signals:
        assert len(signal.false_positive) > 15
        assert signal.review > date(2026, 12, 1)


def test_no_feature_is_a_protected_characteristic_or_a_measure_of_work() -> None:
    """Signals cannot speak of sex, race, age, faith, health or disability of staff, nor of how much anyone works."""
    barred = {
        "sex",
        "gender",
        "race",
        "ethnicity",
        "age",
        "religion",
        "faith",
        "disability",
        "health",
        "orientation",
        "pregnancy",
    }
    work = {"productivity", "volume", "speed", "per_hour", "tickets", "closed", "target"}
    for name in FEATURE.names:
        assert not set(name.split("_")) & (barred | work), name
