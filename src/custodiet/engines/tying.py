"""Ties computed on a DuckDB session: descriptions in one spelling, linkage where there is some, then the rules.

Reads the relations of context and `tie_asked`; writes `tie`. Linkage is handed in: without it, descriptions are held together
word for word, and everything that rests on them is computed just the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa
from sqlglot import exp

from custodiet.detect import ties
from custodiet.detect.tie_model import TieModel
from custodiet.detect.ties import TieRules
from custodiet.engines.duckdb import Session

_SCRATCH = ("tie_source", "tie_record", "tie_left", "tie_right", "tie_frequency", "tie_pair", "nickname", "tie_asked")


class Linker(Protocol):
    """Finds pairs of descriptions by a model."""

    def pairs(self, model: TieModel, left: pa.Table, right: pa.Table, frequencies: Mapping[str, pa.Table]) -> pa.Table:
        """Return question, left_record, right_record, probability, reasons, waterfall and method of each pair that is likely."""


def tie_all(session: Session, rules: TieRules, linker: Linker | None) -> None:
    """Make the table `tie` with every tie between the staff and the subjects on record."""
    _tie(session, rules, linker, everyone=True)


def tie_asked(session: Session, rules: TieRules, linker: Linker | None) -> None:
    """Make the table `tie` with the ties of the pairs in `tie_asked` (person, subject), and of no other."""
    _tie(session, rules, linker, everyone=False)


def prepare(session: Session, rules: TieRules, *, everyone: bool = True) -> None:
    """Make the tables `tie_record`, `tie_left` and `tie_frequency`: descriptions in one spelling, ready to be compared."""
    if everyone:
        session.create_table("tie_asked", _nobody())
    session.create_table("nickname", _nicknames(session, rules))
    session.create_table("tie_source", ties.SOURCE, {"all": everyone})
    session.create_table("tie_record", ties.RECORD)
    session.drop("tie_source")
    session.create_table("tie_left", ties.LEFT)
    session.create_table("tie_frequency", ties.FREQUENCY)


def frequencies(session: Session) -> dict[str, pa.Table]:
    """Return how common each value is, for each field of which it is counted over the whole of the records."""
    return {field: _frequency(session, field) for field in ("surname", "forename", "date_of_birth")}


def _tie(session: Session, rules: TieRules, linker: Linker | None, *, everyone: bool) -> None:
    prepare(session, rules, everyone=everyone)
    if linker is None or not rules.models:
        session.create_table("tie_pair", ties.EXACT)
    else:
        _link(session, rules, linker)
    for name, query, parameters in ties.STEPS:
        session.create_table(name, query, rules.parameters(parameters))
    session.create_table("tie", ties.TIE, {"all": everyone})
    for name in (*_SCRATCH, *(step for step, _, _ in ties.STEPS)):
        session.drop(name)


def _link(session: Session, rules: TieRules, linker: Linker) -> None:
    session.create_table("tie_right", ties.RIGHT)
    common = frequencies(session)
    left = session.arrow(exp.select("*").from_("tie_left"))
    found = [
        linker.pairs(model, left, _right(session, model.question == "same_person"), common) for model in rules.models
    ]
    session.drop("tie_right")
    session.bind_arrow("tie_linked", pa.concat_tables(found))
    session.create_table("tie_pair", exp.select("*").from_("tie_linked"))
    session.unbind("tie_linked")


def _right(session: Session, people: bool) -> pa.Table:  # noqa: FBT001
    query = exp.select(exp.Star(except_=[exp.to_identifier("subject_kind")])).from_("tie_right")
    if people:
        query = query.where(exp.column("subject_kind").eq(exp.Literal.string("person")))
    return session.arrow(query)


def _frequency(session: Session, field: str) -> pa.Table:
    query = exp.select(
        exp.alias_(exp.column("value"), field, quoted=True), exp.alias_(exp.column("share"), f"tf_{field}", quoted=True)
    ).from_("tie_frequency")
    return session.arrow(query.where(exp.column("field").eq(exp.Literal.string(field))))


def _nicknames(session: Session, rules: TieRules) -> exp.Select:
    names = pa.table(
        {
            "name": pa.array([name for name, _ in rules.nicknames], pa.string()),
            "root": pa.array([root for _, root in rules.nicknames], pa.string()),
        }
    )
    session.bind_arrow("nickname_listed", names)
    return exp.select("*").from_("nickname_listed")


def _nobody() -> exp.Select:
    text = exp.cast(exp.null(), "VARCHAR")
    return exp.select(exp.alias_(text, "person"), exp.alias_(text.copy(), "subject")).where(exp.false())
