"""What a model for linkage says of one pair, in plain steps: the level of each comparison, its bits, and the chance they add up to.

The definition that Splink's answer must agree with. A level whose value has a known share among all uses that share for u.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from custodiet.detect.likeness import jaro_winkler, slips
from custodiet.detect.tie_model import Level, TieModel

#: A description as a row of `tie_left` or `tie_right`.
Row = Mapping[str, Any]
Shares = Mapping[str, Mapping[str, float]]  # field -> value -> share among all


def levels_of(model: TieModel, left: Row, right: Row) -> dict[str, Level]:
    """Return the level at which each comparison finds the two; raises KeyError for a comparison of another pack."""
    return {
        comparison.name: comparison.level(RULES[model.question, comparison.name](left, right))
        for comparison in model.comparisons
    }


def bits_of(level: Level, left: Row, right: Row, shares: Shares) -> float:
    """Return what a level says for the pair: log2(m / u), with the value's own share in the place of u where it is known."""
    if level.frequency_of is None or level.m is None:
        return level.bits
    known = shares.get(level.frequency_of, {})
    found = [known[row[level.frequency_of]] for row in (left, right) if row[level.frequency_of] in known]
    return math.log2(level.m / max(*found, level.least)) if found else level.bits


def weight(model: TieModel, left: Row, right: Row, shares: Shares, prior: float) -> float:
    """Return the bits for the pair: those of the chance beforehand and of each comparison."""
    levels = levels_of(model, left, right)
    return math.log2(prior / (1 - prior)) + sum(bits_of(level, left, right, shares) for level in levels.values())


def probability(bits: float) -> float:
    """Return the chance that so many bits mean."""
    return 1 / (1 + 2**-bits)


def _known(*values: object) -> bool:
    return all(value is not None for value in values)


def _surname(x: Row, s: Row) -> int:
    a, b = x["surname"], s["surname"]
    if not _known(a, b):
        return -1
    if a == b:
        return 3
    if b in (x["surnames"] or ()):
        return 2
    return 1 if jaro_winkler(a, b) >= 0.92 else 0


def _forename(x: Row, s: Row) -> int:
    a, b = x["forename"], s["forename"]
    if not _known(a, b):
        return -1
    if a == b:
        return 4
    if x["root"] == s["root"]:
        return 3
    if len(b) == 1 and a[0] == b:
        return 2
    return 1 if jaro_winkler(a, b) >= 0.88 else 0


def _birth(x: Row, s: Row) -> int:
    a, b = x["date_of_birth"], s["date_of_birth"]
    if not _known(a, b):
        return -1
    if a == b:
        return 3
    swapped = a[:4] == b[:4] and a[5:7] == b[8:] and a[8:] == b[5:7]
    if slips(a, b) <= 1 or swapped:
        return 2
    return 1 if (a[:4] == b[:4]) + (a[5:7] == b[5:7]) + (a[8:] == b[8:]) >= 2 else 0


def _own_home(x: Row, s: Row) -> int:
    a, b = x["door"], s["door"]
    if not _known(a, b):
        return -1
    if a == b:
        return 3
    if b in (x["doors"] or ()):
        return 2
    return 1 if s["postcode"] in (x["postcodes"] or ()) else 0


def _phone(x: Row, s: Row) -> int:
    a, b = x["phone"], s["phone"]
    if not _known(a, b):
        return -1
    if a == b or b in (x["phones"] or ()):
        return 2
    return 1 if slips(a, b) <= 1 else 0


def _one_home(x: Row, s: Row) -> int:  # noqa: PLR0911 - one line for each level
    if not _known(x["premises"], s["premises"]):
        return -1
    if _known(x["uprn"], s["uprn"]):
        return 7 if x["uprn"] == s["uprn"] else 6
    one_code = _known(x["postcode"], s["postcode"]) and slips(x["postcode"], s["postcode"])
    one_street = _known(x["street"], s["street"]) and x["street"] == s["street"] and x["flat"] == s["flat"]
    houses = _known(x["house"], s["house"])
    if _known(x["door"], s["door"]) and x["door"] == s["door"] and _alike(x["street"], s["street"]):
        return 5
    if x["premises"] == s["premises"] and (not _known(x["postcode"], s["postcode"]) or one_code <= 2):
        return 4
    if one_street and houses and x["house"] == s["house"] and _known(x["postcode"], s["postcode"]) and one_code <= 1:
        return 3
    if _known(x["postcode"], s["postcode"]) and x["postcode"] == s["postcode"]:
        return 2 if one_street and houses and slips(x["house"], s["house"]) <= 1 else 1
    return 0


def _alike(a: str | None, b: str | None) -> bool:
    return a is None or b is None or jaro_winkler(a, b) >= 0.8


def _family(x: Row, s: Row) -> int:
    a, b = x["surname"], s["surname"]
    if not _known(a, b):
        return -1
    if a == b or b in (x["surnames"] or ()):
        return 2
    return 1 if jaro_winkler(a, b) >= 0.92 else 0


def _line(x: Row, s: Row) -> int:
    a, b = x["phone"], s["phone"]
    if not _known(a, b):
        return -1
    return 1 if a == b or b in (x["phones"] or ()) else 0


#: How the models of the police pack find their levels, by question and comparison.
RULES: dict[tuple[str, str], Callable[[Row, Row], int]] = {
    ("same_person", "surname"): _surname,
    ("same_person", "forename"): _forename,
    ("same_person", "birth"): _birth,
    ("same_person", "home"): _own_home,
    ("same_person", "phone"): _phone,
    ("same_home", "home"): _one_home,
    ("same_home", "surname"): _family,
    ("same_home", "phone"): _line,
}
