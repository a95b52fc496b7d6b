"""The basis of a figure: what was counted, by which clock, in whom, and by which rule. No figure is shown without it."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """How figures that stand together were counted; each part is a short phrase without a full stop."""

    unit: str  # "one access by one actor to one subject"
    clock: str  # "time of the access"
    population: str  # "all actors with a live account, officers and staff"
    rule: str  # what is in, what is out, and whether the categories overlap
    missing: str = "nothing known to be missing"

    def __post_init__(self) -> None:
        """Refuse an empty part: a figure of which the unit or the clock is not told cannot be compared."""
        for field in fields(self):
            if not getattr(self, field.name).strip():
                msg = f"the basis of a figure needs its {field.name}"
                raise ValueError(msg)
