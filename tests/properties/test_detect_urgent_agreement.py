"""What is put forward while facts are awaited is what the signals would say of the same look."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.detecting import detect
from custodiet.engines.duckdb import Session
from custodiet.relations.catalogue import RELATIONS
from custodiet.relations.kinds import KINDS
from support.drawn_force import bind_rows

BEGINS = st.sampled_from(["2026-11-01 00:00", "2026-11-01 00:00", "2026-11-02 08:00", "2026-11-02 10:00"])
ENDS = st.sampled_from(["2026-11-02 18:00", "2026-11-02 18:00", "2026-11-02 09:30", "2026-11-02 10:00"])
DESCRIBED = {
    "surname": st.sampled_from(["Ash", " ash", "Elm"]),
    "forename": st.sampled_from(["Jo", "JO "]),
    "date_of_birth": st.sampled_from([None, "1990-01-01", "1991-01-01"]),
    "address": st.sampled_from([None, "1 Elm Row", "1 ELM ROW", "2 Oak Way"]),
    "valid_from": BEGINS,
    "valid_to": ENDS,
}
STAFF = st.fixed_dictionaries(DESCRIBED)
SUBJECT = st.fixed_dictionaries({"subject_kind": st.sampled_from(["person", "person", "address"]), **DESCRIBED})
DUTY = st.fixed_dictionaries(
    {
        "duty": st.sampled_from(["suspended", "suspended", "leave", "duty"]),
        "status": st.sampled_from(["worked", "planned"]),
        "valid_from": BEGINS,
        "valid_to": ENDS,
    }
)
LOOKS = st.lists(
    st.fixed_dictionaries(
        {
            "staff": st.lists(STAFF, min_size=1, max_size=2),
            "subject": st.lists(SUBJECT, min_size=1, max_size=2),
            "duty": st.lists(DUTY, max_size=3),
        }
    ),
    min_size=1,
    max_size=12,
)


def judged(looks: list[dict[str, Any]], state: str) -> set[tuple[Any, ...]]:
    """Return what the features say of each look that is put forward: at oneself, during suspension."""
    bound: dict[str, list[dict[str, Any]]] = {"access": [], "staff": [], "subject": [], "duty": []}
    for number, look in enumerate(looks):
        who, whom = {"person": f"{number}"}, {"subject": f"N{number}"}
        at = {"access": f"{number}", "actor": f"{number}", "subject_as_used": f"N{number}"}
        bound["access"].append({**at, **whom, "occurred_at": "2026-11-02 10:00", "state": state})
        bound["staff"] += [{**who, **row} for row in look["staff"]]
        bound["subject"] += [{**whom, **row} for row in look["subject"]]
        bound["duty"] += [{**who, **row} for row in look["duty"]]
    with Session(threads=1) as session:
        for name in ("access", "access_state"):
            bind_rows(session, RELATIONS[name], bound["access"])
        for kind in KINDS:
            bind_rows(session, kind.relation, bound.get(kind.name, []), first=1000)
        detect(session, ())
        said = exp.select("finding.subject", "coalesce(is_self, FALSE)", "coalesce(suspended, 0) > 0")
        return set(session.rows(said.from_("finding").join("feature", using="finding")))


@settings(max_examples=15, deadline=None)
@given(looks=LOOKS)
def test_a_pending_look_comes_forward_just_where_a_hard_rule_speaks_of_it(looks: list[dict[str, Any]]) -> None:
    """Taken as unexplained it is at oneself, or during suspension: then, and only then, it does not wait."""
    says = judged(looks, "unexplained")
    for _, oneself, suspended in says:
        event(f"self {oneself}, suspended {suspended}")
    assert len(says) == len(looks)
    assert judged(looks, "pending") == {each for each in says if any(each[1:])}
