"""Ties found by queries agree with the plain reference, and Splink's weights with those recomputed from the model's numbers."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.detect import ties as steps
from custodiet.detect.likeness import jaro_winkler, slips
from custodiet.detect.tie_model import TieModel
from custodiet.detect.tie_reference import Tie, ties
from custodiet.detect.tie_spelling import described
from custodiet.detect.tie_weight import probability, weight
from custodiet.detect.ties import TieRules, read_rules
from custodiet.engines.duckdb import Session
from custodiet.engines.tying import frequencies, prepare, tie_all
from custodiet.explain.included import shipped
from custodiet.relations.kinds import KINDS, kind_named
from support.drawn_force import ARROW

RULES = replace(read_rules(shipped() / "ties"), crowd=2, bearers=2)
DAY = datetime(2020, 1, 1)  # noqa: DTZ001 - instants in relations carry no zone marker
ENDS = [DAY + timedelta(days=days) for days in (0, 100, 200, 300)]
FOR_EVER = datetime(9999, 12, 31)  # noqa: DTZ001 - as above

SURNAMES = [None, "Alder", "ALDER", "Alderr", "O'Neill", "Oneill", "Birch", "Børch", "St. John"]
FORENAMES = [None, "Ann", "Annie", "ann marie", "A", "Anne", "Bob", "Robert", "Élodie"]
BIRTHS = [None, "1980-01-02", "1980-02-01", "1980-01-03", "1981-01-02", "unknown", "1955-07-30"]
ADDRESSES = [
    None,
    "",
    "12 High Street, Town",
    "12 High St, Town",
    "12, HIGH STREET, TOWN",
    "12A High Street, Town",
    "13 High Street, Town",
    "14 Hihg Street, Town",
    "Flat 2, 12 High Street, Town",
    "FLAT 2 12 High Street, Town",
    "Apt B 12 High Street",
    "Rose Cottage, Mill Ln, Town",
    "Rose Cottage",
    "9 Mill",
    "No fixed  abode.",
]
POSTCODES = [None, "ZA1 1AA", "za11aa", "ZA1 1AB", "ZA1 2AA", "ZA", "ZB1 1AA"]
UPRNS = [None, None, "100", "000100", "101"]
PHONES = [None, "07700 900111", "+44 7700 900111", "00447700900112", "12345"]
MARKS = [None, "QB10 ABC", "qb1oabc; X1", "X1"]


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    """Draw from when to when a description holds."""
    begin = draw(st.sampled_from(ENDS[:3]))
    return {"valid_from": begin, "valid_to": draw(st.sampled_from([end for end in (*ENDS, FOR_EVER) if end > begin]))}


def people(owner: str, owners: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a description of someone."""
    fields = {
        owner: st.sampled_from(owners),
        "surname": st.sampled_from(SURNAMES),
        "forename": st.sampled_from(FORENAMES),
        "date_of_birth": st.sampled_from(BIRTHS),
        "address": st.sampled_from(ADDRESSES),
        "postcode": st.sampled_from(POSTCODES),
        "uprn": st.sampled_from(UPRNS),
        "phone": st.sampled_from(PHONES),
    }
    return st.builds(lambda row, span: {**row, **span}, st.fixed_dictionaries(fields), spans())


@st.composite
def forces(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Draw a force of few people with much in common."""
    marks = st.sampled_from(MARKS)
    staff = draw(st.lists(people("person", ["1", "2"]), max_size=4))
    subjects = draw(st.lists(people("subject", ["N1", "N2", "N3"]), max_size=5))
    for row in (*staff, *subjects):
        row["vehicle"] = draw(marks)
    for row in subjects:
        row["subject_kind"] = draw(st.sampled_from(["person", "person", "person", "vehicle"]))
    serving = st.fixed_dictionaries({"person": st.sampled_from(["1", "2", "3"]), "unit": st.sampled_from(["A", "B"])})
    postings = [{**row, **draw(spans())} for row in draw(st.lists(serving, max_size=3))]
    force = {
        "staff": staff,
        "next_of_kin": draw(st.lists(people("person", ["1", "2"]), max_size=2)),
        "subject": subjects,
        "posting": postings,
        "subject_identifier": [{"subject": "N9", "identifier": "QB10ABC", "scheme": "vrm", **draw(spans())}],
        "association": [{"person": "1", "subject": "N1", "nature": "ex_partner", **draw(spans())}],
    }
    for first, rows in enumerate(force.values()):
        for number, row in enumerate(rows):
            row["fact"] = 1000 * first + number
    return force


def bind(session: Session, force: Mapping[str, list[dict[str, Any]]]) -> None:
    """Bind the rows as the relations of the catalogue; what is not drawn is empty."""
    for kind in KINDS:
        rows = force.get(kind.name, [])
        columns = kind_named(kind.name).relation.columns
        table = pa.table({c.name: pa.array([row.get(c.name) for row in rows], ARROW[c.type]) for c in columns})
        session.bind_arrow(kind.name, table)


def by_queries(force: Mapping[str, list[dict[str, Any]]]) -> set[Tie]:
    """Return the ties that the queries find."""
    with Session(threads=1) as session:
        bind(session, force)
        tie_all(session, RULES, None)
        names = ("person", "subject", "nature", "valid_from", "valid_to", "probability")
        return {Tie(*row) for row in session.rows(exp.select(*names).from_("tie"))}


@settings(max_examples=40, deadline=None)
@given(force=forces())
def test_the_queries_find_the_ties_that_the_reference_does(force: dict[str, list[dict[str, Any]]]) -> None:
    """The same ties, of the same nature and time, with the same chance."""
    assert by_queries(force) == ties(force, RULES)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(people("subject", ["N1"]), min_size=1, max_size=8))
def test_descriptions_are_spelt_alike(rows: list[dict[str, Any]]) -> None:
    """Names, doors, streets and numbers are the same in the query and in plain words."""
    for number, row in enumerate(rows):
        row.update(fact=number, subject_kind="person")
    names = ("surname", "forename", "root", "date_of_birth", "postcode", "uprn", "flat", "house", "number", "street",
             "door", "premises", "phone")  # fmt: skip
    with Session(threads=1) as session:
        bind(session, {"subject": rows})
        prepare(session, RULES)
        found = session.rows(exp.select(*names).from_("tie_record").order_by("fact"))

    plain = [described("subject", row, dict(RULES.nicknames)) for row in rows]
    assert found == [tuple(getattr(one, name) for name in names) for one in plain]


TEXTS = st.text(alphabet="ABCD", min_size=1, max_size=9)  # what is compared is never empty


@settings(max_examples=30, deadline=None)
@given(pairs=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=40))
def test_likeness_is_what_the_engine_takes_it_to_be(pairs: list[tuple[str, str]]) -> None:
    """The plain functions give what DuckDB's of the same names do."""
    table = pa.table({"a": [a for a, _ in pairs], "b": [b for _, b in pairs]})
    alike = exp.Anonymous(this="jaro_winkler_similarity", expressions=[exp.column("a"), exp.column("b")])
    apart = exp.Anonymous(this="damerau_levenshtein", expressions=[exp.column("a"), exp.column("b")])
    with Session(threads=1) as session:
        session.bind_arrow("pair", table)
        rows = session.rows(exp.select("a", "b", alike, apart).from_("pair"))

    for a, b, likeness, distance in rows:
        assert jaro_winkler(a, b) == pytest.approx(likeness, abs=1e-9), (a, b)
        assert slips(a, b) == distance, (a, b)


def crowd(seed: int) -> dict[str, list[dict[str, Any]]]:
    """Return a force drawn with a seed: some dozens of descriptions of either side with much in common."""
    chance = random.Random(seed)

    def row(owner: str, name: str, number: int) -> dict[str, Any]:
        pools = (SURNAMES, FORENAMES, BIRTHS, ADDRESSES, POSTCODES, UPRNS, PHONES)
        fields = ("surname", "forename", "date_of_birth", "address", "postcode", "uprn", "phone")
        drawn = {field: chance.choice(pool) for field, pool in zip(fields, pools, strict=True)}
        since = chance.choice(ENDS)
        return {
            owner: name,
            **drawn,
            "subject_kind": "person",
            "fact": number,
            "valid_from": since,
            "valid_to": FOR_EVER,
        }

    return {
        "staff": [row("person", str(n % 30), n) for n in range(90)],
        "subject": [row("subject", f"N{n}", 1000 + n) for n in range(120)],
    }


@pytest.mark.parametrize("model", RULES.models, ids=lambda model: model.question)
def test_splink_weighs_a_pair_as_the_models_numbers_say(model: TieModel, tmp_path: Path) -> None:
    """Each comparison's level and bits, and the chance they add up to, are those recomputed in plain steps."""
    pytest.importorskip("splink", reason="the extra [link] is not installed")
    from custodiet.linkers.splink_linker import SplinkLinker

    force = crowd(7)
    with Session(threads=1) as session:
        bind(session, force)
        prepare(session, RULES)
        session.create_table("tie_right", steps.RIGHT)
        left, right = (
            session.arrow(exp.select("*").from_("tie_left")),
            session.arrow(exp.select("*").from_("tie_right")),
        )
        common = frequencies(session)
    right = right.drop_columns(["subject_kind"])
    everything = replace(model, threshold=1e-15, vetoes=frozenset())

    found = SplinkLinker(tmp_path).pairs(everything, left, right, common).to_pylist()

    shares = {
        field: dict(zip(table[field].to_pylist(), table[f"tf_{field}"].to_pylist(), strict=True))
        for field, table in common.items()
    }
    shares["door"] = _doors([*left["door"].to_pylist(), *right["door"].to_pylist()])
    sides = [{row["unique_id"]: row for row in table.to_pylist()} for table in (left, right)]
    for pair in found:
        x, s = sides[0][pair["left_record"]], sides[1][pair["right_record"]]
        bits = weight(model, x, s, shares, model.prior(right.num_rows))
        assert pair["probability"] == pytest.approx(min(probability(bits), 0.999999), rel=1e-6, abs=1e-12), (x, s)
        assert math.isclose(sum(step[2] for step in _steps(pair)), bits, abs_tol=0.05), (x, s)
    assert len(found) > 500


def _steps(pair: Mapping[str, Any]) -> list[Any]:
    steps_found: list[Any] = json.loads(pair["waterfall"])
    return steps_found


def _doors(doors: list[str | None]) -> dict[str, float]:
    known = [door for door in doors if door is not None]
    return {door: known.count(door) / len(known) for door in known}


def test_rules_come_from_the_pack() -> None:
    """The shipped pack has a model for each question, and short forms of names."""
    rules = read_rules(Path(shipped() / "ties"))

    assert {model.question for model in rules.models} == {"same_person", "same_home"}
    assert dict(rules.nicknames)["BOB"] == "ROBERT"
    assert rules != TieRules()
