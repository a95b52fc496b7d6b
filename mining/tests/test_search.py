"""The search finds what plain loops find, and what the core's own definition of a template says of each path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain.reference import instances
from custodiet_mining import reference
from custodiet_mining.candidate import Candidate
from custodiet_mining.drafting import drafted
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path
from custodiet_mining.schema_graph import paths
from custodiet_mining.search import found
from support.drawn import bind_world
from worlds import World, world_of

WIDE = Limits(hub=1_000)
SEEDS = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """Give one session for all worlds of the module."""
    with Session(threads=1) as opened:
        yield opened


def searched(session: Session, world: World, limits: Limits) -> dict[Path, int]:
    """Return how many accesses of the world each path leads, as the queries say."""
    bind_world(session, world, second=False)
    pool = exp.select("*", exp.Literal.string("real").as_("family")).from_("access")
    session.create_table("pool", pool)
    return {path: counts["real"] for path, counts in found(session, "pool", limits).items()}


@settings(
    max_examples=4, phases=[Phase.explicit, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=SEEDS, hub=st.sampled_from((1, 2, 1_000)))
def test_the_search_finds_what_plain_loops_find(session: Session, seed: int, hub: int) -> None:
    """Whatever the world, and however few keys a half may reach, each path leads as many accesses as the loops say."""
    world = world_of(seed)
    limits = Limits(hub=hub)
    expected = reference.found(world, world["access"], limits)
    assert searched(session, world, limits) == {path: len(numbers) for path, numbers in expected.items()}


@settings(
    max_examples=3, phases=[Phase.explicit, Phase.generate], deadline=None, suppress_health_check=list(HealthCheck)
)
@given(seed=SEEDS)
def test_a_path_leads_the_accesses_that_its_draft_explains(session: Session, seed: int) -> None:
    """Where no hub is cut, a path means what the template drafted from it means by the core's reference."""
    world = world_of(seed, accesses=4, most=3)
    expected = {}
    for path in paths():
        own = instances(drafted(Candidate(path=path), WIDE), world, world["access"])
        if own:
            expected[path] = len({one.access for one in own})
    assert searched(session, world, WIDE) == expected


def test_the_worlds_have_something_to_find(session: Session) -> None:
    """The properties above would see a path of each length."""
    lengths = {len(path.steps) for seed in range(2) for path in searched(session, world_of(seed), WIDE)}
    assert lengths == {1, 2, 3, 4}
