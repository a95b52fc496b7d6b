"""What Parquet rows and worksheet rows share: a row has no bytes of its own, so canonical JSON stands for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from custodiet.sources.files.batches import Texts

_ESCAPED: Final = r'["\\\x00-\x1f]'  # what JSON writes in another way


def row_bytes(names: Sequence[str], values: Sequence[str | None]) -> bytes:
    """Return canonical JSON of the row: names sorted, texts as cut, NULL where nothing was given."""
    return json.dumps(
        dict(zip(names, values, strict=True)), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()


def rows_bytes(names: Sequence[str], columns: Sequence[Texts]) -> pa.Array[Any]:
    """Return canonical JSON of the rows of these columns: the same bytes as `row_bytes` gives for each."""
    if not columns or any(pc.any(pc.match_substring_regex(column, _ESCAPED)).as_py() for column in columns):
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([row_bytes(names, row) for row in rows], pa.binary())
    pieces: list[Any] = []
    for number, (name, column) in enumerate(sorted(zip(names, columns, strict=True), key=lambda pair: pair[0])):
        around: Any = '"'
        quoted = pc.binary_join_element_wise(around, column, around, "")
        value = pc.fill_null(quoted, "null")
        pieces += ["," if number else "{", json.dumps(name, ensure_ascii=False) + ":", value]
    joined: pa.Array[Any] = pc.binary_join_element_wise(*pieces, "}", "")
    return joined.cast(pa.binary())
