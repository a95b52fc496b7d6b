"""The examples that a mapping file carries, run on the plain reference: what it says it does, it does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from custodiet.ingest.mapping import Example, Mapping
from custodiet.ingest.reference import Raw, Row, Value
from custodiet.ingest.reference_records import read_records
from custodiet.model.instants import rfc3339


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleProblem:
    """An example that does not come out as it says: its number from 1 among all, and a sentence."""

    example: int
    sentence: str


def check_examples(mapping: Mapping) -> list[ExampleProblem]:
    """Return a sentence for each example that does not come out as it says; none means that all do."""
    found: list[ExampleProblem] = []
    for number, example in enumerate(mapping.examples, start=1):
        rows = read_records(mapping, [Raw(1, _record(mapping, example))])
        sentences = (
            _against_reason(example, rows) if example.reason is not None else _against_parts(mapping, example, rows)
        )
        found += [ExampleProblem(example=number, sentence=sentence) for sentence in sentences]
    return found


def _record(mapping: Mapping, example: Example) -> dict[str, str | None]:
    """Return the example's record; fields that it does not name have nothing in them."""
    given: dict[str, str | None] = dict.fromkeys(mapping.used_columns)
    for name, text in example.given:
        given[name] = None if text in mapping.reading.missing else text
    return given


def _against_reason(example: Example, rows: list[Row]) -> list[str]:
    problem = next((row.problem for row in rows if row.problem is not None), None)
    if problem is None:
        return [f"It was accepted; expected quarantine as {example.reason}."]
    if problem.reason != example.reason:
        return [f"It went to quarantine as {problem.reason} ({problem.field}); expected {example.reason}."]
    if example.field is not None and problem.field != example.field:
        return [f"The problem was found in {problem.field}; expected {example.field}."]
    return []


def _against_parts(mapping: Mapping, example: Example, rows: list[Row]) -> list[str]:
    problem = next((row.problem for row in rows if row.problem is not None), None)
    if problem is not None:
        return [f"It went to quarantine as {problem.reason} ({problem.field}); expected to be accepted."]
    if len(rows) != len(example.yields):
        return [f"It made {len(rows)} rows; expected {len(example.yields)}."]
    found: list[str] = []
    for row, wanted in zip(rows, example.yields, strict=True):
        told = _told(mapping, row)
        found += [
            f"{name} is {told.get(name)!r}; expected {value!r}." for name, value in wanted if told.get(name) != value
        ]
    return found


def _told(mapping: Mapping, row: Row) -> dict[str, str | None]:
    """Return the row's values as texts under the names of the target's fields."""
    attributes: dict[str, str | None] = json.loads(str(row.values.get("attributes") or "{}"))
    told: dict[str, str | None] = {name: _text(value) for name, value in row.values.items()} | attributes
    for field in mapping.target.fields:
        if field.held_in in row.values:
            told[field.name] = _text(row.values[field.held_in])
    return told


def _text(value: Value) -> str | None:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
