"""From an instance to a sentence that names its facts, and from a lack of one to what was looked for. No guesswork."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from custodiet.explain.drawn import Row, Value
from custodiet.explain.slots import Slot, slots
from custodiet.explain.template import Template
from custodiet.explain.words import Words

_STEPS = (
    ("second", 1_000_000, 60),
    ("minute", 60_000_000, 60),
    ("hour", 3_600_000_000, 48),
    ("day", 86_400_000_000, 60),
    ("month", 2_629_800_000_000, 24),
    ("year", 31_557_600_000_000, None),
)
_VOWEL_SOUNDS = ("a", "e", "i", "o")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What sentences need besides the rows: how people are called, the templates by name, and the pack's words."""

    ranks: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    words: Words = field(default_factory=Words)

    def person(self, number: str | None) -> str:
        """Return the person's rank and number, or what can be said without a rank."""
        if number is None:
            return "somebody"
        if number.startswith("account:"):
            return f"the holder of account {number.removeprefix('account:')}"
        rank = self.ranks.get(number)
        return f"{rank} {number}" if rank else f"staff member {number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One instance ready to be told: its template, the access, and the row behind each hop."""

    template: Template
    access: Row
    bindings: Mapping[str, Row]
    reason: Telling | None = None  # for a request: what holds for the requester


def sentence(told: Telling, wording: Wording) -> str:
    """Return the template's sentence with every slot filled, beginning with a capital letter."""
    text = _body(told, wording)
    return text[:1].upper() + text[1:]


def account(strongest_first: Sequence[Telling], wording: Wording) -> str:
    """Return the strongest reason as a sentence, and how many others also apply."""
    first = sentence(strongest_first[0], wording)
    others = len({told.template.id for told in strongest_first[1:]} - {strongest_first[0].template.id})
    return first if not others else f"{first} {also(others)}"


def also(others: int) -> str:
    """Return "One other reason also applies." or its plural."""
    if others == 1:
        return "One other reason also applies."
    return f"{in_words(others).capitalize()} other reasons also apply."


def in_words(number: int) -> str:
    """Return small numbers in words, larger ones in figures."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def when(at: int, access_at: int) -> str:
    """Return how long before or after the access that moment lies: "38 minutes earlier", "2 days later"."""
    gap = at - access_at
    length = span(abs(gap))
    if length is None:
        return "at the same moment"
    return f"{length} earlier" if gap < 0 else f"{length} later"


def span(microseconds: int) -> str | None:
    """Return the span in its largest fitting unit, rounded down: "38 minutes"; None below one second."""
    if microseconds < 1_000_000:
        return None
    for unit, size, most in _STEPS:
        count = microseconds // size
        if most is None or count < most:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError


def with_article(words: str) -> str:
    """Return the words after "a" or "an"."""
    article = "an" if words[:1].lower() in _VOWEL_SOUNDS else "a"
    return f"{article} {words}"


def _body(told: Telling, wording: Wording) -> str:
    text = told.template.sentence
    for slot in slots(text):
        text = text.replace(slot.text, _filled(slot, told, wording))
    return text


def _filled(slot: Slot, told: Telling, wording: Wording) -> str:
    if slot.reference is None:
        return wording.person(_text(told.access[slot.form]))
    if slot.form == "reason":
        return _body(told.reason, wording).removesuffix(".") if told.reason else "the reason is not at hand"
    row = told.access if slot.reference.alias == "access" else told.bindings[slot.reference.alias]
    value = row[slot.reference.column]
    if slot.form == "when":
        return when(_at(value), _at(told.access["occurred_at"]))
    if slot.form == "person":
        return wording.person(_text(value))
    return _FORMS[slot.form](value)


def _plain(value: Value) -> str:
    return "(not recorded)" if value is None else str(value)


def _words(value: Value) -> str:
    return _plain(value).replace("_", " ")


def _an(value: Value) -> str:
    return "involved" if value is None else with_article(_words(value))


_FORMS: Mapping[str, Callable[[Value], str]] = {"plain": _plain, "words": _words, "an": _an}


def _at(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
