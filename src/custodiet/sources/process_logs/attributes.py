"""Which attributes of a case may speak: those with few values, and those that name an actor; none written at the end."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.model.process_log import ABSENT
from custodiet.sources.process_logs.machines import NOBODY
from custodiet.sources.process_logs.mapping import LogMapping

#: Words in the name of an attribute that is likely written when the case ends.
_LATE = re.compile(r"(?i)(end|clos|resol|result|outcome|status|final|finish|duration|last|decision|accepted|selected|complet|einde|afgesloten|variant|total)")  # fmt: skip
_MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The attributes that are used, as numbers by case, and what is said of the others."""

    attributes: Mapping[str, array[int]]
    naming: Mapping[str, array[int]]
    notes: Sequence[str]


def chosen(
    values: Mapping[str, Mapping[int, str]], cases: int, actors: Sequence[str], mapping: LogMapping, *, of_case: bool
) -> Told:
    """Return the attributes that are used: those that the mapping lists, else those that look as if they were known early."""
    listed = mapping.case_attributes
    notes: list[str] = []
    if listed is not None and of_case:
        values = {name: own for name, own in values.items() if name in listed}
    elif listed is None:
        late = sorted(name for name in values if _LATE.search(name))
        values = {name: own for name, own in values.items() if name not in late}
        if late:
            notes.append(
                f"Attributes that may be written at the end of a case were not used: {', '.join(late[:8])}."
                " The mapping's `case_attributes` overrules this."
            )
    known = {name.casefold(): number for number, name in enumerate(actors)}
    naming = {name: _named(own, known, cases) for name, own in sorted(values.items()) if _names_actors(own, known)}
    plain = sorted((len(_kinds(own)), name) for name, own in values.items() if name not in naming)
    few = [name for kinds, name in plain if 2 <= kinds <= max(20, cases // 20)][:_MOST]
    return Told(attributes={name: _numbered(values[name], cases) for name in few}, naming=naming, notes=notes)


def _kinds(own: Mapping[int, str]) -> set[str]:
    return {value for value in own.values() if value.strip().casefold() not in NOBODY}


def _names_actors(own: Mapping[int, str], known: Mapping[str, int]) -> bool:
    """Tell whether most of the values, at least two of them, are names of resources."""
    kinds = _kinds(own)
    told = Counter(value for value in own.values() if value in kinds)
    named = sum(count for value, count in told.items() if value.strip().casefold() in known)
    return len(kinds) >= 2 and named > 0.5 * sum(told.values())


def _named(own: Mapping[int, str], known: Mapping[str, int], cases: int) -> array[int]:
    return array("q", (known.get(own.get(case, "").strip().casefold(), ABSENT) for case in range(cases)))


def _numbered(own: Mapping[int, str], cases: int) -> array[int]:
    numbers = {value: number for number, value in enumerate(sorted(_kinds(own)))}
    return array("q", (numbers.get(own.get(case, ""), ABSENT) for case in range(cases)))
