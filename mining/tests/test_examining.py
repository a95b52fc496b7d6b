"""What is asked of one candidate: the queries say of its rows what its instances, one by one, say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from sqlglot import exp

from custodiet.engines.duckdb import Session
from custodiet.explain.drawn import Row
from custodiet.explain.reference import Instance, instances
from custodiet_mining import reference
from custodiet_mining.candidate import Candidate, Lag, Sieve
from custodiet_mining.decoration import edges
from custodiet_mining.domains import CLASSES
from custodiet_mining.drafting import drafted
from custodiet_mining.examining import POOL, Examiner
from custodiet_mining.halves import Half, Side
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path
from custodiet_mining.schema_graph import paths
from support.drawn import bind_world
from worlds import World, world_of

WIDE = Limits(hub=1_000)
ALL = tuple(paths())
MICRO = timedelta(microseconds=1)
FAMILIES = {0: "real", 1: "F2"}  # by whether the access's number is odd
#: By access: numbers of cells.
Cells = Mapping[int, set[int]]


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """Give one session for all worlds of the module."""
    with Session(threads=1) as opened:
        yield opened


@pytest.fixture(params=range(3))
def seed(request: pytest.FixtureRequest) -> int:
    """Give the number of a world."""
    number: int = request.param
    return number


@pytest.fixture
def world(session: Session, seed: int) -> World:
    """Give a world whose accesses are both the residue and the pool: those of odd numbers are fakes."""
    made = world_of(seed, accesses=12, most=40)
    bind_world(session, made, second=False)
    family = "CASE WHEN access % 2 = 0 THEN 'real' ELSE 'F2' END AS family"
    for table in ("residue", "pool"):
        session.create_table(table, exp.select("*", family).from_("access"))
    return made


def candidates(seed: int) -> list[Candidate]:
    """Return all short paths and some long ones, as they were found."""
    return [Candidate(path=path) for path in (*ALL[:14], *Random(seed).sample(ALL[14:], 8))]


def rows_at(world: World, own: list[Instance], place: int) -> list[tuple[int, Row]]:
    """Return the access and the row at that place of each instance."""
    facts = {row["fact"]: row for name, rows in world.items() if name != "access" for row in rows}
    return [(one.access, facts[one.rests_on[place]]) for one in own]


def masks(cells: Cells) -> dict[str, dict[int, int]]:
    """Return by family how many accesses lie in which cells."""
    counted: dict[str, dict[int, int]] = {}
    for access, numbers in cells.items():
        if numbers:
            mask, of = sum(1 << number for number in numbers), counted.setdefault(FAMILIES[access % 2], {})
            of[mask] = of.get(mask, 0) + 1
    return counted


def found(world: World, candidate: Candidate) -> list[Instance]:
    """Return the instances of the candidate, by the core's definition."""
    return instances(drafted(candidate, WIDE), world, world["access"])


def test_lags_are_of_rows_on_whole_paths(session: Session, world: World, seed: int) -> None:
    """Each access lies in the cells of the lags that its instances have, and of no row on a dead end."""
    bounds = [round(bound / MICRO) for bound in edges()]
    at = {row["access"]: row["occurred_at"] for row in world["access"]}
    seen = 0
    for candidate in candidates(seed):
        anchor = candidate.path.anchor
        if anchor is None:
            continue
        cells: dict[int, set[int]] = {}
        for access, row in rows_at(world, found(world, candidate), anchor):
            lag = at[access] - row["valid_from"]
            inside = {n for n, (since, until) in enumerate(pairwise(bounds)) if since <= lag < until}
            cells.setdefault(access, set()).update(inside)
        examiner = Examiner(session, WIDE, {})
        examiner._find(candidate, POOL)
        assert examiner._lags(candidate) == masks(cells), str(candidate.path)
        seen += len(cells)
    assert seen > 5, "this world has too little to find"


def test_classes_are_of_rows_on_whole_paths(session: Session, world: World, seed: int) -> None:
    """Each access lies in the classes of its instances' rows, in every column that tells at least two apart."""
    seen = 0
    for candidate in candidates(seed):
        own = found(world, candidate)
        examiner = Examiner(session, WIDE, {})
        examiner._find(candidate, POOL)
        told = {(one.place, one.column): (one, got) for one, got in examiner._sortings(candidate)}
        for place, step in enumerate(candidate.path.steps):
            for column in CLASSES.get(step.relation, ()):
                rows = [(access, row[column]) for access, row in rows_at(world, own, place) if row[column] is not None]
                if len({value for _, value in rows}) < 2:
                    assert (place, column) not in told
                    continue
                sorting, got = told[place, column]
                assert set(sorting.classes) == {value for _, value in rows}
                cells: dict[int, set[int]] = {}
                for access, value in rows:
                    cells.setdefault(access, set()).add(list(sorting.classes).index(value))
                assert got == masks(cells), str(candidate.path)
                seen += 1
    assert seen > 2, "this world has too little to find"


def test_sources_are_of_rows_on_whole_paths(session: Session, world: World, seed: int) -> None:
    """A window and a filter hold here, too: as many accesses rest on a source as have an instance with a row from it."""
    seen = 0
    for plain in candidates(seed):
        candidate = _narrowed(plain)
        own, examiner = found(world, candidate), Examiner(session, WIDE, {})
        assert set(examiner.strengths(drafted(candidate, WIDE))) == {one.access for one in own}
        expected = [
            (candidate.path.steps[place].relation, source, number)
            for place in range(len(candidate.path.steps))
            for source, number in sorted(_sources(rows_at(world, own, place)).items())
        ]
        told = [
            (one.relation, one.source, one.accesses) for one in examiner.trusts(candidate) if one.source is not None
        ]
        assert told == expected, str(candidate.path)
        seen += len(expected)
    assert seen > 5, "this world has too little to find"


def test_fanout_counts_whoever_stands_at_the_other_end(session: Session, world: World, seed: int) -> None:
    """Of the real accesses that are matched: the people to whom the path leads back from the subject, each once."""
    seen = 0
    for candidate in candidates(seed):
        examiner = Examiner(session, WIDE, {})
        examiner.weighed(candidate)
        matched = {one.access for one in found(world, candidate)}
        real = [access for access in world["access"] if access["access"] in matched and access["access"] % 2 == 0]
        expected = Counter(_people(candidate.path, access, world) for access in real)
        assert examiner.fanout(candidate) == expected, str(candidate.path)
        seen += sum(expected.values())
    assert seen > 5, "this world has too little to find"


def _narrowed(candidate: Candidate) -> Candidate:
    places = [place for place, step in enumerate(candidate.path.steps) if step.relation in CLASSES]
    sieves = [Sieve(place, CLASSES[candidate.path.steps[place].relation][0], ("x",)) for place in places[:1]]
    return Candidate(path=candidate.path, lag=Lag(timedelta(hours=-12), timedelta(days=62)), sieves=tuple(sieves))


def _sources(rows: list[tuple[int, Row]]) -> dict[str, int]:
    pairs = {(row["source"], access) for access, row in rows if row["source"] is not None}
    return Counter(source for source, _ in pairs)


def _people(path: Path, access: Row, world: World) -> int:
    """Count those to whom the path leads back from the subject, whoever they are, step by step."""
    keys = {access["subject"]}
    for step in reversed(path.steps):
        half = Half(Side.SUBJECT, (step,))
        rows = [row for row in world.get(step.relation, ()) if reference._during(step, row, access, WIDE)]
        keys = {row[half.given] for row in rows if row[half.taken] in keys and row[half.given] is not None} - {None}
    return len(keys)
