"""What the relations of context mean, in plain loops over stored rows: the definition that the queries are tested against.

Instants are microseconds since 1970 UTC; an open start or end is `OPEN_START` or `OPEN_END`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from custodiet.relations.kinds import KINDS, FactKind

Row = Mapping[str, object]
OPEN_START = -62_135_596_800_000_000
OPEN_END = 253_402_214_400_000_000


def context(facts: Sequence[Row], accesses: Sequence[Row], size: int) -> dict[str, list[dict[str, object]]]:
    """Return every relation of context, `access` and `watermark`, as known when the ledger had that size."""
    known = [row for row in facts if _int(row["index"]) < size]
    looks = [row for row in accesses if _int(row["index"]) < size]
    standing = _standing(known)
    survivors = _survivors(standing)
    world = {kind.name: [_fact(kind, row, survivors) for row in standing if row["kind"] == kind.name] for kind in KINDS}
    world["access"] = [_access(row, world["account"], survivors) for row in looks]
    world["watermark"] = _watermarks(known, looks)
    return world


def _standing(known: Iterable[Row]) -> list[Row]:
    """A source that speaks again under the identifier of a fact replaces what it said, or takes it back."""
    latest: dict[object, Row] = {}
    for row in sorted(known, key=lambda one: _int(one["index"])):
        said = row["source_fact_id"]
        latest[row["index"] if said is None else (row["source"], row["kind"], said)] = row
    return [row for row in latest.values() if not row["withdrawn"]]


def _survivors(standing: Iterable[Row]) -> dict[str, str]:
    """The number that goes on for each that was merged away: the end of its chain, or the smallest of a ring."""
    onward: dict[str, str] = {}
    for row in sorted(standing, key=lambda one: _int(one["index"])):
        if row["kind"] == "subject_merge" and row["subject"] != row["counterpart"]:
            onward[str(row["subject"])] = str(row["counterpart"])
    return {number: _end(number, onward) for number in onward}


def _end(number: str, onward: Mapping[str, str]) -> str:
    seen = [number]
    while seen[-1] in onward:
        following = onward[seen[-1]]
        if following in seen:
            return min(seen[seen.index(following) :])
        seen.append(following)
    return seen[-1]


def _fact(kind: FactKind, row: Row, survivors: Mapping[str, str]) -> dict[str, object]:
    more = json.loads(str(row["attributes"]))
    fields = {f.name: more.get(f.name) if f.held_in == "attributes" else row[f.held_in] for f in kind.fields}
    if "subject" in fields and kind.name != "subject_merge":
        fields["subject"] = survivors.get(str(fields["subject"]), fields["subject"])
    return {
        "fact": row["index"],
        **fields,
        "valid_from": OPEN_START if row["valid_from"] is None else row["valid_from"],
        "valid_to": OPEN_END if row["valid_to"] is None else row["valid_to"],
        **{name: row[name] for name in ("recorded_at", "recorded_by", "source")},
    }


def _access(row: Row, logins: Iterable[Row], survivors: Mapping[str, str]) -> dict[str, object]:
    kept = {name: value for name, value in row.items() if name != "index"}
    account = f"account:{row['account']}" if row["account"] is not None else None
    named = (row["operator"], _holder(row, logins), row["requester"], account)
    return {
        **kept,
        "access": row["index"],
        "actor": next((one for one in named if one is not None), None),
        "subject": survivors.get(str(row["subject"]), row["subject"]),
        "subject_as_used": row["subject"],
    }


def _holder(look: Row, logins: Iterable[Row]) -> object:
    """Whose the login was at the look: of facts that overlap the one that began last, then the later entry."""
    at = _int(look["occurred_at"])
    own = [
        row
        for row in logins
        if row["account"] == look["account"] and _int(row["valid_from"]) <= at < _int(row["valid_to"])
    ]
    last = max(own, key=lambda row: (_int(row["valid_from"]), _int(row["fact"])), default=None)
    return None if last is None else last["person"]


def _watermarks(known: Sequence[Row], looks: Sequence[Row]) -> list[dict[str, object]]:
    """A source has delivered a kind up to what it recorded last; what is only dated proves nothing beyond what is known."""
    moments = [row["recorded_at"] for row in known] + [row["occurred_at"] for row in looks]
    latest = max((_int(one) for one in moments if one is not None), default=None)
    reached: dict[tuple[str, str], int] = {}
    for row in known:
        dated = [_int(one) for one in (row["valid_from"], latest) if one is not None]
        at = _int(row["recorded_at"]) if row["recorded_at"] is not None else min(dated, default=None)
        if at is not None:
            key = (str(row["kind"]), str(row["source"]))
            reached[key] = max(at, reached.get(key, at))
    return [{"kind": kind, "source": source, "delivered_to": at} for (kind, source), at in reached.items()]


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
