"""Ranking: findings in the order in which people should look, and the front of the queue that is put before them.

The score is the sum of the points of the signals shown. Ties go to more unexplained accesses, then to the earlier first
access, then to the finding's letters. Nothing here ranks people, and nothing counts how much anyone works.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from custodiet.errors import BadPack
from custodiet.model.findings import Finding
from custodiet.relations.query import Query
from custodiet.triage.episodes import GAP_DAYS
from custodiet.triage.next_steps import NextSteps, read_next_steps

FINDING = Query("custodiet.triage", "finding.sql")
FRONT = Query("custodiet.triage", "front.sql")
HELD_BACK = Query("custodiet.triage", "held_back.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a pack decides about triage."""

    gap_days: int = GAP_DAYS
    per_actor: int = 3  # findings of one actor in the front of the queue; the rest stay in the queue
    vague_reasons: tuple[str, ...] = ()  # stated reasons that say nothing, in lower case
    next_steps: NextSteps = field(default_factory=NextSteps)  # what a page says about going on

    def __post_init__(self) -> None:
        """Refuse a gap or a limit below one."""
        if self.gap_days < 1 or self.per_actor < 1:
            msg = "the gap of an episode and the limit per actor are 1 or more"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The findings put before a person, in order, and how many the limit per actor kept off the list."""

    findings: tuple[Finding, ...]
    held_back: int


def shipped() -> Settings:
    """Return the settings of the pack for police forces, which comes with the package."""
    file = files("custodiet.packs").joinpath("uk_police", "triage.toml")
    return read_settings(file.read_text("utf-8"), file.name)


def read_settings(text: str, file: str) -> Settings:
    """Return the settings that a TOML text says; raises BadPack naming the file, the key, what was found and expected."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack("The file is not TOML.", file=file, found=str(error), expected="TOML 1.0") from error
    known = ("gap_days", "per_actor", "vague_reasons", "next_steps")
    for key in sorted(set(table) - set(known)):
        raise BadPack("This key is not known.", file=file, field=key, found=key, expected=", ".join(known))
    return Settings(
        gap_days=_count(table, "gap_days", GAP_DAYS, file),
        per_actor=_count(table, "per_actor", 3, file),
        vague_reasons=_texts(table, "vague_reasons", file),
        next_steps=read_next_steps(table.get("next_steps", {}), file),
    )


def _count(table: Mapping[str, object], key: str, default: int, file: str) -> int:
    found = table.get(key, default)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise BadPack(
            "A number is needed.", file=file, field=key, found=repr(found), expected="a whole number of 1 or more"
        )
    return found


def _texts(table: Mapping[str, object], key: str, file: str) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise BadPack(
            "Texts are needed.", file=file, field=key, found=repr(found), expected='a list such as [".", "enq"]'
        )
    return tuple(sorted({text.strip().lower() for text in found}))
