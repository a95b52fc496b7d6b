"""Learned groups on the path of a template: who counts as a colleague, for how long, and how little it is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from custodiet.engines.rescoring import can_rescore
from custodiet.errors import BadPack
from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from custodiet.explain.plain_words import strength_in_words
from custodiet.explain.template_file import read
from support.runs import Outcome, by_duckdb, outcomes, pack_of
from support.spec_templates import HEAD

TASK = (
    HEAD.replace('"t"', '"task"')
    + """
[[path]]
relation = "tasking"
alias = "k"
match = { subject = "access.subject", person = "access.actor" }

[[window]]
from = "k.valid_from"
until = "k.valid_to"

[strength]
base = 0.95
"""
)
COLLEAGUE = (
    HEAD.replace('"t"', '"colleague"').replace('evidence_group = "', 'evidence_group = "group_')
    + """after = "explained"
keep = "strongest"
differs = [["k.person", "access.actor"]]

[[path]]
relation = "tasking"
alias = "k"
match = { subject = "access.subject" }

[[path]]
relation = "group_member"
alias = "c"
match = { person = "k.person" }
where = { narrowest = "yes" }

[[path]]
relation = "group_member"
alias = "m"
match = { person = "access.actor", member_of = "c.member_of" }

[[window]]
from = "c.valid_from"
until = "c.valid_to"

[strength]
base = 0.4
"""
)
START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)


class Body:
    """Two circles of three people each, who work on the subjects of their own circle, week by week."""

    def __init__(self, weeks: int = 4, *, told: bool = True) -> None:
        """Draw the weeks; `told` says whether tasks explain the work."""
        self.accesses: list[tuple[str, str, datetime]] = []
        self.tasks: list[tuple[str, str]] = []
        for week in range(weeks):
            for circle in "ab":
                for subject in range(3):
                    for person in range(3):
                        self.look(
                            f"{circle}{person}",
                            f"{circle}-{week}-{subject}",
                            START + week * WEEK + timedelta(hours=person),
                        )
                        if told:
                            self.tasks.append((f"{circle}{person}", f"{circle}-{week}-{subject}"))

    def look(self, actor: str, subject: str, at: datetime) -> int:
        """Add an access and return its number."""
        self.accesses.append((actor, subject, at))
        return len(self.accesses)

    def task(self, person: str, subject: str) -> None:
        """Give somebody a task about a subject, for ever."""
        self.tasks.append((person, subject))

    def outcomes(self) -> dict[int, Outcome]:
        """Return what an audit's run says of every access."""
        tables = "\n".join(
            [
                "access",
                "access | actor | subject | occurred_at",
                *(f"{n} | {a} | {s} | {t:%Y-%m-%d %H:%M}" for n, (a, s, t) in enumerate(self.accesses, 1)),
                "",
                *(["tasking", "fact | person | subject"] if self.tasks else []),
                *(f"{1000 + n} | {p} | {s}" for n, (p, s) in enumerate(self.tasks)),
            ]
        )
        return outcomes(by_duckdb, pack_of(TASK, COLLEAGUE), tables)


def test_a_colleague_of_the_circle_is_weak_evidence_and_one_of_the_other_is_none() -> None:
    """Who worked on the same subjects in earlier weeks counts as a colleague; nobody else does."""
    body = Body()
    body.task("a0", "new")
    own, other = (body.look(who, "new", START + 4 * WEEK) for who in ("a2", "b2"))

    found = body.outcomes()

    assert (found[own].state, found[own].strength, found[own].template) == ("weak", 0.4, "colleague")
    assert (found[other].state, found[other].found) == ("unexplained", ())


def test_work_of_the_same_week_makes_no_colleague() -> None:
    """Groups are learned from what came before the week: in the first week there are none."""
    body = Body(weeks=1)
    body.task("a0", "new")
    look = body.look("a2", "new", START + timedelta(days=3))

    assert body.outcomes()[look].found == ()


def test_looks_that_nothing_explains_make_no_colleague() -> None:
    """Snooping together, week by week, is no reason for snooping again."""
    body = Body(told=False)
    body.task("a0", "new")
    look = body.look("a2", "new", START + 4 * WEEK)

    assert body.outcomes()[look].found == ()


def test_the_pair_that_is_judged_makes_no_group_that_judges_it() -> None:
    """A newcomer whose only common subjects are those he looks at again has no colleagues by them."""
    body = Body()
    for week in range(4):
        for subject in range(3):
            body.look("x", f"a-{week}-{subject}", START + week * WEEK + timedelta(hours=5))
            body.task("x", f"a-{week}-{subject}")
    body.task("a0", "new")
    known = body.look("x", "new", START + 4 * WEEK)
    assert body.outcomes()[known].template == "colleague"

    for week in range(4):
        for subject in range(3):
            body.look("x", f"a-{week}-{subject}", START + 4 * WEEK + timedelta(hours=1))
    assert body.outcomes()[known].found == ()


def test_such_a_pack_is_explained_anew_as_a_whole() -> None:
    """Rows of groups are no facts, so nobody knows what a changed fact touches through them."""
    assert not can_rescore(pack_of(TASK, COLLEAGUE))
    assert can_rescore(pack_of(TASK))
    assert not can_rescore(load(shipped("hospital")))
    assert can_rescore(load(shipped("uk_police")))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("base = 0.4", "base = 0.6", "too much for a group that was learned"),
        ('after = "explained"\n', "", "cannot be on a path of the first pass"),
        ('sentence = "', 'sentence = "{m.member_of} ', "tells of a learned group"),
        (
            "[[window]]",
            '[[path]]\nrelation = "tasking"\nalias = "z"\nmatch = { person = "m.person" }\n\n[[window]]',
            "has hops over facts after group_member",
        ),
    ],
)
def test_what_a_group_must_not_do_is_refused_by_name(before: str, after: str, told: str) -> None:
    """More than weak evidence, a place in the first pass, words of its own, a way on to other facts."""
    with pytest.raises(BadPack, match=told):
        read(COLLEAGUE.replace(before, after, 1), "t.toml")


def test_a_reader_is_told_that_no_record_says_who_works_with_whom() -> None:
    """What was learned is called so wherever its strength is put into words."""
    colleague, task = (read(one, "t.toml") for one in (COLLEAGUE, TASK))
    thresholds = pack_of(TASK).thresholds

    assert "learned from their explained work in earlier weeks" in strength_in_words(0.4, thresholds, colleague)
    assert "learned" not in strength_in_words(0.4, thresholds, task)
