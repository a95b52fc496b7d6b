"""How times are written: the strict part of strptime that mapping files may use, and three further words.

A text fits a format only as a whole: `%d` is two digits and `%-d` one or two. Names of months are English, in any case.
Years are 1900 to 2199. Beside formats there are "iso8601", "epoch_s", "epoch_ms" and "epoch_us".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _any_case(words: tuple[str, ...]) -> str:
    return "|".join("".join(f"[{c.upper()}{c.lower()}]" for c in word) for word in words)


_YEAR = "(?:19|20|21)[0-9]{2}"
_PARTS: dict[str, tuple[str, str]] = {  # directive: (what it fills, the texts it takes)
    "%Y": ("year", _YEAR),
    "%y": ("short_year", "[0-9]{2}"),
    "%m": ("month", "1[0-2]|0[1-9]"),
    "%-m": ("month", "1[0-2]|0?[1-9]"),
    "%b": ("month_name", _any_case(tuple(month[:3] for month in MONTHS))),
    "%B": ("month_name", _any_case(MONTHS)),
    "%d": ("day", "3[01]|[12][0-9]|0[1-9]"),
    "%-d": ("day", "3[01]|[12][0-9]|0?[1-9]"),
    "%H": ("hour", "2[0-3]|[01][0-9]"),
    "%-H": ("hour", "2[0-3]|1[0-9]|0?[0-9]"),
    "%I": ("hour12", "1[0-2]|0[1-9]"),
    "%-I": ("hour12", "1[0-2]|0?[1-9]"),
    "%p": ("half", "[AaPp][Mm]"),
    "%M": ("minute", "[0-5][0-9]"),
    "%S": ("second", "[0-5][0-9]"),
    "%f": ("fraction", "[0-9]{1,6}"),
    "%z": ("offset", "Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]"),
}
_OPEN_ENDED = ("%-m", "%-d", "%-H", "%-I", "%f")
_DIRECTIVE = re.compile(r"%-?[A-Za-z%]?")
ISO8601 = (
    rf"(?P<year>{_YEAR})-(?P<month>1[0-2]|0[1-9])-(?P<day>3[01]|[12][0-9]|0[1-9])"
    r"(?:[T ](?P<hour>2[0-3]|[01][0-9]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?P<offset>Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?)?"
)
EPOCH_PATTERN = r"-?[0-9]{1,17}"


class FormatError(ValueError):
    """The format names something that is not read, or leaves the day open."""


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """A checked format: its words, the expression that its texts match as a whole, and whether they carry an offset."""

    text: str
    pattern: str
    offset: str  # "always", "never", or "maybe" (iso8601)

    @property
    def microseconds(self) -> int | None:
        """Return what one unit of an epoch format is worth, or None for other formats."""
        return _EPOCHS.get(self.text)


def parse_format(text: str) -> TimeFormat:
    """Return the checked format; raises FormatError."""
    if text in _EPOCHS:
        return TimeFormat(text, EPOCH_PATTERN, "always")
    if text == "iso8601":
        return TimeFormat(text, ISO8601, "maybe")
    pattern, fills = _pattern_of(text)
    _check_fills(fills)
    if "%z" in text and not text.endswith("%z"):
        raise FormatError("%z comes last")
    return TimeFormat(text, pattern, "always" if "offset" in fills else "never")


def _pattern_of(text: str) -> tuple[str, list[str]]:
    parts: list[str] = []
    fills: list[str] = []
    at = 0
    while at < len(text):
        if text[at] != "%":
            parts.append(re.escape(text[at]))
            at += 1
            continue
        match = _DIRECTIVE.match(text, at)
        directive = match[0] if match else "%"
        if directive not in _PARTS:
            raise FormatError(f"{directive} is not read; known are {' '.join(_PARTS)}")
        at += len(directive)
        if directive in _OPEN_ENDED and re.match(r"[%0-9]", text[at : at + 1]):
            raise FormatError(f"{directive} cannot be followed at once by another number")
        name, taken = _PARTS[directive]
        fills.append(name)
        parts.append(f"(?P<{name}>{taken})")
    return "".join(parts), fills


def _check_fills(fills: list[str]) -> None:
    if len(set(fills)) != len(fills):
        raise FormatError("the format names one thing twice")
    wanted = (("year", "short_year"), ("month", "month_name"), ("day",))
    for choices in wanted:
        if sum(choice in fills for choice in choices) != 1:
            raise FormatError(f"the format needs one {choices[0]}")
    if ("hour12" in fills) != ("half" in fills) or {"hour", "hour12"} <= set(fills):
        raise FormatError("%I goes with %p, and %H without")


@dataclass(frozen=True, slots=True)
class Told:
    """A time as a text tells it: a local time, and its offset where the text carries one."""

    local: datetime  # without a zone
    offset: timedelta | None = None

    def instant(self) -> datetime:
        """Return the instant; only for a time with an offset."""
        assert self.offset is not None
        return self.local.replace(tzinfo=timezone(self.offset)).astimezone(UTC)


def read_time(time_format: TimeFormat, text: str) -> Told | None:
    """Return what the text tells, or None where it does not fit the format or names no day of the calendar."""
    match = re.fullmatch(time_format.pattern, text, re.ASCII)
    if match is None:
        return None
    if time_format.microseconds is not None:
        return _from_epoch(int(text) * time_format.microseconds)
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    try:
        local = datetime(*_date(parts), *_clock(parts))  # noqa: DTZ001 - local by its nature
    except ValueError:
        return None
    return Told(local, _offset(parts.get("offset")))


def _from_epoch(microseconds: int) -> Told | None:
    if not _micros(EARLIEST) <= microseconds < _micros(LATEST):
        return None
    return Told(datetime(1970, 1, 1) + timedelta(microseconds=microseconds), timedelta(0))  # noqa: DTZ001 - UTC by offset


def _micros(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _date(parts: dict[str, str]) -> tuple[int, int, int]:
    if "year" in parts:
        year = int(parts["year"])
    else:
        short = int(parts["short_year"])
        year = short + (2000 if short < 69 else 1900)
    if "month" in parts:
        return year, int(parts["month"]), int(parts["day"])
    named = [month[:3].lower() for month in MONTHS].index(parts["month_name"][:3].lower()) + 1
    return year, named, int(parts["day"])


def _clock(parts: dict[str, str]) -> tuple[int, int, int, int]:
    hour = int(parts.get("hour", "0"))
    if "hour12" in parts:
        hour = int(parts["hour12"]) % 12 + (12 if parts["half"].lower() == "pm" else 0)
    fraction = parts.get("fraction", "")[:6].ljust(6, "0")
    return hour, int(parts.get("minute", "0")), int(parts.get("second", "0")), int(fraction)


def _offset(text: str | None) -> timedelta | None:
    if text is None or text == "Z":
        return None if text is None else timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size
