"""What Parquet rows and worksheet rows share: a row has no bytes of its own, so canonical JSON stands for them."""

from __future__ import annotations

import json
from collections.abc import Sequence


def row_bytes(names: Sequence[str], values: Sequence[str | None]) -> bytes:
    """Return canonical JSON of the row: names sorted, texts as cut, NULL where nothing was given."""
    return json.dumps(
        dict(zip(names, values, strict=True)), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    ).encode()
