"""The page of a bundle made from its draft: only what the bundle itself shows goes into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from custodiet import __version__
from custodiet.app.proving import Draft
from custodiet.app.vault import Settings
from custodiet.ledger.bundle import Item, Statement, original_file
from custodiet.ledger.canonical import canonical, parsed
from custodiet.ledger.checkpoint import unverified
from custodiet.ledger.disclosures import disclosed_columns
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType
from custodiet.relations.relation import Column, Type
from custodiet.report.evidence import (
    Completeness,
    DeliveryTold,
    EvidencePage,
    Group,
    Record,
    Sight,
    Value,
    mark_of,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Backing:
    """Who stands behind a bundle: the organisation, the log's key and the witnesses that cosigned."""

    settings: Settings
    key: str
    witnesses: tuple[str, ...] = ()
    too_few: tuple[str, ...] = ()  # witnesses that are no quorum


def evidence_page(draft: Draft, backing: Backing) -> EvidencePage:
    """Return what the page of the bundle says."""
    bundle, checkpoint = draft.bundle, unverified(draft.note)
    asked = [item for item in bundle.items if item.index in set(bundle.asked)]
    span = bundle.span
    return EvidencePage(
        organisation=backing.settings.title,
        invented=backing.settings.invented,
        zone=backing.settings.zone,
        code=__version__,
        made_at=bundle.made_at,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        key=backing.key,
        mark=mark_of(sha256(backing.key.encode()).hexdigest()),
        witnesses=backing.witnesses,
        too_few=backing.too_few,
        records=tuple(_record(item, original_file(item.index) in draft.files) for item in asked),
        deliveries=tuple(told for item in bundle.items for told in _delivery(item)),
        span=None if span is None else (span.start, span.end),
        completeness=None if bundle.statement is None else _completeness(bundle.statement, whole=span is not None),
    )


def _record(item: Item, original: bool) -> Record:  # noqa: FBT001 - said by the one caller
    entry: Any = parsed(item.entry)
    entry_type = ENTRY_TYPES.get(entry["typ"])
    groups = () if entry_type is None else _groups(item, entry_type)
    return Record(index=item.index, typ=entry["typ"], groups=groups, text=item.entry, original=original)


def _groups(item: Item, entry_type: EntryType) -> tuple[Group, ...]:
    columns = disclosed_columns(entry_type, item.entry.encode(), item.shown)
    return tuple(Group(name=group, sight=_sight(item, group), values=_values(entry_type, group, columns))
                 for group in entry_type.groups)  # fmt: skip


def _sight(item: Item, group: str) -> Sight:
    if group in item.shown:
        return Sight.SHOWN
    return Sight.ERASED if group in item.erased else Sight.WITHHELD


def _values(entry_type: EntryType, group: str, columns: Mapping[str, Any]) -> tuple[Value, ...]:
    """Return the group's values in the order in which people read them: that of the relation's columns."""
    names = [name for name in entry_type.groups[group] if name in columns]
    return tuple(_value(entry_type.relation.column(name), columns[name]) for name in names)


def _value(column: Column, said: Any) -> Value:
    text = said if isinstance(said, str) else canonical(said)
    at = datetime.fromisoformat(said) if column.type is Type.INSTANT else None
    return Value(column=column.name, meaning=column.meaning, text=text, at=at)


def _delivery(item: Item) -> list[DeliveryTold]:
    record: Any = parsed(item.entry)
    if record["typ"] != "delivery/1":
        return []
    counts = record["counts"]
    return [
        DeliveryTold(
            index=item.index,
            name=record["delivery"],
            source=record["source"],
            received=counts["received"],
            accepted=counts["accepted"],
            duplicate=counts["duplicate"],
            quarantined=counts["quarantined"],
            missing=record["missing"],
            silences=record["silence_count"],
        )
    ]


def _completeness(said: Statement, *, whole: bool) -> Completeness:
    return Completeness(
        actor=said.actor,
        start=said.start,
        end=said.end,
        listed=said.listed,
        accesses=said.accesses,
        searched=said.searched,
        waiting=said.waiting,
        whole=whole,
    )
