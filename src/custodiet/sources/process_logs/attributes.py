"""Which attributes of a case may speak: those with few values, and of those that name actors only what the mapping lists.

An attribute that names who is responsible may have been written by the very event that is judged: nothing in a log says
when. Whoever knows that it stood from the beginning lists it.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.model.process_log import ABSENT
from custodiet.sources.process_logs.machines import NOBODY
from custodiet.sources.process_logs.mapping import LogMapping

#: Words in the name of an attribute that is likely written when the case ends.
_LATE = re.compile(r"(?i)(end|clos|resol|result|outcome|status|final|finish|duration|last|decision|accepted|selected|complet|einde|afgesloten|variant|total)")  # fmt: skip
_MOST = 8
#: An attribute names resources where more than half of its values do; it might where more than a tenth do.
_MOSTLY, _SOME = 0.5, 0.1


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
        _check_listed(listed, values, mapping)
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
    if listed is None:
        unsure = sorted(name for name, own in values.items() if _names_actors(own, known, _SOME))
        values = {name: own for name, own in values.items() if name not in unsure}
        if unsure:
            notes.append(
                "Attributes that name resources may have been written by the event that is judged, and were not used:"
                f" {', '.join(unsure[:8])}. List in the mapping's `case_attributes` those that stood from the beginning."
            )
    naming = {
        name: _named(own, known, cases) for name, own in sorted(values.items()) if _names_actors(own, known, _MOSTLY)
    }
    plain = sorted((len(_kinds(own)), name) for name, own in values.items() if name not in naming)
    few = [name for kinds, name in plain if 2 <= kinds <= max(20, cases // 20)][:_MOST]
    return Told(attributes={name: _numbered(values[name], cases) for name in few}, naming=naming, notes=notes)


def _check_listed(listed: Sequence[str], values: Mapping[str, object], mapping: LogMapping) -> None:
    for name in listed:
        if name not in values:
            raise BadInput(
                "No case of the log has this attribute.",
                file=mapping.file,
                field="case_attributes",
                found=repr(name),
                expected="some of " + ", ".join(sorted(values)),
            )


def _kinds(own: Mapping[int, str]) -> set[str]:
    return {value for value in own.values() if value.strip().casefold() not in NOBODY}


def _names_actors(own: Mapping[int, str], known: Mapping[str, int], share: float) -> bool:
    """Tell whether more than this share of the values, of two kinds at least, are names of resources."""
    kinds = _kinds(own)
    told = Counter(value for value in own.values() if value in kinds)
    named = sum(count for value, count in told.items() if value.strip().casefold() in known)
    return len(kinds) >= 2 and named > share * sum(told.values())


def _named(own: Mapping[int, str], known: Mapping[str, int], cases: int) -> array[int]:
    return array("q", (known.get(own.get(case, "").strip().casefold(), ABSENT) for case in range(cases)))


def _numbered(own: Mapping[int, str], cases: int) -> array[int]:
    numbers = {value: number for number, value in enumerate(sorted(_kinds(own)))}
    return array("q", (numbers.get(own.get(case, ""), ABSENT) for case in range(cases)))
