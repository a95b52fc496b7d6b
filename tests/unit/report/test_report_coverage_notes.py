"""What the coverage map says in sentences, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from custodiet.model.explanations import State
from custodiet.report.coverage_map import (
    REACHED,
    Cell,
    Figures,
    KindLine,
    Line,
    ShareLine,
    TemplateReads,
    added,
    lines_of,
)
from custodiet.report.coverage_notes import notes
from custodiet.report.coverage_reference import interval

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
TEMPLATES = (
    TemplateReads(template="assigned", title="Assigned to it", kinds=frozenset({"involvement", "assignment"})),
    TemplateReads(template="task", title="Queue work", kinds=frozenset({"tasking"})),
    TemplateReads(template="repeat", title="Looked before", kinds=frozenset()),
)
HELD = KindLine(month="2026-03", kind="assignment", source="dispatch", templates=1, standing="held", delivered_to=NOON, accesses=900, beyond=0)  # fmt: skip
KINDS = (HELD, replace(HELD, kind="involvement"), replace(HELD, kind="tasking", source="desks"))
SHARE = ShareLine(
    month="2026-03", template="assigned", title="Assigned to it", shadow=False, accesses=90, strong=80, only_by_it=70, first=10,
    of_accesses=900, of_first=100, low=0.3, high=0.4, outside=True,
)  # fmt: skip


def figures(accesses: int = 900, lacking: tuple[str, ...] = (), **more: int) -> Figures:
    """Return figures with every kind in reach but those lacking."""
    counts = {"of_subject": accesses, "of_actor": accesses, "of_neither": 0, "unexplained_no_subject": 0,
              "unexplained_no_actor": 0, "unexplained_no_data": 0, **more}  # fmt: skip
    return Figures(
        accesses=accesses,
        states={State.EXPLAINED: accesses - 100, State.WEAK: 0, State.PENDING: 0, State.UNEXPLAINED: 100},
        reached={kind: 0 if kind in lacking else accesses for kind in REACHED},
        **counts,
    )


def said(total: Figures, kinds: tuple[KindLine, ...] = KINDS, shares: tuple[ShareLine, ...] = ()) -> tuple[str, ...]:
    """Return the sentences for one system, ANPR, with these figures."""
    return notes(total, [Line(name="ANPR", figures=total)], kinds, shares, TEMPLATES)


def test_where_everything_is_held_nothing_is_said() -> None:
    """No sentence without a gap."""
    assert said(figures()) == ()


def test_no_data_is_told_apart_from_no_reason() -> None:
    """Of the unexplained it is said how many could not have been explained by anything that is held."""
    assert said(figures(unexplained_no_subject=40, unexplained_no_actor=5, unexplained_no_data=42)) == (
        (
            "Of 100 unexplained accesses 42 (42.0%) lie where there is no data: 40 concern a subject of whom no work was on record"
            " by then, and 5 are by an actor of whom no posting, duty or work was. What is held could not have explained these,"
            " whatever the reason was."
        ),
    )


def test_a_system_that_a_kind_never_reaches_is_named_with_what_is_left() -> None:
    """The sentence names the kind, the system, and the reasons that are still possible there."""
    assert said(figures(lacking=("tasking",))) == (
        (
            "ANPR: no source delivers tasking for it (of 900 accesses not one has such a fact in reach)."
            " Accesses there can only be explained by: Assigned to it."
        ),
    )


def test_a_system_of_whose_subjects_nothing_is_known_cannot_be_explained() -> None:
    """Where nothing is ever known of the subjects, it is said that nothing there can be explained."""
    lacking = ("involvement", "tasking", "briefing")
    assert said(figures(lacking=lacking, of_subject=0)) == (
        "ANPR: no source delivers anything about its subjects (900 accesses): nothing that is done there can be explained.",
    )


def test_a_handful_of_accesses_makes_no_gap() -> None:
    """Ninety-nine looks without a tasking are no finding about a source."""
    assert said(figures(99, lacking=("tasking",))) == ()


def test_a_kind_that_nobody_delivers_and_a_source_that_fell_silent() -> None:
    """Both are said of the newest month: what cannot match, and since when nothing came."""
    nobody = replace(HELD, kind="duty", source=None, standing="none", delivered_to=None, templates=3, beyond=900)
    ended = replace(HELD, kind="tasking", source="old desk", standing="silent", beyond=900)
    assert said(figures(), (HELD, replace(nobody, month="2026-02"), nobody, ended)) == (
        "No source delivers duty (3 templates): a template that rests on it cannot match.",
        (
            "old desk has been silent about tasking since 15 Mar 2026 and is taken as ended: nothing waits for it, and 900 accesses"
            " of March 2026 were judged without it."
        ),
    )


def test_what_is_under_way_is_said_of_the_source_furthest_behind() -> None:
    """One sentence, however many sources are behind."""
    behind = replace(HELD, standing="behind", beyond=20)
    assert said(figures(), (replace(behind, kind="involvement", beyond=7), behind)) == (
        (
            "20 accesses of March 2026 may still be explained by what is under way: assignment from dispatch, which came in up to"
            " 15 Mar 2026, and 1 less far behind (--by kind)."
        ),
    )


def test_a_template_that_left_its_interval_is_named() -> None:
    """The share, what was to be expected, and what it means; a month that is past is not told again."""
    assert said(figures(), shares=(replace(SHARE, month="2026-02"), SHARE)) == (
        (
            "“Assigned to it” explained 10.0% of the accesses of March 2026, where 30.0% to 40.0% was to be expected after the"
            " earlier months: a source or a habit changed."
        ),
    )


def test_lines_add_up_and_an_unknown_unit_comes_last() -> None:
    """Cells of one name become one line; of equal lines the one without a name comes last."""
    cells = [
        Cell(month="2026-03", system=system, action="consultation", unit=unit, figures=figures(200))
        for system, unit in (("RMS", None), ("RMS", "A"), ("PNC", "A"), ("PNC", None))
    ]
    assert [(line.name, line.figures.accesses) for line in lines_of(cells, lambda cell: cell.unit)] == [
        ("A", 400),
        (None, 400),
    ]
    assert added([cell.figures for cell in cells]).states[State.UNEXPLAINED] == 400


def test_an_interval_needs_two_earlier_months() -> None:
    """One month has no scatter."""
    assert interval([(100, 1000)], 1000) is None
    assert interval([(100, 1000), (100, 1000)], 1000) is not None


def test_steady_months_are_within_and_a_halved_share_is_not() -> None:
    """After six months of about a tenth, a tenth is to be expected and a twentieth is not."""
    earlier = [(10_000 + wobble, 100_000) for wobble in (-300, 200, -100, 300, 0, -200)]
    bounds = interval(earlier, 100_000)
    assert bounds is not None
    assert bounds[0] < 0.1 < bounds[1]
    assert not bounds[0] < 0.05 < bounds[1]


def test_months_that_always_varied_give_a_wider_interval() -> None:
    """A template that swings every month is not flagged for swinging."""
    calm = interval([(1000, 10_000), (1010, 10_000), (990, 10_000)], 10_000)
    wild = interval([(1000, 10_000), (2000, 10_000), (300, 10_000)], 10_000)
    assert calm is not None
    assert wild is not None
    assert wild[1] - wild[0] > 10 * (calm[1] - calm[0])
