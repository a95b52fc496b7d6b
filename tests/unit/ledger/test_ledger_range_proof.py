"""Range proofs: every range of every small tree, and every way to falsify one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from custodiet.errors import VerificationFailed
from custodiet.ledger import bundle_verifier
from custodiet.ledger.range_proof import range_proof, verify_range
from custodiet.ledger.tree import leaf_hash, root_of_leaves

LEAVES = [leaf_hash(bytes([number])) for number in range(33)]


def node(level: int, index: int) -> bytes:
    """Return a perfect subtree's hash."""
    return root_of_leaves(LEAVES[index << level : (index + 1) << level])


def every_range() -> Iterator[tuple[int, int, int]]:
    """Yield each range of each tree of up to 17 leaves, and of one of 33."""
    return ((start, end, size) for size in [*range(1, 18), 33] for end in range(1, size + 1) for start in range(end))


def holds(leaves: list[bytes], span: tuple[int, int], size: int, proof: list[bytes], root: bytes) -> bool:
    """Tell whether the range holds; the verifier that goes into bundles must say the same."""
    try:
        verify_range(iter(leaves), span, size, proof, root)
    except VerificationFailed:
        held = False
    else:
        held = True
    assert held == holds_plainly(leaves, range(*span), size, proof, root)
    return held


def holds_plainly(leaves: list[bytes], wanted: range, size: int, proof: list[bytes], root: bytes) -> bool:
    """Tell the same as the verifier that goes into bundles, which checks the bounds before."""
    if not 0 <= wanted.start < wanted.stop <= size:
        return False
    left, beside = iter(leaves), iter(proof)
    try:
        found = bundle_verifier.root_by_range(left, wanted, beside, 0, size)
    except StopIteration:
        return False
    return found == root and list(left) == [] and list(beside) == []


def test_every_range_holds_and_its_proof_is_short() -> None:
    """The leaves of a range and its proof give the root; the proof has at most two hashes for a level."""
    for start, end, size in every_range():
        proof = list(range_proof(start, end, size, node))
        assert holds(LEAVES[start:end], (start, end), size, proof, root_of_leaves(LEAVES[:size]))
        assert len(proof) <= 2 * (size - 1).bit_length()


def test_no_falsified_range_holds() -> None:
    """A leaf less, one more, one altered, two exchanged; another place or size; a hash less, more or altered: all refused."""
    for start, end, size in every_range():
        proof, root, leaves = (
            list(range_proof(start, end, size, node)),
            root_of_leaves(LEAVES[:size]),
            LEAVES[start:end],
        )
        span = (start, end)
        other = leaf_hash(b"another")
        assert not holds(leaves[:-1], span, size, proof, root)
        assert not holds([*leaves, other], span, size, proof, root)
        assert not holds([other, *leaves[1:]], span, size, proof, root)
        assert not holds(leaves, span, size, [*proof, other], root)
        assert not holds(leaves, span, size, proof, other)
        assert len(leaves) == 1 or not holds(leaves[::-1], span, size, proof, root)
        assert not proof or not holds(leaves, span, size, proof[:-1], root)
        assert not proof or not holds(leaves, span, size, [other, *proof[1:]], root)
        for wrong in ((start + 1, end + 1), (start - 1, end - 1), (start, end + 1), (start, end - 1), (end, start)):
            assert not holds(leaves, wrong, size, proof, root)


def test_a_hash_of_another_length_is_refused() -> None:
    """A proof with a hash that is longer than 32 bytes is refused before anything is computed from it."""
    with pytest.raises(VerificationFailed, match="32 bytes"):
        verify_range(iter(LEAVES[1:2]), (1, 2), 2, [LEAVES[0] + b"x"], root_of_leaves(LEAVES[:2]))


def test_no_proof_is_made_of_a_range_that_is_not_there() -> None:
    """Empty ranges, ranges before the first and behind the last entry have no proof."""
    for start, end in ((0, 0), (-1, 2), (3, 2), (0, 9), (8, 9)):
        with pytest.raises(ValueError, match="no range"):
            range_proof(start, end, 8, node)
