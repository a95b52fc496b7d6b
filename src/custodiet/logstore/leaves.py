"""The leaf hashes as they are stored: all in one file; or, in a lean log, those of the last entries, and of a few tiles."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from custodiet.ledger.tiles import TILE_WIDTH
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.kept_tiles import KeptTiles
from custodiet.logstore.layout import Layout

#: How often the file is looked for again because it was replaced while it was opened.
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """The leaf hashes [start, end), end to end, as many of them as the file has; None if they were left out."""

    start: int
    end: int
    hashes: bytes | None


def stored_leaves(layout: Layout, start: int, end: int) -> Iterator[Piece]:
    """Yield what is stored of the leaf hashes [start, end), in order and without gap."""
    first, tail, kept = _opened(layout, start)
    try:
        if kept is not None:
            yield from _kept_pieces(kept, start, min(end, first))
        if end > first:
            begin = max(start, first)
            size, place = (end - begin) * HASH_BYTES, (begin - first) * HASH_BYTES
            yield Piece(begin, end, b"" if tail is None else os.pread(tail, size, place))
    finally:
        if tail is not None:
            os.close(tail)


def stored_extents(layout: Layout, end: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the stretches of whole tiles below `end`, in order: first entry, the one after the last, and whether they are stored."""
    first = min(end, layout.leaf_file()[0])
    kept = KeptTiles.read(layout.kept_tiles(layout.leaf_file()[0]))
    for is_kept, run in groupby(range(first // TILE_WIDTH), key=kept.__contains__):
        numbers = list(run)
        yield numbers[0] * TILE_WIDTH, (numbers[-1] + 1) * TILE_WIDTH, is_kept
    if first < end:
        yield first, end, True


def first_left_out(layout: Layout, ranges: Iterable[tuple[int, int]]) -> int | None:
    """Return the first of the entries in these ranges whose leaf hash a lean log has left out; None if all are stored."""
    first, _ = layout.leaf_file()
    below = [(start, min(end, first)) for start, end in ranges if start < first]
    kept = KeptTiles.read(layout.kept_tiles(first)) if below else None
    for start, end in below:
        missing = None if kept is None else kept.first_missing(start // TILE_WIDTH, -(-end // TILE_WIDTH))
        if missing is not None:
            return max(start, missing * TILE_WIDTH)
    return None


def _opened(layout: Layout, start: int) -> tuple[int, int | None, KeptTiles | None]:
    """Return from where on all leaf hashes are stored, the open file of those, and the tiles kept of those before, if asked for."""
    for _ in range(_ATTEMPTS):
        first, path = layout.leaf_file()
        kept = KeptTiles.read(layout.kept_tiles(first)) if start < first else None
        try:
            return first, os.open(path, os.O_RDONLY), kept
        except FileNotFoundError:
            continue
    return 0, None, None


def _kept_pieces(kept: KeptTiles, start: int, end: int) -> Iterator[Piece]:
    tiles = range(start // TILE_WIDTH, -(-end // TILE_WIDTH))
    for is_kept, run in groupby(tiles, key=kept.__contains__):
        numbers = list(run)
        if not is_kept:
            yield Piece(max(start, numbers[0] * TILE_WIDTH), min(end, (numbers[-1] + 1) * TILE_WIDTH), None)
            continue
        for number in numbers:
            begin, stop = max(start, number * TILE_WIDTH), min(end, (number + 1) * TILE_WIDTH)
            place = begin - number * TILE_WIDTH
            yield Piece(begin, stop, kept.tile(number)[place * HASH_BYTES : (place + stop - begin) * HASH_BYTES])
