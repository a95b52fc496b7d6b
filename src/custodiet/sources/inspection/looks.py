"""What the texts of one field look like: a time, a code, a staff number ..."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Final

from custodiet.ingest.inspection import Looks, SeenField
from custodiet.ingest.time_formats import TimeFormat, parse_format, read_time

_DAYS: Final = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%-d/%-m/%Y",
    "%Y%m%d",
    "%d/%m/%y",
)
_CLOCKS: Final = ("%H:%M:%S", "%H:%M", "%H:%M:%S.%f", "%I:%M:%S %p", "%H%M%S", "%H%M", "%-H:%M")
_ISO_DAY: Final = "%Y-%m-%d"
_EPOCHS: Final = {"epoch_s": re.compile("1[0-9]{9}"), "epoch_ms": re.compile("1[0-9]{12}")}
_STAFF: Final = re.compile(r"[A-Za-z]{0,4}[ -]?[0-9]{4,8}")
_IDENTIFIER: Final = re.compile(r"\S*[0-9]\S*")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
_SAMPLES, _CODES, _TRIED, _FEW_RECORDS = 5, 30, 200, 30


def seen(name: str, texts: Sequence[str | None]) -> SeenField:
    """Return what the field looks like, judged by its texts in the records that were looked at."""
    given = [text.strip() for text in texts if text is not None and text.strip()]
    counts = Counter(given)
    tried = list(counts)[:_TRIED]
    looks, formats = _times(tried) if tried else (Looks.EMPTY, ())
    if looks is None:
        looks = _looks(counts, tried)
    return SeenField(
        name=name,
        looks=looks,
        samples=tuple(tried[:_SAMPLES]),
        given=len(given),
        distinct=len(counts),
        formats=formats,
        codes=tuple(text for text, _ in counts.most_common()) if looks is Looks.CODE else (),
    )


def _looks(counts: Counter[str], tried: list[str]) -> Looks:
    total = counts.total()
    if all(_STAFF.fullmatch(text) for text in tried) and len(counts) < total:
        return Looks.STAFF_NUMBER
    few = len(counts) <= _CODES and len(counts) * 3 <= total
    few |= total < _FEW_RECORDS and all(text.isalpha() and len(text) <= 12 for text in tried)
    if few and all(len(text) <= 40 for text in tried):
        return Looks.CODE
    if all(_NUMBER.fullmatch(text) for text in tried):
        return Looks.NUMBER
    return Looks.IDENTIFIER if all(_IDENTIFIER.fullmatch(text) for text in tried) else Looks.TEXT


def _times(tried: list[str]) -> tuple[Looks | None, tuple[str, ...]]:
    if not tried[0][-1:].isalnum() or not any(letter.isdigit() for letter in tried[0]):
        return None, ()
    for epoch, shape in _EPOCHS.items():
        if all(shape.fullmatch(text) for text in tried):
            return Looks.TIME, (epoch,)
    if _fits("iso8601", tried):
        return (Looks.DAY if all(len(text) == 10 for text in tried) else Looks.TIME), ("iso8601",)
    if clocks := tuple(
        clock for clock in _CLOCKS if _fits(f"{_ISO_DAY} {clock}", [f"2026-01-01 {text}" for text in tried])
    ):
        return Looks.CLOCK, clocks
    if days := tuple(day for day in _DAYS if _fits(day, tried)):
        return Looks.DAY, days
    both = tuple(f"{day}{join}{clock}" for day in _DAYS for join in (" ", ", ", "") for clock in _CLOCKS)
    fitting = tuple(form for form in both if _fits(form, tried[:1]) and _fits(form, tried))
    return (Looks.TIME, fitting) if fitting else (None, ())


def _fits(form: str, texts: list[str]) -> bool:
    time_format, pattern = _format(form)
    return all(pattern.fullmatch(text) for text in texts) and all(read_time(time_format, text) for text in texts)


@cache
def _format(form: str) -> tuple[TimeFormat, re.Pattern[str]]:
    time_format = parse_format(form)
    return time_format, re.compile(time_format.pattern)
