"""The holds of a log as its writer finds them, under its lock."""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.ledger.holding import check_unheld
from custodiet.ledger.index_ranges import Range
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.retention import TYP, holds
from custodiet.logstore.control_entries import read_records
from custodiet.logstore.layout import Layout


def check_not_held(layout: Layout, manifest: Manifest, ranges: Sequence[Range]) -> None:
    """Return if no committed hold keeps an entry in the ranges; raises Refused naming the first that does."""
    segments = (layout.segment(each) for each in manifest.of(TYP))
    records = (record for path in segments for record in read_records(path))
    check_unheld(holds(records).values(), ranges)
