"""Cosignatures, policies and requests to witnesses: the vectors, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import unverified
from custodiet.ledger.cosignature import cosigned, cosigned_at, cosigned_message, with_cosignatures
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.policy_file import read_policy
from custodiet.ledger.proof import verify_consistency
from custodiet.ledger.witness_request import WitnessRequest, answered, cosignature_lines, origin_hash, told_size
from custodiet.signing.cosigning import CosignatureVerifier
from custodiet.signing.ed25519 import Ed25519Verifier
from support.witnesses import WITNESS_SIGNER

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "witness.json").read_text("utf-8")
)
VERIFIER = CosignatureVerifier.parse(VECTORS["witness_vkey"])
NOTE = Note.parse(VECTORS["note"].encode())
COSIGNED = Note.parse(VECTORS["cosigned_note"].encode())


def test_a_cosignature_is_made_as_the_vector_has_it() -> None:
    """Message, line and note are those of the vector, to the byte; so is the key."""
    line = cosigned(NOTE.text, VECTORS["time"], WITNESS_SIGNER)

    assert WITNESS_SIGNER.verifier == VERIFIER
    assert cosigned_message(NOTE.text, VECTORS["time"]).decode() == VECTORS["message"]
    assert line.line == VECTORS["cosignature"]
    assert with_cosignatures(NOTE, [line]).signed.decode() == VECTORS["cosigned_note"]


def test_a_cosignature_tells_its_time_and_the_log_s_signature_stays_good() -> None:
    """The time is the vector's; a note without the witness's line has none; the log's own line is untouched."""
    assert cosigned_at(COSIGNED, VERIFIER) == VECTORS["time"]
    assert cosigned_at(NOTE, VERIFIER) is None
    COSIGNED.verify(Ed25519Verifier.parse(VECTORS["log_vkey"]))


def test_no_changed_byte_of_a_cosigned_checkpoint_keeps_its_cosignature() -> None:
    """Whichever byte of text or cosignature line is changed, nothing is vouched for; the log's own line is no part of it."""
    data, start = VECTORS["cosigned_note"].encode(), len(NOTE.text.encode())
    own_line = range(start, len(VECTORS["note"].encode()))
    for at in set(range(len(data))) - set(own_line):
        for mask in (0x01, 0x20, 0x80):
            forged = bytearray(data)
            forged[at] ^= mask
            try:
                assert cosigned_at(Note.parse(bytes(forged)), VERIFIER) is None
            except (BadInput, VerificationFailed):
                continue


def test_a_pasted_cosignature_makes_the_note_refused() -> None:
    """A genuine cosignature under another checkpoint, a shortened one and one of time 0 do not hold."""
    pasted = Signature(
        name=COSIGNED.signatures[1].name, key_id=VERIFIER.key.key_id, signature=COSIGNED.signatures[1].signature
    )
    seen = Note.parse(VECTORS["seen"].encode())
    untimed = Signature(name=pasted.name, key_id=pasted.key_id, signature=bytes(8) + pasted.signature[8:])
    short = Signature(name=pasted.name, key_id=pasted.key_id, signature=pasted.signature[:-1])
    for note in (
        with_cosignatures(seen, [pasted]),
        with_cosignatures(NOTE, [untimed]),
        with_cosignatures(NOTE, [short]),
    ):
        with pytest.raises(VerificationFailed, match="cosignature of northby"):
            cosigned_at(note, VERIFIER)


def test_a_newer_cosignature_takes_the_place_of_the_older() -> None:
    """One line for each key: the newest. Lines of other keys stay where they are."""
    again = with_cosignatures(COSIGNED, [cosigned(NOTE.text, VECTORS["time"] + 60, WITNESS_SIGNER)])

    assert cosigned_at(again, VERIFIER) == VECTORS["time"] + 60
    assert again.signatures[:-1] == NOTE.signatures


def test_a_log_s_key_is_no_witness_s_key() -> None:
    """The kinds are told apart by their type byte, both ways."""
    with pytest.raises(BadInput):
        CosignatureVerifier.parse(VECTORS["log_vkey"])
    with pytest.raises(BadInput):
        Ed25519Verifier.parse(VECTORS["witness_vkey"])


def test_a_request_is_read_and_written_as_the_vector_has_it() -> None:
    """The request holds the old size, a proof that verifies, and the note to its last byte."""
    request = WitnessRequest.parse(VECTORS["request"].encode())
    seen, new = unverified(VECTORS["seen"].encode()), unverified(request.note)

    assert request.body.decode() == VECTORS["request"]
    assert (request.old, request.note.decode()) == (3, VECTORS["note"])
    assert origin_hash(new.origin) == VECTORS["origin_hash"]
    verify_consistency(request.old, new.size, request.proof, seen.root, new.root)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 3",
        b"old 3\n",
        b"old 3\nnote",
        b"old 03\n\nnote",
        b"old -1\n\nnote",
        b"old  3\n\nnote",
        b"Old 3\n\nnote",
        b"old 3 \n\nnote",
        b"old 9223372036854775808\n\nnote",
        b"old 3\nAAAA\n\nnote",
        b"old 3\n" + b"A" * 44 + b"\n\nnote",
        b"old 3\r\n\r\nnote",
        "old ٣\n\nnote".encode(),
        b"old 3\n" + (b"A" * 43 + b"=\n") * 64 + b"\nnote",
    ],
)
def test_a_malformed_request_is_refused(body: bytes) -> None:
    """Sizes and hashes are canonical, lines end in a line feed, and there are 63 hashes at most."""
    with pytest.raises(BadInput):
        WitnessRequest.parse(body)


def test_an_answer_is_signature_lines_and_nothing_else() -> None:
    """The lines are read back; a text before or after them is refused. A size is canonical and ends its line."""
    lines = (COSIGNED.signatures[1],)

    assert answered(cosignature_lines(lines)) == lines
    assert told_size(b"7\n") == 7
    for body in (b"", b"x\n", cosignature_lines(lines)[:-1], b"text\n\n" + cosignature_lines(lines)):
        with pytest.raises(BadInput):
            answered(body)
    for body in (b"7", b"07\n", b"7\n\n", b"", b"-1\n", b"\xff\n", b"9223372036854775808\n"):
        with pytest.raises(BadInput):
            told_size(body)


def test_a_policy_is_met_as_the_vector_has_it() -> None:
    """Thresholds count members of a group; names that are no witness's count for nothing."""
    policy = read_policy(VECTORS["policy"].encode())

    assert [each.name for each in policy.witnesses] == ["northby", "avonmere", "inspectorate"]
    assert [each.url for each in policy.witnesses] == ["https://witness.northby.example", None, None]
    assert [names for names in VECTORS["met_by"] if not policy.met_by(names)] == []
    assert [names for names in VECTORS["not_met_by"] if policy.met_by(names)] == []


@pytest.mark.parametrize("reason", sorted(VECTORS["refused_policies"]))
def test_a_wrong_policy_is_refused(reason: str) -> None:
    """Each of the vector's wrong policies is refused, naming the file."""
    with pytest.raises(BadInput) as refused:
        read_policy(VECTORS["refused_policies"][reason].encode(), "policy.txt")
    assert refused.value.file == "policy.txt"


def test_a_policy_without_witnesses_asks_for_none() -> None:
    """`quorum none` is met by nobody; comments, blank lines, tabs and octets that are no UTF-8 are taken as they are."""
    policy = read_policy(b" \t\n  # caf\xe9\nquorum\tnone \n")
    assert policy.met_by(())
    assert not policy.demands


def test_names_are_octets() -> None:
    """A Kelvin sign is not a K, and a name that is no UTF-8 is a name."""
    key = VECTORS["witness_vkey"].encode()
    assert read_policy(b"witness \xff " + key + b"\nquorum \xff\n").quorum == "\udcff"
    with pytest.raises(BadInput, match="No line before"):
        read_policy(b"witness K " + key + "\nquorum \u212a\n".encode())
