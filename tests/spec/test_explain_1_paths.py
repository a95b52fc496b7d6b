"""Paths: which rows of which relations go together, from the actor to the subject. `match`, `where`, `differs`."""

from __future__ import annotations

from support.engines import Engine, found
from support.spec_templates import ACCESS, HEAD, PATH, STRENGTH


def test_a_path_joins_on_equal_values_and_an_absent_value_equals_nothing(engine: Engine) -> None:
    """Only the assignment of this person on this incident is found."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person
2    | i1       | p1
3    | i1       | p2
4    | i2       | p1
5    | i1       |
"""
    )
    assert found(engine, HEAD + PATH + STRENGTH, tables) == [((1, 2), 0.8)]


def test_two_absent_values_do_not_match_one_another(engine: Engine) -> None:
    """Neither crew is known, so nobody was in the same one; u1 is u1."""
    path = (
        PATH
        + '\n[[path]]\nrelation = "assignment"\nalias = "b"\nmatch = { crew = "a.crew", incident = "s.incident" }\n'
    )
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | crew
2    | i1       | p1     |
3    | i1       | p2     |
4    | i1       | p1     | u1
5    | i1       | p2     | u1
"""
    )
    assert found(engine, HEAD + path + STRENGTH, tables) == [((1, 4, 4), 0.8), ((1, 4, 5), 0.8)]


def test_all_instances_are_kept_and_every_access_has_its_own(engine: Engine) -> None:
    """Two assignments are two instances, for each of two looks; a look at another subject has none."""
    tables = ACCESS.replace(
        "2026-03-02 10:00\n\n",
        "2026-03-02 10:00\n901 | p1 | n1 | 2026-03-09 10:00\n902 | p1 | n2 | 2026-03-02 10:00\n\n",
    ) + (
        """
assignment
fact | incident | person
2    | i1       | p1
3    | i1       | p1
"""
    )
    assert found(engine, HEAD + PATH + STRENGTH, tables) == [((1, 2), 0.8), ((1, 3), 0.8)] * 2


def test_a_path_may_begin_at_either_end_and_meet_the_access_twice(engine: Engine) -> None:
    """From the actor's posting to the tasks of his unit that are about the subject; then a check of his duty."""
    path = """
[[path]]
relation = "posting"
alias = "p"
match = { person = "access.actor" }

[[path]]
relation = "tasking"
alias = "t"
match = { unit = "p.unit", subject = "access.subject" }

[[path]]
relation = "duty"
alias = "d"
match = { person = "access.actor" }
"""
    tables = (
        ACCESS
        + """
posting
fact | person | unit
2    | p1     | u1
3    | p2     | u2

tasking
fact | unit | subject
4    | u1   | n1
5    | u1   | n2
6    | u2   | n1

duty
fact | person
7    | p1
8    | p2
"""
    )
    assert found(engine, HEAD + path + STRENGTH, tables) == [((2, 4, 7), 0.8)]


def test_where_says_one_of_or_none_of(engine: Engine) -> None:
    """One of the texts; or none of them, which an absent value is."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | role      | unit
2    | i1       | p1     | attending | u1
3    | i1       | p1     | team      | u2
4    | i1       | p1     | author    |
"""
    )
    one = PATH + 'where = { role = "team" }\n'
    one_of = PATH + 'where = { role = ["attending", "team"] }\n'
    none_of = PATH + 'where = { unit = { not = ["u1", "u3"] } }\n'
    both = PATH + 'where = { role = ["attending", "author"], unit = { not = "u1" } }\n'
    assert found(engine, HEAD + one + STRENGTH, tables) == [((1, 3), 0.8)]
    assert found(engine, HEAD + one_of + STRENGTH, tables) == [((1, 2), 0.8), ((1, 3), 0.8)]
    assert found(engine, HEAD + none_of + STRENGTH, tables) == [((1, 3), 0.8), ((1, 4), 0.8)]
    assert found(engine, HEAD + both + STRENGTH, tables) == [((1, 4), 0.8)]


def test_an_absent_value_is_not_one_of_anything(engine: Engine) -> None:
    """A row without a unit passes no list of units."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | unit
2    | i1       | p1     | u1
3    | i1       | p1     |
"""
    )
    assert found(engine, HEAD + PATH + 'where = { unit = ["u1", "u2"] }\n' + STRENGTH, tables) == [((1, 2), 0.8)]


def test_differs_wants_two_known_and_unlike_values(engine: Engine) -> None:
    """Somebody else's row, and not one whose person is not known."""
    head = HEAD + 'differs = [["b.person", "access.actor"]]\n'
    path = PATH + '\n[[path]]\nrelation = "assignment"\nalias = "b"\nmatch = { incident = "s.incident" }\n'
    tables = (
        ACCESS
        + """
assignment
fact | incident | person
2    | i1       | p1
3    | i1       | p2
4    | i1       |
"""
    )
    assert found(engine, head + path + STRENGTH, tables) == [((1, 2, 3), 0.8)]


def test_several_pairs_must_all_differ(engine: Engine) -> None:
    """The other's row is of another person and of another unit."""
    head = HEAD + 'differs = [["b.person", "access.actor"], ["b.unit", "a.unit"]]\n'
    path = PATH + '\n[[path]]\nrelation = "assignment"\nalias = "b"\nmatch = { incident = "s.incident" }\n'
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | unit
2    | i1       | p1     | u1
3    | i1       | p2     | u1
4    | i1       | p2     | u2
5    | i1       | p1     | u2
"""
    )
    assert found(engine, head + path + STRENGTH, tables) == [((1, 2, 4), 0.8), ((1, 5, 3), 0.8)]
