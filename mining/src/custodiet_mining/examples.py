"""Examples for a drafted template: one invented case that it explains, and near misses that it must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from custodiet.explain.template import Example, Hop, Template, Window
from custodiet.relations.catalogue import RELATIONS
from custodiet_mining.domains import KEYS, Domain

_AT = datetime(2026, 3, 2, 10)  # noqa: DTZ001 - drawn instants carry no zone marker
_ACTOR, _OTHER, _SUBJECT = "4127", "5150", "N1"
_INVENTED = {
    Domain.PERSON: "60{}1",
    Domain.SUBJECT: "N2{}",
    Domain.INCIDENT: "I-{}",
    Domain.UNIT: "Unit {}",
    Domain.AREA: "Area {}",
    Domain.CREW: "CR{}",
    Domain.TASK: "T-{}",
    Domain.BRIEFING: "B-{}",
    Domain.PLACE: "{} MADE UP STREET",
    Domain.IDENTIFIER: "X/{}",
}

Row = dict[str, str]


@dataclass(slots=True)
class _Case:
    """The rows of an invented case, one for each hop."""

    rows: list[tuple[str, Row]] = field(default_factory=list)

    def value(self, hops: Sequence[Hop], alias: str, column: str) -> str:
        """Return what the row of that alias holds; `access` is the invented look."""
        if alias == "access":
            return {"actor": _ACTOR, "subject": _SUBJECT}[column]
        return self.rows[[hop.alias for hop in hops].index(alias)][1][column]


def with_examples(template: Template) -> Template:
    """Return the template with an example and near misses that say what it means."""
    case = _case(template)
    misses = [("another person's matter", _with(case, 0, _entry(template), _OTHER))]
    misses += [("too long ago", moved) for moved in _too_late(template, case)]
    return replace(
        template,
        explains=(Example(name="the path, as it was found", tables=_drawn(case.rows)),),
        near_misses=tuple(Example(name=name, tables=_drawn(rows)) for name, rows in misses),
    )


def _case(template: Template) -> _Case:
    case = _Case()
    for place, hop in enumerate(template.path):
        row = {column: _required(hop.relation, column, place) for column in _demanded(hop.relation)}
        for column, domain in KEYS[hop.relation].items():
            if column in {other.column for pair in template.differs for other in pair if other.alias == hop.alias}:
                row[column] = _INVENTED[domain].format(place + 1)
        for column in _used(template, hop):
            row.setdefault(column, _INVENTED[KEYS[hop.relation][column]].format(place + 1))
        for column, found in hop.match:
            row[column] = case.value(template.path, found.alias, found.column)
        for one in hop.where:
            row[one.column] = one.values[0]
        row["valid_from"], row["valid_to"] = _validity(template, hop)
        case.rows.append((hop.relation, row))
    return case


def _demanded(relation: str) -> list[str]:
    """Return the columns that a row of the kind must have."""
    return [column.name for column in RELATIONS[relation].columns if not column.nullable and column.name not in _PLAIN]


_PLAIN = frozenset({"fact", "valid_from", "valid_to", "source"})


def _required(relation: str, column: str, place: int) -> str:
    domain = KEYS[relation].get(column)
    return "some" if domain is None else _INVENTED[domain].format(place + 1)


def _used(template: Template, hop: Hop) -> Iterator[str]:
    """Yield the columns of the hop that later hops match."""
    for later in template.path:
        for _, found in later.match:
            if found.alias == hop.alias:
                yield found.column


def _validity(template: Template, hop: Hop) -> tuple[str, str]:
    """Return a validity in which the look lies well within every window of the hop."""
    start, until = _lag(template, hop)
    begin = _AT - (start + (until - start) / 2)
    begin = begin.replace(microsecond=0, second=0)
    return _text(begin), _text(max(_AT, begin) + timedelta(days=1))


def _lag(template: Template, hop: Hop) -> tuple[timedelta, timedelta]:
    """Return from when until when after the hop's beginning the look may lie; a state holds for an hour and more."""
    for window in template.windows:
        if window.start is not None and window.start.terms[0].reference.alias == hop.alias:
            return _bounds(window)
    return timedelta(0), timedelta(hours=2)


def _bounds(window: Window) -> tuple[timedelta, timedelta]:
    assert window.start is not None
    until = window.until.terms[0] if window.until is not None else None
    if until is None or until.reference.column != "valid_from":
        return timedelta(0), timedelta(hours=2)
    return window.start.terms[0].shift, until.shift


def _too_late(template: Template, case: _Case) -> Iterator[list[tuple[str, Row]]]:
    """Yield the case with its first hop's row moved so far back that the look lies behind its window."""
    hop = template.path[0]
    _, until = _lag(template, hop)
    begin = _AT - until - timedelta(days=2)
    row = {**case.rows[0][1], "valid_from": _text(begin), "valid_to": _text(begin + timedelta(hours=1))}
    yield [(hop.relation, row), *case.rows[1:]]


def _entry(template: Template) -> str:
    return next(
        column for column, found in template.path[0].match if found.alias == "access" and found.column == "actor"
    )


def _with(case: _Case, place: int, column: str, value: str) -> list[tuple[str, Row]]:
    rows = list(case.rows)
    rows[place] = (rows[place][0], {**rows[place][1], column: value})
    return rows


def _drawn(rows: Sequence[tuple[str, Mapping[str, str]]]) -> str:
    """Return the drawing: the look, then a block for each relation."""
    look = _table([["actor", "subject", "occurred_at"], [_ACTOR, _SUBJECT, _text(_AT)]])
    blocks = [f"access\n{look}"]
    for relation in dict.fromkeys(name for name, _ in rows):
        own = [row for name, row in rows if name == relation]
        columns = list(dict.fromkeys(column for row in own for column in row))
        blocks.append(f"{relation}\n{_table([columns, *([row.get(column, '') for column in columns] for row in own)])}")
    return "\n\n".join(blocks) + "\n"


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows with their cells under one another."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = (" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(each.rstrip() for each in lines)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")
