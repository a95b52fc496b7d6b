"""Compiled signals agree with the plain reference on any features."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.detect.compiler import SIGNAL, fired_query
from custodiet.detect.conditions import COMPARES, NUMBERS, Claim, Condition
from custodiet.detect.features import FEATURE
from custodiet.detect.reference import fired
from custodiet.detect.signal_file import SignalFile, shipped
from custodiet.engines.duckdb import Session
from custodiet.relations.relation import Column, Type
from support.drawn_force import ARROW

PACK = shipped()
FEATURES = FEATURE.columns[1:]
TEXTS = st.sampled_from(["", "ex-partner", "it's", "PC 4127", 'say "x"', "é", "a\\b"])
VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TRUTH: st.booleans(),
    Type.TEXT: TEXTS,
    Type.INTEGER: st.integers(0, 4),
    Type.NUMBER: st.sampled_from([0.0, 0.1, 0.5, 1.0, 2.5, 3.0]),
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Draw something that can be said of some feature."""
    column: Column = draw(st.sampled_from(FEATURES))
    if draw(st.integers(0, 5)) == 0:
        return Claim(feature=column.name, word="known", value=draw(st.booleans()))
    if column.type in NUMBERS:
        per = draw(st.none() | st.sampled_from([c.name for c in FEATURES if c.type in NUMBERS]))
        values = VALUES[Type.NUMBER if per else column.type]
        word = draw(st.sampled_from(["is", "is_not", *COMPARES]))
        return Claim(feature=column.name, word=word, value=draw(values), per=per)
    if column.type is Type.TEXT and draw(st.booleans()):
        chosen = draw(st.lists(TEXTS, min_size=1, max_size=3))
        return Claim(feature=column.name, word="one_of", value=tuple(chosen))
    return Claim(feature=column.name, word=draw(st.sampled_from(["is", "is_not"])), value=draw(VALUES[column.type]))


@st.composite
def signals(draw: st.DrawFn) -> tuple[SignalFile, ...]:
    """Draw a few signals, some in groups, with points of both signs."""
    condition = st.builds(
        lambda alternatives: Condition(alternatives=alternatives),
        st.lists(st.lists(claims(), min_size=1, max_size=2).map(tuple), min_size=1, max_size=2).map(tuple),
    )
    number = draw(st.integers(0, 6))
    return tuple(
        SignalFile(
            id=f"signal_{index}",
            version=1,
            title="drawn",
            owner="drawn",
            purpose="drawn",
            proportionality="drawn",
            false_positive="drawn",
            review=date(2027, 5, 31),
            points=draw(st.integers(-4, 4)),
            group=draw(st.sampled_from([None, "a", "b", "signal:signal_1"])),
            sentence="drawn",
            names=tuple(sorted(draw(st.sets(st.sampled_from([c.name for c in FEATURES]), max_size=3)))),
            when=tuple(draw(st.lists(condition, min_size=1, max_size=2))),
            fires=(),
            must_not_fire=(),
        )
        for index in range(number)
    )


ROWS = st.lists(
    st.fixed_dictionaries({column.name: st.none() | VALUES[column.type] for column in FEATURES}), min_size=1, max_size=6
)


def by_duckdb(drawn: tuple[SignalFile, ...], rows: list[dict[str, Any]]) -> list[tuple[str, str, int, dict[str, Any]]]:
    """Return what the compiled signals say, in order."""
    named = [{"finding": f"F-{number:08}", **row} for number, row in enumerate(rows)]
    table = pa.table({c.name: pa.array([row[c.name] for row in named], ARROW[c.type]) for c in FEATURE.columns})
    with Session(threads=1) as session:
        session.bind_arrow("feature", table)
        session.create_table("signal_fired", fired_query(drawn))
        return sorted((f, s, p, json.loads(facts)) for f, s, p, facts in session.rows(SIGNAL))


@settings(max_examples=40, deadline=None)
@given(drawn=signals(), rows=ROWS)
def test_the_compiled_signals_agree_with_the_reference(
    drawn: tuple[SignalFile, ...], rows: list[dict[str, Any]]
) -> None:
    """The same signals count on the same episodes, with the same points and facts."""
    expected = [
        (f"F-{number:08}", each.signal, each.points, dict(each.facts))
        for number, row in enumerate(rows)
        for each in fired(drawn, row)
    ]

    assert by_duckdb(drawn, rows) == expected


@settings(max_examples=15, deadline=None)
@given(rows=ROWS)
def test_the_shipped_signals_agree_with_the_reference(rows: list[dict[str, Any]]) -> None:
    """The pack as a whole says the same in both."""
    expected = [
        (f"F-{number:08}", each.signal, each.points, dict(each.facts))
        for number, row in enumerate(rows)
        for each in fired(PACK, row)
    ]

    assert by_duckdb(PACK, rows) == expected


@settings(max_examples=40, deadline=None)
@given(drawn=signals(), rows=ROWS)
def test_of_each_group_one_signal_counts(drawn: tuple[SignalFile, ...], rows: list[dict[str, Any]]) -> None:
    """No two signals of one group are shown on an episode."""
    groups = {signal.id: signal.group for signal in drawn}
    for row in rows:
        shown = [groups[each.signal] for each in fired(drawn, row) if groups[each.signal] is not None]
        assert len(shown) == len(set(shown))
