"""What makes a record the same record when it comes again: the identity and the content of each stored row.

- `content` is the first 16 bytes of SHA-256 over the canonical content: a JSON array (RFC 8785) of what the source told,
  column by column in the stored order, all as texts (instants as microseconds since 1970), null for what is absent.
- `identity` is the first 16 bytes of SHA-256 over a JSON array of texts:
  of an access with an id `["id", source, source_event_id, part]`; of a fact with an id `["fact", source, source_fact_id,
  content]`, since a fact with a known id and other content is a new statement; without an id `["content", source, content,
  ordinal]`, where the ordinal counts the rows of equal content before it in its delivery. `content` is in hexadecimal.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlglot import exp

from custodiet.ingest.expressions import call, choose, col, is_known, layer, named, nothing, number, text
from custodiet.ingest.json_object import canonical, json_array
from custodiet.relations import stored
from custodiet.relations.relation import Column, Relation, Type

#: What a compiled mapping tells of a row's first problem, behind the stored columns: its number (NULL: none) and the rest.
PROBLEM_COLUMNS = ("problem", "reason", "field", "found", "expected")
_PIPELINE = ("source", "delivery", "position", "part", "original_digest", *(column.name for column in stored.BESIDE))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def told_columns(relation: Relation) -> tuple[Column, ...]:
    """Return the columns that hold what the source told."""
    return tuple(column for column in relation.columns if column.name not in _PIPELINE)


def identified(relation: Relation, source: str, below: exp.Expression) -> exp.Select:
    """Return the query of all stored columns over rows that have what was told, position, part and original.

    The delivery's name is left open, and what is told of each row's first problem follows behind.
    """
    told = [_as_text(column) for column in told_columns(relation)]
    written = layer([exp.Star(), named(json_array(told), "told_json")], below, "rows")
    content = named(_digest(canonical(col("told_json"))), "content_hex")
    hashed = layer([exp.Star(), content, named(call("sha256", col("original")), "original_digest")], written, "written")
    keyed = layer([exp.Star(), named(_identity_array(relation, source), "key_json")], hashed, "hashed")
    ready = {
        "source": text(source),
        "delivery": nothing("VARCHAR"),
        "content": call("unhex", col("content_hex")),
        "identity": call("unhex", _digest(canonical(col("key_json")))),
    }
    stored_columns = [named(ready.get(name, col(name)), name) for name in relation.names]
    return layer([*stored_columns, *(col(name) for name in PROBLEM_COLUMNS)], keyed, "keyed")


def _as_text(column: Column) -> exp.Expression:
    value: exp.Expression = col(column.name)
    if column.type is Type.TEXT:
        return value
    if column.type is Type.INSTANT:
        value = call("epoch_us", value)
    return exp.cast(value, "VARCHAR", dialect="duckdb")


def _digest(value: exp.Expression) -> exp.Expression:
    return call("substr", call("sha256", value), number(1), number(32))


def _identity_array(relation: Relation, source: str) -> exp.Expression:
    """Return the array of the identity of a row that is the first of its kind in the delivery."""
    is_access = relation is stored.ACCESS
    identifier = col("source_event_id" if is_access else "source_fact_id")
    last = exp.cast(col("part"), "VARCHAR", dialect="duckdb") if is_access else col("content_hex")
    has_id = is_known(identifier)
    texts = [
        choose([(has_id, text("id" if is_access else "fact"))], text("content")),
        text(source),
        call("coalesce", identifier, col("content_hex")),
        choose([(has_id, last)], text("0")),
    ]
    return json_array(texts)


def content_of(relation: Relation, row: Mapping[str, object]) -> bytes:
    """Return the content of a stored row in plain Python."""
    return _half([_text_of(row.get(column.name)) for column in told_columns(relation)])


def identity_of(relation: Relation, row: Mapping[str, object], ordinal: int = 0) -> bytes:
    """Return the identity of a stored row in plain Python."""
    content = content_of(relation, row).hex()
    source = str(row["source"])
    if relation is stored.ACCESS and row.get("source_event_id") is not None:
        return _half(["id", source, str(row["source_event_id"]), str(row["part"])])
    if relation is not stored.ACCESS and row.get("source_fact_id") is not None:
        return _half(["fact", source, str(row["source_fact_id"]), content])
    return _half(["content", source, content, str(ordinal)])


def _text_of(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        aware = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return str((aware - _EPOCH) // timedelta(microseconds=1))
    return str(value)


def _half(texts: Sequence[str | None]) -> bytes:
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode()).digest()[:16]
