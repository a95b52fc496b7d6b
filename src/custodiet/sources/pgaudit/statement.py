"""A statement's text, made ready for parsing: values lifted out, so that statements of one form are parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Parameters at and above this number stand for values that were lifted out of the text.
LIFTED = 1_000_001

#: How a form writes its parameters; `$1,$2` would be read as the beginning of a dollar-quoted text.
PARAMETER = "parameter_"

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?P<name> "(?:[^"]|"")*" | [uUbBxXnN]&?'(?:[^']|'')*' )
    | (?P<dollar> \$(?P<tag>[^\W\d]\w*|)\$ (?P<body>.*?) \$(?P=tag)\$ )
    | (?P<parameter> \$\d+ )
    | (?P<escaped> [eE]'(?:[^'\\]|\\.|'')*' )
    | (?P<text> '(?:[^']|'')*' )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<number> (?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''", re.DOTALL)
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

#: What may stand before the query that a statement prepares, explains or opens a cursor for.
_WRAPPERS = re.compile(
    r"""
    (?: PREPARE \s+ (?:"(?:[^"]|"")+"|[\w$]+) \s* (?:\([^()]*(?:\([^()]*\)[^()]*)*\))? \s* AS \s+
      | DECLARE \s+ (?:"(?:[^"]|"")+"|[\w$]+) \s+ (?:(?:BINARY|ASENSITIVE|INSENSITIVE|NO|SCROLL)\s+)* CURSOR \s+
        (?:WITH(?:OUT)?\s+HOLD\s+)? FOR \s+
      | EXPLAIN \s+ (?:\([^()]*\)\s*)? (?:(?:ANALYZE|ANALYSE|VERBOSE)\s+)*
    )+
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifted:
    """A statement's form, and the values that stood in it in the order of their parameters from `LIFTED`."""

    form: str
    values: tuple[str, ...]


def lift(statement: str, *, values: bool = True) -> Lifted:
    """Return the statement with its `values` (texts and numbers) replaced by parameters; comments are left out."""
    lifted: list[str] = []

    def replace(match: re.Match[str]) -> str:
        if match["comment"] is not None:
            return " "
        if (parameter := match["parameter"]) is not None:
            return f":{PARAMETER}{parameter[1:]}"
        value = _value(match) if values else None
        if value is None:
            return match[0]
        lifted.append(value)
        return f":{PARAMETER}{LIFTED + len(lifted) - 1}"

    return Lifted(form=_TOKEN.sub(replace, statement), values=tuple(lifted))


def _value(match: re.Match[str]) -> str | None:
    if (text := match["text"]) is not None:
        return text[1:-1].replace("''", "'")
    if (number := match["number"]) is not None:
        return number
    if (escaped := match["escaped"]) is not None:
        return _unescape(escaped[2:-1])
    return match["body"] if match["dollar"] is not None else None


def _unescape(text: str) -> str:
    """Return the text that an escape string stands for."""

    def replace(match: re.Match[str]) -> str:
        octal, byte, short, long, letter = match.groups()
        if octal is not None:
            return chr(int(octal, 8))
        if (code := byte or short or long) is not None:
            return chr(min(int(code, 16), 0x10FFFF))
        return "'" if letter is None else _ESCAPED.get(letter, letter)

    return _ESCAPE.sub(replace, text)


def unwrapped(form: str) -> str:
    """Return the query inside a PREPARE, DECLARE CURSOR or EXPLAIN, or the form itself."""
    form = form.strip()
    match = _WRAPPERS.match(form)
    return form[match.end() :] if match else form
