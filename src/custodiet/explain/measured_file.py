"""The file `measured.toml` beside a pack: what its templates were worth when they were last measured, and on what.

It says nothing about what a template means, so it is not part of the pack's digest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields

from custodiet.explain.measures import Interval
from custodiet.explain.reading import Table
from custodiet.explain.template import Template
from custodiet.explain.template_measures import TemplateMeasure

NAME = "measured.toml"
_ANY = float("1e12")


#: Fields of a template that change nothing of what it finds or how it weighs.
_WORDS = {"version", "title", "owner", "sentence", "needs", "approval", "explains", "near_misses", "file"}


def meaning(template: Template) -> str:
    """Return the hex SHA-256 of what the template finds and how it weighs: a change of words alone keeps it."""
    parts = [(field.name, getattr(template, field.name)) for field in fields(template) if field.name not in _WORDS]
    return hashlib.sha256(repr([*parts, template.approval.status.value]).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredTemplate:
    """What one template was worth: the figures that the pack is judged by."""

    id: str
    meaning: str  # hex SHA-256 of what it meant when it was measured
    base: float
    matched: int
    alone: int
    fakes_alone: int
    weight: Interval
    price: Interval

    @classmethod
    def of(cls, measure: TemplateMeasure, template: Template) -> MeasuredTemplate:
        """Return what is kept of a measure."""
        return cls(
            id=measure.template,
            meaning=meaning(template),
            base=measure.base,
            matched=measure.matched,
            alone=measure.alone,
            fakes_alone=measure.fakes_carried,
            weight=measure.weight,
            price=measure.price,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measurement of a pack: when, on whose accesses, by which seed, and what came out for each template."""

    date: str
    population: str
    invented: bool
    run: str
    seed: str
    sample: int
    templates: tuple[MeasuredTemplate, ...]


#: Of a pack that nobody has measured.
UNMEASURED = Measurement(date="", population="", invented=True, run="", seed="", sample=0, templates=())


def written(measurement: Measurement) -> str:
    """Return the text of the file."""
    head = [
        "# Written by `custodiet evaluate VAULT --write-measured`, read by `custodiet test`. Do not edit: measure again.",
        f"date = {measurement.date}",
        f"population = {_text(measurement.population)}",
        f"invented = {str(measurement.invented).lower()}",
        f"run = {_text(measurement.run)}",
        f"seed = {_text(measurement.seed)}",
        f"sample = {measurement.sample}",
    ]
    return "\n".join([*head, *(line for one in measurement.templates for line in _lines(one))]) + "\n"


def _lines(one: MeasuredTemplate) -> Iterator[str]:
    yield from ("", "[[template]]", f"id = {_text(one.id)}", f"meaning = {_text(one.meaning)}", f"base = {one.base}")
    yield from (f"matched = {one.matched}", f"alone = {one.alone}", f"fakes_alone = {one.fakes_alone}")
    for name, found in (("weight", one.weight), ("price", one.price)):
        yield f"{name} = {{ value = {found.value:.2f}, low = {found.low:.2f}, high = {found.high:.2f} }}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def read(text: str) -> Measurement:
    """Return what the file says; raises BadPack naming the place."""
    top = Table.of_text(text, NAME)
    day = top.date("date")
    if day is None:
        top.fail("date", "is missing", expected="the day of the measurement, e.g. 2026-11-30")
    found = Measurement(
        date=day.isoformat(),
        population=top.text("population"),
        invented=top.truth("invented"),
        run=top.text("run"),
        seed=top.text("seed"),
        sample=top.count("sample"),
        templates=tuple(_template(one) for one in top.tables("template")),
    )
    top.done()
    return found


def _template(table: Table) -> MeasuredTemplate:
    found = MeasuredTemplate(
        id=table.text("id"),
        meaning=table.text("meaning"),
        base=table.number("base", low=0.0, high=1.0),
        matched=int(table.number("matched", low=0, high=_ANY)),
        alone=int(table.number("alone", low=0, high=_ANY)),
        fakes_alone=int(table.number("fakes_alone", low=0, high=_ANY)),
        weight=_interval(table.table("weight")),
        price=_interval(table.table("price")),
    )
    table.done()
    return found


def _interval(table: Table) -> Interval:
    value, low, high = (table.number(name, low=0.0, high=_ANY) for name in ("value", "low", "high"))
    table.done()
    return Interval(value, low, high)
