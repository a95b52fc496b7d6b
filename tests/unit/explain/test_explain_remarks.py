"""What the linter says of templates: each rule where it speaks, and where it is silent."""

from __future__ import annotations

from datetime import date

import pytest

from custodiet.explain.included import shipped, shipped_names
from custodiet.explain.pack import load
from custodiet.explain.remarks import Remark, remarks
from custodiet.explain.states import Thresholds
from custodiet.explain.template import Template
from custodiet.explain.template_file import read

ON = date(2026, 12, 1)
GOOD = """id = "t"
version = 1
title = "T"
owner = "o"
approved_by = ["head of standards"]
approved_on = 2026-11-01
review_by = 2027-11-01
evidence_group = "g"
sentence = "S."

[[path]]
relation = "tasking"
alias = "t"
match = { subject = "access.subject" }

[[path]]
relation = "posting"
alias = "p"
match = { unit = "t.unit", person = "access.actor" }

[strength]
base = 0.95

[strength.self_authored]
of = ["t"]
factor = 0.3

[strength.recorded_after]
of = ["t"]
beyond = "3d"
factor = 0.3

[strength.fanout]
through = "t"
most = 20

[[explains]]
name = "a"
tables = "x"

[[near_miss]]
name = "b"
tables = "x"
"""
FANOUT = '[strength.fanout]\nthrough = "t"\nmost = 20\n'
SHADOW = 'status = "shadow"\nshadow_until = 2026-12-31\n'
APPROVED = 'approved_by = ["head of standards"]\napproved_on = 2026-11-01\n'


def said(*texts: str) -> list[Remark]:
    """Return what is said of these templates together."""
    templates: list[Template] = [read(text, f"{number}.toml") for number, text in enumerate(texts)]
    return remarks(templates, Thresholds(), ON)


def test_nothing_is_said_of_a_good_template() -> None:
    """It was approved, is capped, trusts nobody's own word and shows what it catches and leaves."""
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "rule", "says", "refused"),
    [
        (APPROVED, "", "approval", "is in force, and nobody is said to have approved it", False),
        ("approved_on = 2026-11-01\n", "", "approval", "is in force, and nobody is said to have approved it", False),
        (APPROVED, 'status = "shadow"\n', "approval", "is in shadow without an end", False),
        ("review_by = 2027-11-01", "review_by = 2026-12-01", "date", "should have been reviewed by 2026-12-01", False),
        (
            APPROVED,
            SHADOW.replace("12-31", "11-30"),
            "date",
            "has been in shadow beyond its day, 2026-11-30",
            False,
        ),
        ('[[near_miss]]\nname = "b"\ntables = "x"\n', "", "examples", "has no near miss", False),
        ('[[explains]]\nname = "a"\ntables = "x"\n', "", "examples", "has no example that it explains", False),
        (
            FANOUT,
            "",
            "width",
            "explains by itself (base 0.95) whoever a whole unit or area is (hop p)",
            True,
        ),
        (
            'unit = "t.unit", person = "access.actor" }',
            'person = "access.actor" }',
            "width",
            "explains by itself (base 0.95), though only the time ties the actor to the subject",
            True,
        ),
        (
            '[strength.self_authored]\nof = ["t"]\nfactor = 0.3\n',
            "",
            "own words",
            "does not say what a row weighs that the actor wrote himself (hop t)",
            False,
        ),
        (
            '[strength.recorded_after]\nof = ["t"]\nbeyond = "3d"\nfactor = 0.3\n',
            "",
            "after the fact",
            "does not say what a row weighs that was recorded long after the access (hop t)",
            False,
        ),
        (
            "factor = 0.3\n\n[strength.recorded_after]",
            "factor = 0.98\n\n[strength.recorded_after]",
            "own words",
            "explains, alone or with templates of other groups, by one row (tasking) that the actor wrote himself",
            True,
        ),
    ],
)
def test_a_rule_says_what_is_so(old: str, new: str, rule: str, says: str, refused: bool) -> None:  # noqa: FBT001
    """One thing is wrong, and one thing is said."""
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if "only the time" in says:
        text = text.replace(FANOUT, "")
    assert [(one.rule, one.says, one.refused) for one in said(text)] == [(rule, says, refused)]


def test_capped_weights_of_several_groups_are_taken_together() -> None:
    """Each of three templates discounts the actor's own row to 0.57; of one group they count once, of three 0.92."""
    own = GOOD.replace("factor = 0.3\n\n[strength.rec", "factor = 0.6\n\n[strength.rec")
    texts = [own.replace('id = "t"', f'id = "t{number}"') for number in range(3)]
    assert said(*texts) == []
    apart = [text.replace('group = "g"', f'group = "g{number}"') for number, text in enumerate(texts)]
    assert [(one.rule, one.refused) for one in said(*apart)] == [("own words", True)]
    assert said(*apart[:2], apart[2].replace(APPROVED, SHADOW)) == []


def test_the_retired_are_passed_over() -> None:
    """Nothing is said of what finds nothing any more."""
    assert said(GOOD.replace(APPROVED, 'status = "retired"\n')) == []


@pytest.mark.parametrize("name", shipped_names())
def test_no_shipped_template_is_refused(name: str) -> None:
    """No pack that comes with the software holds a template that would be refused."""
    pack = load(shipped(name))
    assert [one for one in remarks(pack.templates, pack.thresholds, ON) if one.refused] == []


def test_of_the_police_pack_nothing_is_said() -> None:
    """Each template is approved, shows its examples, and says what the actor's own and late rows weigh."""
    pack = load(shipped("uk_police"))
    assert remarks(pack.templates, pack.thresholds, ON) == []
