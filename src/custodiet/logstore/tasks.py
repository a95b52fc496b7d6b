"""The work that takes a processor: it needs no key, no seed and no file, so that any process can do it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.ipc

from custodiet.ledger.entry_types import entry_type_named
from custodiet.logstore.encoding import Encoder, Kept
from custodiet.logstore.hashing import tile_roots
from custodiet.logstore.values import check_values

_ORIGINAL, _BOUND = "original", "original_digest"


class Task(Protocol):
    """Something to be worked out, here or in another process."""

    def done(self) -> Any:
        """Return the result."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """New rows of a type, to be made leaf hashes of under these salts."""

    typ: str
    rows: pa.RecordBatch
    salts: bytes

    def done(self) -> bytes:
        """Return the leaf hashes, end to end; raises BadInput for a value that cannot be entered."""
        entry_type = entry_type_named(self.typ)
        check_values(self.rows, [each for each in entry_type.relation.columns if each not in entry_type.beside])
        return Encoder(entry_type).leaf_hashes(self.rows, self.salts)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel with the rows alone; pickled as it is, a slice takes the whole table along."""
        return _unpacked, (Sealing, self.typ, _packed(self.rows), self.salts)


@dataclass(frozen=True, slots=True)
class Rereading:
    """Rows that were entered once, to be made leaf hashes of again."""

    typ: str
    rows: pa.RecordBatch
    salts: bytes
    kept: Kept = field(default_factory=dict)  # digests of groups that were erased, by row

    def done(self) -> tuple[bytes, int | None]:
        """Return the leaf hashes, and the first row whose original is held and is not the one that its entry binds."""
        leaves = Encoder(entry_type_named(self.typ)).leaf_hashes(self.rows, self.salts, self.kept)
        return leaves, _first_altered(self.rows)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel with the rows alone."""
        return _unpacked, (Rereading, self.typ, _packed(self.rows), self.salts, dict(self.kept))


@dataclass(frozen=True, slots=True)
class Raising:
    """Full tiles, end to end, to be made roots of."""

    tiles: bytes

    def done(self) -> bytes:
        """Return the roots, end to end."""
        return tile_roots(self.tiles)


def _first_altered(rows: pa.RecordBatch) -> int | None:
    if _ORIGINAL not in rows.schema.names:
        return None
    originals, bound = (rows.column(name).to_pylist() for name in (_ORIGINAL, _BOUND))
    pairs = enumerate(zip(originals, bound, strict=True))
    altered = (at for at, (data, digest) in pairs if data is not None and sha256(data).hexdigest() != digest)
    return next(altered, None)


def _packed(rows: pa.RecordBatch) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, rows.schema) as stream:
        stream.write_batch(rows)
    return sink.getvalue()


def _unpacked(
    task: type[Sealing | Rereading], typ: str, rows: pa.Buffer, salts: bytes, *more: Kept
) -> Sealing | Rereading:
    return task(typ, pa.ipc.open_stream(rows).read_next_batch(), salts, *more)
