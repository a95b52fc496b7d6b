"""Reading a policy file: octets, lines, words; everything is understood, or the file is refused with its line."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from custodiet.errors import BadInput
from custodiet.ledger.cosignature import COSIGNATURE
from custodiet.ledger.policy import NONE, Group, KnownLog, Policy, Witness
from custodiet.ledger.verifier_key import ED25519, VerifierKey

#: Larger than any policy that a person can oversee.
MOST_BYTES = 1_000_000

_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
_BLANKS = re.compile("[ \t]+")
_COUNT = re.compile("[1-9][0-9]{0,8}")
_KEY_BYTES = 33  # type byte and Ed25519 key


def read_policy(data: bytes, file: str = "policy") -> Policy:
    """Return the policy in these bytes; raises BadInput naming the first line that is wrong.

    Octets above 0x7F are opaque, as the specification has it: they are kept as they are, and compared as they are.
    """
    if len(data) > MOST_BYTES or _FORBIDDEN.search(data):
        raise BadInput("A policy is text with no control characters but tabs and line ends.", file=file)
    lines = data.decode("utf-8", errors="surrogateescape").split("\n")
    if lines.pop():
        raise BadInput("The last line has no line end.", file=file, line=len(lines) + 1)
    reading = _Reading(file)
    for number, line in enumerate(lines, 1):
        reading.line = number
        words = [word for word in _BLANKS.split(line) if word]
        if words and not words[0].startswith("#"):
            reading.take(words[0], words[1:])
    return reading.policy()


@dataclass
class _Reading:
    """What was read up to a line."""

    file: str
    line: int = 0
    logs: list[KnownLog] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    quorum: str | None = None
    grouped: set[str] = field(default_factory=set)

    def take(self, keyword: str, words: list[str]) -> None:
        """Take up one line."""
        kinds: dict[str, Callable[[list[str]], None]] = {
            "log": self._log,
            "witness": self._witness,
            "group": self._group,
            "quorum": self._quorum,
        }
        if keyword not in kinds:
            raise self._wrong("This is no line of a policy.", found=keyword, expected=", ".join(kinds))
        kinds[keyword](words)

    def policy(self) -> Policy:
        """Return the whole; raises BadInput without a quorum."""
        if self.quorum is None:
            raise BadInput("The policy has no quorum line.", file=self.file, expected="quorum NAME")
        return Policy(
            logs=tuple(self.logs), witnesses=tuple(self.witnesses), groups=tuple(self.groups), quorum=self.quorum
        )

    def _log(self, words: list[str]) -> None:
        self._counted(words, 1, 2, "log VKEY [URL]")
        key = self._key(words[0], ED25519, {each.key.key[1:] for each in self.logs})
        self.logs.append(KnownLog(key=key, url=words[1] if len(words) > 1 else None))

    def _witness(self, words: list[str]) -> None:
        self._counted(words, 2, 3, "witness NAME VKEY [URL]")
        name = self._new(words[0])
        key = self._key(words[1], COSIGNATURE, {each.key.key[1:] for each in self.witnesses})
        self.witnesses.append(Witness(name=name, key=key, url=words[2] if len(words) > 2 else None))

    def _group(self, words: list[str]) -> None:
        self._counted(words, 3, None, "group NAME all|any|COUNT MEMBER...")
        name, members = self._new(words[0]), tuple(words[2:])
        for member in members:
            self._defined(member)
            if member in self.grouped:
                raise self._wrong("A name may be a member only once, in one group.", found=member)
            self.grouped.add(member)
        self.groups.append(Group(name=name, least=self._least(words[1], len(members)), members=members))

    def _quorum(self, words: list[str]) -> None:
        self._counted(words, 1, 1, "quorum NAME")
        if self.quorum is not None:
            raise self._wrong("The policy has a second quorum line.")
        if words[0] != NONE:
            self._defined(words[0])
        self.quorum = words[0]

    def _least(self, word: str, members: int) -> int:
        least = {"any": 1, "all": members}.get(word) or (int(word) if _COUNT.fullmatch(word) else 0)
        if not 1 <= least <= members:
            raise self._wrong("The group cannot ask for so many.", found=word, expected=f"all, any or 1 to {members}")
        return least

    def _names(self) -> set[str]:
        return {each.name for each in self.witnesses} | {each.name for each in self.groups}

    def _new(self, name: str) -> str:
        if name == NONE or name in self._names():
            raise self._wrong("This name is taken.", found=name)
        return name

    def _defined(self, name: str) -> None:
        if name not in self._names():
            raise self._wrong("No line before this one defines the name.", found=name)

    def _key(self, text: str, kind: bytes, known: set[bytes]) -> VerifierKey:
        try:
            key = VerifierKey.parse(text)
        except BadInput as error:
            raise self._wrong(str(error)) from error
        if key.text != text or key.key[:1] != kind or len(key.key) != _KEY_BYTES:
            raise self._wrong("This is no Ed25519 key of the kind that is needed here.", expected=f"type {kind.hex()}")
        if key.key[1:] in known:
            raise self._wrong("This key stands in an earlier line.", found=key.name)
        return key

    def _counted(self, words: list[str], least: int, most: int | None, form: str) -> None:
        if len(words) < least or (most is not None and len(words) > most):
            raise self._wrong("The line has too few or too many words.", expected=form)

    def _wrong(self, message: str, *, found: str | None = None, expected: str | None = None) -> BadInput:
        seen = None if found is None else found.encode("utf-8", errors="surrogateescape").decode("utf-8", "replace")
        return BadInput(message, file=self.file, line=self.line, found=seen, expected=expected)
