"""A delivery: one file or batch taken in, and the law that nothing in it is lost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the records of one delivery.

    `received` counts records of the kind the source is for; `not_audit` counts other lines (headers, trailers,
    totals, server messages); `accesses` counts what the accepted records yielded (a statement may touch many).
    """

    received: int
    accepted: int
    duplicate: int
    quarantined: int
    not_audit: int = 0
    yielded: int = 0

    def __post_init__(self) -> None:
        """Refuse counts that break the law of conservation: received = accepted + duplicate + quarantined."""
        if self.received != self.accepted + self.duplicate + self.quarantined:
            msg = (
                f"received {self.received} is not accepted {self.accepted}"
                f" + duplicate {self.duplicate} + quarantined {self.quarantined}"
            )
            raise ValueError(msg)
        if min(self.received, self.accepted, self.duplicate, self.quarantined, self.not_audit, self.yielded) < 0:
            msg = "a count cannot be negative"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a record is in quarantine: the field, what was found, what was expected."""

    reason: str  # a code: unreadable, missing, unknown_code, bad_time, no_such_time, ambiguous_time, conflict ...
    field: str | None
    found: str | None
    expected: str
