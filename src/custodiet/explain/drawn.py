"""Relations drawn as tables in text: how examples in templates and spec tests show their data.

```
access
actor | subject | occurred_at
4127  | N1      | 2026-03-02 10:00

assignment
incident | person | valid_from
I-7      | 4127   | 2026-03-02 09:30
```
A block per relation, separated by blank lines: its name, its columns, its rows. An empty cell is an absent value. Instants
are UTC. Rows are numbered through the whole drawing from 1 (`fact`, or `access`) unless a column says otherwise; columns
not drawn are absent, except those that cannot be, which take a plain default (open validity, system "RMS" and so on).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from custodiet.explain.passes import readable
from custodiet.relations.catalogue import RELATIONS
from custodiet.relations.relation import Column, Relation, Type

#: A value in a row: texts, whole numbers, numbers, lists of whole numbers; instants are microseconds since 1970 UTC.
Value = str | int | float | tuple[int, ...] | None
Row = Mapping[str, Value]
World = Mapping[str, Sequence[Row]]

OPEN_START = -62_135_596_800_000_000
OPEN_END = 253_402_214_400_000_000
_DEFAULTS: dict[str, Value] = {
    "valid_from": OPEN_START,
    "valid_to": OPEN_END,
    "source": "drawn",
    "system": "RMS",
    "action": "consultation",
    "channel": "view",
    "subject_kind": "person",
    "strength": 1.0,
    "occurred_at": 0,
}


def world(drawing: str) -> dict[str, list[dict[str, Value]]]:
    """Return the relations that the drawing shows, rows numbered from 1; raises ValueError naming what is wrong."""
    relations: dict[str, list[dict[str, Value]]] = {}
    number = 0
    for block in _blocks(drawing):
        relation = _relation(block[0])
        columns = [_column(relation, name) for name in _cells(block[1])]
        for line in block[2:]:
            number += 1
            relations.setdefault(relation.name, []).append(_row(relation, columns, line, number))
        relations.setdefault(relation.name, [])
    return relations


def instant(text: str) -> int:
    """Return the microseconds since 1970 of an instant in UTC, written like 2026-03-02 10:00."""
    return microseconds(datetime.fromisoformat(text).replace(tzinfo=UTC))


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970 UTC, exactly; a time without a zone is taken as UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _blocks(drawing: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in drawing.splitlines():
        if line.strip():
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    found = [block for block in blocks if block]
    for block in found:
        if len(block) < 2:
            msg = f"{block[0]} has no columns"
            raise ValueError(msg)
    return found


def _relation(name: str) -> Relation:
    relation = readable(name, second=True) or RELATIONS.get(name)
    if relation is None:
        msg = f"{name} is no relation"
        raise ValueError(msg)
    return relation


def _column(relation: Relation, name: str) -> Column:
    if name not in relation.names:
        msg = f"{name} is no column of {relation.name}"
        raise ValueError(msg)
    return relation.column(name)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _row(relation: Relation, columns: Sequence[Column], line: str, number: int) -> dict[str, Value]:
    cells = _cells(line)
    if len(cells) != len(columns):
        msg = f"{relation.name} has {len(columns)} columns, but a row has {len(cells)}: {line}"
        raise ValueError(msg)
    given = {column.name: _value(column, cell) for column, cell in zip(columns, cells, strict=True) if cell}
    return filled(relation, given, number)


def filled(relation: Relation, given: Row, number: int) -> dict[str, Value]:
    """Return the row with every column of the relation: what was given, else a default, else None."""
    row: dict[str, Value] = {}
    for column in relation.columns:
        value = given.get(column.name)
        if value is None and column.name in {"fact", "access"}:
            value = number
        if value is None and column.name == "subject_as_used":
            value = given.get("subject")
        if value is None and not column.nullable:
            value = _DEFAULTS.get(column.name, "unsaid" if column.type is Type.TEXT else None)
        row[column.name] = value
    return row


def _value(column: Column, cell: str) -> Value:
    if column.type is Type.INSTANT:
        return instant(cell)
    if column.type is Type.INTEGER:
        return int(cell)
    if column.type is Type.NUMBER:
        return float(cell)
    if column.type is Type.INTEGERS:
        return tuple(int(one) for one in cell.strip("[]").split(",") if one.strip())
    return cell
