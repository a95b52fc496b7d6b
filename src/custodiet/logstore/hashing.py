"""SHA-256 over many short texts at once, and the interior nodes of the tree in bulk."""

from __future__ import annotations

from binascii import unhexlify
from hashlib import sha256

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from custodiet.ledger.tiles import TILE_BYTES, TILE_HEIGHT
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.arrow import Values, from_buffers
from custodiet.relations.query import Query

Octets = NDArray[np.uint8]

#: Up to so many texts, and from such a mean length on, a loop over OpenSSL is faster than the engine: it has the
#: processor's instructions for SHA-256, but costs a call for each text and holds Python's lock.
_FEW, _LONG = 2_000, 200

_DIGESTS = Query("custodiet.logstore", "digests.sql")


class Hasher:
    """Hashes many texts at a time. Each thread has its own; the engine behind it is opened when it is first needed."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._connection: duckdb.DuckDBPyConnection | None = None

    def close(self) -> None:
        """Close the engine, if it was opened."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def texts(self, data: bytes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> bytes:
        """Return the hashes, end to end, of the texts that lie in `data`.

        Each text starts at a multiple of four bytes and has more than twelve: that is what the views below rely on.
        """
        if len(starts) <= _FEW or int(lengths.sum()) >= _LONG * len(lengths):
            places = zip(starts.tolist(), lengths.tolist(), strict=True)
            return b"".join(sha256(data[start : start + length]).digest() for start, length in places)
        views = np.zeros((len(starts), 4), dtype=np.int32)
        views[:, 0] = lengths
        views[:, 1] = np.frombuffer(data, dtype=np.int32)[starts // 4]
        views[:, 3] = starts
        buffers = [None, pa.py_buffer(views.tobytes()), pa.py_buffer(data)]
        return self._hashes(from_buffers(pa.string_view(), len(starts), buffers))

    def rows(self, matrix: Octets) -> bytes:
        """Return the hashes, end to end, of the matrix's rows."""
        count, width = matrix.shape
        data = matrix.tobytes()
        if count <= _FEW or width >= _LONG:
            return b"".join(sha256(data[at : at + width]).digest() for at in range(0, len(data), width))
        offsets = pa.py_buffer(np.arange(0, len(data) + 1, width, dtype=np.int32).tobytes())
        return self._hashes(from_buffers(pa.binary(), count, [None, offsets, pa.py_buffer(data)]))

    def tile_roots(self, tiles: bytes) -> bytes:
        """Return the roots, end to end, of these full tiles, given end to end."""
        if len(tiles) % TILE_BYTES:
            msg = "only full tiles have roots"
            raise ValueError(msg)
        level = tiles
        for _ in range(TILE_HEIGHT if tiles else 0):
            pairs = np.frombuffer(level, dtype=np.uint8).reshape(-1, 2 * HASH_BYTES)
            level = self.rows(np.insert(pairs, 0, 1, axis=1))
        return level

    def hex_digests(self, values: Values) -> Values:
        """Return the hex hashes of the values, null for null, in their order."""
        if self._connection is None:
            self._connection = duckdb.connect(":memory:", config={"threads": "1"})
        self._connection.register("texts", pa.table({"text": values}))
        try:
            return self._connection.sql(_DIGESTS.text).to_arrow_table().column("digest").combine_chunks()
        finally:
            self._connection.unregister("texts")

    def _hashes(self, texts: Values) -> bytes:
        column = self.hex_digests(texts)
        first = int(np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset])
        return unhexlify(memoryview(column.buffers()[2])[first : first + 2 * HASH_BYTES * len(texts)])
