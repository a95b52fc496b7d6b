"""The rows that an explanation rests on, with who recorded each, when, and whether before or after the look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from custodiet.explain.drawn import Row
from custodiet.explain.passes import is_learned
from custodiet.explain.sentences import Telling
from custodiet.model.explanations import RowBehind, Timing

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows_behind(telling: Telling, rests_on: Sequence[int]) -> tuple[RowBehind, ...]:
    """Return the rows in the order of the path; those of a request are the rows of the requester's own reason."""
    return tuple(_rows(telling, rests_on, _whole(telling.access["occurred_at"])))


def _rows(telling: Telling, rests_on: Sequence[int], at: int) -> Iterator[RowBehind]:
    for place, hop in enumerate(telling.template.path):
        if is_learned(hop.relation):
            return
        if hop.relation == "explained_request":
            if telling.reason is not None:
                yield from _rows(telling.reason, rests_on[place:], at)
            return
        earlier = hop.relation == "explained_access"
        yield _row("access" if earlier else hop.relation, rests_on[place], telling.bindings[hop.alias], at)


def _row(kind: str, index: int, row: Row, at: int) -> RowBehind:
    recorded = row["occurred_at"] if kind == "access" else row["recorded_at"]
    by = row["actor"] if kind == "access" else row["recorded_by"]
    return RowBehind(
        index=index,
        kind=kind,
        source=str(row["source"]),
        recorded_at=None if recorded is None else _EPOCH + timedelta(microseconds=_whole(recorded)),
        recorded_by=None if by is None else str(by),
        timing=_timing(recorded, at),
    )


def _timing(recorded: object, at: int) -> Timing:
    if recorded is None:
        return Timing.UNKNOWN
    return Timing.BEFORE if _whole(recorded) < at else Timing.AFTER


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
