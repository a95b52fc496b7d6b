"""A hundred thousand malformed inputs for each parser and verifier of the ledger: none falls over, none is believed.

Inputs are valid ones that a seeded generator altered, once or several times, and noise made of the formats' own pieces.
What is accepted is written back as the same bytes, so nothing has two forms; what is proved is true.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.bundles import bundle_of, entries_in
from custodiet.ledger.canonical import canonical, parsed
from custodiet.ledger.checkpoint import Checkpoint, signed, verified
from custodiet.ledger.cosignature import cosigned_at
from custodiet.ledger.manifest import Manifest, Segment
from custodiet.ledger.note import Note
from custodiet.ledger.policy_file import read_policy
from custodiet.ledger.proof import consistency_proof, inclusion_proof, verify_consistency, verify_inclusion
from custodiet.ledger.static_check import check_export
from custodiet.ledger.static_names import CHECKPOINT, StaticFile, bundles, tiles
from custodiet.ledger.tiles import level_lengths
from custodiet.ledger.tree import Nodes, leaf_hash, root_of_leaves
from custodiet.ledger.verifier_key import VerifierKey
from custodiet.ledger.witness_request import WitnessRequest, answered, cosignature_lines, told_size
from custodiet.signing.cosigning import CosignatureVerifier
from custodiet.signing.ed25519 import Ed25519Signer

pytestmark = pytest.mark.slow

WITNESSING = json.loads((Path(__file__).parents[2] / "docs" / "specs" / "vectors" / "witness.json").read_text("utf-8"))

COUNT = 100_000
SIGNER = Ed25519Signer("force.example/custodiet/main", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
PIECES = [
    *(b"\n", b"\n\n", b"\r", b"\0", b" ", b"+", b"=", b"0", b"-1", b"00", b"1e3", b"AAAA", b"/", b"x001/", b".p/1", b"tile/"),
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"null", b"1.0", b"\\u0041", b'{"a":1}', "é".encode(), "— ".encode()),
    *(b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\x7f", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"99999999999999999999", b"\0\1"),
]  # fmt: skip


def altered(data: bytes, random: Random) -> bytes:
    """Return the bytes with one to three small changes: bits, bytes, pieces put in, taken out, doubled or cut off."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at, length = int(random.random() * (len(found) + 1)), (1, 1, 2, 8, 40)[int(random.random() * 5)]
        kind = int(random.random() * 6)
        if kind == 0 and at < len(found):
            found[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            found[at:at] = random.choice(PIECES)
        elif kind == 2:
            del found[at : at + length]
        elif kind == 3:
            found[at:at] = found[at : at + length]
        elif kind == 4:
            found[at : at + length] = random.choice(PIECES)
        else:
            found = found[:at] if random.random() < 0.5 else found[at:]
    return bytes(found)


def inputs(valid: list[bytes], seed: int, count: int = COUNT) -> Iterator[bytes]:
    """Yield that many inputs: nine of ten are valid ones that were altered, the tenth is noise."""
    random = Random(seed)
    for number in range(count):
        if number % 10:
            yield altered(random.choice(valid), random)
        else:
            yield b"".join(random.choice(PIECES) for _ in range(random.randint(0, 12)))


def accepted(read: Callable[[bytes], bytes], data: bytes) -> bool:
    """Tell whether the parser takes the bytes; then what it writes back is the same bytes."""
    try:
        written = read(data)
    except BadInput:
        return False
    assert written == data
    return True


def text(data: bytes) -> str:
    """Return the bytes as the text that a reader of files would hand on; raises BadInput as it would."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("not UTF-8") from error


def checkpoints() -> list[Checkpoint]:
    """Return some checkpoints of one log."""
    return [
        Checkpoint(origin=SIGNER.name, size=size, root=sha256(bytes([size % 256])).digest())
        for size in (0, 1, 9, 12345)
    ]


def manifests() -> list[bytes]:
    """Return the texts of small manifests."""
    made = []
    for lengths in ((), (4,), (3, 1, 700)):
        ends = [sum(lengths[: at + 1]) for at in range(len(lengths))]
        segments = tuple(
            Segment(
                start=end - length, end=end, typ=typ, bytes=900 * length, sha256=sha256(bytes([end % 256])).hexdigest()
            )
            for end, length, typ in zip(ends, lengths, ("schema/1", "key/1", "access/1"), strict=False)
        )
        manifest = Manifest(size=sum(lengths), segments=segments)
        made.append(manifest.text.encode())
        made += [manifest.with_changed([each.without_rows(2)]).text.encode() for each in segments[-1:]]
    return made


PARSERS: dict[str, tuple[Callable[[bytes], bytes], list[bytes]]] = {
    "note": (lambda data: Note.parse(data).signed, [signed(each, SIGNER) for each in checkpoints()]),
    "checkpoint": (
        lambda data: Checkpoint.parse(text(data)).text.encode(),
        [each.text.encode() for each in checkpoints()],
    ),
    "verifier key": (
        lambda data: (
            VerifierKey.parse(text(data)).text.encode() + b"\n" * data.endswith(b"\n")
        ),  # a line of a file, too
        [SIGNER.verifier.key.text.encode()],
    ),
    "manifest": (lambda data: Manifest.parse(text(data)).text.encode(), manifests()),
    "canonical JSON": (
        lambda data: canonical(parsed(text(data))).encode(),
        [b'{"a":[1,-2,"x",null],"b":{"c":true},"d":"\\n"}', b'["AAAA","actor",{"account":"u1"}]'],
    ),
    "bundle": (lambda data: bundle_of(entries_in(data, 3)), [bundle_of([b"{}", b"", b"abc" * 90])]),
    "request to a witness": (
        lambda data: WitnessRequest.parse(data).body,
        [WITNESSING["request"].encode(), b"old 0\n\n" + WITNESSING["seen"].encode()],
    ),
    "answer of a witness": (lambda data: cosignature_lines(answered(data)), [WITNESSING["cosignature"].encode()]),
    "size that a witness tells": (
        lambda data: f"{told_size(data)}\n".encode(),
        [b"7\n", b"0\n", b"9223372036854775807\n"],
    ),
    "name of a tile": (
        lambda data: StaticFile.parse(text(data)).path.encode(),
        [b"tile/0/x001/x234/067.p/112", b"tile/entries/000", b"tile/63/999.p/1"],
    ),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_takes_one_form_or_refuses(name: str) -> None:
    """The valid inputs are taken; of all others only those whose bytes are what would be written."""
    read, valid = PARSERS[name]
    assert all(accepted(read, each) for each in valid)
    taken = sum(accepted(read, each) for each in inputs(valid, seed=len(name)))
    assert taken < COUNT  # and most were refused: the generator does alter


def test_a_policy_is_read_or_refused_and_what_it_demands_is_met_by_all_its_witnesses() -> None:
    """No policy makes the reader fall over; one that is taken is met by all its witnesses, and by none only if it says so."""
    taken = 0
    for data in inputs([WITNESSING["policy"].encode()], seed=17):
        try:
            policy = read_policy(data)
        except BadInput:
            continue
        taken += 1
        assert policy.met_by(each.name for each in policy.witnesses)
        assert policy.met_by(()) is not policy.demands
    assert 0 < taken < COUNT


def test_no_altered_checkpoint_is_cosigned() -> None:
    """Of a hundred thousand altered notes, only those with the text that the witness saw bear its cosignature still."""
    valid = WITNESSING["cosigned_note"].encode()
    verifier, text_seen = CosignatureVerifier.parse(WITNESSING["witness_vkey"]), Note.parse(valid).text
    for data in inputs([valid], seed=18):
        try:
            note = Note.parse(data)
            at = cosigned_at(note, verifier)
        except (BadInput, VerificationFailed):
            continue
        assert at is None or (at, note.text) == (WITNESSING["time"], text_seen)


def test_no_altered_note_is_believed() -> None:
    """A note whose signature is found good says what was signed, letter for letter."""
    true = {signed(each, SIGNER): each for each in checkpoints()}
    believed = 0
    for data in inputs(list(true), seed=41):
        try:
            checkpoint = verified(data, SIGNER.verifier)
        except (BadInput, VerificationFailed):
            continue
        assert checkpoint in true.values()
        believed += 1
    assert believed < COUNT / 4  # signatures by unknown keys may be added or taken away; nothing else may


class Folder(dict[str, bytes]):
    """An export in memory."""

    def read(self, path: str) -> bytes | None:
        """Return the file's bytes."""
        return self.get(path)

    def names(self) -> Iterator[str]:
        """Yield the names of tiles and bundles."""
        return (name for name in self if name != CHECKPOINT)


def exported(entries: list[bytes]) -> Folder:
    """Return the export of a log of these entries, at most 256."""
    leaves = [leaf_hash(entry) for entry in entries]
    folder = Folder({file.path: bundle_of(entries) for file in bundles(len(entries))})
    assert len(level_lengths(len(entries))) <= 1
    folder |= {file.path: b"".join(leaves) for file in tiles(len(entries))}
    checkpoint = Checkpoint(origin=SIGNER.name, size=len(entries), root=root_of_leaves(leaves))
    folder[CHECKPOINT] = signed(checkpoint, SIGNER)
    return folder


class KnownNotes:
    """The log's key, with what it accepted once remembered: the checkpoint is the same most of the time."""

    key = SIGNER.verifier.key

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], bool] = {}

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature holds."""
        if (message, signature) not in self._known:
            self._known[message, signature] = SIGNER.verifier.accepts(message, signature)
        return self._known[message, signature]


def test_no_altered_tile_or_bundle_is_believed() -> None:
    """An export in which any file was altered is refused, unless every entry and tile is still what it was."""
    whole, random, verifier = exported([b"one", b"", b"three"]), Random(43), KnownNotes()
    names = [name for name in whole if name != CHECKPOINT]
    assert check_export(whole, verifier).size == 3
    for _ in range(COUNT):
        name = random.choice(names)
        data = altered(whole[name], random)
        try:
            check_export(Folder(whole | {name: data}), verifier)
        except (BadInput, VerificationFailed):
            assert data != whole[name]
        else:
            assert data == whole[name]


LEAVES = [leaf_hash(bytes([number])) for number in range(40)]
ROOTS = [root_of_leaves(LEAVES[:size]) for size in range(len(LEAVES) + 1)]


def nodes_of(leaves: list[bytes]) -> Nodes:
    """Return the nodes of the tree over the leaves, each computed once."""
    known: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        if (level, index) not in known:
            known[level, index] = root_of_leaves(leaves[index << level : (index + 1) << level])
        return known[level, index]

    return node


NODES = nodes_of(LEAVES)


def altered_proof(proof: tuple[bytes, ...], random: Random) -> tuple[bytes, ...]:
    """Return the proof with a hash altered, added, dropped, doubled, moved, or of another length."""
    found, at, kind = list(proof), random.randint(0, len(proof)), random.randrange(7)
    if kind == 0 or not found:
        found.insert(at, random.choice((*LEAVES, *ROOTS, bytes(32), *found)))
    elif kind == 1:
        found.pop(at % len(found))
    elif kind == 2:
        found[at % len(found)] = altered(found[at % len(found)], random)
    elif kind == 3:
        found.insert(at, found[at % len(found)])
    elif kind == 4:
        random.shuffle(found)
    elif kind == 5:
        found[at % len(found)] = random.choice((*LEAVES, *ROOTS, bytes(32)))
    else:
        found = found[:at]
    return tuple(found)


def holds(check: Callable[[], None]) -> bool:
    """Tell whether the verifier returns."""
    try:
        check()
    except VerificationFailed:
        return False
    return True


def test_no_altered_inclusion_proof_is_believed() -> None:
    """Under the root of a size, only the tree's own leaf at an index, with its own proof, is shown to be there."""
    random, proofs = Random(47), {}
    for size in range(1, len(LEAVES) + 1):
        for index in range(size):
            proofs[index, size] = inclusion_proof(index, size, NODES)
            verify_inclusion(LEAVES[index], index, size, proofs[index, size], ROOTS[size])
    pairs = list(proofs)
    for _ in range(COUNT):
        index, size = random.choice(pairs)
        proof, leaf, claimed = proofs[index, size], LEAVES[index], index
        kind = random.randrange(4)
        if kind == 0:
            claimed = random.choice(
                (-1, 0, index ^ 1, index + 1, size - 1, size, size + 1, 1 << 40, -(1 << 40), ~index)
            )
        elif kind == 1:
            leaf = random.choice((*LEAVES, altered(leaf, random), ROOTS[size]))
        else:
            proof = altered_proof(proof, random)
        true = 0 <= claimed < size and leaf == LEAVES[claimed] and proof == proofs[claimed, size]
        assert holds(lambda: verify_inclusion(leaf, claimed, size, proof, ROOTS[size])) is true  # noqa: B023 - called at once


def test_no_altered_consistency_proof_is_believed() -> None:
    """Only an earlier size with its own root, and the one proof of it, is shown to have been the log."""
    random, proofs = Random(53), {}
    for new in range(1, len(LEAVES) + 1):
        for old in range(1, new + 1):
            proofs[old, new] = consistency_proof(old, new, NODES)
            verify_consistency(old, new, proofs[old, new], ROOTS[old], ROOTS[new])
    pairs = list(proofs)
    for _ in range(COUNT):
        old, new = random.choice(pairs)
        proof, root, claimed = proofs[old, new], ROOTS[old], old
        kind = random.randrange(4)
        if kind == 0:
            root = random.choice((*ROOTS, altered(root, random), LEAVES[old - 1]))
        elif kind == 1:
            claimed = random.choice((-1, 0, old - 1, old + 1, new, new + 1, -old, 1 << 40))
            root = ROOTS[claimed] if 0 <= claimed < len(ROOTS) else root
        else:
            proof = altered_proof(proof, random)
        true = 0 < claimed <= new and root == ROOTS[claimed] and proof == proofs[claimed, new]
        assert holds(lambda: verify_consistency(claimed, new, proof, root, ROOTS[new])) is true  # noqa: B023 - called at once


def test_a_proof_says_nothing_about_a_size_that_nobody_signed() -> None:
    """Why size and root are taken from one signed checkpoint: a root alone does not tell the size of its tree."""
    proof = inclusion_proof(0, 3, NODES)
    verify_inclusion(LEAVES[0], 0, 3, proof, ROOTS[3])
    assert holds(lambda: verify_inclusion(LEAVES[0], 0, 4, proof, ROOTS[3]))  # RFC 9162's algorithm allows it
    assert not holds(lambda: verify_inclusion(LEAVES[0], 0, 4, proof, ROOTS[4]))


def test_what_json_itself_would_take_is_not_taken() -> None:
    """The parser of manifests is stricter than the parser of JSON beneath it."""
    whole = manifests()[-2].decode()
    assert json.loads(whole) == json.loads(whole.replace('"size":704', '"size": 704'))
    with pytest.raises(BadInput):
        Manifest.parse(whole.replace('"size":704', '"size": 704'))
