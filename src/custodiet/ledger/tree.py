"""The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1): its hashes and its shape.

`Nodes` is all that the tree asks of a store: the hash of a perfect subtree, named by its level and its place in it.
Node (L, i) covers the leaves [i * 2^L, (i + 1) * 2^L).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

#: Bytes of a hash.
HASH_BYTES = 32
#: The root of the tree without leaves.
EMPTY_ROOT = sha256(b"").digest()

#: Gives the hash of the perfect subtree (level, index).
Nodes = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root_of_leaves(hashes: Sequence[bytes]) -> bytes:
    """Return the root over these leaf hashes, by the definition's own recursion: the reference for all else."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    split = largest_power_below(len(hashes))
    return node_hash(root_of_leaves(hashes[:split]), root_of_leaves(hashes[split:]))


def root(size: int, nodes: Nodes) -> bytes:
    """Return the root of the tree of that size."""
    return EMPTY_ROOT if size == 0 else range_hash(0, size, nodes)


def range_hash(start: int, end: int, nodes: Nodes) -> bytes:
    """Return the hash over the leaves [start, end), where start is a multiple of a power of two not below the length."""
    hashes = [nodes(level, index) for level, index in perfect_subtrees(start, end)]
    result = hashes.pop()
    while hashes:
        result = node_hash(hashes.pop(), result)
    return result


def perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the perfect subtrees, largest first, that make up the leaves [start, end)."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def largest_power_below(count: int) -> int:
    """Return the largest power of two smaller than the count, which is at least 2: where the tree splits."""
    return 1 << ((count - 1).bit_length() - 1)
