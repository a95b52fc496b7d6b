"""What is derived does not depend on how the work is cut, nor on the engine's version or threads."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from custodiet.app.vault import Vault
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.pack import Pack
from custodiet.explain.settling import settled, settled_query
from custodiet.explain.template import After
from support.small_force import shared_force

Rows = list[tuple[object, ...]]
PACK = judging("uk_police").pack
SHARDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A ledger's segments, and a session in which its context is bound at its size."""

    session: Session
    size: int

    def explained(self, pack: Pack, keep: exp.Expression | None = None) -> tuple[Rows, Rows]:
        """Return explanation and access_state in order, of all accesses or of those for which `keep` holds."""
        wanted = exp.select("*").from_("all_access")
        self.session.create_table("access", wanted.where(keep) if keep is not None else wanted)
        explain(self.session, pack, self.size)
        return ordered(self.session, "explanation"), ordered(self.session, "access_state")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return the small force, bound in a session."""
    snapshot = VaultLedger(Vault(shared_force(tmp_path_factory).vault)).read()
    with Session(scratch=tmp_path_factory.mktemp("scratch")) as session:
        session.bind_parquet("stored_access", snapshot.segments("access/1"))
        session.bind_parquet("stored_fact", snapshot.segments("fact/1"))
        bind_context(session, snapshot.size)
        session.create_table("all_access", exp.select("*").from_("access"))
        yield World(session=session, size=snapshot.size)


def ordered(session: Session, relation: str) -> Rows:
    """Return the rows of a relation in an order of their own."""
    return sorted(session.rows(exp.select("*").from_(relation)), key=repr)


def bucket(column: str, number: int) -> exp.Expression:
    """Return the condition that the column's value falls into the bucket: by its MD5, which no engine does in a way of its own."""
    names = exp.func("left", exp.MD5(this=exp.column(column)), exp.Literal.number(1), dialect="duckdb")
    digits = [digit for at, digit in enumerate("0123456789abcdef") if at % SHARDS == number]
    return exp.In(this=names, expressions=[exp.Literal.string(digit) for digit in digits])


def together(parts: Callable[[int], tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
    """Return the rows of all shards put together."""
    found = [parts(number) for number in range(SHARDS)]
    assert all(states for _, states in found)
    return sorted((row for part, _ in found for row in part), key=repr), sorted(
        (row for _, part in found for row in part), key=repr
    )


def test_accesses_split_by_actor_are_explained_as_in_the_whole(world: World) -> None:
    """The second pass looks at the actor's own earlier accesses and at his requester's reasons, and at no others."""
    whole = world.explained(PACK)

    assert together(lambda n: world.explained(PACK, bucket("actor", n))) == whole
    assert {row[1] for row in whole[0]} & {template.id for template in PACK.of_pass(After.EXPLAINED)}


def test_what_was_bound_is_the_run_of_the_command(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The states worked out here are those that `custodiet audit` kept in its run."""
    vault = shared_force(tmp_path_factory).vault
    run = vault / "derived" / (vault / "derived" / "latest").read_text().strip()
    world.session.bind_parquet("kept_state", [run / "access_state.parquet"])

    _, states = world.explained(PACK)

    assert states == ordered(world.session, "kept_state")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_strengths_are_settled_alike_by_the_engine_and_in_python(strengths: list[float]) -> None:
    """Also in the middle between two millionths, where engines round in ways of their own."""
    middles = [(2 * number + 1) / 2_000_000 for number in range(0, 1_000_000, 9_973)]
    asked = [*strengths, *middles, 0.9923215]
    rows = exp.values(
        [(exp.Literal.number(number), exp.convert(one)) for number, one in enumerate(asked)], "v", ["n", "x"]
    )
    query = exp.select(settled_query(exp.column("x"))).from_(rows).order_by("n")

    with Session(threads=1) as session:
        assert [one for (one,) in session.rows(query)] == [settled(one) for one in asked]


def test_equal_rows_are_equal_bytes_whatever_the_threads(world: World, tmp_path: Path) -> None:
    """A relation written in its order has the same digest from sessions of one, two and five threads."""
    world.session.write_parquet(exp.select("*").from_("all_access").order_by("access"), tmp_path / "in.parquet")
    digests = set()
    for threads in (1, 2, 5):
        with Session(threads=threads) as session:
            session.bind_parquet("access", [tmp_path / "in.parquet"])
            query = exp.select("actor", "subject", exp.Count(this=exp.Star()).as_("accesses")).from_("access")
            session.write_parquet(
                query.group_by("actor", "subject").order_by("actor", "subject"), tmp_path / "out.parquet"
            )
        digests.add(hashlib.sha256((tmp_path / "out.parquet").read_bytes()).hexdigest())

    assert len(digests) == 1
