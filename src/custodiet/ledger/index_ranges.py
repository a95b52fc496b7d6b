"""Indices of entries as ranges [start, end), the way records of erasure and of holds write them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from custodiet.errors import BadInput

Range = tuple[int, int]


def ranges_of(indices: Iterable[int]) -> tuple[Range, ...]:
    """Return the fewest ranges that hold exactly these indices, in order."""
    ranges: list[Range] = []
    for index in sorted(set(indices)):
        if ranges and ranges[-1][1] == index:
            ranges[-1] = (ranges[-1][0], index + 1)
        else:
            ranges.append((index, index + 1))
    return tuple(ranges)


def merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the fewest ranges that hold the same indices, in order; raises BadInput for an empty one."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if not 0 <= start < end:
            raise BadInput("A range is from a number up to a larger one.", found=f"{start} {end}")
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def indices_of(ranges: Iterable[Range]) -> Iterator[int]:
    """Yield the indices in the ranges."""
    for start, end in ranges:
        yield from range(start, end)


def parsed_ranges(value: object) -> tuple[Range, ...]:
    """Return the ranges in a record; raises BadInput unless they are pairs in order, without overlap, none empty."""
    pairs = value if isinstance(value, list) else [value]
    ranges: list[Range] = []
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(bound) is int for bound in pair)):
            raise BadInput("A record's ranges are not pairs of indices.")
        start, end = pair
        if not (ranges[-1][1] if ranges else 0) <= start < end:
            raise BadInput("A record's ranges are out of order, or one is empty.", found=f"{start}-{end}")
        ranges.append((start, end))
    return tuple(ranges)


def overlap(ranges: Iterable[Range], start: int, end: int) -> bool:
    """Tell whether one of the ranges has an index in [start, end)."""
    return any(first < end and start < last for first, last in ranges)


def told_ranges(ranges: Sequence[Range]) -> str:
    """Return the ranges in words: `5, 8-11`, both ends meant."""
    return ", ".join(str(start) if end == start + 1 else f"{start}-{end - 1}" for start, end in ranges)
