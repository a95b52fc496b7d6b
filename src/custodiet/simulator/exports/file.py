"""A file that a system hands over, with what must become of its records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """One file: where it goes below the folder, its bytes, its mapping, and how many records it holds.

    Of the records received, `duplicate` have come before and `quarantined` cannot be read; the rest must be accepted.
    """

    path: str
    data: bytes
    mapping: str
    received: int
    duplicate: int = 0
    quarantined: int = 0
    other_lines: int = 0  # lines that are no records: heartbeats, totals
