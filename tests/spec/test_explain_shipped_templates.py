"""Every shipped template against its own drawn examples, on the plain reference and on DuckDB."""

from __future__ import annotations

import pytest

from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, drawn, reference
from custodiet.explain.included import shipped, shipped_names
from custodiet.explain.pack import Pack, load
from custodiet.explain.reference import Instance
from custodiet.explain.template import Example, Template
from support.drawn import bind_world

PACKS = [load(shipped(name)) for name in shipped_names()]
#: Each template once: what a pack takes over from another is run with that one.
OWN = [(pack.name, one) for pack in PACKS for one in pack.templates if one.file.startswith("templates/")]
EXPLAINS = [pytest.param(t, e, id=f"{pack}, {t.id}: {e.name}") for pack, t in OWN for e in t.explains]
NEAR_MISSES = [pytest.param(t, e, id=f"{pack}, {t.id}: {e.name}") for pack, t in OWN for e in t.near_misses]


def by_reference(template: Template, example: Example) -> list[Instance]:
    """Return what the reference finds in the example."""
    world = drawn.world(example.tables)
    return reference.instances(template, world, world["access"])


def by_duckdb(template: Template, example: Example) -> list[Instance]:
    """Return what DuckDB finds in the example."""
    with Session(threads=1) as session:
        bind_world(session, drawn.world(example.tables))
        rows = session.rows(compiler.compiled(template))
    return sorted(
        (Instance(access=a, template=t, evidence_group=g, strength=s, rests_on=tuple(r)) for a, t, g, s, r in rows),
        key=lambda one: (one.access, one.rests_on),
    )


@pytest.mark.parametrize(("template", "example"), EXPLAINS)
def test_a_template_explains_its_examples(template: Template, example: Example) -> None:
    """Reference and DuckDB find the same instances, at least one, with the strength drawn beside the example."""
    expected = by_reference(template, example)
    assert expected
    assert by_duckdb(template, example) == expected
    if example.strength is not None:
        assert max(one.strength for one in expected) == example.strength


@pytest.mark.parametrize(("template", "example"), NEAR_MISSES)
def test_a_template_leaves_its_near_misses_alone(template: Template, example: Example) -> None:
    """Neither the reference nor DuckDB finds anything in a near miss."""
    assert by_reference(template, example) == []
    assert by_duckdb(template, example) == []


@pytest.mark.parametrize("template", [pytest.param(one, id=f"{pack}, {one.id}") for pack, one in OWN])
def test_every_template_has_an_example_and_a_near_miss(template: Template) -> None:
    """For each template there is a case it catches and a near case that it leaves alone."""
    assert template.explains
    assert template.near_misses


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_what_speaks_of_a_whole_unit_never_explains_alone(pack: Pack) -> None:
    """What stands in the group "around" stays below the threshold, and something else in the pack reaches it.

    Where wide templates rest on the same facts as close ones they stand in their group, so that they add to nothing.
    """
    around = [one.strength.base for one in pack.templates if one.evidence_group == "around"]
    assert max(around, default=0.0) < pack.thresholds.explained
    assert max(one.strength.base for one in pack.templates) >= pack.thresholds.explained
