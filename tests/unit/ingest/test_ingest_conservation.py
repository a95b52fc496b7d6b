"""Each delivery's record against the rows that stand in its place."""

from __future__ import annotations

from typing import Any

import pytest

from custodiet.ingest.conservation import Named, OpenGap, Places, accounted, gaps_of, joined, still_open
from custodiet.ingest.delivery import Gap

#: Where rows stand: five before the record at 5, four before that at 10.
PLACES = Places([(0, 3), (3, 5), (6, 10)])


def record(number: int, **fields: Any) -> dict[str, Any]:
    """Return a delivery's record: five records received for the first, four for the second, all accepted."""
    counts = {"received": 6 - number, "accepted": 6 - number, "duplicate": 0, "quarantined": 0, "not_audit": 1}
    usual = {
        "delivery": f"D{number:06d}",
        "source": "casefile",
        "counts": counts | {"yielded": 6 - number},
        "first_sequence": 10 * number,
        "last_sequence": 10 * number + 9,
        "missing": 0,
        "gaps": [],
    }
    return usual | fields


def named(number: int, **fields: Any) -> Named:
    """Return what the rows of a delivery say, where all is well."""
    first, last = ((0, 4), (6, 9))[number - 1]
    usual = {"source": "casefile", "delivery": f"D{number:06d}", "rows": last - first + 1, "first": first, "last": last}
    return Named(**(usual | {"first_sequence": 10 * number, "last_sequence": 10 * number + 9} | fields))


def problems(records: list[dict[str, Any]], rows: list[Named]) -> list[tuple[str, ...]]:
    """Return the problems of each delivery."""
    return [each.problems for each in accounted(list(zip((5, 10), records, strict=True)), PLACES, rows)]


def test_what_is_accounted_for_has_no_problem() -> None:
    """Counts, places and numbers that fit one another are left alone."""
    assert problems([record(1), record(2)], [named(1), named(2)]) == [(), ()]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counts": record(1)["counts"] | {"yielded": 4}}, "yielded 4 rows; 5 stand"),
        ({"counts": record(1)["counts"] | {"received": 7}}, "7 records were received and 5"),
        ({"delivery": "D000007"}, "is called D000007"),
        ({"source": "other"}, "name another source"),
        ({"first_sequence": 11}, "outside those"),
        ({"last_sequence": None}, "outside those"),
    ],
)
def test_a_record_that_does_not_fit_the_ledger_is_told(change: dict[str, Any], said: str) -> None:
    """Each way in which a record can be at odds with the rows is told in a sentence."""
    rows = [named(1, delivery=change.get("delivery", "D000001")), named(2)]
    first, second = problems([record(1) | change, record(2)], rows)
    assert any(said in problem for problem in first)
    assert second == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": 6}, "More rows name it"),
        ({"last": 6}, "another delivery's place"),
        ({"first": -1}, "another delivery's"),
    ],
)
def test_rows_in_another_place_are_told(change: dict[str, Any], said: str) -> None:
    """Rows that name a delivery in whose place they do not stand, or too many of them, are told."""
    first, _ = problems([record(1), record(2)], [named(1, **change), named(2)])
    assert any(said in problem for problem in first)


def test_rows_whose_origin_was_erased_still_count() -> None:
    """Rows that name no delivery any more are counted by their places."""
    assert problems([record(1), record(2)], [named(1, rows=3), named(2)]) == [(), ()]
    assert problems([record(1), record(2)], [named(2)]) == [(), ()]


def test_gaps_are_listed_with_their_delivery() -> None:
    """Each gap of the records is found, and what has come of it since is taken off."""
    gaps = gaps_of([(5, record(1, gaps=[{"first": 3, "last": 5}]))])
    assert gaps == [("casefile", "D000001", Gap(first=3, last=5))]
    assert OpenGap(source="casefile", delivery="D000001", gap=gaps[0][2], came=1).missing == 2


def test_places_are_counted_like_a_set() -> None:
    """Between any two entries there are as many rows as in the set of all of them."""
    rows = {0, 1, 2, 3, 4, 6, 7, 8, 9}
    for start in range(13):
        for end in range(start, 13):
            assert PLACES.between(start, end) == len(rows & set(range(start, end)))
    assert Places([]).between(0, 5) == 0


def test_gaps_that_overlap_are_joined_and_each_is_held_against_what_came() -> None:
    """Numbers are looked for once, whichever deliveries lacked them; each gap is told what of it is still missing."""
    gaps = [("a", "D1", Gap(first=3, last=9)), ("a", "D2", Gap(first=5, last=6)), ("b", "D3", Gap(first=1, last=2))]
    gaps += [("a", "D4", Gap(first=10, last=12)), ("a", "D5", Gap(first=20, last=20))]
    assert joined(gaps) == [("a", Gap(first=3, last=12)), ("a", Gap(first=20, last=20)), ("b", Gap(first=1, last=2))]
    left = still_open(gaps, {"a": [3, 5, 6, 20], "b": []})
    assert [(gap.delivery, gap.missing) for gap in left] == [("D1", 4), ("D3", 2), ("D4", 3)]
