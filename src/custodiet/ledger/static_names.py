"""The files of a log in the layout of C2SP tlog-tiles: tiles, entry bundles, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, level_lengths

#: The name of the signed checkpoint.
CHECKPOINT = "checkpoint"
#: The folder of all tiles and bundles.
TILES = "tile"
#: The entry from which on all bundles are there: a log that dropped entries under its policy leaves bundles below it out.
MINIMUM_INDEX = "minimum-index"

_NAME = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

_INDEX = re.compile(rb"(0|[1-9][0-9]{0,17})\n")


def minimum_index_in(data: bytes | None) -> int:
    """Return what the file says, 0 where there is none; raises BadInput unless it is a number and a line end."""
    found = _INDEX.fullmatch(b"0\n" if data is None else data)
    if found is None:
        raise BadInput("This is no index.", file=MINIMUM_INDEX)
    return int(found.group(1))


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A tile, or the bundle of the entries whose hashes a tile of level 0 holds; partial if it is not 256 wide."""

    level: int | None  # None: an entry bundle
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Return its name below the folder or address of the log: the number in groups of three digits."""
        digits = str(self.number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        name = "/".join([TILES, self._kind, *(f"x{group}" for group in groups[:-1]), groups[-1]])
        return name if self.width == TILE_WIDTH else f"{name}.p/{self.width}"

    @classmethod
    def parse(cls, path: str) -> StaticFile:
        """Return the file of that name; raises BadInput if no file is called so."""
        found = _NAME.fullmatch(path)
        if found is None:
            raise BadInput("No file of a log is called so.", found=path[:80], expected="a name as in C2SP tlog-tiles")
        kind, groups, width = found.groups()
        number = int(groups.replace("x", "").replace("/", ""))
        file = cls(None if kind == "entries" else int(kind), number, TILE_WIDTH if width is None else int(width))
        if file.path != path or file.width > TILE_WIDTH:
            raise BadInput("No file of a log is called so.", found=path[:80], expected=file.path)
        return file

    @property
    def start(self) -> int:
        """Return the place of its first hash in its level, or of its first entry in the log."""
        return self.number * TILE_WIDTH

    @property
    def whole(self) -> StaticFile:
        """Return the full tile or bundle that this is, or may become."""
        return StaticFile(self.level, self.number)

    @property
    def _kind(self) -> str:
        return "entries" if self.level is None else str(self.level)


def bundles(size: int, since: int = 0) -> Iterator[StaticFile]:
    """Yield the bundles that a log of that size has and one of the size `since` had not."""
    yield from _cut(None, since, size)


def tiles(size: int, since: int = 0) -> Iterator[StaticFile]:
    """Yield the tiles, level by level, that a log of that size has and one of the size `since` had not."""
    for level, length in enumerate(level_lengths(size)):
        yield from _cut(level, since >> (TILE_HEIGHT * level), length)


def partial_files(size: int) -> Iterator[StaticFile]:
    """Yield the partial tiles, and the partial bundle, of a log of that size."""
    for level, length in enumerate(level_lengths(size)):
        number, width = divmod(length, TILE_WIDTH)
        if width:
            yield StaticFile(level, number, width)
            if level == 0:
                yield StaticFile(None, number, width)


def _cut(level: int | None, since: int, length: int) -> Iterator[StaticFile]:
    if since == length:
        return
    for number in range(since // TILE_WIDTH, -(-length // TILE_WIDTH)):
        yield StaticFile(level, number, min(TILE_WIDTH, length - number * TILE_WIDTH))
