"""Turn a `log_line_prefix` into the pattern of the lines that it begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from custodiet.errors import BadInput

#: What each escape prints (PostgreSQL 15 manual, 20.8.3). Named ones are kept.
_ESCAPES = {
    "a": r"(?P<application>.*?)",
    "u": r"(?P<user>.*?)",
    "d": r"(?P<database>.*?)",
    "r": r"(?P<host_port>\S*?)",
    "h": r"(?P<host>\S*?)",
    "b": r"[a-z ]*?",
    "p": r"(?P<pid>\d+)",
    "P": r"\d*",
    "t": r"(?P<time_s>\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d \S+?)",
    "m": r"(?P<time>\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+?)",
    "n": r"(?P<epoch>\d+\.\d{3})",
    "i": r"[A-Za-z ]*?",
    "e": r"[0-9A-Z]{5}",
    "c": r"(?P<session>[0-9a-f]+\.[0-9a-f]+)",
    "l": r"(?P<line_number>\d+)",
    "s": r"(?P<started>\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d \S+?)",
    "v": r"(?:\d+/\d+)?",
    "x": r"\d+",
    "Q": r"-?\d+",
    "%": "%",
}
_ESCAPE = re.compile(r"%(?P<padding>-?\d+)?(?P<letter>[A-Za-z%])")
_SEVERITY = r"(?P<severity>[A-Z]+\d?):  "


@dataclass(frozen=True, slots=True)
class Prefix:
    """How an entry begins: `whole` matches up to the message, `start` tells a torn entry from another program's line."""

    whole: re.Pattern[str]
    start: re.Pattern[str]


def compile_prefix(prefix: str) -> Prefix:
    """Return the patterns of the start of an entry's first line.

    Raises `BadInput` for an escape that PostgreSQL does not know, and for a prefix without a time.
    """
    before, stop, after = prefix.partition("%q")
    pattern = _piece(before) + (f"(?:{_piece(after)})?" if stop else "")
    if not any(f"(?P<{name}>" in pattern for name in ("time", "time_s", "epoch")):
        raise BadInput("no time in log_line_prefix", field="log_line_prefix", found=prefix, expected="%m, %t or %n")
    start = re.match(r"(?:[^%]|%%)*", prefix)
    literal = re.escape(start[0].replace("%%", "%")) if start is not None else ""
    return Prefix(whole=re.compile(pattern + _SEVERITY), start=re.compile(literal + r"[0-9\[]"))


def _piece(text: str) -> str:
    parts, end, seen = [], 0, set[str]()
    for match in _ESCAPE.finditer(text):
        parts.append(re.escape(text[end : match.start()]))
        parts.append(_escape(match, seen))
        end = match.end()
    parts.append(re.escape(text[end:]))
    return "".join(parts)


def _escape(match: re.Match[str], seen: set[str]) -> str:
    letter = match["letter"]
    if letter not in _ESCAPES:
        raise BadInput(
            "unknown escape", field="log_line_prefix", found=f"%{letter}", expected="an escape of PostgreSQL"
        )
    pattern = _ESCAPES[letter]
    if letter in seen:  # printed twice: the first is kept
        pattern = re.sub(r"\(\?P<\w+>", "(?:", pattern)
    seen.add(letter)
    return rf" *{pattern} *" if match["padding"] else pattern
