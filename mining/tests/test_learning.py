"""What is learned of a path and what it is worth: windows, filters, price, and which proposals are put forward."""

from __future__ import annotations

from datetime import timedelta
from math import log

import pytest

from custodiet_mining.candidate import Candidate, Lag
from custodiet_mining.choosing import chosen
from custodiet_mining.decoration import Sorting, edges, gain, learned_lag, learned_sieve
from custodiet_mining.path import Path, Step
from custodiet_mining.proposal import median
from custodiet_mining.weighing import Weighed

TASK = Candidate(path=Path((Step("tasking", "person", "subject"),)))
POOL = {"real": 1_000, "F2": 500, "F4": 300, "F5": 200}


def cell(lag: timedelta) -> int:
    """Return the mask of the cell that begins at that lag."""
    return 1 << edges().index(lag)


def test_the_window_is_where_real_lags_lie_and_fake_ones_do_not() -> None:
    """Two hundred real accesses within the hour, and as many fakes as reals weeks later: the window ends after the hour."""
    masks = {
        "real": {cell(timedelta(minutes=15)): 200, cell(timedelta(days=28)): 3},
        "F2": {cell(timedelta(days=28)): 40},
    }
    assert learned_lag(TASK, masks, POOL).lag == Lag(timedelta(minutes=15), timedelta(minutes=30))


def test_a_window_claims_nothing_beyond_the_data() -> None:
    """Among windows that match the same, the narrowest stands."""
    masks = {"real": {cell(timedelta(hours=1)) | cell(timedelta(days=2)): 100}}
    lag = learned_lag(TASK, masks, POOL).lag
    assert lag in {Lag(timedelta(hours=1), timedelta(hours=2)), Lag(timedelta(days=2), timedelta(days=3))}


def test_a_filter_is_learned_where_it_tells_real_from_fake() -> None:
    """Custody roles are real and attending ones are fake: the filter names the custody roles alone."""
    sorting = Sorting(0, "queue", ("custody", "attending", "arrest"))
    masks = {"real": {0b001: 150, 0b100: 40, 0b010: 10}, "F5": {0b010: 60}}
    [sieve] = learned_sieve(TASK, [(sorting, masks)], POOL).sieves
    assert (sieve.column, sieve.values) == ("queue", ("arrest", "custody"))


@pytest.mark.parametrize(
    "masks",
    [
        {"real": {0b001: 150, 0b010: 50}, "F5": {0b001: 15, 0b010: 5}},  # tells nothing
        {"real": {0b001: 150, 0b010: 50}},  # there is nothing to tell apart
        {"real": {0b001: 900, 0b010: 10}, "F5": {0b010: 1}},  # there is hardly any doubt to take away
    ],
)
def test_no_filter_is_learned_where_none_tells_enough(masks: dict[str, dict[int, int]]) -> None:
    """The candidate stays as it is."""
    assert learned_sieve(TASK, [(Sorting(0, "queue", ("a", "b")), masks)], POOL) == TASK


def test_gain_is_the_doubt_that_a_choice_takes_away() -> None:
    """Half real, half fake is one bit of doubt; a choice that parts them takes all of it, one that halves both takes none."""
    apart = {"real": {0b01: 50}, "F2": {0b10: 50}}
    assert gain(apart, 0b01) == pytest.approx((1.0, 1.0))
    alike = {"real": {0b01: 50, 0b10: 50}, "F2": {0b01: 50, 0b10: 50}}
    assert gain(alike, 0b01) == pytest.approx((1.0, 0.0))


def test_the_price_is_told_by_family() -> None:
    """Each family's share of fakes matched; uniform fakes weigh nothing in the ratio, and only misuse-like ones are swallowed."""
    one = Weighed(
        matched={"real": 99, "F1": 400, "F2": 4, "F4": 3},
        pool={"real": 1_000, "F1": 500, "F2": 500, "F4": 300, "F5": 200},
    )
    assert one.prices == {"F1": 0.8, "F2": 0.008, "F4": 0.01, "F5": 0.0}
    assert one.swallowed == 3 / 500
    assert one.ratio == pytest.approx((99.5 / 1_001) / (7.5 / 1_001))
    assert one.score(5.0, 1_000) == pytest.approx(1_000 * log(one.ratio) - 5.0)


def test_what_a_better_proposal_matches_is_not_counted_twice() -> None:
    """The second is chosen by what it adds; one that adds too little is not chosen at all."""
    matched = {"wide": set(range(100)), "inside": set(range(60)), "beside": set(range(80, 140))}
    taken = chosen(["beside", "inside", "wide"], matched, lambda _, support: float(support), least=5, most=9)
    assert taken == [("wide", 100), ("beside", 40)]


def test_nothing_worthless_is_chosen() -> None:
    """A thing whose worth is below zero stays out, however much it matches."""
    assert chosen(["a"], {"a": set(range(50))}, lambda *_: -1.0, least=1, most=9) == []


def test_the_median_is_of_the_values_as_often_as_they_occur() -> None:
    """Three accesses with one person and two with nine: one."""
    assert median({1: 3, 9: 2}) == 1
    assert median({1: 2, 9: 3}) == 9
    assert median({}) == 0
