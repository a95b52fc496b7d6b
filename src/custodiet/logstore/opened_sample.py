"""A few entries opened from end to end: do rows and salts still give the leaves that were signed?"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.errors import CustodietError
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.ports import SaltSource
from custodiet.ledger.proof import verify_inclusion
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.logstore.log import Log

#: Segments of which an entry is opened.
MOST = 32


def opened_sample(log: Log, salts: SaltSource, most: int = MOST) -> tuple[int, list[str]]:
    """Return how many entries were opened, evenly over the log, and a sentence for each that is not what was signed."""
    entries, wrong = Entries(log, salts), []
    chosen = _chosen(log, most)
    for index in chosen:
        try:
            entry = entries.opened(index).entry
            verify_inclusion(leaf_hash(entry), index, log.size, log.inclusion_proof(index), log.root)
        except (CustodietError, OSError) as fault:
            wrong.append(f"Entry {index} cannot be shown to be what was signed. {fault}")
    return len(chosen), wrong


def _chosen(log: Log, most: int) -> Sequence[int]:
    """Return the last entry of each of so many segments with commitments, evenly chosen."""
    ends = [segment.end - 1 for segment in log.manifest.held() if segment.typ in ENTRY_TYPES]
    step = max(1, -(-len(ends) // most))
    return ends[::-1][::step][::-1]
