"""A signal as a data file: what it looks for, what it is worth, why it may be looked for, and examples that prove it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Protocol

from custodiet.detect.conditions import Condition, Place, read_condition
from custodiet.detect.features import FEATURE, NOUNS
from custodiet.detect.sentences import names_in
from custodiet.errors import BadPack

#: The most that one signal can add or take away: no single sign decides.
MOST_POINTS = 10

_TEXTS = ("id", "title", "owner", "purpose", "proportionality", "false_positive", "sentence")
_KEYS = {*_TEXTS, "version", "review", "points", "times", "group", "when", "fires", "must_not_fire"}
_ID = re.compile(r"[a-z][a-z0-9_]*")
#: Features that every episode has.
_ALWAYS = frozenset({"actor_name", *(column.name for column in NOUNS["shape"])})


class TextFile(Protocol):
    """Anything that has a name and can be read as text: a path, or a file inside the package."""

    @property
    def name(self) -> str:
        """Return the file's name."""

    def read_text(self, encoding: str) -> str:
        """Return the file's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Features of an episode, and why the signal must fire on it, or must not; `sentence` is what it must say."""

    because: str
    given: Mapping[str, object]
    sentence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalFile:
    """A signal of a pack."""

    id: str
    version: int
    title: str
    owner: str
    purpose: str
    proportionality: str
    false_positive: str
    review: date
    points: int
    times: str | None = None  # the feature, a probability, by which the points are multiplied
    group: str | None
    sentence: str
    names: tuple[str, ...]  # the features its sentence names
    when: tuple[Condition, ...]
    fires: tuple[Example, ...]
    must_not_fire: tuple[Example, ...]


def read_signals(texts: Iterable[TextFile]) -> tuple[SignalFile, ...]:
    """Return the signals of these files, sorted by id; raises BadPack for a file that does not say what it must."""
    signals: dict[str, SignalFile] = {}
    for file in texts:
        signal = read_signal(file.read_text("utf-8"), file.name)
        if signal.id in signals:
            raise BadPack(
                "Two files hold one signal.", file=file.name, field="id", found=signal.id, expected="an id of its own"
            )
        signals[signal.id] = signal
    return tuple(signals[name] for name in sorted(signals))


def shipped() -> tuple[SignalFile, ...]:
    """Return the signals of the pack for police forces, which comes with the package."""
    folder = files("custodiet.packs").joinpath("uk_police", "signals")
    return read_signals(file for file in folder.iterdir() if file.name.endswith(".toml"))


def read_signal(text: str, file: str) -> SignalFile:
    """Return the signal that a TOML text says; raises BadPack naming the file, the key, what was found and expected."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack("The file is not TOML.", file=file, found=str(error), expected="TOML 1.0") from error
    place = Place(file=file, key="signal")
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise place.at(unknown[0]).wrong("This key is not known.", found=unknown[0], expected=", ".join(sorted(_KEYS)))
    texts = {key: _text(table, key, place) for key in _TEXTS}
    when = tuple(
        read_condition(each, place.at(f"when[{number}]"))
        for number, each in enumerate(_list(table, "when", place), start=1)
    )
    signal = SignalFile(
        **texts,
        version=_whole(table, "version", place),
        review=_day(table, place),
        points=_whole(table, "points", place),
        times=_text(table, "times", place) if "times" in table else None,
        group=_text(table, "group", place) if "group" in table else None,
        names=names_in(texts["sentence"], place.at("sentence")),
        when=when,
        fires=_examples(table, "fires", place),
        must_not_fire=_examples(table, "must_not_fire", place),
    )
    _check(signal, place)
    return signal


def _check(signal: SignalFile, place: Place) -> None:
    if not _ID.fullmatch(signal.id):
        raise place.at("id").wrong("The id is not well formed.", found=signal.id, expected="such as off_duty")
    if abs(signal.points) > MOST_POINTS:
        raise place.at("points").wrong(
            "No single sign decides.", found=signal.points, expected=f"at most {MOST_POINTS}"
        )
    if signal.version < 1:
        raise place.at("version").wrong("Versions count from 1.", found=signal.version, expected="1 or more")
    certain = _ALWAYS.union(*(condition.certain for condition in signal.when))
    if signal.times is not None and (not signal.times.endswith("_probability") or signal.times not in certain):
        raise place.at("times").wrong(
            "Points are multiplied by a probability that is known.",
            found=signal.times,
            expected="a feature such as kin_probability, and a condition that makes it known",
        )
    for name in signal.names:
        if name not in certain:
            raise place.at("sentence").wrong(
                "The sentence names a value that may be absent.", found=name, expected="a condition that makes it known"
            )


def _list(table: Mapping[str, object], key: str, place: Place) -> list[object]:
    found = table.get(key)
    if not isinstance(found, list) or not found:
        raise place.at(key).wrong("At least one is needed.", found=found, expected=f"[[{key}]]")
    return found


def _text(table: Mapping[str, object], key: str, place: Place) -> str:
    found = table.get(key)
    if not isinstance(found, str) or not found.strip():
        raise place.at(key).wrong("A text is needed.", found=found, expected="a text that is not empty")
    return found.strip()


def _whole(table: Mapping[str, object], key: str, place: Place) -> int:
    found = table.get(key)
    if not isinstance(found, int) or isinstance(found, bool):
        raise place.at(key).wrong("A whole number is needed.", found=found, expected="a whole number")
    return found


def _day(table: Mapping[str, object], place: Place) -> date:
    found = table.get("review")
    if type(found) is not date:
        raise place.at("review").wrong(
            "The day of the next review is needed.", found=found, expected="such as 2027-05-31"
        )
    return found


def _examples(table: Mapping[str, object], key: str, place: Place) -> tuple[Example, ...]:
    return tuple(
        _example(each, place.at(f"{key}[{number}]")) for number, each in enumerate(_list(table, key, place), start=1)
    )


def _example(found: object, place: Place) -> Example:
    if not isinstance(found, Mapping) or not isinstance(found.get("given"), Mapping):
        raise place.wrong(
            "An example gives features.", found=found, expected="because = ..., given = { feature = ... }"
        )
    unknown = sorted(set(found) - {"because", "given", "sentence"}) + sorted(
        set(found["given"]) - set(FEATURE.names[1:])
    )
    if unknown:
        raise place.wrong("This is not known.", found=unknown[0], expected="because, given with features, sentence")
    sentence = _text(found, "sentence", place) if "sentence" in found else None
    return Example(because=_text(found, "because", place), given=dict(found["given"]), sentence=sentence)
