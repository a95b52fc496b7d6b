"""The verifier that goes into bundles: its Ed25519, its texts, its size, and that it runs as a script of its own."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodiet.app.proving import Asked
from custodiet.ledger import bundle_verifier
from custodiet.ledger.bundle_verifier import L, P, added, parsed, point, signed_by
from support.evidence import SIGNER, MemoryLog, bundle_of

SOURCE = Path(bundle_verifier.__file__)
#: Public key, message and signature of the first three tests of RFC 8032, 7.1.
RFC_8032 = (
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
)  # fmt: skip


def accepted(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `cryptography` accepts the signature."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def multiplied(factor: int, public: object) -> object:
    """Return a multiple of a point."""
    total: object = (0, 1, 1, 0)
    for bit in f"{factor:b}":
        total = added(total, total)
        total = added(total, public) if bit == "1" else total
    return total


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_hold(key: str, message: str, signature: str) -> None:
    """The RFC's own examples are accepted, and refused with another message."""
    assert signed_by(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not signed_by(bytes.fromhex(key), bytes.fromhex(message) + b"\0", bytes.fromhex(signature))


def test_it_agrees_with_another_implementation() -> None:
    """On 1,200 signatures, right, with a bit flipped, with S beyond its range or made of noise, it says what OpenSSL says."""
    chance = random.Random(8032)
    said = {True: 0, False: 0}
    for number in range(1200):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        key, message = private.public_key().public_bytes_raw(), chance.randbytes(chance.randrange(80))
        signature = spoilt(private.sign(message), number % 8, chance)
        holds = signed_by(key, message, signature)
        assert holds == accepted(key, message, signature), (key.hex(), message.hex(), signature.hex())
        said[holds] += 1
    assert min(said.values()) > 300


def spoilt(signature: bytes, way: int, chance: random.Random) -> bytes:
    """Return the signature as it is, or spoilt in one of the ways that readers have been known to overlook."""
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    special = chance.choice([0, 1, L - 1, L, P - 1, P, P + 1, 2**255 - 1, 2**256 - 1]).to_bytes(32, "little")
    if way < 3:
        return signature
    if way == 3:
        flipped = bytearray(signature)
        flipped[chance.randrange(64)] ^= 1 << chance.randrange(8)
        return bytes(flipped)
    ways = {4: r + (s + L).to_bytes(32, "little"), 5: special + signature[32:], 6: r + special, 7: chance.randbytes(64)}
    return ways[way]


def test_a_signature_of_another_length_is_refused() -> None:
    """No prefix of a signature, and nothing that is longer, is one."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key, signature = private.public_key().public_bytes_raw(), private.sign(b"m")
    assert signed_by(key, b"m", signature)
    for wrong in (signature[:63], signature[:32], b"", signature + b"\0"):
        assert not signed_by(key, b"m", wrong)


def test_a_key_under_which_anyone_can_sign_is_refused() -> None:
    """A key of small order is refused, in each of its encodings, though OpenSSL takes some of them for keys."""
    torsion = next(
        found
        for found in (multiplied(L, point(number.to_bytes(32, "little"))) for number in range(2, 40)
                      if point(number.to_bytes(32, "little")))
        if encoded(multiplied(4, found)) != encoded((0, 1, 1, 0))
    )  # fmt: skip
    small = [encoded(multiplied(times, torsion)) for times in range(1, 9)]
    assert len(set(small)) == 8
    neutral = encoded((0, 1, 1, 0))
    for key in small:
        for r in small:
            assert not signed_by(key, b"", r + bytes(32))
    assert accepted(neutral, b"any message", neutral + bytes(32))


def encoded(at: object) -> bytes:
    """Return a point's encoding."""
    x, y, z, _ = at  # type: ignore[misc]
    inverse = pow(z, -1, P)
    return ((y * inverse % P) | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def test_a_point_has_one_encoding() -> None:
    """Encodings beyond the field's size, and zero with a sign, are refused; the canonical ones of the same are read."""
    for y in range(19):
        right, wrong = y.to_bytes(32, "little"), (y + P).to_bytes(32, "little")
        assert point(wrong) is None
        if point(right):
            assert encoded(point(right)) == right
    assert point((1 | 1 << 255).to_bytes(32, "little")) is None


@pytest.mark.parametrize(
    "text",
    ['{"a":1.5}', '{"a":1,"a":2}', '{"a": 1}', '["\\u0041"]', "[1e2]", "[NaN]", "[-0]", "[01]", '"\\ud800"', "["],
)
def test_a_json_text_has_one_spelling(text: str) -> None:
    """Fractions, repeated keys, spaces and other spellings of the same text are refused."""
    with pytest.raises(Exception):  # noqa: B017 - the script takes each for a refusal
        parsed(text.encode())


def test_it_is_short_enough_to_be_read() -> None:
    """It has fewer than 250 lines of code; blank lines, comments and docstrings are not counted."""
    quiet = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    with SOURCE.open(encoding="utf-8") as file:
        tokens = [token for token in tokenize.generate_tokens(file.readline) if token.type not in quiet]
    lines = {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}
    for item in ast.walk(ast.parse(SOURCE.read_text("utf-8"))):
        if isinstance(item, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(item) is not None:
            lines -= set(range(item.body[0].lineno, (item.body[0].end_lineno or 0) + 1))
    assert len(lines) < 250


def test_it_needs_an_old_python_and_its_library_alone() -> None:
    """It parses as Python 3.9, and imports nothing that does not come with Python."""
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} - {"__future__"} <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a bundle on the disk."""
    files = bundle_of(Asked(events=(4, 6), original=True), MemoryLog(witnessed=True))
    for name, data in files.items():
        path = tmp_path / "bundle" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tmp_path / "bundle"


def run(*words: object) -> tuple[int, str]:
    """Return how the script ends and what it says, with no package in reach."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(SOURCE), *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_as_a_script_it_verifies_with_the_key(folder: Path) -> None:
    """With the right key it says what is shown, and ends with 0; that the key was given is the last that it says."""
    code, said = run(folder, "--key", SIGNER.verifier.key.text)

    assert (code, said.splitlines()[-1]) == (0, "VERIFIED.")
    assert 'operator = "4100"' in said
    assert "cosigned it at 2026-03-02 14:00:00 UTC" in said
    assert "NOT CHECKED" not in said


def test_without_the_key_it_says_loudly_that_all_rests_on_it(folder: Path) -> None:
    """Without a key it prints the key that the bundle has, and says that it must be compared."""
    code, said = run(folder)

    assert code == 0
    assert f"THE KEY IS NOT CHECKED. Compare it with one from elsewhere: {SIGNER.verifier.key.text}" in said
    assert said.splitlines()[-1] == "VERIFIED, if the key above is the key of the log."


def test_another_key_and_other_words_are_refused(folder: Path) -> None:
    """With a key that is not the log's it ends with 1; with words that it does not know it says how it is called."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw().hex()

    assert run(folder, "--key", f"force.example+{other}")[0] == 1
    assert run(folder, "--kye", SIGNER.verifier.key.text)[0] == 1
    assert run()[0] == 1
    assert run(folder / "nowhere") == (1, "NOT VERIFIED. The file SHA256SUMS is missing.\n")


def test_an_altered_bundle_ends_with_1(folder: Path) -> None:
    """A letter changed in any file makes the script say which, and end with 1."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and each.name != "SHA256SUMS"):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert run(folder) == (1, f"NOT VERIFIED. The file {path.relative_to(folder)} was altered.\n")
        path.write_bytes(whole)
    assert run(folder)[0] == 0


def test_what_a_record_says_does_not_steer_the_terminal(folder: Path) -> None:
    """Control characters in a name of a file or a text are written out."""
    (folder / "\x1b[2J").write_bytes(b"")
    assert "\x1b" not in run(folder)[1]
