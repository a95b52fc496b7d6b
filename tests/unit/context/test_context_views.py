"""What context makes of stored facts: what stands, who a number means, who held an account, how far a source has come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context
from custodiet.relations.catalogue import ACCESS as DERIVED_ACCESS
from custodiet.relations.kinds import KINDS
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

Row = Mapping[str, object]


def at(text: str) -> datetime:
    """Return the instant, in UTC without a marker, as DuckDB holds it."""
    return datetime.fromisoformat(text)


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with nothing bound."""
    with Session(threads=1) as opened:
        yield opened


def context(session: Session, facts: Sequence[Row] = (), accesses: Sequence[Row] = (), size: int = 1000) -> None:
    """Bind stored rows and make context of them."""
    session.bind_arrow("stored_fact", stored(FACT, facts))
    session.bind_arrow("stored_access", stored(ACCESS, accesses))
    bind_context(session, size)


def rows(session: Session, relation: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return the columns of a relation's rows, sorted."""
    return sorted(session.rows(exp.select(*columns).from_(relation)))


def assigned(person: str, **more: object) -> Row:
    """Return a stored fact: a person is assigned to incident I-1."""
    return {"kind": "assignment", "key": "I-1", "person": person, "attributes": '{"role":"attending"}', **more}


def merged(subject: str, survivor: str, **more: object) -> Row:
    """Return a stored fact: a subject number is merged into another."""
    return {"kind": "subject_merge", "subject": subject, "counterpart": survivor, **more}


def held(account: str, person: str, start: str | None, end: str | None) -> Row:
    """Return a stored fact: whose an account is."""
    return {
        "kind": "account",
        "key": account,
        "person": person,
        "valid_from": at(start) if start else None,
        "valid_to": at(end) if end else None,
    }


def looked(index: int, subject: str = "N1", **more: object) -> Row:
    """Return a stored access."""
    return {"index": index, "subject": subject, "occurred_at": at("2026-03-02 10:00"), **more}


def test_every_kind_becomes_a_relation_with_its_columns_even_without_facts(session: Session) -> None:
    """Kinds of which there is no fact are empty relations with the columns of the catalogue."""
    context(session)
    for kind in KINDS:
        table = session.arrow(exp.select("*").from_(kind.name))
        assert tuple(table.column_names) == kind.relation.names
        assert table.num_rows == 0


def test_access_has_the_columns_of_the_catalogue(session: Session) -> None:
    """The relation access is what the catalogue says."""
    context(session)
    assert tuple(session.arrow(exp.select("*").from_("access")).column_names) == DERIVED_ACCESS.names


def test_a_later_word_under_the_same_identifier_replaces_the_earlier(session: Session) -> None:
    """Of two facts with one source, kind and identifier the one with the later index stands."""
    context(session, [assigned("1", source_fact_id="a"), assigned("2", source_fact_id="a")])
    assert rows(session, "assignment", "fact", "person") == [(1, "2")]


def test_the_same_identifier_from_another_source_or_kind_is_another_fact(session: Session) -> None:
    """Sources number their facts without regard to each other."""
    context(
        session,
        [
            assigned("1", source_fact_id="a"),
            assigned("2", source_fact_id="a", source="other"),
            {"kind": "supervision", "person": "1", "counterpart": "2", "source_fact_id": "a"},
        ],
    )
    assert rows(session, "assignment", "person") == [("1",), ("2",)]
    assert rows(session, "supervision", "person") == [("1",)]


def test_a_withdrawn_fact_vanishes(session: Session) -> None:
    """What a source takes back is not known any more."""
    context(session, [assigned("1", source_fact_id="a"), assigned("1", source_fact_id="a", withdrawn=True)])
    assert rows(session, "assignment", "fact") == []


def test_at_an_earlier_size_the_earlier_word_stands(session: Session) -> None:
    """A ledger size decides what was known: neither the withdrawal nor later accesses were."""
    facts = [assigned("1", source_fact_id="a"), assigned("1", source_fact_id="a", withdrawn=True)]
    context(session, facts, [looked(2, operator="1")], size=1)
    assert rows(session, "assignment", "fact") == [(0,)]
    assert rows(session, "access", "access") == []


def test_facts_without_an_identifier_all_stand(session: Session) -> None:
    """A fact that has no identifier is never replaced by another."""
    context(session, [assigned("1"), assigned("1")])
    assert rows(session, "assignment", "fact") == [(0,), (1,)]


def test_open_ends_are_filled(session: Session) -> None:
    """An absent start is the year 1 and an absent end the year 9999."""
    context(session, [assigned("1")])
    assert rows(session, "assignment", "valid_from", "valid_to") == [(at("0001-01-01"), at("9999-12-31"))]


def test_attributes_become_columns(session: Session) -> None:
    """What lies in the attributes of a stored fact is a column of its kind's relation, absent where it is not said."""
    context(session, [assigned("1")])
    assert rows(session, "assignment", "incident", "role", "crew") == [("I-1", "attending", None)]


def test_merges_chain_to_the_last_survivor(session: Session) -> None:
    """A merged into B and B into C: facts and accesses of A are C's, and the number used is kept."""
    involved = {"kind": "involvement", "key": "I-1", "subject": "A", "attributes": '{"role":"witness"}'}
    context(session, [merged("A", "B"), merged("B", "C"), involved], [looked(9, "A", operator="1")])
    assert rows(session, "involvement", "subject") == [("C",)]
    assert rows(session, "access", "subject", "subject_as_used") == [("C", "A")]


def test_a_ring_of_merges_is_cut_at_its_smallest_number(session: Session) -> None:
    """Where sources merged numbers into each other, everything in or leading into the ring is its smallest number."""
    context(session, [merged("Y", "X"), merged("X", "Y"), merged("Z", "Y")])
    assert rows(session, "survivor", "subject", "survivor") == [("X", "X"), ("Y", "X"), ("Z", "X")]


def test_of_two_merges_of_one_number_the_later_fact_holds(session: Session) -> None:
    """A number that was merged twice goes where the later fact says."""
    context(session, [merged("A", "B"), merged("A", "C")])
    assert rows(session, "survivor", "subject", "survivor") == [("A", "C")]


@pytest.mark.parametrize(
    ("people", "actor"),
    [
        ({"operator": "7", "account": "acc", "requester": "8"}, "7"),
        ({"account": "acc", "requester": "8"}, "1"),
        ({"account": "nobodys", "requester": "8"}, "8"),
        ({"account": "nobodys"}, "account:nobodys"),
    ],
)
def test_the_actor_is_the_operator_else_the_holder_else_the_requester_else_the_account(
    session: Session, people: Row, actor: str
) -> None:
    """Accountable is who typed it, else whose login it was, else who asked, else the login itself."""
    context(session, [held("acc", "1", None, None)], [looked(9, **people)])
    assert rows(session, "access", "actor") == [(actor,)]


@pytest.mark.parametrize(
    ("moment", "actor"),
    [
        ("2026-03-01 23:59", "1"),
        ("2026-03-02 00:00", "2"),  # half-open: the new holder from the first microsecond
        ("2026-03-03 00:00", "1"),  # and the old one again when the loan ends
    ],
)
def test_a_lent_account_is_the_borrowers_while_it_is_lent(session: Session, moment: str, actor: str) -> None:
    """Of overlapping holders the one whose spell began last holds, and the access is found once."""
    facts = [held("acc", "1", None, None), held("acc", "2", "2026-03-02", "2026-03-03")]
    context(session, facts, [looked(9, account="acc", occurred_at=at(moment))])
    assert rows(session, "access", "actor") == [(actor,)]


def test_a_watermark_is_the_latest_record_of_a_kind_by_a_source(session: Session) -> None:
    """A source has delivered a kind up to the latest moment at which it recorded one, superseded facts included."""
    facts = [
        assigned("1", source_fact_id="a", recorded_at=at("2026-03-02 10:00")),
        assigned("1", source_fact_id="a", recorded_at=at("2026-03-01 10:00"), withdrawn=True),
    ]
    context(session, facts)
    assert rows(session, "watermark", "kind", "source", "delivered_to") == [
        ("assignment", "drawn", at("2026-03-02 10:00"))
    ]


def test_a_plan_for_next_year_proves_no_delivery(session: Session) -> None:
    """Where the source does not say when it recorded, a start in the future counts only up to the latest thing known."""
    planned = {
        "kind": "duty",
        "person": "1",
        "valid_from": at("2027-01-01"),
        "attributes": '{"duty":"duty","status":"planned"}',
    }
    context(session, [planned], [looked(9, operator="1")])
    assert rows(session, "watermark", "delivered_to") == [(at("2026-03-02 10:00"),)]


def test_a_heartbeat_moves_the_watermark_of_its_source_and_of_no_other(session: Session) -> None:
    """A source that had nothing new is delivered up to that moment; one that never delivered a kind has no watermark."""
    facts = [
        assigned("1", source="cad", recorded_at=at("2026-03-02 10:00")),
        assigned("2", source="rota", recorded_at=at("2026-03-01 09:00")),
    ]
    session.bind_arrow("stored_fact", stored(FACT, facts))
    session.bind_arrow("stored_access", stored(ACCESS, []))
    beats = [
        ("cad", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("rota", datetime(2026, 3, 3, 6, tzinfo=UTC)),
        ("rota", datetime(2026, 3, 2, 6, tzinfo=UTC)),
        ("new", datetime(2026, 3, 3, tzinfo=UTC)),
    ]
    bind_context(session, 1000, beats)
    assert rows(session, "watermark", "source", "delivered_to") == [
        ("cad", at("2026-03-02 10:00")),
        ("rota", at("2026-03-03 06:00")),
    ]
