"""The keys that a log was signed with, one after another: which of them must have signed a checkpoint of a given size.

The text and the rules are those of docs/specs/keys.md, 4.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from custodiet.errors import BadInput
from custodiet.ledger.ports import Verifier
from custodiet.ledger.verifier_key import VerifierKey

_LINE = re.compile(r"(0|[1-9][0-9]{0,17}) (\S+)")
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeyStep:
    """A key, and the size of the first checkpoint that it signed."""

    start: int
    verifier: Verifier


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """All keys of a log in order. As a verifier it is the newest of them."""

    steps: tuple[KeyStep, ...]

    def __post_init__(self) -> None:
        """Refuse a history that does not begin with the log, goes back, or names another log's key."""
        starts = [step.start for step in self.steps]
        if not starts or starts[0] != 0 or any(now >= then for now, then in pairwise(starts)):
            raise BadInput("The keys do not follow one another from size 0 on.")
        if len({step.verifier.key.name for step in self.steps}) != 1:
            raise BadInput("The keys are those of several logs.")

    @classmethod
    def parse(cls, text: str, made: Callable[[str], Verifier]) -> KeyHistory:
        """Return the history in the text, whose keys `made` reads; raises BadInput unless it is one to its last byte."""
        if not text.endswith("\n"):
            raise BadInput("The history of keys is cut short.")
        lines = [_LINE.fullmatch(line) for line in text[:-1].split("\n")]
        steps = [KeyStep(int(line[1]), made(line[2])) for line in lines if line is not None]
        if len(steps) != len(lines):
            raise BadInput("This is no history of keys.", expected="a size and a verifier key on each line")
        history = cls(tuple(steps))
        if history.text != text:
            raise BadInput("The history of keys is not written canonically.")
        return history

    @property
    def text(self) -> str:
        """Return the history as it is stored: on each line a size and a verifier key."""
        return "".join(f"{step.start} {step.verifier.key.text}\n" for step in self.steps)

    @property
    def key(self) -> VerifierKey:
        """Return the newest public key."""
        return self.steps[-1].verifier.key

    @property
    def first(self) -> VerifierKey:
        """Return the first public key, by which the log is known whatever key signs it now."""
        return self.steps[0].verifier.key

    @property
    def keys(self) -> frozenset[VerifierKey]:
        """Return all public keys."""
        return frozenset(step.verifier.key for step in self.steps)

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature over the message is the newest key's."""
        return self.steps[-1].verifier.accepts(message, signature)

    def at(self, size: int) -> tuple[Verifier, ...]:
        """Return the keys that must all have signed a checkpoint of that size.

        It is the newest that had begun; and the one before it, too, where the checkpoint is that of the handover.
        """
        begun = [step for step in self.steps if step.start <= size]
        handover = len(begun) > 1 and begun[-1].start == size
        return tuple(step.verifier for step in (begun[-2:] if handover else begun[-1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compromise:
    """A key whose signatures above a size prove nothing, as the log declares of itself."""

    key: str  # the verifier key
    above: int


def key_record(key: VerifierKey, start: int, before: VerifierKey) -> Record:
    """Return the record of a handover from one key to the next."""
    return {"typ": "key/1", "vkey": key.text, "from": start, "follows": before.text}


def compromise_record(key: VerifierKey, above: int) -> Record:
    """Return the record which declares that the key's signatures above the size prove nothing."""
    return {"typ": "key/1", "compromised": key.text, "above": above}


def steps_of(records: Iterable[tuple[int, Record]]) -> Sequence[tuple[int, str]]:
    """Return, from a log's `key/1` records with their indices, each key with the size from which it signs.

    Raises BadInput where a record is not the next step: it must name the key before it, and cannot begin before its entry.
    """
    steps: list[tuple[int, str]] = []
    for index, record in records:
        if "vkey" not in record:
            continue
        start, key = record.get("from"), record["vkey"]
        follows = steps[-1][1] if steps else None
        if not isinstance(start, int) or not isinstance(key, str) or record.get("follows") != follows:
            raise BadInput(f"The key record at entry {index} does not follow from the one before.")
        if steps and start <= index:
            raise BadInput(f"The key record at entry {index} begins before its own entry.")
        steps.append((start, key))
    return steps


def compromises_of(records: Iterable[tuple[int, Record]]) -> tuple[Compromise, ...]:
    """Return what a log's `key/1` records declare compromised."""
    found = [record for _, record in records if "compromised" in record]
    return tuple(Compromise(key=str(each["compromised"]), above=int(str(each["above"]))) for each in found)
