"""The language of a signal's conditions: few words, no free text of any other language.

A condition names one feature and says one or more things of it:

| word | holds when the feature | for |
|---|---|---|
| `is` | equals the value | truth, text, numbers |
| `is_not` | is known and differs | truth, text, numbers |
| `one_of` | is one of the values | text |
| `at_least`, `at_most` | is so or more, so or less | numbers |
| `above`, `below` | is more, less | numbers |
| `known` | is known (`true`) or absent (`false`) | all |

With `per`, a number is divided by another before it is compared; by nothing or by 0 it is absent.
No condition but `known = false` holds of an absent feature. All conditions of a signal must hold; `any` lists alternatives
of which one must.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custodiet.detect.features import FEATURE
from custodiet.errors import BadPack
from custodiet.relations.relation import Type

#: What a feature can be, and what it can be compared with.
Value = bool | int | float | str

NUMBERS = (Type.INTEGER, Type.NUMBER)
COMPARES = ("at_least", "at_most", "above", "below")
WORDS = ("is", "is_not", "one_of", *COMPARES, "known")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One word said of one feature, e.g. `days` `at_least` 3; `per` names the feature it is divided by."""

    feature: str
    word: str
    value: Value | tuple[str, ...]
    per: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Alternatives of which one must hold; each is a list of claims that must all hold."""

    alternatives: tuple[tuple[Claim, ...], ...]

    @property
    def certain(self) -> frozenset[str]:
        """Return the features that are known wherever the condition holds."""
        known = [
            frozenset(claim.feature for claim in claims if (claim.word, claim.value) != ("known", False))
            for claims in self.alternatives
        ]
        return frozenset.intersection(*known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file something stands, to say so when it is wrong."""

    file: str
    key: str

    def at(self, key: str) -> Place:
        """Return the place of a key inside this one."""
        return Place(file=self.file, key=f"{self.key}.{key}")

    def wrong(self, message: str, *, found: object, expected: str) -> BadPack:
        """Return the error that names this place."""
        return BadPack(message, file=self.file, field=self.key, found=repr(found), expected=expected)


def read_condition(table: object, place: Place) -> Condition:
    """Return the condition that a `[[when]]` table says; raises BadPack where it says nothing that can be checked."""
    if not isinstance(table, Mapping):
        raise place.wrong("A condition is a table.", found=table, expected="feature = ... and a word, or any = [...]")
    if "any" not in table:
        return Condition(alternatives=(_claims(table, place),))
    alternatives = table["any"]
    if set(table) != {"any"} or not isinstance(alternatives, list) or not alternatives:
        raise place.wrong("Alternatives stand alone.", found=sorted(table), expected="any = [ {feature = ...}, ... ]")
    return Condition(
        alternatives=tuple(
            _claims(each, place.at(f"any[{number}]")) for number, each in enumerate(alternatives, start=1)
        )
    )


def _claims(table: object, place: Place) -> tuple[Claim, ...]:
    if not isinstance(table, Mapping):
        raise place.wrong("An alternative is a table.", found=table, expected="feature = ... and a word")
    unknown = sorted(set(table) - {"feature", "per", *WORDS})
    if unknown:
        raise place.wrong(
            "This word is not known.", found=unknown[0], expected="one of feature, per, " + ", ".join(WORDS)
        )
    kind = _type_of(table.get("feature"), place.at("feature"))
    per = table.get("per")
    if per is not None and (kind not in NUMBERS or _type_of(per, place.at("per")) not in NUMBERS):
        raise place.at("per").wrong("Only a number can be divided by a number.", found=per, expected="a number feature")
    words = [word for word in WORDS if word in table]
    if not words:
        raise place.wrong("The condition says nothing of its feature.", found=sorted(table), expected=", ".join(WORDS))
    return tuple(
        Claim(
            feature=str(table["feature"]),
            word=word,
            value=_value(word, table[word], Type.NUMBER if per else kind, place.at(word)),
            per=per,
        )
        for word in words
    )


def _type_of(name: object, place: Place) -> Type:
    if not isinstance(name, str) or name not in FEATURE.names[1:]:
        raise place.wrong("There is no such feature.", found=name, expected="one of " + ", ".join(FEATURE.names[1:]))
    return FEATURE.column(name).type


def _value(word: str, value: object, kind: Type, place: Place) -> Value | tuple[str, ...]:
    if word == "known":
        return _checked(value, Type.TRUTH, place)
    if word == "one_of":
        return _texts(value, kind, place)
    if word in COMPARES and kind not in NUMBERS:
        raise place.wrong("Only numbers are more or less.", found=value, expected="is, is_not, one_of or known")
    return _checked(value, kind, place)


def _texts(value: object, kind: Type, place: Place) -> tuple[str, ...]:
    if kind is not Type.TEXT or not isinstance(value, list) or not value:
        raise place.wrong(
            "A text feature can be one of several texts.", found=value, expected='a list such as ["a", "b"]'
        )
    for text in value:
        _checked(text, Type.TEXT, place)
    return tuple(value)


def _checked(value: object, kind: Type, place: Place) -> Value:
    fits = {
        Type.TRUTH: (isinstance(value, bool), "true or false"),
        Type.TEXT: (isinstance(value, str), "a text"),
        Type.INTEGER: (isinstance(value, int) and not isinstance(value, bool), "a whole number"),
        Type.NUMBER: (isinstance(value, int | float) and not isinstance(value, bool), "a number"),
    }
    fit, expected = fits[kind]
    if not fit or not isinstance(value, bool | int | float | str):
        raise place.wrong("The value does not fit its feature.", found=value, expected=expected)
    return value
