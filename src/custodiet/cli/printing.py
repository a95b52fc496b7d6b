"""What commands print: tables for people, one JSON object for programs."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from custodiet.errors import BadInput, CustodietError
from custodiet.ledger.faults import LogDamaged
from custodiet.model.instants import rfc3339

#: Wider than any line: in a pipe a line is a record, and is never folded.
_UNFOLDED = 1 << 16


def console() -> Console:
    """Return the console for people: colours and folded lines on a terminal, whole plain lines in a pipe."""
    return Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else _UNFOLDED)


def shown(text: str) -> str:
    """Return the text as it may stand in a line of markup: what came from a file neither styles nor steers the terminal."""
    return escape(steady(text))


def steady(text: str) -> str:
    """Write control characters and what is no character out, so that the terminal shows them and does not obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def plain(value: object) -> object:  # noqa: PLR0911 - one line for each kind of value
    """Return the value as JSON types: instants as RFC 3339 UTC, values by their fields, enumerations by their words."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, date | PurePath):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value


def print_json(schema: str, body: Mapping[str, object]) -> None:
    """One JSON object stands on standard output, with its schema named first, and last what was recovered on the way."""
    told = {"recovered": list(_recovery.sentences)} if _recovery.sentences else {}
    whole = {"schema": schema, **{key: plain(item) for key, item in body.items()}, **told}
    print(json.dumps(whole, ensure_ascii=False, indent=2))  # noqa: T201 - this is how the program answers


def print_error(error: CustodietError, *, as_json: bool) -> None:
    """The error's sentence stands on standard error; with `--json` also as an object on standard output."""
    say(str(error))
    if as_json:
        body = {"error": type(error).__name__, "message": str(error), "exit_code": error.exit_code}
        print_json("error/1", {**body, **_place(error)})


def say(sentence: str) -> None:
    """The sentence stands on standard error, after the program's name."""
    print(f"custodiet: {steady(sentence)}", file=sys.stderr)  # noqa: T201 - this is how the program speaks


class _Recovery(logging.Handler):
    """Says on standard error what a writer cleared up after one that was cut short, and keeps it for the JSON object."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Say the sentence."""
        self.sentences.append(record.getMessage())
        say(f"recovery: {record.getMessage()}")


_recovery = _Recovery()


def hear_recovery() -> None:
    """From now on what is recovered is said and kept; what was kept before is forgotten."""
    _recovery.sentences.clear()
    heard = logging.getLogger("custodiet.recovery")
    heard.propagate = False
    if _recovery not in heard.handlers:
        heard.addHandler(_recovery)


def _place(error: CustodietError) -> dict[str, object]:
    if isinstance(error, BadInput):
        return {name: getattr(error, name) for name in ("file", "line", "field", "found", "expected")}
    return {"fault": error.fault} if isinstance(error, LogDamaged) else {}


def table(
    title: str | None, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[int] = ()
) -> RenderableType:
    """Return a table under its title; the columns numbered in `right` are aligned right."""
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for number, name in enumerate(columns):
        is_number = number in right  # a number is never broken in two
        drawn.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for row in rows:
        drawn.add_row(*(shown(_words(cell)) for cell in row))
    # not the table's own title, which would be broken at the table's width
    return drawn if title is None else Group(Text(steady(title), style="bold"), drawn)


def hanging(text: str, *, under: str = "", width: int, style: str = "") -> RenderableType:
    """Return a paragraph whose first line begins with `under`, and whose every line begins at the same column."""
    drawn = Table.grid(padding=(0, 2, 0, 0))
    drawn.add_column(justify="right", width=width, no_wrap=True)
    drawn.add_column(style=style, overflow="fold")
    drawn.add_row(Text(under), Text(steady(text)))
    return drawn


def times(count: int, one: str, many: str) -> str:
    """Return the count with its word in the right form."""
    return f"{count:,} {one if count == 1 else many}"


def _words(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)
