"""The vectors of docs/specs: known answers that other implementations can be held to as well."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from custodiet.ledger.commitments import control_entry, digest, disclosures, entry, group_text
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.proof import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from custodiet.ledger.tiles import nodes_from
from custodiet.ledger.tree import leaf_hash, root_of_leaves
from custodiet.logstore.encoding import Encoder
from custodiet.logstore.segments import columns_schema
from custodiet.relations.relation import Type
from custodiet.signing.salts import salts_of, salts_of_tile

VECTORS = Path(__file__).parents[3] / "docs" / "specs" / "vectors"


def vectors(name: str) -> dict[str, Any]:
    """Return a file of vectors."""
    read: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return read


def row_of(vector: dict[str, Any]) -> dict[str, object]:
    """Return the vector's row as it is stored: instants without zone, in UTC."""
    relation = ENTRY_TYPES[vector["typ"]].relation
    row = dict(vector["row"])
    for column in relation.columns:
        if column.type is Type.INSTANT and column.name in row:
            row[column.name] = datetime.fromisoformat(row[column.name]).replace(tzinfo=None)
    return row


ENTRIES = vectors("entries")["entries"]


@pytest.mark.parametrize("vector", ENTRIES, ids=[each["name"] for each in ENTRIES])
def test_entries_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    """Groups, disclosures, digests, entry and leaf are the known ones, by the reference and by the fast encoder."""
    entry_type, row = ENTRY_TYPES[vector["typ"]], row_of(vector)
    salts = [bytes.fromhex(salt) for salt in vector["salts"]]
    assert {group: group_text(entry_type, group, row) for group in entry_type.groups} == vector["groups"]
    disclosed = disclosures(entry_type, row, salts)
    assert (list(disclosed), [digest(each) for each in disclosed]) == (vector["disclosures"], vector["digests"])
    assert entry(entry_type, row, salts) == vector["entry"].encode()
    assert leaf_hash(vector["entry"].encode()).hex() == vector["leaf_hash"]
    batch = pa.RecordBatch.from_pylist([row], schema=columns_schema(entry_type.relation))
    assert Encoder(entry_type).leaf_hashes(batch, b"".join(salts)).hex() == vector["leaf_hash"]


def test_a_disclosure_reads_as_it_was_written_by_hand() -> None:
    """The purpose group of the first vector, with nothing in it, spelt out: salt, name, empty object."""
    from base64 import urlsafe_b64decode

    by_hand = '["AwMDAwMDAwMDAwMDAwMDAw","purpose",{}]'
    assert urlsafe_b64decode(ENTRIES[0]["disclosures"][3] + "==").decode() == by_hand
    assert disclosures(ENTRY_TYPES["access/1"], row_of(ENTRIES[0]), [b"\x03" * 16] * 5)[3] == (
        "WyJBd01EQXdNREF3TURBd01EQXdNREF3IiwicHVycG9zZSIse31d"
    )


def test_control_entries_are_those_of_the_vectors() -> None:
    """A control record's entry is its canonical JSON, keys in UTF-16 order."""
    for vector in vectors("entries")["control"]:
        assert control_entry(vector["record"]) == vector["entry"].encode()
        assert leaf_hash(vector["entry"].encode()).hex() == vector["leaf_hash"]


def test_salts_are_those_of_the_vectors() -> None:
    """A segment's seed gives the known salts at the first, the last and far leaves of tiles."""
    known = vectors("salts")
    seed = bytes.fromhex(known["seed"])
    for vector in known["salts"]:
        leaf, groups = vector["leaf"], vector["groups"]
        assert salts_of(seed, start=leaf, count=1, groups=groups).hex() == "".join(vector["salts"])
        assert (
            salts_of_tile(seed, leaf // 256, groups)[(leaf % 256) * groups * 16 :].hex().startswith(vector["salts"][0])
        )


def test_roots_and_proofs_are_those_of_the_vectors() -> None:
    """The eight entries of Certificate Transparency's own tests give the published root, and each proof is the known one."""
    known = vectors("tree")
    hashes = [leaf_hash(bytes.fromhex(each)) for each in known["entries"]]
    roots = [bytes.fromhex(each) for each in known["roots"]]
    assert [root_of_leaves(hashes[:size]) for size in range(9)] == roots
    assert roots[8].hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    nodes = nodes_from(lambda level, start, count: b"".join(hashes[start : start + count]))
    for vector in known["inclusion"]:
        proof, index, size = tuple(map(bytes.fromhex, vector["proof"])), vector["index"], vector["size"]
        assert inclusion_proof(index, size, nodes) == proof
        verify_inclusion(hashes[index], index, size, proof, roots[size])
    for vector in known["consistency"]:
        proof, old, new = tuple(map(bytes.fromhex, vector["proof"])), vector["old"], vector["new"]
        assert consistency_proof(old, new, nodes) == proof
        verify_consistency(old, new, proof, roots[old], roots[new])
