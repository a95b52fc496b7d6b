"""Records of rows dropped once their period was over: which entries, under what authority.

Format `retention/1`: see docs/specs/redaction.md, section 10. They are open control entries and hold nothing personal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from custodiet.errors import BadInput
from custodiet.ledger.canonical import instant_text
from custodiet.ledger.index_ranges import Range, parsed_ranges

TYP = "retention/1"
_DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Whole segments whose rows go, who says so, and under what authority."""

    by: str  # login
    at: datetime
    authority: str
    entries: tuple[Range, ...]

    def record(self) -> dict[str, object]:
        """Return the record."""
        return {
            "typ": TYP,
            "act": _DROPPED,
            "by": self.by,
            "at": instant_text(self.at),
            "authority": self.authority,
            "entries": [list(each) for each in self.entries],
        }


def dropped_ranges(records: Iterable[tuple[int, Mapping[str, object]]]) -> dict[int, tuple[Range, ...]]:
    """Return by record the ranges of entries whose rows it says were dropped; raises BadInput for one that makes no sense."""
    found: dict[int, tuple[Range, ...]] = {}
    for index, record in records:
        if record.get("act") != _DROPPED:
            raise BadInput("A record of retention says nothing that is known.", found=f"entry {index}")
        found[index] = parsed_ranges(record.get("entries"))
    return found
