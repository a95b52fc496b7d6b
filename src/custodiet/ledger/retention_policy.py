"""The published policy of retention: how long entries of each class, or of one source, are kept, and under what authority.

File `retention.toml` in the vault: see docs/specs/redaction.md, section 11. Everything is understood, or it is refused.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from custodiet.errors import BadInput
from custodiet.ledger.redaction import checked_authority

FILE = "retention.toml"
CLASSES = ("access", "fact", "deed")
_PERIOD = re.compile(r"([1-9][0-9]{0,3}) (year|month|day)s?")
_RULE = re.compile(r"\s*\[\[\s*rule\s*\]\]\s*(#.*)?")
_AT_LINE = re.compile(r"\(at line ([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How long entries of a class, or of one source of it, are kept."""

    kind: str  # the class: access, fact or deed
    source: str | None
    keep: str
    authority: str

    def last_day(self, day: date) -> date:
        """Return the last day on which what happened on that day is kept."""
        count, unit = _period(self.keep)
        try:
            if unit == "day":
                return day + timedelta(days=count)
            return _months_on(day, count * (12 if unit == "year" else 1))
        except (OverflowError, ValueError):
            return date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of a policy, when it was published, and the hex SHA-256 of its file."""

    published: date
    rules: tuple[Rule, ...]
    digest: str

    def rules_for(self, kind: str, source: str | None) -> tuple[Rule, ...]:
        """Return the most specific rule; none: the entry is kept.

        Of an entry whose source is not known any more, these are all of its class, the longest of which holds; but none
        where no rule speaks of the class as a whole.
        """
        of_class = tuple(rule for rule in self.rules if rule.kind == kind)
        general = tuple(rule for rule in of_class if rule.source is None)
        if source is None:
            return of_class if general else ()
        return tuple(rule for rule in of_class if rule.source == source) or general


def read_policy(data: bytes) -> Policy:
    """Return the policy in these bytes; raises BadInput naming line and field of what is wrong."""
    try:
        text = data.decode("utf-8")
        body = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadInput("A policy is text in UTF-8.", file=FILE) from error
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        raise BadInput("This is no TOML.", file=FILE, line=int(found[1]) if found else None) from error
    _only(body, {"published", "rule"}, None)
    published, rules = body.get("published"), body.get("rule")
    if type(published) is not date:
        raise BadInput("A policy says on which day it was published.", file=FILE, field="published", expected="a date")
    if not isinstance(rules, list) or not rules or not all(isinstance(rule, dict) for rule in rules):
        raise BadInput("A policy has at least one [[rule]].", file=FILE, field="rule")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _RULE.fullmatch(line)]
    places = lines if len(lines) == len(rules) else [None] * len(rules)
    read: list[Rule] = []
    for rule, line in zip(rules, places, strict=True):
        read.append(_rule(rule, line))
        if any((one.kind, one.source) == (read[-1].kind, read[-1].source) for one in read[:-1]):
            raise BadInput("Another rule speaks of the same.", file=FILE, line=line, field="class")
    return Policy(published=published, rules=tuple(read), digest=sha256(data).hexdigest())


def _rule(rule: Mapping[str, Any], line: int | None) -> Rule:
    _only(rule, {"class", "source", "keep", "authority"}, line)
    for field in ("class", "source", "keep", "authority"):
        if not isinstance(rule.get(field, None if field != "source" else ""), str):
            raise BadInput("A rule lacks this, or it is no text.", file=FILE, line=line, field=field)
    if rule["class"] not in CLASSES:
        raise BadInput("There is no such class.", file=FILE, line=line, field="class", expected=", ".join(CLASSES))
    if "source" in rule and (rule["class"] == "deed" or not rule["source"]):
        raise BadInput("Deeds have no source, and a source has a name.", file=FILE, line=line, field="source")
    if not _PERIOD.fullmatch(rule["keep"]):
        expected = "a number, and years, months or days"
        raise BadInput("This is no period.", file=FILE, line=line, field="keep", expected=expected)
    try:
        authority = checked_authority(rule["authority"])
    except BadInput as error:
        raise BadInput(str(error), file=FILE, line=line, field="authority") from error
    return Rule(kind=rule["class"], source=rule.get("source"), keep=rule["keep"], authority=authority)


def _only(found: Mapping[str, Any], known: set[str], line: int | None) -> None:
    for field in sorted(set(found) - known):
        raise BadInput(
            "A policy has no such field.", file=FILE, line=line, field=field, expected=", ".join(sorted(known))
        )


def _period(text: str) -> tuple[int, str]:
    count, unit = text.split(" ")
    return int(count), unit.removesuffix("s")


def _months_on(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
