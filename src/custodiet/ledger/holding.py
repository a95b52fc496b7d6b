"""Holds win: what is held is neither dropped nor erased."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from custodiet.errors import BadInput, Refused
from custodiet.ledger.index_ranges import Range, overlap
from custodiet.ledger.retention import Hold

_MATTER = re.compile(r"[!-~]([ -~]{0,78}[!-~])?")


def standing(holds: Iterable[Hold]) -> list[Hold]:
    """Return the holds that were not released."""
    return [each for each in holds if each.release is None]


def check_unheld(holds: Iterable[Hold], ranges: Sequence[Range]) -> None:
    """Return if no hold that stands keeps an entry in the ranges; raises Refused naming the first that does."""
    for hold in standing(holds):
        if any(overlap(hold.entries, start, end) for start, end in ranges):
            msg = (
                f"entries among these are held for {hold.matter} (hold {hold.number});"
                f" they stay until `custodiet ledger release` ends it"
            )
            raise Refused(msg)


def checked_matter(text: str) -> str:
    """Return the reference of a matter; raises BadInput unless it is one line of at most 80 ASCII characters."""
    if not _MATTER.fullmatch(text):
        raise BadInput(
            "A matter is a reference of at most 80 ASCII characters: a case's number; never a name.", field="matter"
        )
    return text
