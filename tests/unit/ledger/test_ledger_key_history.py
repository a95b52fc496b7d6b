"""Which key must have signed a checkpoint of a given size."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed, verified
from custodiet.ledger.key_history import KeyHistory, KeyStep, compromises_of, key_record, steps_of
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier

ORIGIN = "force.example/custodiet/main"
A, B, C = (Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([each]) * 32)) for each in (1, 2, 3))
HISTORY = KeyHistory((KeyStep(0, A.verifier), KeyStep(10, B.verifier), KeyStep(20, C.verifier)))


def note(size: int, *signers: Ed25519Signer) -> bytes:
    """Return a checkpoint of that size which these signed."""
    return signed(Checkpoint(origin=ORIGIN, size=size, root=bytes(32)), *signers)


@pytest.mark.parametrize(
    ("size", "signers"),
    [(0, (A,)), (9, (A,)), (10, (A, B)), (10, (B, A)), (11, (B,)), (19, (B,)), (20, (B, C)), (21, (C,)), (15, (A, B))],
)
def test_a_checkpoint_is_good_by_the_keys_of_its_size(size: int, signers: tuple[Ed25519Signer, ...]) -> None:
    """Before a handover the old key, after it the new one, at it both; another signature beside them does no harm."""
    assert verified(note(size, *signers), HISTORY).size == size


@pytest.mark.parametrize(
    ("size", "signers"),
    [(9, (B,)), (10, (A,)), (10, (B,)), (11, (A,)), (20, (C,)), (20, (B,)), (21, (B,)), (1000, (A, B)), (5, (C, B))],
)
def test_a_checkpoint_by_another_key_of_the_log_is_refused(size: int, signers: tuple[Ed25519Signer, ...]) -> None:
    """A retired key signs nothing of a later size, a later key nothing of an earlier one, and no handover lacks one."""
    with pytest.raises(VerificationFailed, match="not signed by"):
        verified(note(size, *signers), HISTORY)


def test_a_signature_that_does_not_hold_is_refused_at_the_handover() -> None:
    """Both signatures of a handover are checked, not the first alone."""
    good = note(10, A, B).decode().splitlines(keepends=True)
    other = note(11, B).decode().splitlines(keepends=True)
    with pytest.raises(VerificationFailed, match="does not hold"):
        verified("".join([*good[:-1], other[-1]]).encode(), HISTORY)


def test_the_text_is_read_back_and_nothing_else_is() -> None:
    """The file's text gives the history; a line more, a blank more, an order or a size that cannot be is refused."""
    text = HISTORY.text
    assert KeyHistory.parse(text, Ed25519Verifier.parse) == HISTORY
    lines = text.splitlines(keepends=True)
    wrong = [
        "",
        text[:-1],
        text + "\n",
        text.replace("10 ", "10  "),
        text.replace("10 ", "010 "),
        text.replace("0 ", "1 ", 1),
        lines[0] + lines[2] + lines[1],
        lines[0] + lines[0],
        "0 nonsense\n",
        text.replace("force.example", "other.example", 1),
    ]
    for each in wrong:
        with pytest.raises(BadInput):
            KeyHistory.parse(each, Ed25519Verifier.parse)


def test_the_steps_are_those_of_the_records() -> None:
    """Each record names the one before it and begins after its own entry; declarations are no steps."""
    first = {"typ": "key/1", "vkey": A.verifier.key.text, "from": 0}
    second = key_record(B.verifier.key, 10, A.verifier.key)
    declared = {"typ": "key/1", "compromised": A.verifier.key.text, "above": 4}
    records = [(3, first), (9, second), (12, declared)]

    assert steps_of(records) == [(0, A.verifier.key.text), (10, B.verifier.key.text)]
    assert [(each.key, each.above) for each in compromises_of(records)] == [(A.verifier.key.text, 4)]
    for broken in (
        [(3, first), (9, key_record(B.verifier.key, 10, C.verifier.key))],
        [(3, first), (10, second)],
        [(9, second)],
        [(3, first), (9, first)],
        [(3, {**first, "from": "0"})],
    ):
        with pytest.raises(BadInput):
            steps_of(broken)
