"""What a log sends to a witness, and what the witness answers (C2SP tlog-witness v1, `add-checkpoint`)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from custodiet.errors import BadInput
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.tree import HASH_BYTES
from custodiet.ledger.verifier_key import strict_base64

#: A consistency proof has no more hashes than this, whatever the sizes.
MOST_HASHES = 63
#: The content type under which a witness tells the size that it cosigned last.
SIZE_TYPE = "text/x.tlog.size"

_SIZE = re.compile("0|[1-9][0-9]{0,18}")
_OLD = "old "


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessRequest:
    """A checkpoint's note, with the proof that it extends the one of size `old`, which the witness cosigned last."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    @property
    def body(self) -> bytes:
        """Return the request's body as it is sent."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"{_OLD}{self.old}\n{hashes}\n".encode() + self.note

    @classmethod
    def parse(cls, body: bytes) -> WitnessRequest:
        """Return the request in these bytes; raises BadInput unless they are one. The note is not parsed yet."""
        head, blank, note = body.partition(b"\n\n")
        try:
            first, *lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise BadInput("The lines before the checkpoint are not ASCII.") from error
        if not blank or not first.startswith(_OLD) or len(lines) > MOST_HASHES:
            raise BadInput("This is no request to a witness.", expected="old size, proof lines, blank line, checkpoint")
        return cls(old=size_in(first.removeprefix(_OLD)), proof=tuple(_hash(line) for line in lines), note=note)


def size_in(text: str) -> int:
    """Return the size that a witness or a log wrote; raises BadInput unless it is written canonically and fits 63 bits."""
    if not _SIZE.fullmatch(text) or int(text) >= 1 << 63:
        raise BadInput("This is no size of a tree.", found=repr(text[:40]))
    return int(text)


def told_size(body: bytes) -> int:
    """Return the size in the body of an answer of type `text/x.tlog.size`; raises BadInput."""
    text = body.decode("latin-1")
    if not text.endswith("\n"):
        raise BadInput("The size is not followed by a line end.")
    return size_in(text[:-1])


def cosignature_lines(signatures: tuple[Signature, ...]) -> bytes:
    """Return the body of a witness's answer."""
    return "".join(each.line for each in signatures).encode()


def answered(body: bytes) -> tuple[Signature, ...]:
    """Return the signature lines of a witness's answer; raises BadInput unless it is nothing but such lines."""
    note = Note.parse(b"-\n\n" + body)
    if note.text != "-\n":
        raise BadInput("The answer holds more than signature lines.")
    return note.signatures


def origin_hash(origin: str) -> str:
    """Return how a log is named in a witness's URLs: the SHA-256 of its origin, in hex."""
    return sha256(origin.encode()).hexdigest()


def _hash(line: str) -> bytes:
    data = strict_base64(line)
    if len(data) != HASH_BYTES:
        raise BadInput("A line of the proof is no hash.", found=f"{len(data)} bytes", expected=str(HASH_BYTES))
    return data
