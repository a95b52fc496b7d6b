"""Scale-out is the same queries on shards: the union of the shards' rows is the whole, row for row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlglot import exp, parse_one

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.pack import Pack, load, shipped
from custodiet.explain.template import After
from support.small_force import shared_force

SHARDS = 3
#: Templates of the second pass look at an actor's other subjects, so they are no matter of one subject's shard.
PACK: Pack = replace(load(shipped()), templates=load(shipped()).of_pass(After.NOTHING))
ROWS = parse_one(
    "SELECT access, template, strength, rests_on FROM explanation ORDER BY access, template, rests_on", dialect="duckdb"
)
STATES = parse_one("SELECT access, state, strength FROM access_state ORDER BY access", dialect="duckdb")


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> VaultLedger:
    """Return the ledger of a small invented force's vault."""
    return VaultLedger(Vault(shared_force(tmp_path_factory).vault))


def session_of(vault: VaultLedger, shard: int | None) -> Session:
    """Return a session in which the accesses of one shard (None: all) were explained."""
    snapshot = vault.read()
    session = Session(threads=1)
    session.bind_parquet("stored_access", snapshot.segments("access/1"))
    session.bind_parquet("stored_fact", snapshot.segments("fact/1"))
    bind_context(session, snapshot.size)
    if shard is not None:
        session.create_table("shard", exp.select("*").from_("access").where(_in_bucket(shard)))
        session.create_table("access", exp.select("*").from_("shard"))
    explain(session, PACK, snapshot.size)
    return session


def _in_bucket(shard: int) -> exp.Expr:
    """Return the condition of a bucket that is stable across versions: the first bytes of the subject's digest."""
    bucket = parse_one("CAST('0x' || substr(sha256(subject), 1, 6) AS BIGINT)", dialect="duckdb")
    return exp.EQ(
        this=exp.Mod(this=bucket, expression=exp.Literal.number(SHARDS)), expression=exp.Literal.number(shard)
    )


def _shards(vault: VaultLedger) -> Iterator[Session]:
    for shard in range(SHARDS):
        with session_of(vault, shard) as session:
            yield session


def test_the_union_of_the_shards_is_the_whole(vault: VaultLedger) -> None:
    """Accesses bucketed by subject give the same explanations and the same states as all of them together."""
    with session_of(vault, None) as whole:
        rows, states = sorted(whole.rows(ROWS)), whole.rows(STATES)

    parts = [(session.rows(ROWS), session.rows(STATES)) for session in _shards(vault)]

    assert all(found for found, _ in parts)
    assert sorted(row for found, _ in parts for row in found) == rows
    assert sorted(row for _, found in parts for row in found) == states
