"""Invented names: of people, streets, places and operations. None is taken from a register of real people."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from custodiet.simulator.streams import Reals, Texts


def _column(name: str, column: int = 0) -> Texts:
    text = files("custodiet.simulator").joinpath("names", f"{name}.csv").read_text(encoding="utf-8")
    return np.array([row[column] for row in list(csv.reader(text.splitlines()))[1:]])


@dataclass(frozen=True)
class Names:
    """The lists of names, read once."""

    @cached_property
    def surnames(self) -> Texts:
        """Return family names, the commonest first."""
        return _column("surnames")

    @cached_property
    def forenames(self) -> Texts:
        """Return given names."""
        return _column("forenames")

    @cached_property
    def streets(self) -> Texts:
        """Return names of streets."""
        return _column("streets")

    @cached_property
    def areas(self) -> Texts:
        """Return names of places that a local unit serves."""
        return _column("areas", 1)

    @cached_property
    def area_codes(self) -> Texts:
        """Return the two letters of each place, as call signs use them."""
        return _column("areas", 0)

    @cached_property
    def operations(self) -> Texts:
        """Return names of operations."""
        return _column("operations")

    def surname_weights(self) -> Reals:
        """Return how common each family name is: few are very common, so that namesakes happen."""
        place: Reals = np.arange(len(self.surnames), dtype=np.float64)
        return 1.0 / (place + 6.0)
