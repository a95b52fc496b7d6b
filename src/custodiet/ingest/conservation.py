"""The law that nothing is lost, held against the ledger itself: each delivery's record against the rows before it.

A delivery's rows stand in the ledger right before its record and after that of the delivery before. So they are counted
by their places, which the tree fixes, and not only by what they say of themselves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from custodiet.ingest.delivery import Gap, delivery_name


class Places:
    """Where rows stand in the ledger."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        """Take up the stretches [start, end) of rows, in order and apart from one another."""
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]
        self._before = list(accumulate((end - start for start, end in ranges), initial=0))

    def between(self, start: int, end: int) -> int:
        """Return how many rows stand at the entries [start, end)."""
        return self._below(end) - self._below(start)

    def _below(self, index: int) -> int:
        """Return how many rows stand below the entry."""
        at = bisect_right(self._starts, index)
        return self._before[at] - (max(0, self._ends[at - 1] - index) if at else 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What the rows that name a delivery say."""

    source: str
    delivery: str
    rows: int
    first: int  # index of the first
    last: int  # and of the last
    first_sequence: int | None = None
    last_sequence: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounted:
    """One delivery, its record held against the ledger."""

    index: int  # of its record
    delivery: str
    source: str
    received: int
    accepted: int
    duplicate: int
    quarantined: int
    yielded: int  # rows, as the record says
    rows: int  # that stand in the ledger in its place
    missing: int  # running numbers that had not come by then
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGap:
    """Running numbers of a source that one of its deliveries lacked, and how many of them came later."""

    source: str
    delivery: str
    gap: Gap
    came: int

    @property
    def missing(self) -> int:
        """Return how many have not come yet."""
        return self.gap.last - self.gap.first + 1 - self.came


def accounted(
    records: Iterable[tuple[int, Mapping[str, Any]]], places: Places, named: Iterable[Named]
) -> list[Accounted]:
    """Return each delivery with what is wrong with it, in the order of the ledger."""
    by_name: dict[str, list[Named]] = {}
    for each in named:
        by_name.setdefault(each.delivery, []).append(each)
    found, start = [], 0
    for number, (index, body) in enumerate(records, start=1):
        rows = places.between(start, index)
        own = by_name.get(body["delivery"], [])
        problems = (
            *_numbering(body, number),
            *_law(body["counts"], rows),
            *_places(own, body, start, index, rows),
            *_sequence(own, body),
        )
        found.append(_accounted(index, body, rows, problems))
        start = index
    return found


def gaps_of(records: Iterable[tuple[int, Mapping[str, Any]]]) -> list[tuple[str, str, Gap]]:
    """Return source, delivery and numbers of each gap that the records list."""
    return [
        (body["source"], body["delivery"], Gap(first=gap["first"], last=gap["last"]))
        for _, body in records
        for gap in body["gaps"]
    ]


def joined(gaps: Iterable[tuple[str, str, Gap]]) -> list[tuple[str, Gap]]:
    """Return, source by source and in order, the stretches of numbers that lie in some gap, each number once."""
    found: list[tuple[str, Gap]] = []
    for source, first, last in sorted((source, gap.first, gap.last) for source, _, gap in gaps):
        if found and found[-1][0] == source and first <= found[-1][1].last + 1:
            found[-1] = source, Gap(first=found[-1][1].first, last=max(last, found[-1][1].last))
        else:
            found.append((source, Gap(first=first, last=last)))
    return found


def still_open(gaps: Iterable[tuple[str, str, Gap]], came: Mapping[str, Sequence[int]]) -> list[OpenGap]:
    """Return the gaps of which some number has not come, given the numbers of each source that did, in order."""
    found = []
    for source, delivery, gap in gaps:
        numbers = came.get(source, ())
        count = bisect_right(numbers, gap.last) - bisect_left(numbers, gap.first)
        found.append(OpenGap(source=source, delivery=delivery, gap=gap, came=count))
    return [gap for gap in found if gap.missing]


def _accounted(index: int, body: Mapping[str, Any], rows: int, problems: Sequence[str]) -> Accounted:
    counts = body["counts"]
    return Accounted(
        index=index,
        delivery=body["delivery"],
        source=body["source"],
        received=counts["received"],
        accepted=counts["accepted"],
        duplicate=counts["duplicate"],
        quarantined=counts["quarantined"],
        yielded=counts["yielded"],
        rows=rows,
        missing=body["missing"],
        problems=tuple(problems),
    )


def _numbering(body: Mapping[str, Any], number: int) -> Iterable[str]:
    if body["delivery"] != delivery_name(number):
        yield f"It is delivery {number} of the ledger and is called {body['delivery']}."


def _law(counts: Mapping[str, int], rows: int) -> Iterable[str]:
    told = counts["accepted"] + counts["duplicate"] + counts["quarantined"]
    if counts["received"] != told:
        yield f"{counts['received']:,} records were received and {told:,} are accounted for."
    if counts["yielded"] != rows:
        yield f"Its record says that it yielded {counts['yielded']:,} rows; {rows:,} stand in its place."


def _places(own: Sequence[Named], body: Mapping[str, Any], start: int, end: int, rows: int) -> Iterable[str]:
    """Rows whose origin was erased name no delivery any more, so there may be fewer that do, and never more."""
    if any(each.source != body["source"] for each in own):
        yield "Rows that name it name another source."
    if any(each.first < start or each.last >= end for each in own):
        yield "Rows that name it stand in another delivery's place."
    elif sum(each.rows for each in own) > rows:
        yield "More rows name it than stand in its place."


def _sequence(own: Sequence[Named], body: Mapping[str, Any]) -> Iterable[str]:
    for each in own:
        if each.first_sequence is None or each.last_sequence is None:
            continue
        first, last = body["first_sequence"], body["last_sequence"]
        if first is None or last is None or each.first_sequence < first or each.last_sequence > last:
            yield "Its rows have running numbers outside those that its record tells."
