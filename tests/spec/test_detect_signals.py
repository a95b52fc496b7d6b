"""The shipped signals: each fires on its examples and leaves its near misses alone, in the reference and in DuckDB."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from custodiet.detect.compiler import SIGNAL, fired_query
from custodiet.detect.features import FEATURE
from custodiet.detect.reference import Fired, fired
from custodiet.detect.sentences import sentence_of
from custodiet.detect.signal_file import Example, SignalFile, read_signals, shipped
from custodiet.engines.duckdb import Session
from custodiet.explain.included import shipped as folder_of_pack
from custodiet.explain.included import shipped_names
from support.drawn_force import ARROW

SIGNALS = shipped()  # of the police pack
#: Each signal of each pack once: what a pack takes over from another is run with that one.
OWN = [
    signal
    for name in shipped_names()
    for signal in read_signals(sorted((folder_of_pack(name) / "signals").glob("*.toml")))
]
FIRES = [(signal, example) for signal in OWN for example in signal.fires]
MUST_NOT = [(signal, example) for signal in OWN for example in signal.must_not_fire]


def name_of(value: object) -> str:
    """Name a case by its signal and why."""
    return value.id if isinstance(value, SignalFile) else str(getattr(value, "because", value))


def by_duckdb(signal: SignalFile, example: Example) -> list[Fired]:
    """Return what the compiled signal says of the example."""
    row = {"finding": "F-AAAAAAAA", **example.given}
    table = pa.table({c.name: pa.array([row.get(c.name)], ARROW[c.type]) for c in FEATURE.columns})
    with Session(threads=1) as session:
        session.bind_arrow("feature", table)
        session.create_table("signal_fired", fired_query((signal,)))
        rows = session.rows(SIGNAL)
    return [Fired(signal=name, points=points, facts=json.loads(facts)) for _, name, points, facts in rows]


@pytest.mark.parametrize(("signal", "example"), FIRES, ids=name_of)
def test_a_signal_fires_on_its_examples(signal: SignalFile, example: Example) -> None:
    """Reference and DuckDB fire, with the same facts, and the sentence is the one written beside the example."""
    expected = fired((signal,), example.given)

    assert len(expected) == 1
    assert by_duckdb(signal, example) == list(expected)
    assert sentence_of(signal.sentence, expected[0].facts) == example.sentence


@pytest.mark.parametrize(("signal", "example"), MUST_NOT, ids=name_of)
def test_a_signal_leaves_its_near_misses_alone(signal: SignalFile, example: Example) -> None:
    """Neither reference nor DuckDB fires."""
    assert fired((signal,), example.given) == ()
    assert by_duckdb(signal, example) == []


@pytest.mark.parametrize("signal", OWN, ids=name_of)
def test_no_signal_fires_on_an_episode_of_which_nothing_is_known(signal: SignalFile) -> None:
    """A missing fact is never evidence."""
    assert fired((signal,), {}) == ()


def test_the_strongest_of_a_group_counts_and_the_rest_are_not_shown() -> None:
    """Own surname and address, own address and postcode are one tie: 7 points and not 7 + 6 + 2."""
    row = {
        "same_surname_and_address": True,
        "same_address": True,
        "same_postcode": True,
        "people_at_address": 2,
        "actor_name": "PC 4127",
    }

    assert [(each.signal, each.points) for each in fired(SIGNALS, row)] == [("own_surname_and_address", 7)]
