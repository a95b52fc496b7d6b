"""A template written as the TOML file that `custodiet.explain.template_file` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

from custodiet.explain.template import Example, Hop, Moment, Strength, Template, Window

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def template_text(template: Template) -> str:
    """Return the file's text; read again it gives an equal template."""
    return "\n".join(_lines(template)) + "\n"


def span_text(span: timedelta) -> str:
    """Return a span as templates write it, in the largest unit that it is a whole number of."""
    seconds = span.days * 86_400 + span.seconds
    for unit, size in _UNITS[:-1]:
        if seconds % size == 0 and seconds:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _lines(template: Template) -> Iterator[str]:
    yield f"id = {_text(template.id)}"
    yield f"version = {template.version}"
    for key in ("title", "owner", "evidence_group", "sentence"):
        yield f"{key} = {_text(getattr(template, key))}"
    yield f"needs = {_texts(template.needs)}"
    if template.differs:
        pairs = ", ".join(f"[{_text(str(left))}, {_text(str(right))}]" for left, right in template.differs)
        yield f"differs = [{pairs}]"
    for hop in template.path:
        yield from ("", "[[path]]", *_hop(hop))
    for window in template.windows:
        yield from ("", "[[window]]", *_window(window))
    yield from ("", "[strength]", *_strength(template.strength))
    for example in template.explains:
        yield from ("", "[[explains]]", *_example(example))
    for example in template.near_misses:
        yield from ("", "[[near_miss]]", *_example(example))


def _hop(hop: Hop) -> Iterator[str]:
    yield f"relation = {_text(hop.relation)}"
    yield f"alias = {_text(hop.alias)}"
    yield f"match = {{ {', '.join(f'{column} = {_text(str(found))}' for column, found in hop.match)} }}"
    if hop.where:
        filters = ", ".join(
            f"{one.column} = {{ not = {_texts(one.values)} }}"
            if one.negated
            else f"{one.column} = {_texts(one.values)}"
            for one in hop.where
        )
        yield f"where = {{ {filters} }}"


def _window(window: Window) -> Iterator[str]:
    if window.start is not None:
        yield f"from = {_text(_moment(window.start))}"
    if window.until is not None:
        yield f"until = {_text(_moment(window.until))}"


def _moment(moment: Moment) -> str:
    return " or ".join(
        f"{term.reference} {'-' if term.shift < timedelta(0) else '+'} {span_text(abs(term.shift))}"
        if term.shift
        else str(term.reference)
        for term in moment.terms
    )


def _strength(strength: Strength) -> Iterator[str]:
    yield f"base = {strength.base!r}"
    own, late, fanout = strength.self_authored, strength.recorded_after, strength.fanout
    if own is not None:
        yield from ("", "[strength.self_authored]", f"of = {_texts(own.of)}", f"factor = {own.factor!r}")
    if late is not None:
        yield from (
            "",
            "[strength.recorded_after]",
            f"of = {_texts(late.of)}",
            f"beyond = {_text(span_text(late.beyond))}",
        )
        yield f"factor = {late.factor!r}"
    if fanout is not None:
        yield from ("", "[strength.fanout]", f"through = {_text(fanout.through)}", f"most = {fanout.most}")


def _example(example: Example) -> Iterator[str]:
    yield f"name = {_text(example.name)}"
    if example.strength is not None:
        yield f"strength = {example.strength!r}"
    yield f'tables = """\n{example.tables.strip()}\n"""'


def _texts(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_text(value) for value in values)}]"


def _text(value: str) -> str:
    """Return a TOML basic string; those of JSON are some of them."""
    return json.dumps(value, ensure_ascii=False)
