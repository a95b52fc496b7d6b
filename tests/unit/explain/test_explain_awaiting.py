"""What is awaited: by kind and by source, only where a template could use it, and not from a source that has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custodiet.explain.awaiting import Awaited, awaited, awaits
from custodiet.explain.drawn import Row, microseconds
from custodiet.explain.pack import load, shipped
from custodiet.explain.template import Hop, Reference

PACK = load(shipped())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def look(at: datetime, **more: str) -> Row:
    """Return an access at that moment."""
    return {"access": 1, "occurred_at": microseconds(at), "actor": "4127", "subject": "N1", "requester": None, **more}


def named(sources: tuple[Awaited, ...]) -> list[tuple[str, str]]:
    """Return kind and source of each."""
    return [(one.kind, one.source) for one in sources]


def test_each_source_has_its_own_moment_less_the_grace_of_its_kind() -> None:
    """Two sources of one kind are two; the one furthest behind comes first; kinds that no template needs do not come."""
    marks = [
        ("assignment", "dispatch", NOON),
        ("assignment", "custody", NOON - DAY),
        ("involvement", "records", NOON - timedelta(hours=1)),
        ("training", "hr", NOON - 90 * DAY),
    ]
    behind = awaited(PACK.templates, marks, {"assignment": DAY})
    assert [(one.words, one.at) for one in behind] == [
        ("assignment from custody", NOON - 2 * DAY),
        ("assignment from dispatch", NOON - DAY),
        ("involvement from records", NOON - timedelta(hours=1)),
    ]


def test_an_access_waits_for_the_sources_that_are_behind_it_and_for_no_other() -> None:
    """At or after the moment it is awaited; before it the source has said all that it will."""
    behind = awaited(PACK.templates, [("duty", "roster", NOON), ("tasking", "desk", NOON + DAY)], {})
    assert named(awaits(look(NOON - timedelta(microseconds=1)), behind)) == []
    assert named(awaits(look(NOON), behind)) == [("duty", "roster")]
    assert named(awaits(look(NOON + DAY), behind)) == [("duty", "roster"), ("tasking", "desk")]


def test_a_kind_that_nobody_delivers_is_not_awaited() -> None:
    """Without any watermark nothing is awaited: that there is no data is the coverage map's to say."""
    assert awaited(PACK.templates, [], {}) == ()


def test_a_source_that_fell_silent_is_taken_as_ended() -> None:
    """After thirty days in which life went on it is no longer awaited; a day earlier it still is."""
    marks = [("duty", "old roster", NOON), ("duty", "new roster", NOON + 29 * DAY)]
    assert named(awaited(PACK.templates, marks, {}, latest=NOON + 30 * DAY)) == [("duty", "new roster")]
    assert len(awaited(PACK.templates, marks, {}, latest=NOON + 30 * DAY, silent_after=31 * DAY)) == 2


def test_a_kind_is_awaited_only_where_a_template_that_needs_it_could_apply() -> None:
    """A template that asks for the requester can never match a look that nobody asked for."""
    assigned = PACK.template("assigned")
    by_requester = Hop(relation="assignment", alias="a", match=(("incident", Reference("s", "incident")),
                                                               ("person", Reference("access", "requester"))))  # fmt: skip
    only = replace(assigned, path=(assigned.path[0], by_requester))
    behind = awaited([only], [("assignment", "dispatch", NOON)], {})
    assert behind[0].asks == (("requester",),)
    assert named(awaits(look(NOON), behind)) == []
    assert named(awaits(look(NOON, requester="5120"), behind)) == [("assignment", "dispatch")]
    assert awaited([only, assigned], [("assignment", "dispatch", NOON)], {})[0].asks == ()
