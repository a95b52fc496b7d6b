"""Looks of principals: written durably before anything is shown, and entered in the ledger by the next commit.

No record, no output: a command that shows records has the look recorded first and prints only after that.
"""

from __future__ import annotations

from typing import Protocol

from custodiet.errors import Refused
from custodiet.model.looks import Deed, Purpose


class Recorder(Protocol):
    """Keeps looks until they are in the ledger."""

    def record(self, deed: Deed) -> None:
        """The look is on the disk; raises EnvironmentFault where it cannot be, and then nothing may be shown."""


def purpose_of(word: str | None) -> Purpose:
    """Return the purpose that the word names; raises Refused for anything outside DPA 2018 s.62(4)."""
    lawful = ", ".join(purpose.value for purpose in Purpose)
    if not word:
        msg = f"say what the look is for (--purpose or CUSTODIET_PURPOSE): one of {lawful} (DPA 2018 s.62(4))"
        raise Refused(msg)
    try:
        return Purpose(word)
    except ValueError as other:
        msg = (
            f"these logs may be used for {lawful} and nothing else (DPA 2018 s.62(4));"
            " questions of productivity or attendance are refused by design"
        )
        raise Refused(msg) from other
