"""Checkpoints (C2SP tlog-checkpoint v1): origin, size and root of the log, as a signed note of three lines."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.ledger.key_history import KeyHistory
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.ports import Signer, Verifier
from custodiet.ledger.tree import HASH_BYTES
from custodiet.ledger.verifier_key import strict_base64


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What the log commits to: these many entries, with this root."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        """Refuse a negative size, a root that is no hash, and an origin that is no line."""
        if self.size < 0 or len(self.root) != HASH_BYTES:
            raise BadInput("A checkpoint has no such size or root.")
        if not self.origin or "\n" in self.origin:
            raise BadInput("A checkpoint's origin is one line and not empty.")

    @property
    def text(self) -> str:
        """Return the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return the checkpoint that the text gives; raises BadInput unless the text is exactly that checkpoint's."""
        lines = text.split("\n")
        if len(lines) != 4:
            raise BadInput("This is no checkpoint.", found=f"{len(lines) - 1} lines", expected="origin, size and root")
        try:
            checkpoint = cls(origin=lines[0], size=int(lines[1]), root=strict_base64(lines[2]))
        except ValueError as error:
            raise BadInput("This is no checkpoint.", expected="origin, size and root") from error
        if checkpoint.text != text:
            raise BadInput("The checkpoint is not written canonically.")
        return checkpoint


def signed(checkpoint: Checkpoint, *signers: Signer) -> bytes:
    """Return the checkpoint as a note that these signers signed, in their order."""
    return Note(text=checkpoint.text, signatures=tuple(_line(checkpoint, signer) for signer in signers)).signed


def _line(checkpoint: Checkpoint, signer: Signer) -> Signature:
    key = signer.verifier.key
    return Signature(name=key.name, key_id=key.key_id, signature=signer.sign(checkpoint.text.encode()))


def verified(data: bytes, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint in the note, once its signature has been checked; raises BadInput or VerificationFailed.

    From a history of keys those are taken that must have signed a checkpoint of its size.
    """
    note = Note.parse(data)
    if isinstance(verifier, KeyHistory):
        for each in verifier.at(Checkpoint.parse(note.text).size):
            note.verify(each)
    else:
        note.verify(verifier)
    return Checkpoint.parse(note.text)


def unverified(data: bytes) -> Checkpoint:
    """Return the checkpoint in the note, whoever signed it; raises BadInput if it is none."""
    return Checkpoint.parse(Note.parse(data).text)
