"""Fingerprints of records that are gone, so that one that is delivered again is known and does not come back.

A file holds 16 bytes for each record, in order. They are keyed: only who can open the seeds can tell of a record whether
it is among them (docs/specs/redaction.md, section 5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from custodiet.errors import VerificationFailed
from custodiet.ledger.ports import SaltSource

WIDTH = 16


def written(fingerprints: Iterable[bytes]) -> bytes:
    """Return the file of these fingerprints: each once, in order."""
    return b"".join(sorted(set(fingerprints)))


def known_again(path: Path) -> Iterator[bytes]:
    """Yield the fingerprints of the file; none where there is no file."""
    data = path.read_bytes() if path.exists() else b""
    return (data[at : at + WIDTH] for at in range(0, len(data), WIDTH))


class Gone:
    """The records that were erased or dropped, by their fingerprints."""

    def __init__(self, paths: Sequence[Path], salts: Callable[[], SaltSource]) -> None:
        """Look into these files when asked; one that is missing holds nothing. `salts` is asked only if one holds some."""
        self._salts = salts
        self._paths = [path for path in paths if path.exists() and path.stat().st_size]

    def among(self, identities: Sequence[bytes]) -> list[bytes]:
        """Return those of the identities whose records are gone."""
        if not self._paths or not identities:
            return []
        wanted = _halves(b"".join(self._salts().fingerprints(identities)))
        gone = np.zeros(len(identities), dtype=bool)
        for path in self._paths:
            gone |= _held(_halves(_whole(path)), wanted)
        return [identities[at] for at in np.flatnonzero(gone).tolist()]


def _whole(path: Path) -> bytes:
    data = path.read_bytes()
    if len(data) % WIDTH:
        raise VerificationFailed(f"The file data/{path.name} is damaged: it does not hold whole fingerprints.")
    return data


def _halves(data: bytes) -> NDArray[np.uint64]:
    """Return the fingerprints as two numbers each, whose order is that of the bytes."""
    return np.frombuffer(data, dtype=">u8").reshape(-1, 2).astype(np.uint64)


def _held(file: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell of each fingerprint whether the file holds it. That two of a file begin with the same 8 bytes is left out."""
    at = np.minimum(np.searchsorted(file[:, 0], wanted[:, 0]), len(file) - 1)
    found: NDArray[np.bool_] = (file[at] == wanted).all(axis=1)
    return found
