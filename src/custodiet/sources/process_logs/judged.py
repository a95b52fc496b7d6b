"""Accesses that somebody else wants judged: a CSV with the columns actor, case and at, as `--out` writes them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from custodiet.errors import BadInput
from custodiet.model.process_log import ProcessLog

COLUMNS = ("actor", "case", "at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Numbers of the actor and the case, and the instant in microseconds since 1970.
Judged = tuple[int, int, int]


def read_judged(path: Path, log: ProcessLog, since: datetime) -> list[Judged]:
    """Return the accesses in the order of the file; raises BadInput naming line and field.

    Actors and cases must be of the log. Accesses before `since` are refused: what judges was learned from that time.
    """
    actors, cases = ({name: number for number, name in enumerate(names)} for names in (log.actors, log.cases))
    found = []
    for line, row in _rows(path):
        at = _instant(path, line, row["at"])
        if at < since:
            _refuse(path, line, "at", row["at"], f"a time in the evaluated period, from {since.isoformat()} on")
        for column, known in (("actor", actors), ("case", cases)):
            if row[column] not in known:
                _refuse(path, line, column, row[column], f"{'an' if column == 'actor' else 'a'} {column} of the log")
        found.append((actors[row["actor"]], cases[row["case"]], (at - _EPOCH) // timedelta(microseconds=1)))
    return found


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    if not path.is_file():
        raise BadInput("There is no such file.", file=path.name)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for column in COLUMNS:
                if column not in (reader.fieldnames or ()):
                    _refuse(path, 1, column, ", ".join(reader.fieldnames or ()), "the columns actor, case and at")
            for row in reader:
                yield reader.line_num, {column: (row[column] or "").strip() for column in COLUMNS}
    except UnicodeDecodeError as error:
        raise BadInput("The file is not UTF-8.", file=path.name, expected="CSV in UTF-8") from error


def _instant(path: Path, line: int, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        _refuse(path, line, "at", text, "a time with its offset, e.g. 2026-03-02T09:30:00Z")
    return at


def _refuse(path: Path, line: int, field: str, found: str, expected: str) -> NoReturn:
    raise BadInput(
        "This access cannot be judged.", file=path.name, line=line, field=field, found=repr(found), expected=expected
    )
