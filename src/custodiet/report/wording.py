"""Numbers, shares, times and foreign text as a reader sees them. Independent of the machine's locale."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from custodiet.model.instants import as_utc

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ACRONYMS = {"pcso": "PCSO", "api": "API", "pnc": "PNC"}


def number(count: int) -> str:
    """Return the count with a comma at each thousand."""
    return f"{count:,}"


def share(part: int, whole: int) -> str:
    """Return the part as a percentage of the whole to one decimal; never "0.0%" or "100.0%" unless exactly so."""
    if whole == 0:
        return "not applicable"
    if part in (0, whole):
        return "0%" if part == 0 else "100%"
    tenths = (part * 2000 + whole) // (2 * whole)
    if tenths == 0:
        return "under 0.1%"
    if tenths >= 1000:
        return "over 99.9%"
    return f"{tenths // 10}.{tenths % 10}%"


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return the count with its noun: "1 access", "1,204 accesses"."""
    return f"{number(count)} {one if count == 1 else (many or one + 's')}"


def spoken(code: str) -> str:
    """Return a code such as "off_duty" as words with a capital: "Off duty"."""
    words = [_ACRONYMS.get(word, word) for word in code.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def shown(value: object) -> object:
    """Return text with control, direction-changing and broken characters made visible; other values as they are."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(_visible(character) for character in value)


def _visible(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}:
        return character
    return f"[U+{ord(character):04X}]"


@dataclass(frozen=True, slots=True)
class LocalClock:
    """Tells instants in one time zone, with the zone's abbreviation, and in UTC."""

    zone: ZoneInfo

    def local(self, instant: datetime) -> datetime:
        """Return the instant on the local clock."""
        return as_utc(instant).astimezone(self.zone)

    def day(self, instant: datetime) -> str:
        """Return the local day: "2 Nov 2026"."""
        return day(self.local(instant).date())

    def minute(self, instant: datetime) -> str:
        """Return local day and minute with the zone: "2 Nov 2026, 21:14 GMT"."""
        there = self.local(instant)
        return f"{day(there.date())}, {there:%H:%M} {there.tzname()}"

    def second(self, instant: datetime) -> str:
        """Return local weekday, day and second with the zone: "Mon 2 Nov 2026, 21:14:05 GMT"."""
        there = self.local(instant)
        return f"{weekday(there.date())} {there.year}, {there:%H:%M:%S} {there.tzname()}"

    @staticmethod
    def utc_minute(instant: datetime) -> str:
        """Return the minute in UTC: "2026-11-02 21:14 UTC"."""
        there = as_utc(instant)
        return f"{there.date().isoformat()} {there:%H:%M} UTC"

    @staticmethod
    def utc_second(instant: datetime) -> str:
        """Return the second in UTC: "2026-11-02 21:14:05"."""
        there = as_utc(instant)
        return f"{there.date().isoformat()} {there:%H:%M:%S}"


def day(when: date) -> str:
    """Return the day as "2 Nov 2026"."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def weekday(when: date) -> str:
    """Return the day with its weekday and without its year: "Mon 2 Nov"."""
    return f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}"
