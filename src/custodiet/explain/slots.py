"""The slots in a template's sentence: `{actor}`, `{a.incident}`, `{an:s.role}`, `{person:a.person}`, `{when:a.valid_from}`.

| slot | is filled with |
|---|---|
| `{actor}`, `{requester}`, `{operator}` | rank and number of the person, e.g. PC 4127 |
| `{a.incident}` | the value of the column |
| `{words:s.role}` | the value with spaces for underscores |
| `{an:s.role}` | the same, after "a" or "an" |
| `{person:a.person}` | rank and number of that person |
| `{when:a.valid_from}` | how long before or after the access, e.g. "38 minutes earlier" |
| `{reason:r.template}` | for a request: the requester's own reason, as a sentence without its full stop |
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from custodiet.explain.moments import reference
from custodiet.explain.template import Reference

_SLOT = re.compile(r"\{([^{}]*)\}")
PEOPLE = ("actor", "requester", "operator")
FORMS = ("plain", "words", "an", "person", "when", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot: its text in the sentence, the form, and the column (None for the access's own people)."""

    text: str
    form: str
    reference: Reference | None


def slots(sentence: str) -> tuple[Slot, ...]:
    """Return the sentence's slots in order; raises ValueError where one cannot be read."""
    if sentence.count("{") != sentence.count("}") or sentence.count("{") != len(_SLOT.findall(sentence)):
        raise ValueError(sentence)
    return tuple(_slot(found) for found in _SLOT.findall(sentence))


def _slot(found: str) -> Slot:
    text = "{" + found + "}"
    if found in PEOPLE:
        return Slot(text=text, form=found, reference=None)
    form, colon, rest = found.partition(":")
    if not colon:
        return Slot(text=text, form="plain", reference=reference(found))
    if form not in FORMS:
        raise ValueError(found)
    return Slot(text=text, form=form, reference=reference(rest))
