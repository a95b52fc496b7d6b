r"""The part of regular expressions that Python and DuckDB (RE2) read alike, and its form for each.

A pattern must match the whole text. Allowed: literals, `.`, classes, groups (plain, `(?:...)`, `(?P<name>...)`), `|`, the
repetitions `* + ? {n} {n,} {n,m}` and their lazy forms, `\d \D \w \W \s \S \b \t \n \r` and escaped punctuation. Digits,
letters and spaces of `\d`, `\w` and `\s` are those of ASCII. Look-around, back-references, flags and inner anchors are refused.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

_SPACE = r"\t\n\x0b\x0c\r "
_TOKEN = re.compile(
    r"""(?P<escape>\\.)|(?P<group>\(\?P<[A-Za-z_][A-Za-z0-9_]*>|\(\?:|\((?!\?))|(?P<repeat>\{[0-9]+(?:,[0-9]*)?\}|[*+?])
    |(?P<open>\[\^?\]?)|(?P<anchor>[\^$])|(?P<any>\.)|(?P<plain>[^\\({\[*+?^$.])""",
    re.DOTALL | re.VERBOSE,
)
_IN_CLASS = re.compile(r"(?P<escape>\\.)|(?P<close>\])|(?P<plain>[^\\\[\]])", re.DOTALL)
_LETTERS_OUTSIDE = "dDwWsSbtnr"
_LETTERS_INSIDE = "dDwWstnr"
_MOST_REPEATS = 1000


class PatternError(ValueError):
    """The pattern says something that the two engines do not read alike, or nothing at all."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A checked pattern: its form for Python and its form for RE2, neither with outer anchors."""

    python: str
    re2: str
    groups: int

    def compiled(self) -> re.Pattern[str]:
        """Return the pattern for Python; to be used with `fullmatch`."""
        return re.compile(self.python, re.ASCII)

    def take(self, text: str) -> str | None:
        """Return the first group of a text that matches as a whole (all of it without groups), else None."""
        match = self.compiled().fullmatch(text)
        if match is None:
            return None
        return (match[1] or "") if self.groups else match[0]


def parse_pattern(text: str) -> Pattern:
    """Return the pattern in both forms; raises PatternError where the engines would differ."""
    body = _without_anchors(text)
    python, re2 = _translated(body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(python, re.ASCII)
    except (re.error, FutureWarning, DeprecationWarning, OverflowError) as error:
        raise PatternError(str(error)) from error
    return Pattern(python, re2, compiled.groups)


def _without_anchors(text: str) -> str:
    body = text.removeprefix("^")
    backslashes = len(body[:-1]) - len(body[:-1].rstrip("\\"))
    return body[:-1] if body.endswith("$") and backslashes % 2 == 0 else body


def _translated(body: str) -> tuple[str, str]:
    python: list[str] = []
    re2: list[str] = []
    at, before = 0, ""
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None or match.lastgroup is None:
            raise PatternError(f"{body[at : at + 3]!r} is not allowed in a pattern")
        piece, kind, at = match[0], match.lastgroup, match.end()
        if kind == "open":
            inside, at = _class_body(body, at)
            piece += inside
        _check(piece, kind, before)
        python.append(piece)
        re2.append(_for_re2(piece, kind))
        before = kind if not (kind == "repeat" and before == "repeat") else "lazy"
    return "".join(python), "".join(re2)


def _class_body(body: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    while True:
        match = _IN_CLASS.match(body, at)
        if match is None:
            raise PatternError("a class of characters is not closed, or holds an unescaped [")
        at = match.end()
        parts.append(match[0])
        if match.lastgroup == "close":
            return "".join(parts), at
        if match.lastgroup == "escape":
            _check_escape(match[0], _LETTERS_INSIDE)


def _check(piece: str, kind: str, before: str) -> None:
    if kind == "escape":
        _check_escape(piece, _LETTERS_OUTSIDE)
    elif kind == "anchor":
        raise PatternError("an anchor inside a pattern; the pattern matches the whole text as it is")
    elif kind == "repeat":
        if before in ("repeat", "lazy") and not (piece == "?" and before == "repeat"):
            raise PatternError("a repetition of a repetition")
        if any(int(number) > _MOST_REPEATS for number in re.findall(r"[0-9]+", piece)):
            raise PatternError(f"a repetition of more than {_MOST_REPEATS}")


def _check_escape(piece: str, letters: str) -> None:
    letter = piece[1]
    if letter not in letters and (letter.isalnum() or not letter.isascii() or not letter.isprintable()):
        raise PatternError(f"{piece} is not allowed in a pattern")


def _for_re2(piece: str, kind: str) -> str:
    if kind == "any":
        return r"[^\n]"
    if kind == "escape" and piece in (r"\s", r"\S"):
        return f"[{_SPACE}]" if piece == r"\s" else f"[^{_SPACE}]"
    if kind == "open":
        return re.sub(r"\\(.)", lambda match: _SPACE if match[1] == "s" else match[0], piece, flags=re.DOTALL)
    return piece
