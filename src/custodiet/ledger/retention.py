"""Records of retention: rows dropped once their period was over, and holds that keep entries from being dropped or erased.

Format `retention/1`: see docs/specs/redaction.md, sections 10 and 11. They are open control entries and hold nothing
personal but logins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from custodiet.errors import BadInput
from custodiet.ledger.canonical import instant_text
from custodiet.ledger.index_ranges import Range, parsed_ranges
from custodiet.ledger.redaction import instant_of

TYP = "retention/1"
_DROPPED, _HOLD, _RELEASED = "dropped", "hold", "released"
_ACTS = frozenset({_DROPPED, _HOLD, _RELEASED})
Records = Iterable[tuple[int, Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Whole segments whose rows go, who says so, and under what authority."""

    by: str  # login
    at: datetime
    authority: str
    entries: tuple[Range, ...]
    policy: str | None = None  # hex SHA-256 of the published policy that it follows

    def record(self) -> dict[str, object]:
        """Return the record."""
        return _record(_DROPPED, self.by, self.at, self.authority) | {
            "entries": [list(each) for each in self.entries],
            **({} if self.policy is None else {"policy": self.policy}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Entries that are kept for a matter, whatever a policy or a redaction says."""

    by: str  # login
    at: datetime
    authority: str
    matter: str  # a reference, never a name
    entries: tuple[Range, ...]
    number: int | None = None  # index of its record; None before it is in the log
    release: int | None = None  # index of the record that ended it; None while it stands

    def record(self) -> dict[str, object]:
        """Return the record that makes it."""
        more = {"matter": self.matter, "entries": [list(each) for each in self.entries]}
        return _record(_HOLD, self.by, self.at, self.authority) | more


def release_record(number: int, by: str, at: datetime, authority: str) -> dict[str, object]:
    """Return the record that ends the hold of that number."""
    return _record(_RELEASED, by, at, authority) | {"of": number}


def dropped_ranges(records: Records) -> dict[int, tuple[Range, ...]]:
    """Return by record the ranges of entries whose rows it says were dropped; raises BadInput for one that makes no sense."""
    acts = _acts(records)
    return {index: parsed_ranges(record.get("entries")) for index, act, record in acts if act == _DROPPED}


def holds(records: Records) -> dict[int, Hold]:
    """Return all holds by their number, those released included; raises BadInput for records that make no sense."""
    found: dict[int, Hold] = {}
    for index, act, record in _acts(records):
        if act == _HOLD:
            found[index] = _hold(index, record)
        elif act == _RELEASED:
            number = record.get("of")
            if type(number) is not int or number not in found or found[number].release is not None:
                raise BadInput("A release names no hold that stood.", found=f"entry {index}")
            found[number] = replace(found[number], release=index)
    return found


def _acts(records: Records) -> Iterator[tuple[int, object, Mapping[str, object]]]:
    for index, record in records:
        if record.get("act") not in _ACTS:
            raise BadInput("A record of retention says nothing that is known.", found=f"entry {index}")
        yield index, record["act"], record


def _hold(index: int, record: Mapping[str, object]) -> Hold:
    return Hold(
        by=str(record.get("by")),
        at=instant_of(record.get("at")),
        authority=str(record.get("authority")),
        matter=str(record.get("matter")),
        entries=parsed_ranges(record.get("entries")),
        number=index,
    )


def _record(act: str, by: str, at: datetime, authority: str) -> dict[str, object]:
    return {"typ": TYP, "act": act, "by": by, "at": instant_text(at), "authority": authority}
