"""A model for linkage as data: what is compared, at which levels two descriptions can agree, and what each is worth in bits.

The file is JSON, in a pack's folder `ties`: the settings that Splink reads, with a question, a threshold and where the numbers
come from around them. An audit never trains; it uses the numbers of the file, whose digest stands in the run's provenance.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custodiet.errors import BadPack

#: What a model can ask, and what must be said of where its numbers come from.
QUESTIONS = ("same_person", "same_home")
PROVENANCE = ("trained_on", "trained_at", "method", "seed", "splink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One way in which two descriptions agree or differ; `bits` is NULL where a field is missing: it says nothing."""

    number: int  # -1 where a field is missing, 0 for no agreement, more for more
    words: str
    condition: str
    m: float | None  # how often a true pair is at this level
    u: float | None  # how often any other pair is
    frequency_of: str | None = None  # the field whose own commonness replaces u
    least: float = 0.0  # no value counts as rarer

    @property
    def bits(self) -> float:
        """Return log2(m / u): what the level says for the pair, or against it where it is negative."""
        return math.log2(self.m / self.u) if self.m is not None and self.u is not None else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing that is compared, with its levels from missing and most agreement to none."""

    name: str
    levels: tuple[Level, ...]

    def level(self, number: int) -> Level:
        """Return the level of that number; raises KeyError."""
        for level in self.levels:
            if level.number == number:
                return level
        msg = f"{self.name}: {number}"
        raise KeyError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class TieModel:
    """A model that answers one question about two descriptions."""

    question: str
    version: int
    threshold: float  # the least probability that is written down
    own_records: float | None  # true pairs to be expected for each left description; None: the prior is fixed
    vetoes: frozenset[str]  # comparisons in which there must be some agreement
    comparisons: tuple[Comparison, ...]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    digest: str  # hex SHA-256 of the file

    @property
    def method(self) -> str:
        """Return what a tie says it was found by."""
        return f"{self.question}/{self.version} {self.digest[:12]}"

    def prior(self, descriptions: int) -> float:
        """Return the chance that two descriptions drawn blindly are a true pair, among so many on the right."""
        if self.own_records is None:
            return float(self.settings["probability_two_random_records_match"])
        return min(0.5, self.own_records / max(1, descriptions))


def read_model(text: str, file: str) -> TieModel:
    """Return the model of a JSON text; raises BadPack naming the file, the key, what was found and expected."""
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadPack("The file is not JSON.", file=file, found=str(error), expected="JSON") from error
    try:
        return _model(raw, text, file)
    except (KeyError, TypeError, ValueError) as error:
        raise BadPack("The model lacks what a model needs.", file=file, found=repr(error), expected=_NEEDED) from error


_NEEDED = "question, version, threshold, own_records, vetoes, provenance and settings with comparisons"


def _model(raw: Mapping[str, Any], text: str, file: str) -> TieModel:
    if raw["question"] not in QUESTIONS:
        raise BadPack(
            "There is no such question.", file=file, field="question", found=raw["question"], expected=str(QUESTIONS)
        )
    missing = [key for key in PROVENANCE if key not in raw["provenance"]]
    if missing:
        raise BadPack("It must say where its numbers come from.", file=file, field="provenance", expected=missing[0])
    comparisons = tuple(_comparison(each) for each in raw["settings"]["comparisons"])
    unknown = set(raw["vetoes"]) - {comparison.name for comparison in comparisons}
    if unknown:
        raise BadPack("A veto names no comparison.", file=file, field="vetoes", found=min(unknown))
    return TieModel(
        question=raw["question"],
        version=int(raw["version"]),
        threshold=float(raw["threshold"]),
        own_records=None if raw["own_records"] is None else float(raw["own_records"]),
        vetoes=frozenset(raw["vetoes"]),
        comparisons=comparisons,
        settings=raw["settings"],
        provenance=raw["provenance"],
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _comparison(raw: Mapping[str, Any]) -> Comparison:
    known = [level for level in raw["comparison_levels"] if not level.get("is_null_level")]
    numbers = {id(level): len(known) - 1 - place for place, level in enumerate(known)}
    levels = tuple(_level(level, numbers.get(id(level), -1)) for level in raw["comparison_levels"])
    return Comparison(name=raw["output_column_name"], levels=levels)


def _level(raw: Mapping[str, Any], number: int) -> Level:
    if number >= 0 and not (0 < raw["m_probability"] <= 1 and 0 < raw["u_probability"] <= 1):
        msg = f"m and u of {raw['label_for_charts']!r} are not both above 0 and at most 1"
        raise ValueError(msg)
    field = raw.get("tf_adjustment_column")
    own = raw["sql_condition"] == f"{field}_l = {field}_r" or raw.get("disable_tf_exact_match_detection")
    if field is not None and not own:
        msg = f"{raw['label_for_charts']!r} would take u from another level: set disable_tf_exact_match_detection"
        raise ValueError(msg)
    return Level(
        number=number,
        words=raw["label_for_charts"],
        condition=raw["sql_condition"],
        m=raw.get("m_probability"),
        u=raw.get("u_probability"),
        frequency_of=field,
        least=raw.get("tf_minimum_u_value", 0.0),
    )
