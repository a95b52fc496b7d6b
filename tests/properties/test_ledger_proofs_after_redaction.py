"""Whatever is erased in whatever order, every proof that was ever given holds, and what is left opens as it did."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custodiet.ledger.commitments import digest
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.proof import verify_consistency, verify_inclusion
from custodiet.ledger.redaction import groups_that_go
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.salts import SealedSalts
from support.ledgers import Kept, access_row, staged

GROUPS = ("actor", "subject", "context", "purpose", "origin")
FIRST, LAST = 4, 563  # the accesses of the log below, in two segments that share a tile

acts = st.lists(
    st.tuples(st.sets(st.integers(FIRST, LAST), min_size=1, max_size=6), st.sets(st.sampled_from(GROUPS), min_size=1)),
    min_size=1,
    max_size=3,
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a log of two segments of accesses; nobody changes it."""
    folder = tmp_path_factory.mktemp("made")
    kept = Kept.create(folder / "ledger")
    for name, numbers in (("a", range(300)), ("b", range(300, 560))):
        kept.append(staged(folder / f"{name}.parquet", [access_row(number) for number in numbers]))
    return kept


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=acts)
def test_every_proof_ever_given_holds(made: Kept, sequence: list[tuple[set[int], set[str]]]) -> None:
    """Inclusion of every entry at every earlier checkpoint, consistency between them, and every group that is left."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(Path(shutil.copytree(made.folder, Path(folder) / "ledger")), KeyFolder(made.folder / "keys"))
        log = kept.open()
        whole = list(Entries(log, kept.keys.salts()).between())
        given_before = {index: (log.inclusion_proof(index), log.root) for index in range(log.size)}
        gone: dict[int, set[str]] = {}
        for indices, groups in sequence:
            names = groups_that_go(ENTRY_TYPES["access/1"], groups)
            kept.redact(indices, names)
            for index in indices:
                gone.setdefault(index, set()).update(names)
        now = kept.open()
        assert kept.verify().gone.redacted == len(gone)
        for index, (proof, root) in given_before.items():
            verify_inclusion(leaf_hash(whole[index]), index, log.size, proof, root)
        for size in (4, 304, log.size):
            root = now.root_at(size)
            verify_consistency(size, now.size, now.consistency_proof(size), root, now.root)
            for index in range(0, size, 17):
                verify_inclusion(leaf_hash(whole[index]), index, size, now.inclusion_proof(index, size), root)
        entries = Entries(now, kept.keys.salts())
        assert list(entries.between(0, log.size)) == whole
        for index, names in gone.items():
            opened = entries.opened(index)
            assert {group for group, shown in opened.disclosures.items() if shown is None} == names
            assert all(digest(shown).encode() in whole[index] for shown in opened.disclosures.values() if shown)


erased_salts = st.dictionaries(st.integers(200, 899), st.sets(st.integers(0, 2), min_size=1), min_size=1, max_size=8)


@given(first=erased_salts, then=erased_salts)
def test_a_rekeyed_seed_gives_all_salts_but_those_destroyed(
    first: dict[int, set[int]], then: dict[int, set[int]]
) -> None:
    """After one rekeying and another, each salt is what it was, or nothing; none is lost that was not to be."""
    from custodiet.ledger.ports import SealedPart

    salts = SealedSalts(bytes(range(32)))
    sealed = salts.new_seed("log 200-900")
    whole = salts.salts(sealed, "log 200-900", start=200, count=700, groups=3)
    once = salts.rekeyed(
        [SealedPart(sealed=sealed, context="log 200-900", start=200, end=900)], "1", groups=3, erased=first
    )
    twice = salts.rekeyed([SealedPart(sealed=once, context="1", start=200, end=900)], "2", groups=3, erased=then)
    expected = bytearray(whole)
    for erased in (first, then):
        for index, groups in erased.items():
            for group in groups:
                at = ((index - 200) * 3 + group) * 16
                expected[at : at + 16] = bytes(16)
    assert salts.salts(twice, "2", start=200, count=700, groups=3) == bytes(expected)
    assert salts.salts(twice, "2", start=417, count=3, groups=3) == bytes(expected)[217 * 48 : 220 * 48]
