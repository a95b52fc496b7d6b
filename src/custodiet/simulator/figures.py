"""The figures that the invented force is made to: published ones where there are any, assumptions where there are none.

`parameters.csv` gives each with unit, note, source and how certain it is. It is the frozen default.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

from custodiet.errors import BadInput

_FILE = "parameters.csv"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures by name."""

    values: dict[str, float]

    @classmethod
    def frozen(cls) -> Figures:
        """Return the figures that come with the package."""
        text = files("custodiet.simulator").joinpath(_FILE).read_text(encoding="utf-8")
        return cls({row["parameter"]: float(row["value"]) for row in csv.DictReader(text.splitlines())})

    def __getitem__(self, name: str) -> float:
        """Return one figure; an unknown name is refused with the name."""
        if name not in self.values:
            raise BadInput("There is no such figure.", file=_FILE, field=name)
        return self.values[name]
