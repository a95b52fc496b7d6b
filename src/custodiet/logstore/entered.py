"""The file `entered`: which files of the journal went into the log, and where (docs/specs/journal.md, 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from custodiet.errors import VerificationFailed
from custodiet.logstore.files import replace
from custodiet.logstore.layout import Layout
from custodiet.logstore.state import read_checkpoint

_FIRST_LINE = "custodiet entered/1"
_LINE = re.compile(r"(?P<name>[0-9]{8}T[0-9]{12}Z-[0-9a-f]{16}) (?P<first>0|[1-9][0-9]*) (?P<count>0|[1-9][0-9]*)")
#: Lines that are kept: a file is gone from the disk long before its line is.
_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Receipt:
    """Records that were acknowledged: the name of their file, the ordinal of the first in it, and how many they are."""

    file: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Entered:
    """A file whose records are in the log, from that index on, if the log has come so far."""

    name: str
    first: int
    count: int

    @property
    def end(self) -> int:
        """Return the index behind the last record: the line holds if the log is at least as long."""
        return self.first + self.count


def read_entered(layout: Layout) -> tuple[Entered, ...]:
    """Return the lines, oldest first; raises VerificationFailed for a file that is none."""
    try:
        text = layout.entered.read_text("ascii")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise VerificationFailed("The file journal/entered is damaged.") from error
    first, *lines = text.split("\n")
    found = [_LINE.fullmatch(line) for line in lines[:-1]]
    if first != _FIRST_LINE or lines[-1:] != [""] or None in found:
        raise VerificationFailed("The file journal/entered is damaged.")
    return tuple(Entered(each["name"], int(each["first"]), int(each["count"])) for each in found if each)


def write_entered(layout: Layout, lines: Sequence[Entered]) -> None:
    """The newest of these lines are on the disk."""
    text = "".join(f"{each.name} {each.first} {each.count}\n" for each in lines[-_KEPT:])
    replace(layout.entered, f"{_FIRST_LINE}\n{text}".encode())


def index_of(layout: Layout, receipt: Receipt) -> int | None:
    """Return the index in the log of the first of the receipt's records; None while they wait, or when it is long ago.

    The checkpoint is read first: a line that did not hold at its size is gone before the log grows beyond it.
    """
    size = read_checkpoint(layout, None).size
    held = (each for each in read_entered(layout) if each.name == receipt.file and each.end <= size)
    return next((each.first + receipt.first for each in held), None)
