"""A run made from an earlier one is, row for row, the run made of everything."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.engines.rescoring import READ_AGAIN, can_rescore, rescore
from custodiet.explain.pack import load, shipped
from custodiet.explain.touched import BASE
from custodiet.relations.kinds import KINDS, FactKind
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

PACK = load(shipped())
READ = [kind for kind in KINDS if any(hop.relation == kind.name for one in PACK.templates for hop in one.path)]
READ += [kind for kind in KINDS if kind.name in {"account", "subject_merge"}]
START = datetime(2026, 3, 2)  # noqa: DTZ001 - DuckDB's plain UTC
PEOPLE, SUBJECTS, MATTERS, UNITS = ("p1", "p2", "p3"), ("n1", "n2", "n3"), ("i1", "i2"), ("u1", "u2")
WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("person", "supervisor"), PEOPLE),
    **dict.fromkeys(("subject", "survivor"), SUBJECTS),
    **dict.fromkeys(("incident", "parent", "task", "briefing"), MATTERS),
    **dict.fromkeys(("unit", "area", "crew", "supervisor_for"), UNITS),
    "account": ("a1", "a2"),
    "role": ("attending", "officer_in_case", "call_handler", "custody_sergeant", "missing", "witness", "custody"),
    "incident_kind": ("incident", "custody"),
    "duty": ("duty", "leave"),
}


def moment(chance: Random) -> datetime:
    """Return an hour of a few days."""
    return START + timedelta(hours=chance.randint(0, 60))


def fact(chance: Random, kind: FactKind, number: int) -> dict[str, Any]:
    """Return a stored fact; sources that number their facts say some again, otherwise or not at all any more."""
    row: dict[str, Any] = {"index": number, "kind": kind.name, "source": chance.choice(("s1", "s2"))}
    attributes = {}
    for field in kind.fields:
        if field.required or chance.random() < 0.8:
            value = chance.choice(WORDS.get(field.name, ("x", "y")))
            if field.held_in == "attributes":
                attributes[field.name] = value
            else:
                row[field.held_in] = value
    row["attributes"] = json.dumps(attributes)
    if chance.random() < 0.7:
        row["valid_from"] = moment(chance)
    if chance.random() < 0.5:
        row["valid_to"] = moment(chance)
    if chance.random() < 0.5:
        row["recorded_at"], row["recorded_by"] = moment(chance), chance.choice(PEOPLE)
    if chance.random() < 0.6:
        row["source_fact_id"] = f"{kind.name}-{chance.randint(1, 4)}"
        row["withdrawn"] = chance.random() < 0.2
    return row


def look(chance: Random, number: int) -> dict[str, Any]:
    """Return a stored access, perhaps by an account alone, perhaps for somebody else."""
    row: dict[str, Any] = {"index": number, "subject": chance.choice(SUBJECTS), "occurred_at": moment(chance)}
    if chance.random() < 0.7:
        row["operator"] = chance.choice(PEOPLE)
    else:
        row["account"] = chance.choice(WORDS["account"])
    if chance.random() < 0.3:
        row["requester"] = chance.choice(PEOPLE)
    return row


def history(seed: int) -> list[tuple[str, dict[str, Any]]]:
    """Return entries in the order of the ledger: facts and accesses, a function of the seed."""
    chance = Random(seed)
    entries: list[tuple[str, dict[str, Any]]] = []
    for number in range(chance.randint(20, 90)):
        if chance.random() < 0.3:
            entries.append(("access", look(chance, number)))
        else:
            entries.append(("fact", fact(chance, chance.choice(READ), number)))
    return entries


def bound(session: Session, entries: list[tuple[str, dict[str, Any]]], size: int) -> None:
    """Bind the first entries as stored, and their context."""
    some = entries[:size]
    session.bind_arrow("stored_access", stored(ACCESS, [row for typ, row in some if typ == "access"]))
    session.bind_arrow("stored_fact", stored(FACT, [row for typ, row in some if typ == "fact"]))
    bind_context(session, size)


def outcome(session: Session) -> tuple[list[tuple[Any, ...]], ...]:
    """Return the rows of the three relations, in order."""
    names = ("access", "template", "evidence_group", "strength", "rests_on")
    found = session.rows(exp.select(*names).from_("explanation"))
    states = session.rows(exp.select("access", "state", "strength", "template", "awaits").from_("access_state"))
    crowd = session.rows(exp.select("template", "fact", "people").from_("crowd"))
    return sorted(crowd), sorted((a, t, g, s, tuple(r)) for a, t, g, s, r in found), sorted(states)


def kept_as_base(session: Session) -> None:
    """Keep the run in hand under the names of an earlier run's relations."""
    for name in READ_AGAIN:
        session.create_table(BASE + name, exp.select("*").from_(name))


@settings(
    max_examples=12, phases=[Phase.explicit, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=st.integers(0, 2**32), share=st.floats(0, 1))
def test_what_changed_is_all_that_is_explained_again(seed: int, share: float) -> None:
    """Late, corrected and withdrawn facts, merges and re-issued accounts: the outcome is that of the whole."""
    entries = history(seed)
    since = round(len(entries) * share)
    assert can_rescore(PACK)
    with Session(threads=1) as session:
        bound(session, entries, since)
        explain(session, PACK, since)
        kept_as_base(session)
        bound(session, entries, len(entries))
        explain(session, PACK, len(entries))
        whole = outcome(session)
        rescore(session, PACK, since)
        assert outcome(session) == whole
