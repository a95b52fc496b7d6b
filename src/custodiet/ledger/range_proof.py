"""Proofs of a range: that these entries, and no others, are the entries [start, end) of a log of that size.

The leaves of the range are given whole, so the proof holds only the subtrees beside it, from left to right: at most two
for each level of the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from custodiet.errors import VerificationFailed
from custodiet.ledger.tree import HASH_BYTES, Nodes, largest_power_below, node_hash, range_hash, root_of_leaves

#: Subtrees of at most so many leaves are computed at once: what bounds the memory of a check.
_AT_ONCE = 65_536


def range_proof(start: int, end: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """Return the hashes of the subtrees beside the leaves [start, end) of the tree of that size, from left to right."""
    if not 0 <= start < end <= size:
        msg = f"there is no range {start} to {end} in a tree of {size}"
        raise ValueError(msg)
    return tuple(_beside((start, end), 0, size, nodes))


def verify_range(
    leaves: Iterator[bytes], span: tuple[int, int], size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return if these leaf hashes are the leaves [start, end) of the tree; raises VerificationFailed otherwise.

    `leaves` is used up to its end: one leaf more, or one less, is refused.
    """
    start, end = span
    if not 0 <= start < end <= size:
        raise VerificationFailed(f"There is no range {start} to {end} in a tree of {size}.")
    if any(len(each) != HASH_BYTES for each in proof):
        raise VerificationFailed(f"A hash of the range's proof does not have {HASH_BYTES} bytes.")
    beside = iter(proof)
    if _root(leaves, span, beside, (0, size)) != root:
        raise VerificationFailed(f"These are not the entries {start} to {end - 1} of the log.")
    if next(leaves, None) is not None:
        raise VerificationFailed("There are more entries than the range has.")
    if next(beside, None) is not None:
        raise VerificationFailed("The range's proof is too long.")


def _beside(span: tuple[int, int], low: int, high: int, nodes: Nodes) -> Iterator[bytes]:
    if high <= span[0] or span[1] <= low:
        yield range_hash(low, high, nodes)
    elif low < span[0] or span[1] < high:
        split = low + largest_power_below(high - low)
        yield from _beside(span, low, split, nodes)
        yield from _beside(span, split, high, nodes)


def _root(leaves: Iterator[bytes], span: tuple[int, int], beside: Iterator[bytes], within: tuple[int, int]) -> bytes:
    low, high = within
    if high <= span[0] or span[1] <= low:
        return _taken(beside, "The range's proof is too short.")
    if span[0] <= low and high <= span[1] and high - low <= _AT_ONCE:
        return root_of_leaves([_taken(leaves, "There are fewer entries than the range has.") for _ in range(low, high)])
    split = low + largest_power_below(high - low)
    left = _root(leaves, span, beside, (low, split))
    return node_hash(left, _root(leaves, span, beside, (split, high)))


def _taken(hashes: Iterator[bytes], sentence: str) -> bytes:
    found = next(hashes, None)
    if found is None:
        raise VerificationFailed(sentence)
    return found
