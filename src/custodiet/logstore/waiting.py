"""What waits in the journal: taken by the one writer, entered with a commit, and cleared away (docs/specs/journal.md, 4)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodiet.ledger.journal import Record, read
from custodiet.logstore.entered import Entered, read_entered, write_entered
from custodiet.logstore.files import changing
from custodiet.logstore.journal_file import CLOSED, OPEN
from custodiet.logstore.layout import Layout


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that its process adds no more to, and what is in it."""

    name: str
    records: tuple[Record, ...]
    torn: int


def taken(layout: Layout) -> list[Waiting]:
    """Take all files from those who write them, and return what waits, in the order of its files' beginning."""
    if not layout.journal.is_dir():
        return []
    for path in layout.journal.glob(f"*{OPEN}"):
        _take(path)
    return [_waiting(path) for path in sorted(layout.journal.glob(f"*{CLOSED}"))]


def counted(layout: Layout) -> int:
    """Return how many records wait to be entered, and leave them to those who are at work on them."""
    held = {each.name for each in read_entered(layout)}
    found = (path for path in layout.journal.glob("*.*") if path.suffix in {OPEN, CLOSED} and path.stem not in held)
    return sum(len(_waiting(path).records) for path in found)


def note(layout: Layout, waiting: Sequence[Waiting], first: int) -> None:
    """Write down where the records will be, the first of them at that index, if the commit comes to be."""
    lines = list(read_entered(layout))
    for each in waiting:
        lines.append(Entered(each.name, first, len(each.records)))
        first = lines[-1].end
    write_entered(layout, lines)


def forget(layout: Layout, waiting: Sequence[Waiting]) -> None:
    """Remove the files, whose records are in the log."""
    if waiting:
        with changing(layout.journal):
            for each in waiting:
                (layout.journal / f"{each.name}{CLOSED}").unlink()


def settle(layout: Layout, size: int) -> Iterator[str]:
    """Take up where a writer was cut short, and yield what was done: what the log holds goes, all else waits on."""
    lines = read_entered(layout)
    held = [each for each in lines if each.end <= size]
    if len(held) < len(lines):
        write_entered(layout, held)
        waiting = sum(each.count for each in lines) - sum(each.count for each in held)
        yield f"Left {waiting} records in the journal: their commit did not come to be, and the next one enters them."
    for each in held:
        for path in (layout.journal / f"{each.name}{CLOSED}", layout.journal / f"{each.name}{OPEN}"):
            if path.exists():
                with changing(layout.journal):
                    path.unlink()
                yield f"Removed journal/{path.name}, whose records are in the log."


def _take(path: Path) -> None:
    """Rename the file while no group is being written."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        path.rename(path.with_suffix(CLOSED))
    finally:
        os.close(descriptor)


def _waiting(path: Path) -> Waiting:
    told = read(path.stem, path.read_bytes())
    return Waiting(path.stem, told.records, told.torn)
