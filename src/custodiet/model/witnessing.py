"""Who outside the organisation vouches for the ledger, and up to which size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessing:
    """What the quorum of a policy vouches for, of a ledger that has `size` entries."""

    size: int
    quorum: str | None  # the policy's; None where no policy asks for any witness
    witnessed: int = 0  # the entries below this are vouched for; 0: none
    by: tuple[str, ...] = ()  # the witnesses' names in the policy
    at: datetime | None = None  # at this time or later each of a quorum said so

    @property
    def whole(self) -> bool:
        """Tell whether every entry is vouched for."""
        return self.at is not None and self.witnessed == self.size

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return what a reader must know, in sentences; the first word of one that warns is UNWITNESSED."""
        if self.at is None:
            return (self._by_nobody(),)
        names = ", ".join(self.by)
        said = f"Witnessed up to size {self.witnessed:,} by {names} at {self.at:%Y-%m-%d %H:%M:%S} UTC."
        rest = self.size - self.witnessed
        if rest <= 0:
            return (said,)
        entries = "entry" if rest == 1 else "entries"
        return (said, f"UNWITNESSED yet: the {rest:,} {entries} from {self.witnessed:,} on.")

    def _by_nobody(self) -> str:
        if self.quorum is None:
            return (
                "UNWITNESSED: nobody outside vouches for this checkpoint. Keep a copy of ledger/checkpoint elsewhere."
            )
        return f"UNWITNESSED: the quorum {self.quorum} of the policy vouches for no checkpoint of this ledger yet."
