"""Strength: a base, and what is taken from it for age, for the actor's own word and for what was written too late."""

from __future__ import annotations

from support.engines import Engine, found
from support.spec_templates import ACCESS, HEAD, PATH, STRENGTH, assignments

OWN = '\n[strength.self_authored]\nof = ["a"]\nfactor = 0.25\n'
LATE = '\n[strength.recorded_after]\nof = ["s"]\nbeyond = "2h"\nfactor = 0.25\n'


def test_strength_fades_outside_the_interval_only(engine: Engine) -> None:
    """0.8 inside; two half-lives after the end 0.8 / 4; one before the start 0.8 / 2."""
    tables = assignments(
        "2 | 2026-03-02 08:00 | 2026-03-02 12:00",
        "3 | 2026-03-02 06:00 | 2026-03-02 08:00",
        "4 | 2026-03-02 11:00 | 2026-03-02 12:00",
    )
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\nuntil = "a.valid_to"\n'
    assert found(engine, HEAD + PATH + STRENGTH + fading, tables) == [
        ((1, 2), 0.8),
        ((1, 3), 0.8 / 4),
        ((1, 4), 0.8 / 2),
    ]


def test_without_an_end_it_fades_from_its_beginning(engine: Engine) -> None:
    """`until` is `from` where it is left out: one half-life after, and one before."""
    tables = assignments("2 | 2026-03-02 09:00 | 2026-03-02 12:00", "3 | 2026-03-02 11:00 | 2026-03-02 12:00")
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\n'
    assert found(engine, HEAD + PATH + STRENGTH + fading, tables) == [((1, 2), 0.4), ((1, 3), 0.4)]


def test_an_open_end_does_not_fade_and_or_says_from_when_it_does(engine: Engine) -> None:
    """What goes on is fresh; with `or`, it is so for an hour, and at 10:00 one half-life is past."""
    tables = assignments("2 | 2026-03-02 08:00 |")
    open_end = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\nuntil = "a.valid_to"\n'
    for_an_hour = open_end.replace('"a.valid_to"', '"a.valid_to or a.valid_from + 1h"')
    assert found(engine, HEAD + PATH + STRENGTH + open_end, tables) == [((1, 2), 0.8)]
    assert found(engine, HEAD + PATH + STRENGTH + for_an_hour, tables) == [((1, 2), 0.4)]


def test_reversed_intervals_fade_from_the_nearer_side_that_is_farther(engine: Engine) -> None:
    """From 11:00 until 09:00: the look at 10:00 lies an hour before the one and an hour after the other."""
    tables = assignments("2 | 2026-03-02 11:00 | 2026-03-02 09:00", "3 | 2026-03-02 12:00 | 2026-03-02 09:00")
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\nuntil = "a.valid_to"\n'
    assert found(engine, HEAD + PATH + STRENGTH + fading, tables) == [((1, 2), 0.4), ((1, 3), 0.2)]


def test_what_has_no_time_does_not_fade(engine: Engine) -> None:
    """An absent moment takes nothing away."""
    tables = (
        ACCESS + "\nassignment\nfact | incident | person | recorded_at\n2 | i1 | p1 |\n3 | i1 | p1 | 2026-03-02 09:00\n"
    )
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.recorded_at"\n'
    assert found(engine, HEAD + PATH + STRENGTH + fading, tables) == [((1, 2), 0.8), ((1, 3), 0.4)]


def test_what_the_actor_wrote_himself_counts_less(engine: Engine) -> None:
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
    of_both = OWN.replace('["a"]', '["a", "s"]')
    assert found(engine, HEAD + PATH + STRENGTH + OWN, tables) == [((1, 2), 0.2), ((1, 3), 0.8), ((1, 4), 0.8)]
    assert found(engine, HEAD + PATH + STRENGTH + of_both, tables) == [((1, 2), 0.2), ((1, 3), 0.2), ((1, 4), 0.2)]


def test_what_was_recorded_late_counts_less(engine: Engine) -> None:
    """The involvement came two hours after the look: late where two hours are beyond the bound, and in time where three are."""
    tables = ACCESS + "\nassignment\nfact | incident | person\n2 | i1 | p1\n"
    assert found(engine, HEAD + PATH + STRENGTH + LATE, tables) == [((1, 2), 0.2)]
    assert found(engine, HEAD + PATH + STRENGTH + LATE.replace("2h", "3h"), tables) == [((1, 2), 0.8)]
    almost = LATE.replace("2h", "7201s")
    assert found(engine, HEAD + PATH + STRENGTH + almost, tables) == [((1, 2), 0.8)]


def test_one_late_row_is_enough_and_an_unknown_time_is_not_late(engine: Engine) -> None:
    """The involvement is late for both; of the assignments one is, and one does not say."""
    tables = (
        ACCESS
        + """
assignment
fact | incident | person | recorded_at
2    | i1       | p1     | 2026-03-02 09:00
3    | i1       | p1     | 2026-03-02 12:00
4    | i1       | p1     |
"""
    )
    of_both = LATE.replace('["s"]', '["a", "s"]')
    of_a = LATE.replace('["s"]', '["a"]')
    assert found(engine, HEAD + PATH + STRENGTH + of_both, tables) == [((1, 2), 0.2), ((1, 3), 0.2), ((1, 4), 0.2)]
    assert found(engine, HEAD + PATH + STRENGTH + of_a, tables) == [((1, 2), 0.8), ((1, 3), 0.2), ((1, 4), 0.8)]


def test_all_that_lessens_is_multiplied(engine: Engine) -> None:
    """One half-life old, the actor's own and late: 0.8 / 2 * 0.25 * 0.25."""
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\n'
    tables = (
        ACCESS
        + "\nassignment\nfact | incident | person | valid_from | recorded_by\n2 | i1 | p1 | 2026-03-02 09:00 | p1\n"
    )
    assert found(engine, HEAD + PATH + STRENGTH + fading + OWN + LATE, tables) == [((1, 2), 0.025)]


def test_only_the_strongest_is_kept_where_the_template_says_so(engine: Engine) -> None:
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
    assert found(engine, HEAD + 'keep = "strongest"\n' + PATH + STRENGTH + OWN, tables) == [((1, 3), 0.8)]


def test_the_strongest_is_kept_of_each_access(engine: Engine) -> None:
    """At 10:00 the work of 09:00 is fresher, at 15:00 that of 14:00."""
    tables = assignments("2 | 2026-03-02 09:00 |", "3 | 2026-03-02 14:00 |").replace(
        "2026-03-02 10:00\n\n", "2026-03-02 10:00\n901 | p1 | n1 | 2026-03-02 15:00\n\n"
    )
    fading = '\n[strength.fading]\nhalf_life = "1h"\nfrom = "a.valid_from"\n'
    template = HEAD + 'keep = "strongest"\n' + PATH + STRENGTH + fading
    assert found(engine, template, tables) == [((1, 2), 0.4), ((1, 3), 0.4)]
