"""Records of redaction: what one person proposed, and another approved, to erase of which entries.

Format `redaction/1`: see docs/specs/redaction.md. They are open control entries and hold nothing personal but logins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from custodiet.errors import BadInput
from custodiet.ledger.canonical import instant_text
from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.index_ranges import Range, indices_of, parsed_ranges

TYP = "redaction/1"
#: The group that binds a record's bytes: it goes with whatever goes, for its digest could be guessed from.
ORIGIN = "origin"
_AUTHORITY = re.compile(r"[!-~][ -~]{0,198}[!-~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is to be erased, under what authority, and who says so."""

    by: str  # login
    at: datetime
    authority: str
    entries: tuple[Range, ...]
    groups: tuple[str, ...]
    along: tuple[Range, ...] = ()  # entries of the same delivered records, whose origin goes too

    def record(self) -> dict[str, object]:
        """Return the record."""
        return {
            "typ": TYP,
            "act": "proposed",
            "by": self.by,
            "at": instant_text(self.at),
            "authority": self.authority,
            "entries": [list(each) for each in self.entries],
            "groups": list(self.groups),
            "along": [list(each) for each in self.along],
        }

    def erased(self) -> dict[int, frozenset[str]]:
        """Return by entry the groups that it erases."""
        found = dict.fromkeys(indices_of(self.along), frozenset({ORIGIN}))
        return found | dict.fromkeys(indices_of(self.entries), frozenset(self.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A proposal by its number in the ledger, and who carried it out when, under which number; None: still open."""

    number: int
    proposal: Proposal
    approval: int | None = None
    by: str | None = None
    at: datetime | None = None
    kept: str | None = None  # digest over the digests that were kept

    @property
    def told(self) -> str:
        """Return when and under what it was carried out, in words."""
        day = "" if self.at is None else f" on {self.at:%Y-%m-%d}"
        return f"redacted{day} under {self.proposal.authority} (redaction {self.number})"


def approval_record(number: int, by: str, at: datetime, kept: str) -> dict[str, object]:
    """Return the record that the proposal of that number was approved and carried out."""
    return {"typ": TYP, "act": "approved", "of": number, "by": by, "at": instant_text(at), "kept": kept}


def redactions(records: Iterable[tuple[int, Mapping[str, object]]]) -> dict[int, Redaction]:
    """Return all redactions by their number, from the log's records in order; raises BadInput for records that make no sense."""
    found: dict[int, Redaction] = {}
    for index, record in records:
        if record.get("act") == "proposed":
            found[index] = Redaction(number=index, proposal=_proposal(record))
        elif record.get("act") == "approved":
            number = record.get("of")
            if type(number) is not int or number not in found or found[number].approval is not None:
                raise BadInput("An approval names no redaction that was open.", found=f"entry {index}")
            found[number] = _approved(found[number], index, record)
        else:
            raise BadInput("A record of redaction is neither a proposal nor an approval.", found=f"entry {index}")
    return found


def carried_out(found: Mapping[int, Redaction]) -> Iterator[Redaction]:
    """Yield those that were approved, in the order in which they were."""
    done = [each for each in found.values() if each.approval is not None]
    return iter(sorted(done, key=lambda each: each.approval or 0))


def erased_groups(done: Iterable[Redaction]) -> dict[int, frozenset[str]]:
    """Return by entry the groups that these redactions erased together."""
    groups: dict[int, frozenset[str]] = {}
    for redaction in done:
        for index, names in redaction.proposal.erased().items():
            groups[index] = groups.get(index, frozenset()) | names
    return groups


def groups_that_go(entry_type: EntryType, groups: Iterable[str]) -> tuple[str, ...]:
    """Return the groups that go when these are erased, in order; raises BadInput for one that the type has not.

    With any group of a delivered record goes its origin. Of a deed only the reason may go: who looked at what stands.
    """
    wanted = set(groups)
    for group in wanted - set(entry_type.groups):
        expected = ", ".join(entry_type.groups)
        raise BadInput(f"Entries of type {entry_type.typ} have no such group.", found=group, expected=expected)
    if not wanted:
        raise BadInput("Name the groups that are to be erased.", expected=", ".join(entry_type.groups))
    if not entry_type.beside:
        if wanted != {"reason"}:
            raise BadInput("Who looked at what is never erased; of a deed only its reason may be.", expected="reason")
        return ("reason",)
    return tuple(group for group in entry_type.groups if group in wanted | {ORIGIN})


def checked_authority(text: str) -> str:
    """Return the authority; raises BadInput unless it is one line of 2 to 200 ASCII characters."""
    if not _AUTHORITY.fullmatch(text):
        raise BadInput(
            "An authority is one line of 2 to 200 ASCII characters: a statute, a decision's number; never a name.",
            field="authority",
        )
    return text


def _proposal(record: Mapping[str, object]) -> Proposal:
    groups = record.get("groups")
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise BadInput("A proposal of redaction names no groups.")
    return Proposal(
        by=str(record.get("by")),
        at=instant_of(record.get("at")),
        authority=str(record.get("authority")),
        entries=parsed_ranges(record.get("entries")),
        groups=tuple(groups),
        along=parsed_ranges(record.get("along")),
    )


def _approved(open_one: Redaction, index: int, record: Mapping[str, object]) -> Redaction:
    return Redaction(
        number=open_one.number,
        proposal=open_one.proposal,
        approval=index,
        by=str(record.get("by")),
        at=instant_of(record.get("at")),
        kept=str(record.get("kept")),
    )


def instant_of(value: object) -> datetime:
    """Return the instant that a record writes; raises BadInput for anything else."""
    try:
        return datetime.strptime(str(value), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise BadInput("A record's time is not one.", expected="RFC 3339 in UTC") from error
