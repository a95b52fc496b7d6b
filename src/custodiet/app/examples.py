"""The examples that templates, signals and mappings carry, run on the plain references; and what templates were measured to be worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from custodiet.detect import reference as signals
from custodiet.detect.signal_file import SignalFile
from custodiet.explain import drawn, reference
from custodiet.explain.measured_file import Measurement
from custodiet.explain.pack import Pack
from custodiet.explain.template import Example, Template
from custodiet.explain.worth import is_measured, problem_of
from custodiet.ingest.examples import check_examples
from custodiet.ingest.mapping import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleResult:
    """One example that was run, and what is wrong with it; None: it comes out as it says."""

    file: str
    example: str
    problem: str | None = None


def of_template(template: Template) -> Iterator[ExampleResult]:
    """Yield the result of each example and near miss of a template."""
    for example in template.explains:
        found = _instances(template, example)
        problem = None if found else "explains nothing"
        if found and example.strength is not None and max(found) != example.strength:
            problem = f"has strength {max(found)}, not {example.strength}"
        yield ExampleResult(file=template.file, example=example.name, problem=problem)
    for example in template.near_misses:
        problem = "is explained, and must not be" if _instances(template, example) else None
        yield ExampleResult(file=template.file, example=example.name, problem=problem)


def of_signal(signal: SignalFile) -> Iterator[ExampleResult]:
    """Yield the result of each example of a signal."""
    for example in signal.fires:
        problem = None if signals.fired([signal], example.given) else "does not fire"
        yield ExampleResult(file=signal.id, example=example.because, problem=problem)
    for example in signal.must_not_fire:
        problem = "fires, and must not" if signals.fired([signal], example.given) else None
        yield ExampleResult(file=signal.id, example=example.because, problem=problem)


def of_mapping(mapping: Mapping, file: str) -> Iterator[ExampleResult]:
    """Yield the result of each example of a mapping file."""
    problems = {one.example: one.sentence for one in check_examples(mapping)}
    for number in range(1, len(mapping.examples) + 1):
        yield ExampleResult(file=file, example=f"example {number}", problem=problems.get(number))


def of_pack(templates: Sequence[Template], shown: Sequence[SignalFile]) -> list[ExampleResult]:
    """Return the results of every template and signal of a pack."""
    results = [result for template in templates for result in of_template(template)]
    return results + [result for signal in shown for result in of_signal(signal)]


def of_measures(pack: Pack, measurement: Measurement) -> list[ExampleResult]:
    """Return for each template that was measured whether its measured worth bears the weight that the pack gives it."""
    known = {one.id for one in measurement.templates}
    return [
        ExampleResult(file=one.file, example="its measured worth", problem=problem_of(one, pack, measurement))
        for one in pack.templates
        if one.id in known
    ]


def unmeasured(pack: Pack, measurement: Measurement) -> list[str]:
    """Return the templates in force that could close accesses and were not measured as they are now."""
    return [
        one.id
        for one in pack.templates
        if one.in_force and one.strength.base >= pack.thresholds.explained and not is_measured(one, measurement)
    ]


def _instances(template: Template, example: Example) -> list[float]:
    world = drawn.world(example.tables)
    return [one.strength for one in reference.instances(template, world, world["access"])]
