"""A witness's judgement: each status of the protocol, its clock, and its memory."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import EnvironmentFault
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.cosignature import cosigned_at
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.proof import consistency_proof
from custodiet.ledger.tree import EMPTY_ROOT, leaf_hash, root_of_leaves
from custodiet.ledger.witness_request import SIZE_TYPE, WitnessRequest, answered, origin_hash
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from custodiet.witnessing.memory import Memory
from custodiet.witnessing.witness import CLOCK_STEP, Answer, Witness
from support.witnesses import WITNESS_SIGNER

ORIGIN = "force.example/custodiet/main"
LOG = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
THIEF = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
NOW = 1_772_442_000


@dataclass
class Tree:
    """The log's entries, as a history may have them."""

    leaves: list[bytes]

    def checkpoint(self, size: int, origin: str = ORIGIN) -> Checkpoint:
        """Return the checkpoint of that size."""
        return Checkpoint(origin=origin, size=size, root=root_of_leaves(self.leaves[:size]))

    def request(self, old: int, size: int, signer: Ed25519Signer = LOG) -> bytes:
        """Return the request that an honest client of this history makes."""
        proof = consistency_proof(old, size, self._node) if 0 < old < size else ()
        return WitnessRequest(old=old, proof=proof, note=signed(self.checkpoint(size), signer)).body

    def _node(self, level: int, index: int) -> bytes:
        return root_of_leaves(self.leaves[index << level : (index + 1) << level])


TREE = Tree([leaf_hash(bytes([i])) for i in range(40)])
OTHER = Tree([*TREE.leaves[:5], *(leaf_hash(b"other" + bytes([i])) for i in range(35))])


@dataclass
class Clock:
    """A clock that a test sets."""

    now: float = NOW

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the witness's clock."""
    return Clock()


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """Return the memory of a witness that knows the log."""
    memory = Memory(tmp_path / "memory.sqlite")
    memory.create()
    memory.add_log(ORIGIN, LOG.verifier.key.text, NOW)
    return memory


@pytest.fixture
def witness(memory: Memory, clock: Clock) -> Witness:
    """Return a witness that has seen nothing yet."""
    return Witness(signer=WITNESS_SIGNER, memory=memory, verifier_of=Ed25519Verifier.parse, clock=clock)


def time_in(answer: Answer, checkpoint: Checkpoint) -> int | None:
    """Return the time of the cosignature in an answer; None if it is no good one."""
    assert answer.status == HTTPStatus.OK, answer
    return cosigned_at(Note(text=checkpoint.text, signatures=answered(answer.body)), WITNESS_SIGNER.verifier)


def test_an_honest_log_is_cosigned_step_by_step(witness: Witness, clock: Clock) -> None:
    """From nothing to 3, to 5, to 40, and 40 once more: each answer vouches for that checkpoint at that time."""
    for step, (old, size) in enumerate([(0, 3), (3, 5), (5, 40), (40, 40)]):
        clock.now = NOW + step
        answer = witness.add_checkpoint(TREE.request(old, size))
        assert time_in(answer, TREE.checkpoint(size)) == NOW + step
    assert [(log.size, log.refusals) for log in witness.memory.logs()] == [(40, 0)]


def test_an_empty_log_is_cosigned_with_the_empty_root_alone(witness: Witness) -> None:
    """Size 0 has the root of nothing; then the log grows from 0."""
    wrong = signed(Checkpoint(origin=ORIGIN, size=0, root=bytes(32)), LOG)
    right = signed(Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT), LOG)

    assert witness.add_checkpoint(b"old 0\n\n" + wrong).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.add_checkpoint(b"old 0\n\n" + right).status == HTTPStatus.OK
    assert witness.add_checkpoint(TREE.request(0, 3)).status == HTTPStatus.OK


def _with(request: bytes, **changes: object) -> bytes:
    return replace(WitnessRequest.parse(request), **changes).body  # type: ignore[arg-type]


def _unknown_and_known(checkpoint: Checkpoint) -> bytes:
    """A note whose line under the known key is of another message."""
    good = Note.parse(signed(checkpoint, LOG))
    bad = Signature(name=ORIGIN, key_id=LOG.verifier.key.key_id, signature=bytes(64))
    return Note(text=good.text, signatures=(*good.signatures, bad)).signed


REFUSALS: dict[str, tuple[HTTPStatus, Callable[[], bytes]]] = {
    "no request": (HTTPStatus.BAD_REQUEST, lambda: b"hello\n"),
    "no note": (HTTPStatus.BAD_REQUEST, lambda: b"old 5\n\nhello\n"),
    "no checkpoint": (
        HTTPStatus.BAD_REQUEST,
        lambda: b"old 5\n\nhello\n\n" + _with(TREE.request(5, 9)).split(b"\n\n")[2],
    ),
    "a size that no tree has": (
        HTTPStatus.BAD_REQUEST,
        lambda: b"old 5\n\n" + signed(Checkpoint(origin=ORIGIN, size=1 << 63, root=bytes(32)), LOG),
    ),
    "old larger than new": (HTTPStatus.BAD_REQUEST, lambda: _with(TREE.request(0, 3), old=5)),
    "an unknown log": (
        HTTPStatus.NOT_FOUND,
        lambda: b"old 5\n\n" + signed(Checkpoint(origin="x.example/y", size=9, root=bytes(32)), LOG),
    ),
    "another key": (HTTPStatus.FORBIDDEN, lambda: TREE.request(5, 9, THIEF)),
    "a known key that does not hold": (
        HTTPStatus.FORBIDDEN,
        lambda: _with(TREE.request(5, 9), note=_unknown_and_known(TREE.checkpoint(9))),
    ),
    "no proof": (HTTPStatus.UNPROCESSABLE_ENTITY, lambda: _with(TREE.request(5, 9), proof=())),
    "a proof for the same size": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        lambda: _with(TREE.request(5, 5), proof=(bytes(32),)),
    ),
    "another root of the same size": (
        HTTPStatus.CONFLICT,
        lambda: (
            WitnessRequest(old=5, proof=(), note=signed(Checkpoint(origin=ORIGIN, size=5, root=bytes(32)), LOG)).body
        ),
    ),
}
#: Those that are evidence: the log's own key signed what does not fit.
EVIDENCE = {"no proof", "a proof for the same size", "another root of the same size"}


@pytest.mark.parametrize("reason", sorted(REFUSALS))
def test_what_does_not_fit_is_refused_with_its_status_and_changes_nothing(witness: Witness, reason: str) -> None:
    """Each refusal has the status of the specification, and the next honest request is answered as if it had not been."""
    assert witness.add_checkpoint(TREE.request(0, 5)).status == HTTPStatus.OK
    status, body = REFUSALS[reason]

    answer = witness.add_checkpoint(body())

    assert (answer.status, answer.content_type == SIZE_TYPE) == (status, False)
    assert [log.refusals for log in witness.memory.logs()] == [int(reason in EVIDENCE)]
    assert witness.add_checkpoint(TREE.request(5, 9)).status == HTTPStatus.OK


def test_a_second_history_under_the_same_key_is_refused_and_kept_as_evidence(witness: Witness) -> None:
    """A split view: what shares the first five entries and then goes another way is never cosigned after the first."""
    assert witness.add_checkpoint(TREE.request(0, 9)).status == HTTPStatus.OK
    for old, size in ((9, 12), (9, 40)):
        assert witness.add_checkpoint(OTHER.request(old, size)).status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert witness.add_checkpoint(OTHER.request(9, 9)).status == HTTPStatus.CONFLICT

    assert [log.refusals for log in witness.memory.logs()] == [3]
    assert witness.add_checkpoint(TREE.request(9, 12)).status == HTTPStatus.OK


@pytest.mark.parametrize(("old", "size"), [(0, 3), (0, 9), (3, 5), (3, 9), (7, 9)])
def test_a_wrong_old_size_is_told_the_right_one(witness: Witness, old: int, size: int) -> None:
    """The answer is the size alone, under its own content type."""
    assert witness.add_checkpoint(TREE.request(0, 5)).status == HTTPStatus.OK
    answer = witness.add_checkpoint(TREE.request(old, size))
    assert (answer.status, answer.body, answer.content_type) == (HTTPStatus.CONFLICT, b"5\n", SIZE_TYPE)


def test_monitors_are_served_the_note_with_both_signatures(witness: Witness) -> None:
    """What is served verifies under the log's key and the witness's; of other logs there is nothing."""
    stranger = Signature(name="stranger.example", key_id=b"abcd", signature=bytes(72))
    note = Note.parse(signed(TREE.checkpoint(5), LOG))
    body = WitnessRequest(
        old=0, proof=(), note=Note(text=note.text, signatures=(stranger, *note.signatures)).signed
    ).body
    assert witness.checkpoint(origin_hash(ORIGIN)).status == HTTPStatus.NOT_FOUND
    witness.add_checkpoint(body)

    served = Note.parse(witness.checkpoint(origin_hash(ORIGIN)).body)

    served.verify(LOG.verifier)
    assert cosigned_at(served, WITNESS_SIGNER.verifier) == NOW
    assert stranger not in served.signatures
    assert witness.checkpoint(origin_hash("x.example/y")).status == HTTPStatus.NOT_FOUND
    assert witness.checkpoint("").status == HTTPStatus.NOT_FOUND


def test_the_time_signed_never_goes_back(witness: Witness, clock: Clock) -> None:
    """A small step back signs the last time again; a large one signs nothing and forgets nothing."""
    witness.add_checkpoint(TREE.request(0, 3))
    clock.now = NOW - CLOCK_STEP
    assert time_in(witness.add_checkpoint(TREE.request(3, 5)), TREE.checkpoint(5)) == NOW

    clock.now = NOW - CLOCK_STEP - 1
    assert witness.add_checkpoint(TREE.request(5, 9)).status == HTTPStatus.SERVICE_UNAVAILABLE

    clock.now = NOW + 1
    assert time_in(witness.add_checkpoint(TREE.request(5, 9)), TREE.checkpoint(9)) == NOW + 1


def test_requests_at_once_never_take_a_log_back(witness: Witness) -> None:
    """Of many requests at once that start from the same size one is cosigned, and the memory ends where that one led."""
    witness.add_checkpoint(TREE.request(0, 5))
    bodies = [tree.request(5, size) for size in range(6, 22) for tree in (TREE, OTHER)]
    with ThreadPoolExecutor(8) as threads:
        statuses = [answer.status for answer in threads.map(witness.add_checkpoint, bodies)]

    assert statuses.count(HTTPStatus.OK) == 1
    assert set(statuses) <= {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
    winner = 6 + statuses.index(HTTPStatus.OK) // 2
    assert [log.size for log in witness.memory.logs()] == [winner]


def test_a_second_key_of_a_log_is_taken_beside_the_first(witness: Witness) -> None:
    """After a change of keys either may sign, until the first is no longer used."""
    witness.add_checkpoint(TREE.request(0, 5))
    assert witness.add_checkpoint(TREE.request(5, 9, THIEF)).status == HTTPStatus.FORBIDDEN
    witness.memory.add_log(ORIGIN, THIEF.verifier.key.text, NOW)
    assert witness.add_checkpoint(TREE.request(5, 9, THIEF)).status == HTTPStatus.OK
    assert witness.add_checkpoint(TREE.request(9, 12, LOG)).status == HTTPStatus.OK


def test_a_memory_that_is_gone_does_not_come_back_empty(witness: Witness, tmp_path: Path) -> None:
    """A witness without its memory answers nothing: begun anew it could vouch for another history."""
    witness.add_checkpoint(TREE.request(0, 5))
    for file in tmp_path.glob("memory.sqlite*"):
        file.unlink()
    with pytest.raises(EnvironmentFault):
        witness.add_checkpoint(TREE.request(5, 9))
    assert list(tmp_path.glob("memory.sqlite*")) == []


def test_a_memory_that_is_damaged_is_told_and_not_overwritten(witness: Witness, tmp_path: Path) -> None:
    """A file that is no database, and a second memory in the same place, are faults of the environment."""
    with pytest.raises(EnvironmentFault):
        witness.memory.create()
    (tmp_path / "other.sqlite").write_bytes(b64encode(bytes(9000)))
    with pytest.raises(EnvironmentFault):
        Memory(tmp_path / "other.sqlite").logs()


def test_every_byte_of_a_request_counts(witness: Witness) -> None:
    """A request with any one byte changed is refused, or asks for the very same; the memory stays where it was."""
    witness.add_checkpoint(TREE.request(0, 5))
    body = TREE.request(5, 9)
    for at in range(0, len(body), 3):
        forged = bytearray(body)
        forged[at] ^= 0x02
        assert witness.add_checkpoint(bytes(forged)).status != HTTPStatus.OK
    assert [log.size for log in witness.memory.logs()] == [5]
