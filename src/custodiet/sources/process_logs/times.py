"""Times as logs write them: ISO 8601, day or month first, with names of months, with or without a zone, or as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FORM = re.compile(
    r"(?P<a>\d{1,4})(?P<cut>[-/. ])(?P<b>\d{1,2}|[A-Za-z]{3,9})(?P=cut)(?P<c>\d{1,4})"
    r"(?:[T, ]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,:](?P<fraction>\d{1,9}))?)?\s*(?P<half>[AaPp][Mm])?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?"
)
_NUMBER = re.compile(r"\d{9,16}(?:\.\d+)?")


class Order(StrEnum):
    """Which of two numbers is the day where the year comes last."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    EITHER = "either"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC microseconds; `midnight` where the text's own clock shows the very start of a day."""

    at: int
    midnight: bool


def order_of(texts: Iterable[str]) -> Order:
    """Return which order of day and month the texts show, taken together."""
    day_first = month_first = False
    for text in texts:
        found = _FORM.fullmatch(text)
        if found is None or len(found["a"]) > 2 or not found["b"].isdigit():
            continue
        day_first |= int(found["a"]) > 12
        month_first |= int(found["b"]) > 12
    if day_first and month_first:
        return Order.BOTH
    return Order.DAY_FIRST if day_first else Order.MONTH_FIRST if month_first else Order.EITHER


def moment(text: str, zone: tzinfo, order: Order, form: str | None = None) -> Moment | None:
    """Return the instant, or None where the text is no time. A text without a zone is local time in `zone`."""
    try:
        local = datetime.strptime(text, form) if form else _iso(text) or _other(text, order)  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
    if local is None:
        return None
    aware = local.replace(tzinfo=zone) if local.tzinfo is None else local
    try:
        at = (aware.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except OverflowError:
        return None
    return Moment(at, not (local.hour or local.minute or local.second or local.microsecond))


def _iso(text: str) -> datetime | None:
    if len(text) < 10 or text[4] != "-":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _other(text: str, order: Order) -> datetime | None:
    if _NUMBER.fullmatch(text):
        return _counted(float(text))
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    year, month, day = _date(found["a"], found["b"], found["c"], order)
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    micro = int((found["fraction"] or "0").ljust(6, "0")[:6])
    local = datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0), micro)  # noqa: DTZ001
    if found["zone"] is None:
        return local
    offset = found["zone"].replace("UTC", "Z")
    return datetime.fromisoformat(local.isoformat() + (offset if len(offset) != 3 else offset + ":00"))


def _date(a: str, b: str, c: str, order: Order) -> tuple[int, int, int]:
    if len(a) == 4:
        return int(a), _month(b), int(c)
    year = int(c) if len(c) > 2 else int(c) + (1900 if int(c) > 70 else 2000)
    if order is Order.MONTH_FIRST and b.isdigit():
        return year, int(a), int(b)
    return year, _month(b), int(a)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _counted(number: float) -> datetime:
    """Return the instant of seconds, milliseconds or microseconds since 1970, by the size of the number."""
    unit = 1_000_000 if number < 1e11 else 1_000 if number < 1e14 else 1
    return _EPOCH + timedelta(microseconds=round(number * unit))
