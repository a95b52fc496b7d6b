"""Shares, ratios and the worth of templates, on trials small enough to count by hand."""

from __future__ import annotations

import pytest

from custodiet.explain.fakes import Family
from custodiet.explain.measures import Weighing, coverage, precision, ratio, share
from custodiet.explain.pack import load, shipped
from custodiet.explain.template_measures import template_measures
from custodiet.explain.trials import Trial

WEIGHING = Weighing(
    {"assigned": "matter", "same_unit": "matter", "briefing_unit": "briefing", "task_unit": "task"}, 0.9
)
TEMPLATES = [one for one in load(shipped()).templates if one.id in WEIGHING.groups]


def trial(*, first: bool = True, **matches: float) -> Trial:
    """Return a trial with these matches."""
    return Trial(first=first, matches=matches)


def test_wilsons_interval_is_wilsons() -> None:
    """The figures of a textbook example: 15 of 50."""
    found = share(15, 50)

    assert (round(found.value, 3), round(found.low, 3), round(found.high, 3)) == (0.3, 0.191, 0.438)
    assert (share(0, 0).low, share(0, 0).high) == (0.0, 1.0)


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (10, 10), (1, 1_000_000)])
def test_an_interval_holds_its_share_and_stays_among_shares(part: int, whole: int) -> None:
    """Bounds are shares too, and the share lies between them."""
    found = share(part, whole)

    assert 0.0 <= found.low <= found.value <= found.high <= 1.0


def test_a_ratio_of_equal_shares_is_about_one_and_few_cases_say_little() -> None:
    """Half a case is added, so that nothing is infinite; the interval tells how little nothing says."""
    assert ratio(100, 1000, 100, 1000).value == pytest.approx(1.0)
    nothing = ratio(0, 1000, 0, 1000)
    assert nothing.low < 0.05
    assert nothing.high > 20
    assert ratio(500, 1000, 1, 1000).low > 50


def test_strength_is_that_of_the_states() -> None:
    """The strongest in each group counts, groups add to one another, and what stands in no group weighs nothing."""
    assert WEIGHING.explains({"assigned": 0.9})
    assert not WEIGHING.explains({"assigned": 0.8, "same_unit": 0.7})
    assert WEIGHING.explains({"same_unit": 0.7, "briefing_unit": 0.7})
    assert not WEIGHING.explains({"in_shadow": 1.0})


def test_who_carries_is_who_cannot_be_left_out() -> None:
    """One of two sufficient reasons carries nothing; two that reach it only together both do."""
    assert WEIGHING.carried({"assigned": 0.97, "task_unit": 0.92}) == []
    assert WEIGHING.carried({"same_unit": 0.7, "briefing_unit": 0.7}) == ["same_unit", "briefing_unit"]
    assert WEIGHING.carried({"assigned": 0.97, "same_unit": 0.5}) == ["assigned"]
    assert WEIGHING.carried({"same_unit": 0.5}) == []


def test_precision_takes_as_many_real_accesses_as_fakes() -> None:
    """Only the accesses that fakes were kept of count on the real side."""
    real = {1: trial(assigned=0.97), 2: trial(assigned=0.97), 3: trial()}
    found = precision(real, {1: trial(same_unit=0.5), 3: trial(task_unit=0.92)}, WEIGHING)

    assert (found.kept, found.real_explained, found.fake_explained) == (2, 1, 1)
    assert found.precision.value == 0.5


def test_coverage_tells_first_accesses_apart() -> None:
    """A repeat that is explained is none of the first."""
    found = coverage([trial(assigned=0.97), trial(first=False, assigned=0.97), trial()], WEIGHING)

    assert (found.accesses, found.explained, found.first, found.first_explained) == (3, 2, 2, 1)
    assert (found.all.value, found.of_first.value) == (2 / 3, 0.5)


def test_a_ratio_is_conditional_on_what_stronger_templates_matched() -> None:
    """`same_unit` matches wherever `assigned` does; what it adds to it is as likely for a fake as for a real access."""
    both = [trial(assigned=0.97, same_unit=0.5)] * 60
    only = [trial(same_unit=0.5)] * 20
    nothing = [trial()] * 20
    real, fakes = both + only + nothing, {Family.SAME_TEAM: only * 2 + nothing * 2}
    by = {one.template: one for one in template_measures(TEMPLATES, real, fakes, WEIGHING)}

    assert by["assigned"].weight.value > 50
    assert by["same_unit"].matched == 80
    assert by["same_unit"].weight.low < 1.0 < by["same_unit"].weight.high


def test_the_price_is_of_fakes_that_only_it_explains() -> None:
    """Twenty of a hundred real accesses and ten of a hundred fakes rest on it alone: 500 fakes for 1,000 accesses."""
    real = (
        [trial(task_unit=0.92)] * 19
        + [trial(first=False, task_unit=0.92)]
        + [trial(assigned=0.97, task_unit=0.92)] * 80
    )
    fakes = {
        Family.UNIFORM: [trial(task_unit=0.92)] * 100,  # too easy to count
        Family.SAME_TEAM: [trial(task_unit=0.92)] * 10 + [trial()] * 90,
    }
    by = {one.template: one for one in template_measures(TEMPLATES, real, fakes, WEIGHING)}

    found = by["task_unit"]
    assert (found.alone, found.alone_first, found.fakes_carried) == (20, 19, 10)
    assert found.price.value == pytest.approx(500, rel=0.03)
    assert found.price.low < 500 < found.price.high
    assert by["assigned"].fakes_carried == 0
