"""Signed notes, verifier keys, checkpoints and manifests: what is read, and what is refused."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed, unverified, verified
from custodiet.ledger.manifest import Manifest, Segment
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.verifier_key import VerifierKey
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier

SIGNER = Ed25519Signer("force.example/custodiet/main", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Ed25519Signer("witness.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
CHECKPOINT = Checkpoint(origin="force.example/custodiet/main", size=5, root=bytes(32))
SIGNED = signed(CHECKPOINT, SIGNER)

#: The example key and note of the Go package golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_of_another_implementation_verifies() -> None:
    """The example note of Go's note package is accepted under its key, and refused once a letter is changed."""
    verifier = Ed25519Verifier.parse(GO_KEY)
    Note.parse(GO_NOTE.encode()).verify(verifier)
    with pytest.raises(VerificationFailed):
        Note.parse(GO_NOTE.replace("problem is", "problem was").encode()).verify(verifier)


def test_a_checkpoint_is_read_back_from_its_note() -> None:
    """What was signed is what is read, byte for byte."""
    assert verified(SIGNED, SIGNER.verifier) == CHECKPOINT
    assert unverified(SIGNED) == CHECKPOINT
    assert Note.parse(SIGNED).signed == SIGNED


def test_signatures_by_unknown_keys_are_let_be() -> None:
    """A cosignature of a key that the reader does not know, before or after ours, changes nothing."""
    note = Note.parse(SIGNED)
    stranger = Signature(name="witness.example", key_id=b"abcd", signature=b"x" * 72)
    for signatures in ((stranger, *note.signatures), (*note.signatures, stranger)):
        assert verified(Note(text=note.text, signatures=signatures).signed, SIGNER.verifier) == CHECKPOINT


def test_a_note_without_our_signature_is_refused() -> None:
    """Neither another key's note nor one whose signature does not hold is accepted."""
    with pytest.raises(VerificationFailed, match="not signed"):
        verified(signed(CHECKPOINT, OTHER), SIGNER.verifier)
    with pytest.raises(VerificationFailed, match="does not hold"):
        verified(SIGNED.replace(b"\n5\n", b"\n6\n"), SIGNER.verifier)


def test_no_changed_byte_of_a_note_is_accepted() -> None:
    """Whichever byte is changed, the note is refused."""
    for at in range(len(SIGNED)):
        for mask in (0x01, 0x20, 0x80):
            forged = bytearray(SIGNED)
            forged[at] ^= mask
            with pytest.raises((BadInput, VerificationFailed)):
                verified(bytes(forged), SIGNER.verifier)


def test_no_prefix_of_a_note_is_accepted() -> None:
    """A note that was cut off anywhere is refused."""
    for length in range(len(SIGNED)):
        with pytest.raises((BadInput, VerificationFailed)):
            verified(SIGNED[:length], SIGNER.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "a\n5\n",
        "a\n05\n" + "A" * 43 + "=\n",
        "a\n-1\n" + "A" * 43 + "=\n",
        "a\n5\nAAAA\n",
        "a\n5\n" + "A" * 43 + "=\nmore\n",
    ],
)
def test_a_checkpoint_that_is_not_exactly_three_lines_is_refused(text: str) -> None:
    """Missing and extra lines, other spellings of the size and roots of another length are refused."""
    with pytest.raises(BadInput):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AQ==", "a b+c74f20a3+AQ==", GO_KEY.replace("c7", "c8"), GO_KEY[:-1]]
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    """A key whose id does not fit, or whose name no note can carry, is refused."""
    with pytest.raises(BadInput):
        VerifierKey.parse(text)


SEGMENTS = (
    Segment(start=0, end=3, typ="schema/1", bytes=10, sha256="0" * 64),
    Segment(start=3, end=9, typ="access/1", bytes=20, sha256="a" * 64),
)


def test_a_manifest_is_read_back_and_finds_the_segment_of_an_entry() -> None:
    """Text and value are each other's, and each entry is in one segment."""
    manifest = Manifest(size=9, segments=SEGMENTS)
    assert Manifest.parse(manifest.text) == manifest
    assert [manifest.holding(index).typ for index in (0, 2, 3, 8)] == ["schema/1", "schema/1", "access/1", "access/1"]
    assert list(manifest.of("access/1", 3)) == []
    assert list(manifest.of("access/1", 4)) == [SEGMENTS[1]]
    with pytest.raises(LookupError):
        manifest.holding(9)


@pytest.mark.parametrize(("size", "segments"), [(10, SEGMENTS), (9, SEGMENTS[1:]), (9, (SEGMENTS[1], SEGMENTS[0]))])
def test_a_manifest_with_a_gap_is_refused(size: int, segments: tuple[Segment, ...]) -> None:
    """A manifest that leaves an entry out, or holds it twice, cannot be made."""
    with pytest.raises(BadInput):
        Manifest(size=size, segments=segments)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", Manifest(size=9, segments=SEGMENTS).text.replace('"size":9', '"size": 9')]
)
def test_a_manifest_in_other_words_is_refused(text: str) -> None:
    """What is not exactly a manifest's text is refused."""
    with pytest.raises(BadInput):
        Manifest.parse(text)
