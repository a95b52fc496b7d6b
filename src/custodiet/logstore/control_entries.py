"""Control entries as they lie in their segments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from custodiet.logstore.segments import ENTRY, INDEX


def read_records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the records of a segment of control entries with their indices."""
    rows: Iterator[dict[str, Any]] = iter(pq.read_table(path, columns=[INDEX, ENTRY]).to_pylist())
    for row in rows:
        yield row[INDEX], json.loads(row[ENTRY])
