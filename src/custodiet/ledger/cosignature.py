"""Cosignatures (C2SP tlog-cosignature v1, Ed25519): what a witness says of a checkpoint, and since when.

A cosignature says: at this time, this was the largest tree that I had seen of this log, and it extends all that I had
seen before. It is a signature line of the checkpoint's note, under a key of a type of its own (04).
"""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.ports import Signer, Verifier

#: The signature type byte of an Ed25519 cosignature.
COSIGNATURE = b"\x04"

_TIME_BYTES, _SIGNATURE_BYTES = 8, 64
_LAST_TIME = (1 << 63) - 1


def cosigned_message(text: str, time: int) -> bytes:
    """Return what a witness signs: a header, the time in seconds since 1970, and the note's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def cosigned(text: str, time: int, witness: Signer) -> Signature:
    """Return the witness's cosignature of the checkpoint's text as of that time (seconds since 1970)."""
    key = witness.verifier.key
    signature = witness.sign(cosigned_message(text, _checked(time)))
    return Signature(name=key.name, key_id=key.key_id, signature=time.to_bytes(_TIME_BYTES, "big") + signature)


def cosigned_at(note: Note, witness: Verifier) -> int | None:
    """Return the newest time at which that witness cosigned the note, in seconds since 1970; None if it did not.

    Raises VerificationFailed if a line under the witness's name and key does not hold: then the note is forged.
    """
    key = witness.key
    lines = [each for each in note.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
    return max((_held(note.text, line, witness) for line in lines), default=None)


def with_cosignatures(note: Note, added: Iterable[Signature]) -> Note:
    """Return the note with these signatures at its end, each in the place of an older one by the same key."""
    new = {(each.name, each.key_id): each for each in added}
    kept = tuple(each for each in note.signatures if (each.name, each.key_id) not in new)
    return Note(text=note.text, signatures=(*kept, *new.values()))


def _held(text: str, line: Signature, witness: Verifier) -> int:
    name = f"{line.name} ({line.key_id.hex()})"
    if len(line.signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        raise VerificationFailed(f"The cosignature of {name} has another length than cosignatures have.")
    time = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if not 0 < time <= _LAST_TIME or not witness.accepts(cosigned_message(text, time), line.signature[_TIME_BYTES:]):
        raise VerificationFailed(f"The cosignature of {name} does not hold for this checkpoint.")
    return time


def _checked(time: int) -> int:
    if not 0 < time <= _LAST_TIME:
        raise BadInput("A cosignature has no such time.", found=str(time), expected="seconds since 1970")
    return time
