"""The values of the document check one another before anything is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from custodiet.model.deliveries import Counts
from custodiet.model.instants import Interval
from custodiet.report.audit_document import Explaining, OverlapLine, StateCounts, TemplateLine
from custodiet.report.basis import Basis
from custodiet.report.coverage import ContextLine, DeliveryLine, QuarantineLine
from support.sample_report import sample_document

DOCUMENT = sample_document()
BASIS = DOCUMENT.summary.basis


def test_the_sample_puts_twenty_findings_forward() -> None:
    """The invented run is one that the checks accept."""
    assert len(DOCUMENT.queue.cards) == 20


@pytest.mark.parametrize("part", ["unit", "clock", "population", "rule", "missing"])
def test_a_basis_without_one_of_its_parts_is_refused(part: str) -> None:
    """A figure needs its unit, clock, population, rule and what is missing."""
    with pytest.raises(ValueError, match=part):
        replace(BASIS, **{part: " "})


def _explaining(templates: tuple[tuple[int, int], ...], overlap: tuple[tuple[int, int], ...]) -> Explaining:
    return Explaining(
        basis=BASIS,
        templates=tuple(
            TemplateLine(template=f"t{i}", title="Title", accesses=n, only_by_this=o)
            for i, (n, o) in enumerate(templates)
        ),
        overlap=tuple(OverlapLine(templates=k, accesses=n) for k, n in overlap),
    )


def test_an_overlap_that_agrees_with_the_templates_counts_each_access_once() -> None:
    """5 + 4 matches are 3 accesses with two reasons and 3 with one; with 2 unexplained that makes 8."""
    assert _explaining(((5, 2), (4, 1)), ((0, 2), (1, 3), (2, 3))).accesses == 2 + 3 + 3


@pytest.mark.parametrize(
    ("templates", "overlap", "why"),
    [
        (((5, 2), (4, 1)), ((0, 2), (1, 3), (2, 4)), "matches"),
        (((5, 2), (4, 2)), ((0, 2), (1, 3), (2, 3)), "one reason"),
        (((5, 2), (4, 1)), ((1, 3), (0, 2), (2, 3)), "in order"),
        (((5, 2), (4, 1)), ((1, 2), (1, 1), (2, 3)), "in order"),
    ],
)
def test_an_overlap_that_contradicts_the_templates_is_refused(
    templates: tuple[tuple[int, int], ...], overlap: tuple[tuple[int, int], ...], why: str
) -> None:
    """Both tables must tell the same matches and the same single reasons, each number of reasons once."""
    with pytest.raises(ValueError, match=why):
        _explaining(templates, overlap)


def test_more_explained_only_by_a_template_than_by_it_at_all_is_refused() -> None:
    """A part cannot exceed its whole."""
    with pytest.raises(ValueError, match="template t"):
        TemplateLine(template="t", title="Title", accesses=3, only_by_this=4)


def test_states_that_count_other_accesses_than_the_overlap_are_refused() -> None:
    """Two sections of one report cannot speak of different totals."""
    states = StateCounts(explained=1, weak=0, pending=0, unexplained=0)
    with pytest.raises(ValueError, match="the states 1"):
        replace(DOCUMENT, summary=replace(DOCUMENT.summary, states=states))


def test_more_findings_than_episodes_are_refused() -> None:
    """What is put forward is part of what there is."""
    with pytest.raises(ValueError, match="20 findings put forward, of 19"):
        replace(DOCUMENT, summary=replace(DOCUMENT.summary, episodes=19))


def test_a_period_without_an_end_and_a_naive_time_are_refused() -> None:
    """A report is of a period that is over, drawn at a known instant."""
    with pytest.raises(ValueError, match="period with an end"):
        replace(DOCUMENT, period=Interval(start=DOCUMENT.period.start))
    with pytest.raises(ValueError, match="time zone"):
        replace(DOCUMENT, drawn_at=datetime(2026, 11, 4))  # noqa: DTZ001


def test_cards_out_of_rank_or_twice_are_refused() -> None:
    """A queue has an order, and each finding one place in it."""
    first, second = DOCUMENT.queue.cards[:2]
    for cards in ((second, first), (first, first), (first, replace(first, finding=replace(first.finding, rank=2)))):
        with pytest.raises(ValueError, match="order of rank"):
            replace(DOCUMENT.queue, cards=cards)


def test_a_card_checks_its_accesses_and_says_what_to_do() -> None:
    """Accesses in order, no more than the finding has, and at least one next step."""
    card = DOCUMENT.queue.cards[0]
    with pytest.raises(ValueError, match="out of order"):
        replace(card, accesses=card.accesses[::-1])
    with pytest.raises(ValueError, match="lines"):
        replace(card, finding=replace(card.finding, accesses=1))
    with pytest.raises(ValueError, match="next step"):
        replace(card, next_steps=())


def test_a_long_trawl_is_listed_in_part_and_the_rest_is_counted() -> None:
    """Of 250 accesses 200 are listed and 50 are left to the command line."""
    card = DOCUMENT.queue.cards[0]
    lines = tuple(replace(card.accesses[0], access=n) for n in range(250))
    long = replace(card, finding=replace(card.finding, accesses=250), accesses=lines)

    assert (len(long.listed), long.not_listed) == (200, 50)


def test_deliveries_are_added_by_source_and_in_all() -> None:
    """Deliveries are disjoint, so their accounts may be added, and the law of conservation holds for the sums."""
    lines = (
        DeliveryLine(source="b", delivery="1", counts=Counts(received=10, accepted=7, duplicate=2, quarantined=1)),
        DeliveryLine(source="a", delivery="2", counts=Counts(received=5, accepted=5, duplicate=0, quarantined=0)),
        DeliveryLine(source="b", delivery="3", counts=Counts(received=1, accepted=0, duplicate=1, quarantined=0)),
    )
    coverage = replace(DOCUMENT.coverage, deliveries=lines)

    assert coverage.by_source == (
        ("a", 1, Counts(received=5, accepted=5, duplicate=0, quarantined=0)),
        ("b", 2, Counts(received=11, accepted=7, duplicate=3, quarantined=1)),
    )
    assert coverage.total == Counts(received=16, accepted=12, duplicate=3, quarantined=1)


def test_the_quarantine_of_several_deliveries_is_told_once_for_each_reason() -> None:
    """Lines that agree in source, reason and field are one line."""
    line = QuarantineLine(source="a", reason="bad_time", field="WHEN", records=2)
    coverage = replace(DOCUMENT.coverage, quarantine=(line, replace(line, field=None), replace(line, records=3)))

    assert coverage.quarantine_by_reason == (replace(line, field=None), replace(line, records=5))


def test_facts_from_nowhere_are_refused() -> None:
    """A kind without a source has no facts."""
    with pytest.raises(ValueError, match="need a source"):
        ContextLine(kind="briefing", source=None, facts=3, delivered_to=None)


def test_an_empty_checkpoint_is_refused() -> None:
    """A report rests on a checkpoint that can be checked."""
    with pytest.raises(ValueError, match="checkpoint"):
        replace(DOCUMENT.integrity, checkpoint=" \n")


def test_a_signal_without_a_title_is_told_by_its_identifier() -> None:
    """Titles come from the pack; an unknown identifier is put in words."""
    queue = replace(DOCUMENT.queue, signal_titles=(("off_duty", "Outside hours of duty"),))

    assert (queue.title_of("off_duty"), queue.title_of("own_phone")) == ("Outside hours of duty", "Own phone")


def test_a_basis_is_a_value() -> None:
    """Equal parts make equal bases."""
    assert Basis(unit="u", clock="c", population="p", rule="r") == Basis(unit="u", clock="c", population="p", rule="r")
