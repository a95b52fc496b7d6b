"""Wide tables, rosters and change logs as SQL trees: layers between the delivered fields and the rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from custodiet.errors import BadInput
from custodiet.ingest import clock
from custodiet.ingest.expressions import (
    among,
    array,
    both,
    call,
    choose,
    col,
    either,
    equal,
    fits,
    is_known,
    is_null,
    layer,
    named,
    nothing,
    number,
    struct,
    text,
    trimmed,
)
from custodiet.ingest.mapping import Changes, Mapping, Shifts, Spell, Unpivot, shift_columns
from custodiet.ingest.patterns import parse_pattern
from custodiet.ingest.time_formats import parse_format


@dataclass(frozen=True, slots=True)
class Shaped:
    """A query of records or parts of records: where each field lies, and the number of a part in its record."""

    query: exp.Expression
    columns: dict[str, str]  # field -> column
    part: exp.Expression


def check_columns(mapping: Mapping, columns: Sequence[str]) -> None:
    """Refuse a file that lacks a field that the mapping reads, or has none to unpivot."""
    missing = [name for name in mapping.used_columns if name not in columns]
    if missing:
        raise BadInput(
            "The file lacks fields that the mapping reads.",
            field=", ".join(missing),
            found=f"{len(columns)} fields of other names",  # a file without a header has records for names
            expected="every field that the mapping names",
        )
    if mapping.unpivot is not None and not unpivoted_columns(mapping.unpivot, columns):
        raise BadInput(
            "No field of the file is one to unpivot.", field="unpivot.columns", expected=mapping.unpivot.columns
        )


def unpivoted_columns(unpivot: Unpivot, columns: Sequence[str]) -> tuple[str, ...]:
    """Return the fields that become rows, in the file's order."""
    pattern = parse_pattern(unpivot.columns).compiled()
    return tuple(name for name in columns if pattern.fullmatch(name))


def shaped(mapping: Mapping, columns: tuple[str, ...], raw: exp.Expression) -> Shaped:
    """Return the records, reshaped as the mapping says."""
    check_columns(mapping, columns)
    result = Shaped(raw, {name: f"f{n}" for n, name in enumerate(columns)}, number(0))
    if mapping.unpivot is not None:
        result = _unpivoted(result, mapping.unpivot, columns)
    if mapping.shifts is not None:
        result = _spells(result, mapping.shifts)
    if mapping.changes is not None:
        return _carried(result, mapping, mapping.changes)
    order = [col(name) for name in _order(mapping)]
    return Shaped(result.query, result.columns, _dense(order)) if order else result


def _order(mapping: Mapping) -> list[str]:
    """Return the columns that put the parts of one record in order."""
    return (["cell_number"] if mapping.unpivot else []) + (["spell_number"] if mapping.shifts else [])


def _dense(order: list[exp.Column]) -> exp.Expression:
    ranked = exp.Window(
        this=call("row_number"), partition_by=[col("position")], order=exp.Order(expressions=[c.copy() for c in order])
    )
    return exp.Paren(this=exp.Sub(this=ranked, expression=number(1)))


def _unpivoted(below: Shaped, unpivot: Unpivot, columns: tuple[str, ...]) -> Shaped:
    wide = unpivoted_columns(unpivot, columns)
    cells = array(
        struct(number=number(n), name=text(name), value=col(below.columns[name])) for n, name in enumerate(wide)
    )
    rows = layer([exp.Star(), named(call("unnest", cells), "cell")], below.query, "whole")
    made = {unpivot.name: "cell_name", unpivot.value: "cell_value"}
    query = layer(
        [exp.Star(), *(named(_member("cell", part), f"cell_{part}") for part in ("number", "name", "value"))],
        rows,
        "cells",
    )
    if unpivot.skip_missing:
        query = query.where(is_known(trimmed(_member("cell", "value"))))
    return Shaped(query, {**below.columns, **made}, below.part)


def _member(of: str, name: str) -> exp.Expression:
    return call("struct_extract", col(of), text(name))


def _spells(below: Shaped, shifts: Shifts) -> Shaped:
    """Return a row for each spell of each record's code; an unknown code keeps one row without times."""
    code, day_text = trimmed(col(below.columns[shifts.code])), trimmed(col(below.columns[shifts.date]))
    names = shift_columns(shifts)
    branches = [
        (equal(code, text(word)), array(_spell(n, spell, names) for n, spell in enumerate(spells)))
        for word, spells in shifts.codes
    ]
    unknown = array([_spell(0, None, names)])
    kind = "STRUCT(number INTEGER, start INTEGER, finish INTEGER" + "".join(
        f", s{n} VARCHAR" for n in range(len(names))
    )
    spells = exp.cast(choose(branches, unknown), f"{kind})[]", dialect="duckdb")
    rows = layer([exp.Star(), named(call("unnest", spells), "spell")], below.query, "coded")
    form = parse_format(shifts.date_format)
    pattern = re.sub(r"\(\?P<[a-z_0-9]+>", "(?:", form.pattern)
    day = choose([(fits(day_text, pattern), call("try_strptime", day_text, text(shifts.date_format)))])
    made = {
        Shifts.START: "shift_start",
        Shifts.END: "shift_end",
        **{name: f"shift_{n}" for n, name in enumerate(names)},
    }
    query = layer(
        [
            exp.Star(),
            named(_member("spell", "number"), "spell_number"),
            named(_local(day, day_text, "start"), "shift_start"),
            named(_local(day, day_text, "finish"), "shift_end"),
            *(named(_member("spell", f"s{n}"), f"shift_{n}") for n in range(len(names))),
        ],
        rows,
        "spells",
    )
    return Shaped(query, {**below.columns, **made}, below.part)


def _spell(n: int, spell: Spell | None, names: tuple[str, ...]) -> exp.Expression:
    fields = {} if spell is None else {f"shift.{name}": value for name, value in spell.fields}
    texts = [text(fields[name]) if name in fields else nothing("VARCHAR") for name in names]
    return struct(
        number=number(n),
        start=nothing("INTEGER") if spell is None else number(spell.start),
        finish=nothing("INTEGER") if spell is None else number(spell.end),
        **{f"s{n}": value for n, value in enumerate(texts)},
    )


def _local(day: exp.Expression, day_text: exp.Expression, member: str) -> exp.Expression:
    """Return the local time of a spell as text; a day that cannot be read is passed on as it is, to be told."""
    moved = exp.Paren(this=exp.Add(this=day.copy(), expression=call("to_minutes", _member("spell", member))))
    written = call("strftime", moved, text("%Y-%m-%d %H:%M"))
    unread = either(is_null(day), is_null(_member("spell", member)))
    return choose([(unread, day_text)], written)


def _carried(below: Shaped, mapping: Mapping, changes: Changes) -> Shaped:
    """Return one row for each change, with everything known of the entity at the end of that moment."""
    rule = mapping.rule("valid_from")
    assert rule is not None
    at = [trimmed(col(below.columns[name])) for name in rule.columns]
    told = clock.told(call("nullif", call("concat_ws", text(rule.join), *at), text("")), rule.formats)
    keys = [named(trimmed(col(below.columns[name])), f"key_{n}") for n, name in enumerate(changes.entity)]
    local = layer(
        [exp.Star(), *keys, named(told.local, "change_local"), named(told.offset, "change_offset")], below.query, "log"
    )
    field, value = trimmed(col(below.columns[changes.field])), trimmed(col(below.columns[changes.value]))
    timed = _change_moments(local, mapping)
    if changes.ignore:
        timed = timed.where(exp.Not(this=call("coalesce", among(field, changes.ignore), exp.false())))
    usable = both(is_known(col("change_at")), among(field, [word for word, _ in changes.attributes]))
    entity = [*(col(f"key_{n}") for n in range(len(keys))), usable]
    states = layer([exp.Star(), *_states(changes, field, value, entity)], timed, "moments")
    settled = layer([exp.Star(), *_settled(changes, entity)], states, "states")
    identifier = call("concat_ws", text("|"), *(col(f"key_{n}") for n in range(len(keys))), *at, field)
    query = layer([exp.Star(), named(_until(), "change_until"), named(identifier, "change_id")], settled, "settled")
    made = {Changes.UNTIL: "change_until", Changes.IDENTIFIER: "change_id"}
    attributes = {name: f"attribute_{n}" for n, (_, name) in enumerate(changes.attributes)}
    return Shaped(query, {**below.columns, **made, **attributes}, below.part)


def _change_moments(local: exp.Select, mapping: Mapping) -> exp.Select:
    if mapping.time.zone is None:
        moment: exp.Expression = col("change_local")
        return layer([exp.Star(), named(_less_offset(moment), "change_at")], local, "local")
    before, after = clock.offsets_around(col("change_local"), mapping.time.zone)
    placed = layer([exp.Star(), named(before, "change_before"), named(after, "change_after")], local, "local")
    instant = clock.resolved(col("change_local"), col("change_before"), col("change_after"), mapping.time)
    at = choose(
        [(is_known(col("change_offset")), _less_offset(col("change_local"))), (is_null(instant.fault), instant.instant)]
    )
    return layer([exp.Star(), named(at, "change_at")], placed, "placed")


def _less_offset(local: exp.Expression) -> exp.Expression:
    offset = exp.Mul(this=col("change_offset"), expression=number(60_000_000))
    return exp.Paren(this=exp.Sub(this=local.copy(), expression=offset))


def _window(this: exp.Expression, by: list[exp.Expression], order: list[str], frame: tuple[str, str]) -> exp.Expression:
    spec = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=frame[0], end_side=frame[1] or None
    )
    ordered = exp.Order(expressions=[col(name) for name in order])
    return exp.Window(this=this, partition_by=[c.copy() for c in by], order=ordered, spec=spec)


def _states(
    changes: Changes, field: exp.Expression, value: exp.Expression, entity: list[exp.Expression]
) -> list[exp.Expression]:
    """Return each attribute after each change, wrapped so that a change to nothing is not passed over."""
    added = []
    for n, (word, _) in enumerate(changes.attributes):
        wrapped = exp.cast(
            choose([(equal(field, text(word)), struct(value=value.copy()))]), "STRUCT(value VARCHAR)", dialect="duckdb"
        )
        last = exp.IgnoreNulls(this=exp.LastValue(this=wrapped))
        added.append(named(_window(last, entity, ["change_at", "position"], ("CURRENT ROW", "")), f"after_{n}"))
    return added


def _settled(changes: Changes, entity: list[exp.Expression]) -> list[exp.Expression]:
    """Return each attribute at the end of the moment, the last row of the moment and the next moment."""
    moment = [*entity, col("change_at")]
    whole = ("UNBOUNDED", "FOLLOWING")
    added = [
        named(
            call(
                "struct_extract",
                _window(call("last_value", col(f"after_{n}")), moment, ["position"], whole),
                text("value"),
            ),
            f"attribute_{n}",
        )
        for n in range(len(changes.attributes))
    ]
    added.append(named(_window(call("last_value", col("position")), moment, ["position"], whole), "last_position"))
    following = exp.Window(
        this=call("lead", col("change_at")),
        partition_by=[c.copy() for c in entity],
        order=exp.Order(expressions=[col("change_at"), col("position")]),
    )
    added.append(named(following, "next_at"))
    return added


def _until() -> exp.Expression:
    """Return the end of a change's validity in ISO 8601: the next moment, or its own for all but the last of a moment."""
    last = equal(col("position"), col("last_position"))
    end = choose([(both(last, is_null(col("next_at"))), nothing("BIGINT")), (last, col("next_at"))], col("change_at"))
    return call("strftime", call("make_timestamp", end), text("%Y-%m-%dT%H:%M:%S.%fZ"))
