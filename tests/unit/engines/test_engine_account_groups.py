"""The account of an access that a learned group speaks for: it rests on facts alone, and says what was learned."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from custodiet.bootstrap.accounts import account_of
from custodiet.engines.covering import cover
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

PACK = load(shipped("hospital"))
MONDAY = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - DuckDB's plain UTC
PEOPLE = ("3301", "3302", "3303")
OTHERS = ("4401", "4402", "4403")


def seen(patient: str, people: tuple[str, ...], at: datetime) -> list[dict[str, object]]:
    """Return the facts of an appointment of the patient with these people."""
    who = {"key": f"E-{patient}", "source": "pas", "recorded_at": at - timedelta(days=1)}
    patient_in_it = {"kind": "involvement", "subject": patient, "attributes": '{"role":"patient"}', **who}
    kind = {"kind": "incident", "attributes": '{"incident_kind":"appointment"}', "valid_from": at, **who}
    staff: list[dict[str, object]] = [
        {"kind": "assignment", "person": one, "attributes": '{"role":"clinician"}', "valid_from": at, **who}
        for one in people
    ]
    return [kind, patient_in_it, *staff]


def world() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return facts and looks: two circles see their patients together for three weeks; then one sees a new patient alone."""
    facts: list[dict[str, object]] = []
    looks: list[dict[str, object]] = []
    for week in range(3):
        at = MONDAY + timedelta(days=7 * week)
        for circle, people in (("a", PEOPLE), ("b", OTHERS)):
            for number in range(3):
                patient = f"{circle}{week}{number}"
                facts += seen(patient, people, at)
                looks += [{"operator": one, "subject": patient, "occurred_at": at} for one in people]
    at = MONDAY + timedelta(days=21)
    facts += seen("new", PEOPLE[:1], at)
    looks += [{"operator": one, "subject": "new", "occurred_at": at} for one in (PEOPLE[1], OTHERS[1])]
    return facts, looks


def test_a_learned_colleague_speaks_weakly_and_rests_on_facts_alone() -> None:
    """The shipped template of the hospital, from stored rows to the account that a reader gets."""
    facts, looks = world()
    with Session(threads=1) as session:
        session.bind_arrow("stored_fact", stored(FACT, facts))
        session.bind_arrow("stored_access", stored(ACCESS, [{"index": 1000 + n, **one} for n, one in enumerate(looks)]))
        bind_context(session, 10_000)
        explain(session, PACK, 10_000)
        cover(session, PACK)
        own, other = (account_of(session, PACK, ZoneInfo("Europe/London"), 1000 + len(looks) - n) for n in (2, 1))
        [(held,)] = session.rows(exp.select(exp.func("min", exp.column("valid_from"))).from_("group_member"))

    assert other.explanations == ()
    [found] = own.explanations
    assert (found.template, found.strength, own.state) == ("works_with", 0.35, "weak")
    assert "with whom staff member 3302 was found to work on the same patients" in found.sentence
    assert "no record says it" in found.says
    assert [row.kind for row in found.rows] == ["involvement", "assignment"]
    assert tuple(row.index for row in found.rows) == found.rests_on
    assert held == MONDAY.replace(hour=0) + timedelta(days=7)
