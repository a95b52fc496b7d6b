"""Reads `[words]` of a pack's settings; docs/reference/packs.md is its manual."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from custodiet.explain.reading import Table
from custodiet.explain.words import PLAIN, SLOT, SLOTS, Words
from custodiet.model.access import SubjectKind
from custodiet.relations.kinds import KINDS

_NOUNS = ("matter", "unit", "involved")


def read_words(table: Table) -> Words:
    """Return the words that the table says, the plain ones where it says none; raises BadPack naming file, line and key."""
    plain = Words()
    nouns = {name: table.text(name, getattr(plain, name)) for name in _NOUNS}
    words = Words(
        **nouns,
        subjects=_named(table, "subjects", [kind.value for kind in SubjectKind]),
        kinds=_named(table, "kinds", [kind.name for kind in KINDS]),
        matters=_named(table, "matters"),
        did=_named(table, "did"),
        sentences={name: _sentence(table, name) for name in PLAIN if table.has(name)},
    )
    table.done()
    return words


def _named(table: Table, key: str, known: list[str] | None = None) -> Mapping[str, str]:
    """Return a table of words by the codes of the facts; a code outside the known ones is an error."""
    inner = table.table(key, {})
    for name in inner.names():
        if known is not None and name not in known:
            inner.unknown(name, "is no such word of the facts", name, known)
    return {name: inner.text(name) for name in inner.names()}


def _sentence(table: Table, name: str) -> str:
    return table.parsed(name, _slots_of(name), "a sentence with no other slots than " + _shown(SLOTS[name]))


def _slots_of(name: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        found = SLOT.findall(text)
        if set(found) - set(SLOTS[name]) or not text.count("{") == text.count("}") == len(found):
            raise ValueError(text)
        return text

    return checked


def _shown(names: tuple[str, ...]) -> str:
    return ", ".join("{" + name + "}" for name in names)
