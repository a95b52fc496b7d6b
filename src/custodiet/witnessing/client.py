"""Asking witnesses for cosignatures, all at once, and saying of each what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from time import time

from custodiet.errors import BadInput, EnvironmentFault, VerificationFailed
from custodiet.ledger.cosignature import cosigned_at
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.ports import Verifier
from custodiet.ledger.witness_request import SIZE_TYPE, WitnessRequest, answered, origin_hash, told_size
from custodiet.witnessing.exchange import Reply, get, post

#: Seconds by which a witness's clock may be off from ours.
CLOCK_OFF = 3600
#: How often a witness may tell another size before it is given up: each commit of somebody else's tells one.
_ATTEMPTS = 3


class Outcome(StrEnum):
    """What came of asking one witness."""

    COSIGNED = "cosigned"
    DISAGREES = "disagrees"  # it remembers another history than the log shows: look into it at once
    REFUSED = "refused"  # it does not know the log or its key, or takes the request for malformed
    UNREACHABLE = "unreachable"
    NO_ADDRESS = "no_address"  # the policy gives none


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking one witness, with its sentence, and the cosignature if there is one."""

    witness: str  # its name in the policy
    outcome: Outcome
    sentence: str
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A witness to ask: its name in the policy, where it is, and what checks its cosignatures."""

    name: str
    url: str | None
    verifier: Verifier
    old: int  # the largest size that it is known to have cosigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A checkpoint to be witnessed, and what proves that it extends an earlier size."""

    note: Note  # as the log signed it
    size: int
    proof: Callable[[int], tuple[bytes, ...]]


def ask_all(witnesses: Sequence[Addressed], submission: Submission) -> list[Asked]:
    """Return what came of asking each of the witnesses, in their order; they are asked side by side."""
    if not witnesses:
        return []
    with ThreadPoolExecutor(min(len(witnesses), 32), thread_name_prefix="witness") as asking:
        return list(asking.map(lambda witness: ask(witness, submission), witnesses))


def ask(witness: Addressed, submission: Submission) -> Asked:
    """Return what came of asking one witness for its cosignature."""
    if witness.url is None:
        return _came(witness, Outcome.NO_ADDRESS, "The policy gives no address for it.")
    old = min(witness.old, submission.size)
    try:
        for _ in range(_ATTEMPTS):
            proof = submission.proof(old) if 0 < old < submission.size else ()
            request = WitnessRequest(old=old, proof=proof, note=submission.note.signed)
            reply = post(f"{witness.url.rstrip('/')}/add-checkpoint", request.body, "application/octet-stream")
            if (reply.status, reply.content_type) != (409, SIZE_TYPE):
                return _read(witness, submission, reply)
            old = told_size(reply.body)
            if old > submission.size:
                said = f"It has cosigned {old} entries already, and the log shows {submission.size}: it was cut off or set back."
                return _came(witness, Outcome.DISAGREES, said)
    except BadInput as error:
        return _came(witness, Outcome.REFUSED, f"Its answer cannot be read. {error}")
    except EnvironmentFault as error:
        return _came(witness, Outcome.UNREACHABLE, str(error))
    return _came(witness, Outcome.REFUSED, "It tells another size each time it is asked.")


def newest(witness: Addressed, origin: str) -> Note | None:
    """Return the newest checkpoint of the log that the witness serves, with its cosignature; None if it has cosigned none.

    Raises EnvironmentFault where it cannot be reached, VerificationFailed where the note is not cosigned by it.
    """
    if witness.url is None:
        raise EnvironmentFault("The policy gives no address for it.")
    reply = get(f"{witness.url.rstrip('/')}/{origin_hash(origin)}/checkpoint")
    if reply.status == 404:
        return None
    if reply.status != 200:
        raise EnvironmentFault(f"It answered with status {reply.status}.")
    try:
        note = Note.parse(reply.body)
    except BadInput as error:
        raise VerificationFailed(f"What it serves is no checkpoint. {error}") from error
    if cosigned_at(note, witness.verifier) is None:
        raise VerificationFailed("What it serves is not cosigned by it.")
    return note


def _read(witness: Addressed, submission: Submission, reply: Reply) -> Asked:
    if reply.status == 200:
        return _cosigned(witness, submission, answered(reply.body))
    text = reply.body[:200].decode("utf-8", errors="replace")
    said = "".join(c if c.isprintable() else " " for c in text).strip()
    disagrees = reply.status in (409, 422)
    return _came(witness, Outcome.DISAGREES if disagrees else Outcome.REFUSED, f"Status {reply.status}: {said}")


def _cosigned(witness: Addressed, submission: Submission, signatures: tuple[Signature, ...]) -> Asked:
    key = witness.verifier.key
    own = [each for each in signatures if (each.name, each.key_id) == (key.name, key.key_id)]
    try:
        at = cosigned_at(Note(text=submission.note.text, signatures=tuple(own)), witness.verifier)
    except VerificationFailed as error:
        return _came(witness, Outcome.REFUSED, str(error))
    if at is None:
        return _came(witness, Outcome.REFUSED, "It answered with no signature of the key in the policy.")
    if abs(at - time()) > CLOCK_OFF:
        said = "Its clock and ours are more than an hour apart; its cosignature was not taken."
        return _came(witness, Outcome.REFUSED, said)
    return Asked(witness=witness.name, outcome=Outcome.COSIGNED, sentence="It cosigned.", signature=own[-1])


def _came(witness: Addressed, outcome: Outcome, sentence: str) -> Asked:
    return Asked(witness=witness.name, outcome=outcome, sentence=sentence)
