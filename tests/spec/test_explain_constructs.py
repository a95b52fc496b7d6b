"""The template language, construct by construct: tables in, instances out, the same by the reference and by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, drawn, reference
from custodiet.explain.template_file import read
from support.drawn import bind_world

HEAD = """id = "t"
version = 1
title = "T"
owner = "o"
evidence_group = "g"
sentence = "S."
"""
PATH = """
[[path]]
relation = "involvement"
alias = "s"
match = { subject = "access.subject" }

[[path]]
relation = "assignment"
alias = "a"
match = { incident = "s.incident", person = "access.actor" }
"""
STRENGTH = "\n[strength]\nbase = 0.8\n"
ACCESS = """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 10:00

involvement
fact | incident | subject | role    | recorded_at      | recorded_by
1    | i1       | n1      | witness | 2026-03-02 12:00 | p1
"""


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """One session for the module."""
    with Session(threads=1) as opened:
        yield opened


def found(session: Session, template: str, tables: str) -> list[tuple[tuple[int, ...], float]]:
    """Return the rows that instances rest on and their strengths, after checking that both evaluators agree."""
    read_template, world = read(template, "t.toml"), drawn.world(tables)
    expected = [(one.rests_on, one.strength) for one in reference.instances(read_template, world, world["access"])]
    bind_world(session, world)
    rows = [
        (tuple(rests_on), strength) for _, _, _, strength, rests_on in session.rows(compiler.compiled(read_template))
    ]
    assert sorted(rows) == expected
    return expected


def test_a_path_joins_on_equal_values_and_an_absent_value_equals_nothing(session: Session) -> None:
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
    assert found(session, HEAD + PATH + STRENGTH, tables) == [((1, 2), 0.8)]


def test_all_instances_are_kept(session: Session) -> None:
    """Two assignments are two instances."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person
2    | i1       | p1
3    | i1       | p1
"""
    )
    assert found(session, HEAD + PATH + STRENGTH, tables) == [((1, 2), 0.8), ((1, 3), 0.8)]


def test_where_says_one_of_or_none_of(session: Session) -> None:
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
    one_of = PATH + 'where = { role = ["attending", "team"] }\n'
    none_of = PATH + 'where = { unit = { not = ["u1", "u3"] } }\n'
    assert found(session, HEAD + one_of + STRENGTH, tables) == [((1, 2), 0.8), ((1, 3), 0.8)]
    assert found(session, HEAD + none_of + STRENGTH, tables) == [((1, 3), 0.8), ((1, 4), 0.8)]


def test_windows_are_half_open(session: Session) -> None:
    """The look at 10:00 lies in [10:00, ..) and not in [.., 10:00)."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | valid_from       | valid_to
2    | i1       | p1     | 2026-03-02 10:00 | 2026-03-02 11:00
3    | i1       | p1     | 2026-03-02 09:00 | 2026-03-02 10:00
4    | i1       | p1     | 2026-03-02 11:00 | 2026-03-02 09:00
"""
    )
    window = '\n[[window]]\nfrom = "a.valid_from"\nuntil = "a.valid_to"\n'
    assert found(session, HEAD + PATH + window + STRENGTH, tables) == [((1, 2), 0.8)]


def test_or_takes_over_where_an_end_is_open(session: Session) -> None:
    """An hour after the end; with no end yet, two hours after the start."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | valid_from       | valid_to
2    | i1       | p1     | 2026-03-02 06:00 | 2026-03-02 09:30
3    | i1       | p1     | 2026-03-02 06:00 | 2026-03-02 09:00
4    | i1       | p1     | 2026-03-02 08:30 |
5    | i1       | p1     | 2026-03-02 08:00 |
"""
    )
    window = '\n[[window]]\nuntil = "a.valid_to + 1h or a.valid_from + 2h"\n'
    assert found(session, HEAD + PATH + window + STRENGTH, tables) == [((1, 2), 0.8), ((1, 4), 0.8)]


def test_differs_wants_two_known_and_unlike_values(session: Session) -> None:
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
    assert found(session, head + path + STRENGTH, tables) == [((1, 2, 3), 0.8)]


def test_strength_fades_outside_the_interval_only(session: Session) -> None:
    """0.8 inside; two half-lives after the end 0.8 / 4; one before the start 0.8 / 2."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | valid_from       | valid_to
2    | i1       | p1     | 2026-03-02 08:00 | 2026-03-02 12:00
3    | i1       | p1     | 2026-03-02 06:00 | 2026-03-02 08:00
4    | i1       | p1     | 2026-03-02 11:00 | 2026-03-02 12:00
"""
    )
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\nuntil = "a.valid_to"\n'
    assert found(session, HEAD + PATH + STRENGTH + fading, tables) == [
        ((1, 2), 0.8),
        ((1, 3), 0.8 / 4),
        ((1, 4), 0.8 / 2),
    ]


def test_what_the_actor_wrote_himself_counts_less(session: Session) -> None:
    """The involvement was recorded by the actor: 0.8 * 0.25; of the assignments only one was."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | recorded_by
2    | i1       | p1     | p1
3    | i1       | p1     | p9
4    | i1       | p1     |
"""
    )
    of_a = '\n[strength.self_authored]\nof = ["a"]\nfactor = 0.25\n'
    of_both = of_a.replace('["a"]', '["a", "s"]')
    assert found(session, HEAD + PATH + STRENGTH + of_a, tables) == [((1, 2), 0.2), ((1, 3), 0.8), ((1, 4), 0.8)]
    assert found(session, HEAD + PATH + STRENGTH + of_both, tables) == [((1, 2), 0.2), ((1, 3), 0.2), ((1, 4), 0.2)]


def test_what_was_recorded_late_counts_less(session: Session) -> None:
    """The involvement came two hours after the look: late where two hours are beyond the bound, and in time where three are."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person
2    | i1       | p1
"""
    )
    late = '\n[strength.recorded_after]\nof = ["s"]\nbeyond = "2h"\nfactor = 0.25\n'
    assert found(session, HEAD + PATH + STRENGTH + late, tables) == [((1, 2), 0.2)]
    assert found(session, HEAD + PATH + STRENGTH + late.replace("2h", "3h"), tables) == [((1, 2), 0.8)]


def test_only_the_strongest_is_kept_where_the_template_says_so(session: Session) -> None:
    """Of three the strongest; among equals the one that rests on the smaller rows."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | recorded_by
2    | i1       | p1     | p1
4    | i1       | p1     | p9
3    | i1       | p1     | p9
"""
    )
    factor = '\n[strength.self_authored]\nof = ["a"]\nfactor = 0.25\n'
    assert found(session, HEAD + 'keep = "strongest"\n' + PATH + STRENGTH + factor, tables) == [((1, 3), 0.8)]
