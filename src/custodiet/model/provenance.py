"""Provenance: the four things that a derived row is a function of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Two runs with equal provenance give the same bytes."""

    ledger_size: int  # facts known: entries 0 to size - 1
    root: str  # hex root hash at that size
    packs: str  # hex SHA-256 over the packs in use
    code: str  # the version of this software
