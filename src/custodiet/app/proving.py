"""Evidence for others: which entries a bundle holds, what of them it shows, and what else gives them their meaning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from custodiet.errors import BadInput, UsageError
from custodiet.ledger.bundle import Bundle, Item, Span, Statement, original_file, proof_file
from custodiet.ledger.bundle_check import CheckedBundle
from custodiet.ledger.checkpoint import unverified
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.redaction import TYP, carried_out, redactions
from custodiet.ledger.tlog_proof import TlogProof
from custodiet.model.instants import rfc3339
from custodiet.relations.query import Query
from custodiet.report.evidence import EvidencePage

_SQL = "custodiet.report.sql"
#: Actor and subject of one access.
PEOPLE_OF = Query(_SQL, "people_of_access.sql")
#: The accesses of one actor in a period, with their subjects.
ACCESSES_OF = Query(_SQL, "accesses_of_actor.sql")
#: How many accesses a run knows.
ACCESSES_KNOWN = Query(_SQL, "accesses_known.sql")
_ORIGIN = "origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """All accesses of one actor in `[start, end)`."""

    actor: str
    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse a period that holds no time."""
        if self.start >= self.end:
            msg = "the period ends before it begins: it is from --from up to, and not including, --to"
            raise UsageError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a bundle is asked to prove."""

    events: tuple[int, ...] = ()
    groups: tuple[str, ...] | None = None  # the groups to show; None: all
    original: bool = False  # with the records' bytes as delivered
    span: tuple[int, int] | None = None  # all entries [start, end), without showing what they say
    period: Period | None = None
    with_range: bool = False  # the whole log as entries, so that anyone can count

    def __post_init__(self) -> None:
        """Refuse what makes no sense together."""
        if not self.events and self.span is None and self.period is None:
            raise UsageError(
                "say what to prove: an event's number, --range FROM TO, or --actor ID --from DATE --to DATE"
            )
        if self.period is not None and (self.events or self.span is not None):
            raise UsageError("--actor finds its events itself: give neither events nor --range with it")
        if self.with_range and self.period is None:
            raise UsageError("--with-range goes with --actor; to prove a range of entries use --range FROM TO")
        if self.period is not None and self.groups is not None and "context" not in self.groups:
            raise UsageError("--actor shows when each access was: the group context cannot be withheld")
        if self.original and self.groups is not None:
            raise UsageError("--original shows the whole record, so nothing can be withheld with --groups beside it")

    @property
    def thing(self) -> str:
        """Return what the record of the look names."""
        if self.period is not None:
            return f"actor {self.period.actor}"
        events = [str(event) for event in sorted(set(self.events))]
        return " ".join([*events, *(() if self.span is None else [f"range {self.span[0]}-{self.span[1]}"])])


class OpenedEntry(Protocol):
    """One entry with what its digests commit to."""

    @property
    def index(self) -> int:
        """Return its place in the log."""

    @property
    def typ(self) -> str:
        """Return its type."""

    @property
    def entry(self) -> bytes:
        """Return its bytes as logged."""

    @property
    def row(self) -> Mapping[str, object]:
        """Return the stored row."""

    @property
    def disclosures(self) -> Mapping[str, str | None]:
        """Return the disclosure of each group, None where it was erased."""


class EvidenceLog(Protocol):
    """A log as evidence is taken from it."""

    @property
    def size(self) -> int:
        """Return the number of entries."""

    def count_of(self, typ: str, size: int) -> int:
        """Return how many entries of that type there are below the size."""

    def opened(self, indices: Iterable[int]) -> Iterator[OpenedEntry]:
        """Yield the entries at these indices in order, each with what its digests commit to."""

    def records(self, typ: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of that type with their indices."""

    def note(self, covering: int) -> bytes:
        """Return the best checkpoint of at least that size."""

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the entry is at that index of the tree of that size."""

    def range_proof(self, start: int, end: int, size: int) -> tuple[bytes, ...]:
        """Return the proof of the entries [start, end) in the tree of that size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search for one actor's accesses read, and what it could not."""

    size: int  # all accesses below it were looked through
    known: int  # accesses that could be read
    waiting: int  # delivered records in quarantine


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What goes into a bundle, without the pages, the keys and the file of entries."""

    bundle: Bundle
    note: bytes
    files: Mapping[str, bytes]  # proofs and originals
    size: int  # of the log at the checkpoint of the bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A bundle that was written."""

    folder: Path
    archive: Path | None
    checked: CheckedBundle
    page: EvidencePage


def drafted(
    asked: Asked, events: Sequence[int], log: EvidenceLog, made_at: datetime, searched: Searched | None = None
) -> Draft:
    """Return the draft that shows these events; raises UsageError for groups that they do not have."""
    opened = {one.index: one for one in log.opened(events)}
    beside = set(_beside(asked, opened, log)) - set(opened)
    note = log.note(_least_size(asked, {*opened, *beside}, log, searched))
    size = unverified(note).size
    beside |= set(_keys(log, size)) - set(opened)
    items = {index: _item(index, one, asked.groups) for index, one in opened.items()}
    items |= {one.index: Item(index=one.index, entry=one.entry.decode()) for one in log.opened(beside)}
    bundle = Bundle(
        made_at=made_at,
        asked=tuple(opened),
        items=tuple(items[index] for index in sorted(items)),
        span=_span(asked, log, size),
        statement=None if searched is None else _statement(asked, searched, (len(opened), size), log),
    )
    originals = {original_file(index): _original(index, one) for index, one in opened.items() if asked.original}
    return Draft(bundle=bundle, note=note, files={**_proofs(bundle, log, note, size), **originals}, size=size)


def _least_size(asked: Asked, indices: set[int], log: EvidenceLog, searched: Searched | None) -> int:
    """Return the size that a checkpoint must have at least; raises BadInput if the log has no such range."""
    ends = [index + 1 for index in indices]
    least = max([*ends, asked.span[1] if asked.span else 0, searched.size if searched else 0])
    if least > log.size:
        raise BadInput("The log has no such range of entries.", expected=f"a range within 0 to {log.size}")
    return least


def _item(index: int, opened: OpenedEntry, groups: Sequence[str] | None) -> Item:
    has = opened.disclosures
    if groups is not None and not set(groups) <= set(has):
        msg = f"entry {index} has the groups {', '.join(has) or 'none: it is open'}; not all of {', '.join(groups)}"
        raise UsageError(msg)
    shown = {group: text for group, text in has.items() if text is not None and (groups is None or group in groups)}
    erased = tuple(sorted(group for group, text in has.items() if text is None))
    return Item(index=index, entry=opened.entry.decode(), shown=shown, erased=erased)


def _beside(asked: Asked, opened: Mapping[int, OpenedEntry], log: EvidenceLog) -> Iterator[int]:
    """Yield the control entries that give the others their meaning: schemas, deliveries, and what ordered an erasure."""
    types = {one.typ for one in opened.values()} & set(ENTRY_TYPES)
    yield from (index for index, record in log.records("schema/1") if record["describes"] in types)
    yield from _deliveries(asked, opened.values(), log)
    yield from _erasures({index for index, one in opened.items() if None in one.disclosures.values()}, log)


def _keys(log: EvidenceLog, size: int) -> Sequence[int]:
    """Return the records of the log's keys below that size, if there is more to tell than the one key."""
    keys = [index for index, _ in log.records("key/1") if index < size]
    return keys if len(keys) > 1 else ()


def _erasures(indices: set[int], log: EvidenceLog) -> Iterator[int]:
    if indices:
        for redaction in carried_out(redactions(log.records(TYP))):
            if redaction.approval is not None and indices & redaction.proposal.erased().keys():
                yield from (redaction.number, redaction.approval)


def _deliveries(asked: Asked, opened: Iterable[OpenedEntry], log: EvidenceLog) -> Iterator[int]:
    shows = asked.groups is None or _ORIGIN in asked.groups  # else to name the delivery would show what is withheld
    names = {one.row.get("delivery") for one in opened if shows and one.disclosures.get(_ORIGIN) is not None}
    for index, record in log.records("delivery/1"):
        if record["delivery"] in names or (asked.period is not None and _touches(record, asked.period)):
            yield index


def _touches(delivery: Mapping[str, Any], period: Period) -> bool:
    first, last = delivery.get("first_at"), delivery.get("last_at")
    if first is None or last is None:  # of facts, or of records none of which could be read
        return bool(delivery["counts"]["quarantined"])
    return bool(first < rfc3339(period.end) and rfc3339(period.start) <= last)


def _span(asked: Asked, log: EvidenceLog, size: int) -> Span | None:
    start, end = asked.span or ((0, size) if asked.with_range else (0, 0))
    if asked.span is None and not end:
        return None
    return Span(start=start, end=end, proof=log.range_proof(start, end, size))


def _statement(asked: Asked, searched: Searched, counts: tuple[int, int], log: EvidenceLog) -> Statement:
    assert asked.period is not None
    listed, size = counts
    return Statement(
        actor=asked.period.actor,
        start=asked.period.start,
        end=asked.period.end,
        below=size,
        accesses=log.count_of("access/1", size),
        searched=searched.known,
        waiting=searched.waiting,
        listed=listed,
    )


def _proofs(bundle: Bundle, log: EvidenceLog, note: bytes, size: int) -> dict[str, bytes]:
    within = range(0) if bundle.span is None else range(bundle.span.start, bundle.span.end)
    return {
        proof_file(item.index): TlogProof(
            index=item.index, hashes=log.inclusion_proof(item.index, size), note=note
        ).data
        for item in bundle.items
        if item.index not in within
    }


def _original(index: int, opened: OpenedEntry) -> bytes:
    original = opened.row.get("original")
    if not isinstance(original, bytes) or opened.disclosures.get(_ORIGIN) is None:
        raise BadInput(
            "The record's bytes are not held any more, or this entry was made from none.", found=f"entry {index}"
        )
    return original
