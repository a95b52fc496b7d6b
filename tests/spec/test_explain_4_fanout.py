"""Fan-out: above so many people whom one row would excuse, each instance through it counts for less."""

from __future__ import annotations

from support.engines import Engine, found

TEMPLATE = """id = "t"
version = 1
title = "T"
owner = "o"
evidence_group = "g"
sentence = "S."

[[path]]
relation = "briefing"
alias = "b"
match = { subject = "access.subject" }

[[path]]
relation = "posting"
alias = "p"
match = { person = "access.actor", unit = "b.unit" }

[[path]]
relation = "duty"
alias = "d"
match = { person = "access.actor" }
where = { duty = "duty" }

[[window]]
from = "p.valid_from"
until = "p.valid_to"

[[window]]
instant = "b.valid_from"
from = "d.valid_from"
until = "d.valid_to"

[strength]
base = 0.8

[strength.fanout]
through = "b"
most = 2
"""
TABLES = """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 10:00

briefing
fact | briefing | subject | unit | valid_from
1    | b1       | n1      | u1   | 2026-03-02 06:00

duty
fact | person | duty  | valid_from       | valid_to
11   | p1     | duty  | 2026-03-02 06:00 | 2026-03-02 14:00
12   | p2     | duty  | 2026-03-02 06:00 | 2026-03-02 14:00
13   | p3     | duty  | 2026-03-02 06:00 | 2026-03-02 14:00
14   | p4     | leave | 2026-03-02 06:00 | 2026-03-02 14:00
15   | p5     | duty  | 2026-03-03 06:00 | 2026-03-03 14:00
16   | p6     | duty  | 2026-03-02 06:00 | 2026-03-02 14:00
"""


def test_up_to_so_many_people_nothing_is_taken(engine: Engine) -> None:
    """The briefing speaks to two people: p1 and p2."""
    tables = (
        TABLES
        + """
posting
fact | person | unit
21   | p1     | u1
22   | p2     | u1
"""
    )
    assert found(engine, TEMPLATE, tables) == [((1, 21, 11), 0.8)]


def test_above_it_each_counts_for_its_share(engine: Engine) -> None:
    """Three people where two are the most: two thirds of the weight are left. Rows of one person count once."""
    tables = (
        TABLES
        + """
posting
fact | person | unit
21   | p1     | u1
22   | p2     | u1
23   | p2     | u1
24   | p3     | u1
"""
    )
    assert found(engine, TEMPLATE, tables) == [((1, 21, 11), 0.533333)]


def test_whoever_fails_the_rest_of_the_path_is_not_counted(engine: Engine) -> None:
    """p4 is on leave, p5 on duty on another day than the briefing's, p6 in another unit: two are left, p1 and p3."""
    tables = (
        TABLES
        + """
posting
fact | person | unit
21   | p1     | u1
24   | p3     | u1
25   | p4     | u1
26   | p5     | u1
27   | p6     | u2
"""
    )
    assert found(engine, TEMPLATE, tables) == [((1, 21, 11), 0.8)]


def test_the_time_of_the_access_does_not_change_the_count(engine: Engine) -> None:
    """p2 and p3 left the unit before the look: the briefing had spoken to them all the same."""
    tables = (
        TABLES
        + """
posting
fact | person | unit | valid_from       | valid_to
21   | p1     | u1   | 2026-01-01 00:00 |
22   | p2     | u1   | 2026-01-01 00:00 | 2026-03-02 08:00
24   | p3     | u1   | 2026-01-01 00:00 | 2026-03-02 08:00
"""
    )
    assert found(engine, TEMPLATE, tables) == [((1, 21, 11), 0.533333)]


def test_each_row_has_a_count_of_its_own(engine: Engine) -> None:
    """A second briefing, of a unit of one, keeps its weight beside the first."""
    tables = (
        TABLES.replace("\nduty\n", "2    | b2       | n1      | u9   | 2026-03-02 06:00\n\nduty\n", 1)
        + """
posting
fact | person | unit
21   | p1     | u1
22   | p2     | u1
24   | p3     | u1
29   | p1     | u9
"""
    )
    tables = tables.replace("06:00\n\n2    |", "06:00\n2    |")
    assert found(engine, TEMPLATE, tables) == [((1, 21, 11), 0.533333), ((2, 29, 11), 0.8)]


REQUESTER = TEMPLATE.replace("access.actor", "access.requester")


def test_people_are_requesters_where_the_path_meets_the_requester(engine: Engine) -> None:
    """The operator p9 looked for p1; three people of the unit could have asked."""
    tables = (
        TABLES.replace("access | actor | subject", "access | actor | requester | subject").replace(
            "900    | p1    |", "900    | p9    | p1 |"
        )
        + """
posting
fact | person | unit
21   | p1     | u1
22   | p2     | u1
24   | p3     | u1
"""
    )
    assert found(engine, REQUESTER, tables) == [((1, 21, 11), 0.533333)]


DIFFERS = """id = "t"
version = 1
title = "T"
owner = "o"
evidence_group = "g"
sentence = "S."
differs = [["a.person", "access.actor"]]

[[path]]
relation = "involvement"
alias = "s"
match = { subject = "access.subject" }

[[path]]
relation = "assignment"
alias = "a"
match = { incident = "s.incident" }

[[path]]
relation = "supervision"
alias = "v"
match = { person = "a.person", supervisor = "access.actor" }

[strength]
base = 0.8

[strength.fanout]
through = "s"
most = 1
"""


def test_what_must_differ_from_the_actor_differs_for_each_person(engine: Engine) -> None:
    """p2 is entered as his own supervisor, which excuses nobody; p1 and p3 supervise him."""
    tables = """
access
access | actor | subject
900    | p1    | n1

involvement
fact | incident | subject
1    | i1       | n1

assignment
fact | incident | person
2    | i1       | p2

supervision
fact | person | supervisor
3    | p2     | p1
4    | p2     | p2
5    | p2     | p3
"""
    assert found(engine, DIFFERS, tables) == [((1, 2, 3), 0.4)]
