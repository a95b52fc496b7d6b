"""Entries of many rows at once: the fast encoder, which must equal `ledger.commitments` byte for byte.

A chunk of rows is worked on column by column. For each group the texts of its disclosures are joined so that each
starts at a multiple of three bytes; base64 of the whole is then the base64 of each, and one call makes it.
"""

from __future__ import annotations

from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custodiet.ledger.commitments import SALT_BYTES, entry_of_digests
from custodiet.ledger.entry_types import EntryType
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.arrow import Values, compute, from_buffers
from custodiet.logstore.hashing import Octets, hashes, leaf_hashes
from custodiet.logstore.values import Member, members

_SALT_LETTERS, _DIGEST_LETTERS = 22, 43
_URL = bytes.maketrans(b"+/", b"-_")
_PADS: Values = pa.array(["", "\0", "\0\0"])

#: By row, the digests of the groups that were erased of it.
Kept = Mapping[int, Mapping[str, str]]
NOTHING_KEPT: Kept = {}


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes rows of one entry type."""

    entry_type: EntryType

    def leaf_hashes(self, rows: pa.RecordBatch, salts: bytes, kept: Kept = NOTHING_KEPT) -> bytes:
        """Return the leaf hashes, end to end, of the rows under these salts."""
        return leaf_hashes(self.entries(rows, salts, kept))

    def entries(self, rows: pa.RecordBatch, salts: bytes, kept: Kept = NOTHING_KEPT) -> Octets:
        """Return the entries of the rows under these salts, one to a row of the matrix.

        Digests of groups that were erased, by row and group, stand as they were kept.
        """
        groups = tuple(self.entry_type.groups)
        letters = _base64_rows(np.frombuffer(salts, dtype=np.uint8).reshape(-1, SALT_BYTES), _SALT_LETTERS)
        letters = letters.reshape(rows.num_rows, len(groups), _SALT_LETTERS)
        digests = [self.digests(rows, group, letters[:, at]) for at, group in enumerate(groups)]
        for at, group in enumerate(groups if kept else ()):
            digests[at] = _with_kept(digests[at], {row: own[group] for row, own in kept.items() if group in own})
        return _entries(self.entry_type.typ, digests)

    def digests(self, rows: pa.RecordBatch, group: str, salts: Octets) -> Octets:
        """Return the digests of the rows' disclosures of that group, in letters, under salts in letters."""
        texts, lengths = _disclosed(group, _fixed_width(salts), members(rows, self.entry_type.columns_of(group)))
        data, starts = _base64_texts(texts)
        ends = starts + (lengths * 4 + 2) // 3
        found = np.frombuffer(hashes(data, starts, ends), dtype=np.uint8)
        return _base64_rows(found.reshape(-1, HASH_BYTES), _DIGEST_LETTERS)


def _with_kept(digests: Octets, kept: Mapping[int, str]) -> Octets:
    changed = digests.copy()
    for row, digest in kept.items():
        changed[row] = np.frombuffer(digest.encode("ascii"), dtype=np.uint8)
    return changed


def _disclosed(group: str, salts: Values, found: list[Member]) -> tuple[Values, NDArray[np.int64]]:
    """Return the disclosures' texts, each padded with zero bytes to a multiple of three, and their true lengths."""
    parts = _merged(['["', salts, f'","{group}",{{', *_object(found), "}]"])
    lengths = np.zeros(len(salts), dtype=np.int64)
    for part in parts:
        lengths += len(part.encode()) if isinstance(part, str) else _lengths(part)
    places = from_buffers(pa.int64(), len(lengths), [None, pa.py_buffer((-lengths % 3).tobytes())])
    return _joined([*parts, compute.take(_PADS, places)]), lengths


def _object(found: list[Member]) -> list[Values | str]:
    """Return the parts of the group's object, in order; a part that is null stands for nothing.

    A member that every row has anchors the commas: those before it end with one, those after it begin with one. Where
    there is no such member, all begin with one and the first letter is cut off.
    """
    anchor = next((at for at, member in enumerate(found) if member.always), None)
    if anchor is None:
        return [compute.utf8_slice_codeunits(_joined([_fragment(each, ",") for each in found]), 1)] if found else []
    parts: list[Values | str] = []
    for at, member in enumerate(found):
        before, after = ("," if at > anchor else ""), ("," if at < anchor else "")
        if member.always:
            parts += [before + member.head, member.texts, member.tail + after]
        else:
            parts.append(_fragment(member, before, after))
    return parts


def _merged(parts: list[Values | str]) -> list[Values | str]:
    """Return the parts with literals that follow one another joined: each part costs a pass over the rows."""
    merged: list[Values | str] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def _fragment(member: Member, before: str = "", after: str = "") -> Values:
    parts = (_literal(before + member.head), member.texts, _literal(member.tail + after))
    return compute.binary_join_element_wise(*parts, _literal(""), null_handling="emit_null")


def _joined(parts: list[Values | str]) -> Values:
    # The empty literal keeps a row whose parts are all null: without one, Arrow 26 leaves that row out of the result.
    values = (_literal(part) if isinstance(part, str) else part for part in parts)
    return compute.binary_join_element_wise(_literal(""), *values, _literal(""), null_handling="skip")


def _literal(text: str) -> Values:
    """Return the text as Arrow's own value: made of a Python text, it would look for packages that are not there each time."""
    data = text.encode()
    bounds = np.array([0, len(data)], dtype=np.int32)
    return from_buffers(pa.string(), 1, [None, pa.py_buffer(bounds.tobytes()), pa.py_buffer(data)])[0]


def _lengths(texts: Values) -> NDArray[np.int32]:
    if texts.null_count == 0:
        return np.diff(_bounds(texts))
    lengths: NDArray[np.int32] = compute.binary_length(texts).fill_null(0).to_numpy(zero_copy_only=False)
    return lengths


def _bounds(texts: Values) -> NDArray[np.int32]:
    """Return where in the column's data each text begins, and where the last ends."""
    bounds: NDArray[np.int32] = np.frombuffer(texts.buffers()[1], dtype=np.int32)
    return bounds[texts.offset : texts.offset + len(texts) + 1]


def _base64_texts(texts: Values) -> tuple[bytes, NDArray[np.int64]]:
    """Return base64url of all texts, end to end, and where each starts; each text's length is a multiple of three."""
    bounds = _bounds(texts).astype(np.int64)
    encoded = b2a_base64(memoryview(texts.buffers()[2])[bounds[0] : bounds[-1]], newline=False)
    if b"+" in encoded or b"/" in encoded:  # of the letters of ASCII, only > ? ~ and delete come to these
        encoded = encoded.translate(_URL)
    return encoded, (bounds[:-1] - bounds[0]) // 3 * 4


def _base64_rows(rows: Octets, letters: int) -> Octets:
    """Return the first so many letters of base64url of each row."""
    count, width = rows.shape
    padded = np.zeros((count, -(-width // 3) * 3), dtype=np.uint8)
    padded[:, :width] = rows
    encoded = np.frombuffer(b2a_base64(padded.data, newline=False), dtype=np.uint8).copy()
    for letter, instead in zip(b"+/", b"-_", strict=True):
        encoded += (encoded == letter).view(np.uint8) * np.uint8(instead - letter)
    return encoded.reshape(count, -1)[:, :letters]


def _fixed_width(rows: Octets) -> Values:
    count, width = rows.shape
    offsets = np.arange(0, count * width + 1, width, dtype=np.int32)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(rows.tobytes())]
    return from_buffers(pa.string(), count, buffers)


def _entries(typ: str, digests: list[Octets]) -> Octets:
    blank = "~" * _DIGEST_LETTERS
    model = np.frombuffer(entry_of_digests(typ, [blank] * len(digests)), dtype=np.uint8)
    entries = np.tile(model, (len(digests[0]), 1))
    first = int(np.argmax(model == ord("~")))
    for at, each in enumerate(digests):
        start = first + at * (_DIGEST_LETTERS + len('","'))
        entries[:, start : start + _DIGEST_LETTERS] = each
    return entries
