"""Entry bundles (C2SP tlog-tiles): entries end to end, each behind its length in two bytes, big-endian."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.errors import BadInput
from custodiet.ledger.commitments import LARGEST_ENTRY

_LENGTH_BYTES = 2


def bundle_of(entries: Iterable[bytes]) -> bytes:
    """Return the bundle of these entries; raises BadInput for an entry too long to have its length in two bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > LARGEST_ENTRY:
            raise BadInput("An entry is too long for a bundle.", found=f"{len(entry)} bytes")
        parts += (len(entry).to_bytes(_LENGTH_BYTES, "big"), entry)
    return b"".join(parts)


def entries_in(bundle: bytes, count: int) -> tuple[bytes, ...]:
    """Return the entries of a bundle of so many; raises BadInput unless it holds them and not a byte more."""
    entries: list[bytes] = []
    at = 0
    for _ in range(count):
        start = at + _LENGTH_BYTES
        end = start + int.from_bytes(bundle[at:start], "big")
        if start > len(bundle) or end > len(bundle):
            raise BadInput("A bundle ends too early.", found=f"{len(entries)} entries", expected=str(count))
        entries.append(bundle[start:end])
        at = end
    if at != len(bundle):
        raise BadInput("A bundle goes on after its last entry.", found=f"{len(bundle) - at} bytes more")
    return tuple(entries)
