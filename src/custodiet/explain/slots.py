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
_BRACE = re.compile(r"[{}]")
PEOPLE = ("actor", "requester", "operator")
FORMS = ("plain", "words", "an", "person", "when", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot: its text in the sentence, the form, and the column (None for the access's own people)."""

    text: str
    form: str
    reference: Reference | None


class BadSlot(ValueError):
    """A slot that cannot be filled: the slot, the part that is wrong, and what it could be (nothing: not one of a few)."""

    def __init__(self, slot: str, found: str, known: tuple[str, ...] = ()) -> None:
        """Keep the parts for the error that names the place."""
        super().__init__(slot)
        self.slot, self.found, self.known = slot, found, known


def slots(sentence: str) -> tuple[Slot, ...]:
    """Return the sentence's slots in order; raises BadSlot where one cannot be filled."""
    rest = _SLOT.sub(lambda found: " " * len(found[0]), sentence)
    loose = _BRACE.search(rest)
    if loose is not None:
        raise BadSlot(loose[0], sentence[loose.start() :][:20])
    return tuple(_slot(found) for found in _SLOT.findall(sentence))


def _slot(found: str) -> Slot:
    text = "{" + found + "}"
    if found in PEOPLE:
        return Slot(text=text, form=found, reference=None)
    form, colon, rest = found.partition(":")
    if not colon:
        return Slot(text=text, form="plain", reference=_reference(text, found, () if "." in found else PEOPLE))
    if form not in FORMS:
        raise BadSlot(text, form, FORMS[1:])
    return Slot(text=text, form=form, reference=_reference(text, rest))


def _reference(slot: str, found: str, known: tuple[str, ...] = ()) -> Reference:
    try:
        return reference(found)
    except ValueError as error:
        raise BadSlot(slot, found, known) from error
