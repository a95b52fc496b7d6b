"""Laws of the tree and its proofs."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import VerificationFailed
from custodiet.ledger.fsck import FreshTree, first_unequal
from custodiet.ledger.proof import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from custodiet.ledger.tiles import TILE_BYTES, level_lengths, nodes_from, perfect_root
from custodiet.ledger.tree import EMPTY_ROOT, leaf_hash, root, root_of_leaves

SIZES = st.integers(1, 600)


def leaves(count: int) -> list[bytes]:
    """Return the leaf hashes of the entries 0, 1, 2 ..."""
    return [leaf_hash(str(number).encode()) for number in range(count)]


def levels_of(hashes: list[bytes]) -> list[bytes]:
    """Return the level files that these leaves make, the slow way."""
    levels = [b"".join(hashes)]
    while len(levels[-1]) >= TILE_BYTES:
        last = levels[-1]
        full = range(0, len(last) // TILE_BYTES * TILE_BYTES, TILE_BYTES)
        levels.append(b"".join(perfect_root(last[at : at + TILE_BYTES]) for at in full))
    return levels


def nodes_of(hashes: list[bytes]):
    """Return the nodes of the tree over these leaves, from level files."""
    levels = levels_of(hashes)
    return nodes_from(lambda level, start, count: levels[level][start * 32 : (start + count) * 32])


@given(st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_the_root_from_tiles_is_that_of_the_definition(size: int) -> None:
    """The root computed from level files equals the recursion of RFC 6962."""
    hashes = leaves(size)
    assert root(size, nodes_of(hashes)) == root_of_leaves(hashes)


def test_the_empty_tree_and_one_leaf() -> None:
    """The root of nothing is SHA-256 of nothing, and that of one leaf is its hash."""
    assert root(0, nodes_of([])) == EMPTY_ROOT == sha256(b"").digest()
    assert root(1, nodes_of(leaves(1))) == sha256(b"\x000").digest()


@given(SIZES, st.data())
@settings(max_examples=80, deadline=None)
def test_each_leaf_can_be_proved_and_no_other_in_its_place(size: int, data: st.DataObject) -> None:
    """The proof made for a leaf verifies; another leaf, index, size or root, or a changed proof, does not."""
    hashes = leaves(size)
    nodes, index = nodes_of(hashes), data.draw(st.integers(0, size - 1))
    proof, top = inclusion_proof(index, size, nodes), root_of_leaves(hashes)
    verify_inclusion(hashes[index], index, size, proof, top)
    forgeries = [
        (leaf_hash(b"forged"), index, size, proof, top),
        (hashes[index], index, size, proof, leaf_hash(b"forged")),
        (hashes[index], index, size, (*proof, bytes(32)), top),
        (hashes[index], size, size, proof, top),
        (hashes[index], -1, size, proof, top),
        (hashes[index][:-1], index, size, proof, top),
        (hashes[index], (index + 1) % size, size, proof, top) if size > 1 else (hashes[index], 1, 1, proof, top),
    ]
    if proof:
        place = data.draw(st.integers(0, len(proof) - 1))
        forgeries += [
            (hashes[index], index, size, proof[:place] + proof[place + 1 :], top),
            (hashes[index], index, size, (*proof[:place], bytes(32), *proof[place + 1 :]), top),
            (hashes[index], index, size, (*proof[:place], b"short", *proof[place + 1 :]), top),
        ]
    for forgery in forgeries:
        with pytest.raises(VerificationFailed):
            verify_inclusion(*forgery)


@given(SIZES, st.data())
@settings(max_examples=80, deadline=None)
def test_growth_can_be_proved_and_a_changed_past_cannot(new: int, data: st.DataObject) -> None:
    """The tree with leaves added is consistent with the old one; one whose past was changed is not."""
    old = data.draw(st.integers(1, new))
    hashes = leaves(new)
    before, after = root_of_leaves(hashes[:old]), root_of_leaves(hashes)
    proof = consistency_proof(old, new, nodes_of(hashes))
    verify_consistency(old, new, proof, before, after)
    forgeries = [
        (old, new, proof, leaf_hash(b"forged"), after),
        (old, new, proof, before, leaf_hash(b"forged")),
        (old, new, (*proof, bytes(32)), before, after),
        (0, new, proof, EMPTY_ROOT, after),
        (new + 1, new, proof, before, after),
        (old, new, tuple(each[:-1] for each in proof), before[:-1], after),
    ]
    if proof:
        forgeries.append((old, new, proof[:-1], before, after))
    for forgery in forgeries:
        with pytest.raises(VerificationFailed):
            verify_consistency(*forgery)


@given(st.lists(st.integers(1, 300), max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_tree_fed_in_any_pieces_has_the_same_root(pieces: list[int]) -> None:
    """The verifier's tree does not depend on how the leaves were cut into pieces."""
    hashes = leaves(sum(pieces))
    fresh, at = FreshTree(), 0
    for count in pieces:
        fresh.add(b"".join(hashes[at : at + count]))
        at += count
    levels = levels_of(hashes)
    assert (fresh.size, fresh.root()) == (len(hashes), root_of_leaves(hashes))
    assert fresh.first_difference(lambda level, start, count: levels[level][start * 32 : (start + count) * 32]) is None


def test_a_large_tree_needs_a_third_level() -> None:
    """Beyond 65,536 leaves there is a level above the tiles' roots, and it gives the same root."""
    count = 65_536 + 300
    hashes = leaves(count)
    fresh = FreshTree()
    fresh.add(b"".join(hashes))
    assert level_lengths(count) == (65_836, 257, 1)
    assert fresh.root() == root_of_leaves(hashes)
    levels = levels_of(hashes)
    forged = levels[2][:-1] + b"\0"
    stored = [levels[0], levels[1], forged]
    assert fresh.first_difference(lambda level, start, n: stored[level][start * 32 : (start + n) * 32]) == (2, 0)


def test_the_first_difference_of_hashes_is_found() -> None:
    """Equal runs differ nowhere, a cut one where it ends."""
    run = b"".join(leaves(5))
    assert first_unequal(run, run) is None
    assert first_unequal(run, run[:64]) == 2
    assert first_unequal(run, run[:33] + b"\0" + run[34:]) == 1
