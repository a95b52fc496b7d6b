"""The witness's judgement on one request (C2SP tlog-witness v1), in the order of the specification.

It answers only what is on its disk: check and memory are one transaction, and the signature is made after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.cosignature import cosigned, with_cosignatures
from custodiet.ledger.note import Note
from custodiet.ledger.ports import Signer, Verifier
from custodiet.ledger.proof import verify_consistency
from custodiet.ledger.tree import EMPTY_ROOT
from custodiet.ledger.witness_request import (
    SIZE_TYPE,
    WitnessRequest,
    cosignature_lines,
    origin_hash,
    size_in,
)
from custodiet.witnessing.memory import Cosigned, Decision, Memory

#: Seconds that the clock may step back: then the last time is signed again. If it stepped back further, nothing is signed.
CLOCK_STEP = 60

_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent back."""

    status: HTTPStatus
    body: bytes
    content_type: str = _TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness: its key, its memory, and what makes a verifier of a log's key."""

    signer: Signer
    memory: Memory
    verifier_of: Callable[[str], Verifier]
    clock: Callable[[], float] = time.time

    def add_checkpoint(self, body: bytes) -> Answer:
        """Return the cosignature of the checkpoint in the request, or why there is none. Raises EnvironmentFault."""
        try:
            request = WitnessRequest.parse(body)
            note = Note.parse(request.note)
            checkpoint = Checkpoint.parse(note.text)
            size_in(str(checkpoint.size))
        except BadInput as error:
            return _no(HTTPStatus.BAD_REQUEST, str(error))
        verifiers = [self.verifier_of(key) for key in self.memory.keys(checkpoint.origin)]
        if not verifiers:
            return _no(HTTPStatus.NOT_FOUND, "This witness does not know the log of that origin.")
        try:
            note = _signed_by_the_log(note, verifiers)
        except VerificationFailed as error:
            return _no(HTTPStatus.FORBIDDEN, str(error))
        if request.old > checkpoint.size:
            return _no(HTTPStatus.BAD_REQUEST, "The old size is larger than the checkpoint's.")
        return self._decided(request, checkpoint, note, body)

    def checkpoint(self, hashed_origin: str) -> Answer:
        """Return the newest checkpoint cosigned of the log with that hash of its origin, with the cosignature."""
        for log in self.memory.logs():
            if origin_hash(log.origin) == hashed_origin:
                with self.memory.deciding() as decision:
                    last = decision.last(log.origin)
                if last is not None:
                    return Answer(status=HTTPStatus.OK, body=self._served(last))
        return _no(HTTPStatus.NOT_FOUND, "This witness has cosigned no checkpoint of such a log.")

    def _decided(self, request: WitnessRequest, checkpoint: Checkpoint, note: Note, body: bytes) -> Answer:
        with self.memory.deciding() as decision:
            last = decision.last(checkpoint.origin)
            refusal = _refusal(request, checkpoint, last)
            now = int(self.clock())
            if refusal is not None:
                if refusal.content_type != SIZE_TYPE:
                    decision.refuse(checkpoint.origin, now, refusal.body.decode().strip(), body)
                return refusal
            at = _time_to_sign(now, decision)
            if at is None:
                return _no(HTTPStatus.SERVICE_UNAVAILABLE, "The clock of this witness has been set back.")
            kept = Cosigned(checkpoint=checkpoint, note=note.signed, time=at)
            decision.keep(kept)
        signature = cosigned(note.text, kept.time, self.signer)
        return Answer(status=HTTPStatus.OK, body=cosignature_lines((signature,)))

    def _served(self, last: Cosigned) -> bytes:
        note = Note.parse(last.note)
        return with_cosignatures(note, [cosigned(note.text, last.time, self.signer)]).signed


def _signed_by_the_log(note: Note, verifiers: list[Verifier]) -> Note:
    """Return the note with the signatures of these keys alone; raises VerificationFailed without one, or if one fails."""
    known = {(each.key.name, each.key.key_id): each for each in verifiers}
    own = tuple(each for each in note.signatures if (each.name, each.key_id) in known)
    if not own:
        raise VerificationFailed("No key that this witness knows for the log has signed the checkpoint.")
    for name in {(each.name, each.key_id) for each in own}:
        note.verify(known[name])
    return Note(text=note.text, signatures=own)


def _refusal(request: WitnessRequest, checkpoint: Checkpoint, last: Cosigned | None) -> Answer | None:
    size = 0 if last is None else last.checkpoint.size
    if request.old != size:
        return Answer(status=HTTPStatus.CONFLICT, body=f"{size}\n".encode(), content_type=SIZE_TYPE)
    if last is not None and size == checkpoint.size:
        if last.checkpoint.root != checkpoint.root:
            return _no(HTTPStatus.CONFLICT, f"This witness has cosigned another root at size {size}.")
        return _no(HTTPStatus.UNPROCESSABLE_ENTITY, "No proof is needed here.") if request.proof else None
    if size == 0:
        sound = not request.proof and (checkpoint.size > 0 or checkpoint.root == EMPTY_ROOT)
        return None if sound else _no(HTTPStatus.UNPROCESSABLE_ENTITY, "From size 0 there is nothing to prove.")
    assert last is not None
    try:
        verify_consistency(size, checkpoint.size, request.proof, last.checkpoint.root, checkpoint.root)
    except VerificationFailed as error:
        return _no(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    return None


def _time_to_sign(now: int, decision: Decision) -> int | None:
    """Return the time to sign with, never before one that was signed; None where the clock cannot be right."""
    latest = decision.latest()
    return None if now < latest - CLOCK_STEP or now <= 0 else max(now, latest)


def _no(status: HTTPStatus, reason: str) -> Answer:
    return Answer(status=status, body=f"{reason}\n".encode())
