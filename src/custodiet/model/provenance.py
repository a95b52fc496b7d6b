"""Provenance: the things that a derived row is a function of."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Two runs with equal provenance give the same bytes."""

    ledger_size: int  # facts known: entries 0 to size - 1
    root: str  # hex root hash at that size
    packs: str  # hex SHA-256 over the packs in use
    code: str  # the version of this software
    linkage: str = (
        ""  # the library and models by which descriptions were linked; none where they were held word for word
    )

    def fields(self) -> dict[str, object]:
        """Return the fields that say something: a run without linkage is named as it was before there was any."""
        return {name: value for name, value in asdict(self).items() if name != "linkage" or value}
