"""Proofs in text (C2SP tlog-proof v1): an entry's index, its inclusion proof, and the checkpoint that it leads to.

Whoever has the log's key checks such a file with no network. A reader consumes all of it or refuses it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.checkpoint import verified as verified_checkpoint
from custodiet.ledger.note import Note
from custodiet.ledger.ports import Verifier
from custodiet.ledger.proof import verify_inclusion
from custodiet.ledger.tree import HASH_BYTES, leaf_hash
from custodiet.ledger.verifier_key import strict_base64

FORMAT = "c2sp.org/tlog-proof@v1"
#: The file's ending, as the specification asks for it.
SUFFIX = ".tlog-proof"
#: A tree of 2^63 leaves is 63 nodes high.
MOST_HASHES = 63

_EXTRA = re.compile(r"extra ([A-Za-z0-9+/=]+)")
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlogProof:
    """What a proof file says; nothing of it is verified yet. The extra data is bound by nothing at all."""

    index: int
    hashes: tuple[bytes, ...]  # from the leaf's sibling up to the root's child
    note: bytes  # the checkpoint with its signatures, as it was issued
    extra: bytes | None = None

    @property
    def data(self) -> bytes:
        """Return the proof as it is stored and sent."""
        extra = [] if self.extra is None else [f"extra {b64encode(self.extra).decode()}"]
        hashes = [b64encode(each).decode() for each in self.hashes]
        lines = [FORMAT, *extra, f"index {self.index}", *hashes, "", ""]
        return "\n".join(lines).encode() + self.note

    @classmethod
    def parse(cls, data: bytes) -> TlogProof:
        """Return the proof in these bytes; raises BadInput unless they are one, from the first byte to the last."""
        head, blank, note = data.partition(b"\n\n")
        lines = head.decode("ascii", errors="replace").split("\n")
        if lines.pop(0) != FORMAT or not blank:
            raise BadInput("This is no tlog-proof.", expected=FORMAT)
        extra = _EXTRA.fullmatch(lines[0]) if lines else None
        index = _INDEX.fullmatch(lines[1 if extra else 0]) if len(lines) > bool(extra) else None
        if index is None:
            raise BadInput("A tlog-proof needs an index.", expected="index and a number without leading zeroes")
        hashes = lines[2 if extra else 1 :]
        if len(hashes) > MOST_HASHES:
            raise BadInput("A tlog-proof has too many hashes.", found=str(len(hashes)), expected=f"<= {MOST_HASHES}")
        Note.parse(note)
        return cls(
            index=int(index[1]),
            hashes=tuple(_hash(line) for line in hashes),
            note=note,
            extra=strict_base64(extra[1]) if extra else None,
        )

    def verify(self, entry: bytes, log: Verifier) -> Checkpoint:
        """Return the checkpoint, once its signature and the entry's place below its root have been checked.

        Raises BadInput or VerificationFailed. Size and root come from the checkpoint alone.
        """
        checkpoint = verified_checkpoint(self.note, log)
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def _hash(line: str) -> bytes:
    data = strict_base64(line)
    if len(data) != HASH_BYTES:
        raise BadInput("A hash of a tlog-proof has a wrong length.", found=f"{len(data)} bytes", expected="32 bytes")
    return data
