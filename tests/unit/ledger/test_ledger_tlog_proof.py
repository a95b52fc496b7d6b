"""Proof files (C2SP tlog-proof): what is read, what is written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.note import Note
from custodiet.ledger.tlog_proof import TlogProof
from custodiet.signing.ed25519 import Ed25519Verifier
from support.evidence import FIRST, SIGNER, MemoryLog

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "tlog_proofs.json").read_text("utf-8")
)


def proof_of(log: MemoryLog, index: int, extra: bytes | None = None) -> TlogProof:
    """Return the proof of an entry."""
    return TlogProof(index=index, hashes=log.inclusion_proof(index, log.size), note=log.note(log.size), extra=extra)


@pytest.mark.parametrize("vector", VECTORS["proofs"], ids=[each["name"] for each in VECTORS["proofs"]])
def test_proofs_are_those_of_the_vectors(vector: dict[str, Any]) -> None:
    """Each known proof is read as its parts, written back as it was, and leads from its entry to its checkpoint."""
    proof = TlogProof.parse(vector["proof"].encode())
    parts = (proof.index, [each.hex() for each in proof.hashes], proof.extra and proof.extra.hex())

    assert parts == (vector["index"], vector["hashes"], vector["extra"])
    assert proof.data == vector["proof"].encode()
    assert proof.verify(vector["entry"].encode(), Ed25519Verifier.parse(VECTORS["key"])).size == vector["size"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=[each["name"] for each in VECTORS["refused"]])
def test_what_the_vectors_refuse_is_refused(vector: dict[str, Any]) -> None:
    """Each malformed or false proof is refused, when it is read or when it is verified."""
    with pytest.raises((BadInput, VerificationFailed)):
        TlogProof.parse(vector["proof"].encode()).verify(
            vector["entry"].encode(), Ed25519Verifier.parse(VECTORS["key"])
        )


@pytest.mark.parametrize("accesses", [0, 1, 3, 4, 5, 12, 28])
def test_every_entry_of_a_log_has_a_proof_of_its_own(accesses: int) -> None:
    """The proof of an index proves the entry there, index 0 among them, and no other entry of the log."""
    log = MemoryLog(accesses)
    for index in range(log.size):
        proof = TlogProof.parse(proof_of(log, index).data)
        for other in range(log.size):
            if other == index:
                assert proof.verify(log.all[other].entry, SIGNER.verifier).size == log.size
            else:
                with pytest.raises(VerificationFailed):
                    proof.verify(log.all[other].entry, SIGNER.verifier)


def test_another_logs_checkpoint_proves_nothing() -> None:
    """A proof whose checkpoint is of a larger log, rightly signed, does not lead to it."""
    log, larger = MemoryLog(8), MemoryLog(9)
    proof = TlogProof(index=FIRST, hashes=log.inclusion_proof(FIRST, log.size), note=larger.note(larger.size))
    with pytest.raises(VerificationFailed):
        TlogProof.parse(proof.data).verify(log.all[FIRST].entry, SIGNER.verifier)


def test_extra_data_is_kept_and_proves_nothing() -> None:
    """Extra data is read back, and changing it changes nothing of what is proved."""
    log = MemoryLog(8)
    for extra in (b"\x00", b"anything at all"):
        proof = TlogProof.parse(proof_of(log, FIRST, extra).data)
        assert proof.extra == extra
        proof.verify(log.all[FIRST].entry, SIGNER.verifier)


def test_no_prefix_of_a_proof_is_accepted() -> None:
    """A proof that was cut off anywhere is refused: but for a cosignature, a whole line of which may be left out."""
    log = MemoryLog(8)
    data, entry = proof_of(log, FIRST).data, log.all[FIRST].entry
    assert len(Note.parse(log.note(log.size)).signatures) == 1
    for length in range(len(data)):
        with pytest.raises((BadInput, VerificationFailed)):
            TlogProof.parse(data[:length]).verify(entry, SIGNER.verifier)
