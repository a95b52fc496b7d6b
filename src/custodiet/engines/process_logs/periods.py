"""The stretches of a log in order of time: nothing is judged by what came later."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.engines.process_logs.accesses import Accesses
from custodiet.errors import BadInput

#: Shares of the accesses at which weights, the threshold and the evaluation begin.
_LEARNED_FROM, _THRESHOLD_FROM, _EVALUATED_FROM = 0.25, 0.5, 0.65
#: Fewer accesses than this tell nothing.
LEAST = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """Places (in order of time) at which each period begins, and where the last one ends."""

    learned: int
    threshold: int
    evaluated: int
    end: int

    def of(self, stage: str) -> tuple[int, int]:
        """Return where the period begins and ends."""
        bounds = {
            "learned": (self.learned, self.threshold),
            "threshold": (self.threshold, self.evaluated),
            "evaluated": (self.evaluated, self.end),
        }
        return bounds[stage]


def periods(accesses: Accesses, file: str) -> Periods:
    """Return the periods, each beginning with a new instant; raises BadInput for a log that is too small."""
    size = len(accesses)
    if size < LEAST:
        raise BadInput(
            "The log has too few events by people to learn from some and judge others.",
            file=file,
            found=f"{size:,}",
            expected=f"{LEAST:,} or more with a case, a time and a resource that is a person",
        )
    places = [_new_instant(accesses, int(size * share)) for share in (_LEARNED_FROM, _THRESHOLD_FROM, _EVALUATED_FROM)]
    found = Periods(learned=places[0], threshold=places[1], evaluated=places[2], end=size)
    if not 0 < found.learned < found.threshold < found.evaluated < found.end:
        raise BadInput(
            "Too many events have one and the same time: there is no earlier and later to tell apart.",
            file=file,
            expected="times that spread over the log",
        )
    return found


def _new_instant(accesses: Accesses, place: int) -> int:
    """Return the first place from there on at which the time moves on."""
    while 0 < place < len(accesses) and accesses.at[place] == accesses.at[place - 1]:
        place += 1
    return place
