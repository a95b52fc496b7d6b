"""The whole explanation run on stored rows: two passes, four states, and the account of one access."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlglot import exp

from custodiet.engines.accounting import nearest_miss, why
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain, sources_awaited
from custodiet.errors import Refused
from custodiet.explain.pack import load, shipped
from custodiet.model.explanations import State
from custodiet.relations.catalogue import ACCESS_STATE, EXPLANATION
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

PACK = load(shipped())
LATE = datetime(2026, 4, 1)  # noqa: DTZ001 - DuckDB's plain UTC
FACTS: list[dict[str, object]] = [
    {"kind": "staff", "person": "4127", "attributes": '{"employment":"officer","rank":"PC"}'},
    {"kind": "involvement", "key": "I-1", "subject": "N1", "attributes": '{"role":"witness"}'},
    {
        "kind": "assignment",
        "key": "I-1",
        "person": "4127",
        "attributes": '{"role":"attending"}',
        "valid_from": datetime(2026, 3, 2, 9, 30),  # noqa: DTZ001
        "valid_to": datetime(2026, 3, 2, 12),  # noqa: DTZ001
        "recorded_at": datetime(2026, 3, 2, 9, 31),  # noqa: DTZ001
    },
    {
        "kind": "tasking",
        "key": "T-1",
        "subject": "N2",
        "person": "8001",
        "attributes": '{"queue":"intelligence"}',
        "valid_from": datetime(2026, 3, 2, 8),  # noqa: DTZ001
        "valid_to": datetime(2026, 3, 2, 9),  # noqa: DTZ001
    },
    *(
        {"kind": kind, "recorded_at": LATE, "withdrawn": True}
        for kind in ("assignment", "tasking", "briefing", "duty", "incident")
    ),
]


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with nothing bound."""
    with Session(threads=1) as opened:
        yield opened


def look(index: int, actor: str, subject: str, day: int, hour: int, **more: object) -> dict[str, object]:
    """Return a stored access in March 2026."""
    at = datetime(2026, 3, day, hour)  # noqa: DTZ001
    return {"index": index, "operator": actor, "subject": subject, "occurred_at": at, **more}


def audit(
    session: Session, accesses: Sequence[dict[str, object]], facts: Sequence[dict[str, object]] = FACTS
) -> dict[int, Any]:
    """Run context and explanation; return state and strongest template of each access."""
    session.bind_arrow("stored_fact", stored(FACT, facts))
    session.bind_arrow("stored_access", stored(ACCESS, accesses))
    bind_context(session, 1000)
    explain(session, PACK, 1000)
    rows = session.rows(exp.select("access", "state", "template").from_("access_state"))
    return {access: (state, template) for access, state, template in rows}


def test_the_tables_are_those_of_the_catalogue(session: Session) -> None:
    """`explanation` and `access_state` have the columns that the catalogue declares, and every access has one state."""
    audit(session, [look(100, "4127", "N1", 2, 10), look(101, "5001", "N1", 2, 10)])
    assert tuple(session.arrow(exp.select("*").from_("explanation")).column_names) == EXPLANATION.names
    states = session.arrow(exp.select("*").from_("access_state"))
    assert (tuple(states.column_names), states.num_rows) == (ACCESS_STATE.names, 2)


def test_a_repeat_rests_on_an_independent_reason_only(session: Session) -> None:
    """Looks that nothing explains do not explain each other, however many they are."""
    states = audit(session, [look(100 + hour, "5001", "N1", 2, hour) for hour in range(10, 15)])
    assert set(states.values()) == {("unexplained", None)}


def test_a_look_after_an_explained_one_leans_on_it(session: Session) -> None:
    """The second pass carries the reason of the first look over to later ones that have none, fading, for two weeks."""
    states = audit(
        session, [look(100, "8001", "N2", 4, 9), look(101, "8001", "N2", 9, 10), look(102, "8001", "N2", 20, 9)]
    )
    assert states[100] == ("explained", "task_person")
    assert states[101] == ("weak", "repeat")
    assert states[102] == ("unexplained", None)


def test_a_check_for_somebody_with_a_reason_is_explained(session: Session) -> None:
    """The operator's look is explained by the requester's work, and the sentence says both."""
    states = audit(
        session, [look(100, "7001", "N1", 2, 10, requester="4127"), look(101, "7001", "N1", 2, 10, requester="5001")]
    )
    assert states == {100: ("explained", "requested"), 101: ("unexplained", None)}
    assert why(session, PACK, 100).sentence == (
        "Staff member 7001 made the check for PC 4127: PC 4127 was assigned to incident I-1, in which the subject is"
        " recorded as a witness, 30 minutes earlier."
    )


def test_an_access_that_facts_may_still_explain_is_pending(session: Session) -> None:
    """Where a needed source has not come past the access and its grace, a lack of reason is not yet one."""
    states = audit(session, [look(100, "5001", "N1", 2, 10), look(101, "5001", "N1", 31, 23)])
    assert states == {100: ("unexplained", None), 101: ("pending", None)}
    assert why(session, PACK, 101).awaits == "duty from drawn"
    assert why(session, PACK, 101).sentence.startswith(
        "Facts of the kind duty from drawn up to this time have not all come in yet"
    )


def test_a_source_that_fell_silent_keeps_nothing_pending(session: Session) -> None:
    """Where looks went on for a month after the last word of every source, nothing is awaited any more."""
    later = {"index": 102, "operator": "5001", "subject": "N1", "occurred_at": LATE + timedelta(days=30)}
    states = audit(session, [look(100, "5001", "N1", 2, 10), look(101, "5001", "N1", 31, 23), later])
    assert (states[100], states[101]) == (("unexplained", None), ("unexplained", None))


def test_one_clock_in_the_future_ends_no_source(session: Session) -> None:
    """A single look that says it is of next year, among a thousand, does not make every source look silent."""
    ahead = {"index": 101, "operator": "5001", "subject": "N2", "occurred_at": LATE + timedelta(days=300)}
    looks = [look(1000 + n, "5001", "N1", 31, 23) for n in range(1000)]
    session.bind_arrow("stored_fact", stored(FACT, FACTS))
    session.bind_arrow("stored_access", stored(ACCESS, [ahead, *looks]))
    bind_context(session, 3000)
    assert {one.kind for one in sources_awaited(session, PACK)} >= {"duty", "assignment"}


def test_a_link_recorded_long_after_the_look_explains_little(session: Session) -> None:
    """The same assignment with a link written weeks later is discounted."""
    late = [{**fact, "recorded_at": LATE} if fact["kind"] == "involvement" else fact for fact in FACTS]
    states = audit(session, [look(100, "4127", "N1", 2, 10)], late)
    account = why(session, PACK, 100)
    assert states[100] == ("unexplained", "assigned")
    assert account.strength == round(0.97 * 0.3, 6)


def test_no_facts_at_all_is_not_an_error(session: Session) -> None:
    """Without any context every access is unexplained, and nothing is awaited."""
    assert audit(session, [look(100, "4127", "N1", 2, 10)], facts=[]) == {100: ("unexplained", None)}


def test_the_account_of_an_unexplained_access_names_the_nearest(session: Session) -> None:
    """What was looked for is said, then what came nearest."""
    audit(session, [look(100, "5001", "N1", 11, 10)])
    account = why(session, PACK, 100)
    assert (account.state, account.explanations) == (State.UNEXPLAINED, ())
    assert account.sentence == (
        "No assignment, custody, case or tasking links staff member 5001 to this person within 28 days. Nearest: PC 4127"
        " attended incident I-1, in which this person is recorded as a witness, 9 days earlier."
    )


def test_the_nearest_miss_of_an_unknown_subject(session: Session) -> None:
    """A subject that operations never met has no nearest."""
    audit(session, [])
    told = nearest_miss(session, PACK, "4127", ("N9", "person"), datetime(2026, 3, 2))  # noqa: DTZ001
    assert told.endswith("Nothing in the records of operations names this person.")


def test_an_access_that_is_not_there_is_refused(session: Session) -> None:
    """Missing and walled give the same words."""
    audit(session, [])
    with pytest.raises(Refused):
        why(session, PACK, 5)
