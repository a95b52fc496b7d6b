"""Inclusion and consistency proofs: made from any store of nodes, and verified by RFC 9162's algorithms, strictly.

A verifier returns None or raises. It refuses hashes that are not 32 bytes, an index outside the tree, and a proof that
is shorter or longer than the tree's shape demands.
"""

from __future__ import annotations

from collections.abc import Sequence

from custodiet.errors import VerificationFailed
from custodiet.ledger.tree import HASH_BYTES, Nodes, largest_power_below, node_hash, range_hash


def inclusion_proof(index: int, size: int, nodes: Nodes) -> tuple[bytes, ...]:
    """Return the hashes that lead from the leaf to the root of the tree of that size (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        msg = f"there is no leaf {index} in a tree of {size}"
        raise ValueError(msg)
    return tuple(_inclusion(index, 0, size, nodes))


def consistency_proof(old: int, new: int, nodes: Nodes) -> tuple[bytes, ...]:
    """Return the hashes that show the tree of the new size to be the old one with leaves added (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        msg = f"there is no consistency proof from {old} to {new}"
        raise ValueError(msg)
    return tuple(_consistency(old, (0, new), nodes, whole=True))


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Return if the leaf hash is at that index of the tree; raises VerificationFailed otherwise (RFC 9162, 2.1.3.2)."""
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise VerificationFailed(f"There is no leaf {index} in a tree of {size}.")
    place, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise VerificationFailed("The inclusion proof is too long.")
        if place & 1 or place == last:
            result = node_hash(sibling, result)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise VerificationFailed("The inclusion proof is too short.")
    if result != root:
        raise VerificationFailed(f"The proof does not lead from leaf {index} to the root of the tree of {size}.")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Return if the new tree is the old one with leaves added; raises VerificationFailed otherwise (RFC 9162, 2.1.4.2)."""
    _check_hashes(old_root, new_root, *proof)
    if not 0 < old <= new:
        raise VerificationFailed(f"Nothing can be shown from a tree of {old} to one of {new}.")
    if old == new:
        if proof:
            raise VerificationFailed("The consistency proof is too long.")
        if old_root != new_root:
            raise VerificationFailed(f"Two trees of {old} have different roots.")
        return
    _climb(old, new, list(proof), (old_root, new_root))


def _climb(old: int, new: int, hashes: list[bytes], roots: tuple[bytes, bytes]) -> None:
    if old & (old - 1) == 0:
        hashes.insert(0, roots[0])
    if not hashes:
        raise VerificationFailed("The consistency proof is too short.")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise VerificationFailed("The consistency proof is too long.")
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    if last != 0:
        raise VerificationFailed("The consistency proof is too short.")
    if (first, second) != roots:
        raise VerificationFailed(f"The tree of {new} is not the tree of {old} with leaves added.")


def _inclusion(index: int, start: int, end: int, nodes: Nodes) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + largest_power_below(end - start)
    if index < middle:
        return [*_inclusion(index, start, middle, nodes), range_hash(middle, end, nodes)]
    return [*_inclusion(index, middle, end, nodes), range_hash(start, middle, nodes)]


def _consistency(old: int, within: tuple[int, int], nodes: Nodes, *, whole: bool) -> list[bytes]:
    start, end = within
    if old == end:
        return [] if whole else [range_hash(start, end, nodes)]
    middle = start + largest_power_below(end - start)
    if old <= middle:
        return [*_consistency(old, (start, middle), nodes, whole=whole), range_hash(middle, end, nodes)]
    return [*_consistency(old, (middle, end), nodes, whole=False), range_hash(start, middle, nodes)]


def _check_hashes(*hashes: bytes) -> None:
    if any(len(each) != HASH_BYTES for each in hashes):
        raise VerificationFailed(f"A hash of the proof does not have {HASH_BYTES} bytes.")
