"""Digest and size of a delivered file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

_CHUNK: Final = 1 << 20


def digest_of(path: Path) -> tuple[str, int]:
    """Return the hex SHA-256 of the file's bytes, and how many there are."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
            size += len(data)
    return digest.hexdigest(), size
