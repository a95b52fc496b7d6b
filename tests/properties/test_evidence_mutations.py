"""More than 100,000 spoilt proofs, ranges and bundles: no crash, and nothing false is accepted.

Each begins as a valid one and is spoilt by a generator with a fixed seed. What is still accepted must say nothing but the
truth of the log: the entry that stands at the index, and values that were committed to.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any

from custodiet.app.proving import Asked, Period
from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.bundle import BUNDLE, ENTRIES, SUMS, Bundle, parse_sums
from custodiet.ledger.bundle_check import check_bundle
from custodiet.ledger.canonical import canonical
from custodiet.ledger.disclosures import disclosed_columns
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.range_proof import range_proof, verify_range
from custodiet.ledger.tlog_proof import TlogProof
from custodiet.ledger.tree import root_of_leaves
from custodiet.signing.cosigning import CosignatureVerifier
from support.evidence import FIRST, SIGNER, MemoryLog, bundle_of, refused_plainly, summed

LOG = MemoryLog(8, witnessed=True)
REFUSALS = (BadInput, VerificationFailed)
PIECES = [b"", b"\n", b"\n\n", b" ", b"=", b"0", b"-1", b"index 5\n", b"AAAA", b"\xff", b"\0", b"\xe2\x80\x94 ", b"null", b"true",
          b"1e3", b"[]", b"{}", b'"', b"\\u0041", b"[" * 50, b"\xed\xa0\x80"]  # fmt: skip


def spoilt(data: bytes, chance: random.Random) -> bytes:
    """Return the bytes with one to three changes: a bit flipped, a piece cut, doubled, moved or put in."""
    for _ in range(chance.randrange(1, 4)):
        at, length = chance.randrange(len(data) + 1), chance.choice([1, 1, 2, 4, 44, 45, 90])
        cut = data[at : at + length]
        way = chance.randrange(6)
        if way == 0 and cut:
            data = data[:at] + bytes([cut[0] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
        elif way == 1:
            data = data[:at] + data[at + length :]
        elif way == 2:
            data = data[:at] + cut + data[at:]
        elif way == 3:
            data = data[:at] + chance.choice(PIECES) + data[at:]
        elif way == 4:
            data = data[:at]
        else:
            other = chance.randrange(len(data) + 1)
            data = data[:other] + cut + data[other + length :]
    return data


def accepted(times: int, seed: int, make: Callable[[random.Random], bool]) -> int:
    """Return how many of these were accepted; `make` spoils one, checks it, and raises a refusal or says it was unchanged."""
    chance, count = random.Random(seed), 0
    for _ in range(times):
        try:
            count += make(chance)
        except REFUSALS:
            continue
    return count


def test_spoilt_proofs() -> None:
    """Of 45,000 spoilt proof files none proves an entry at another index than its own."""
    good = [
        TlogProof(index=each, hashes=LOG.inclusion_proof(each, LOG.size), note=LOG.note(0)).data
        for each in range(LOG.size)
    ]

    def one(chance: random.Random) -> bool:
        index = chance.randrange(LOG.size)
        proof = TlogProof.parse(spoilt(good[index], chance))
        entry = LOG.all[chance.choice([index, proof.index % LOG.size])].entry
        checkpoint = proof.verify(entry, SIGNER.verifier)
        assert checkpoint.size == LOG.size
        assert LOG.all[proof.index].entry == entry
        return True

    assert accepted(45_000, 1, one) < 4_500  # those whose cosignature alone was spoilt, which this reader does not know


def test_spoilt_disclosures() -> None:
    """Of 30,000 spoilt disclosures none is taken for one that the entry commits to, but for the unchanged."""
    kind, opened = ENTRY_TYPES["access/1"], LOG.all[FIRST + 1]
    shown = {group: text for group, text in opened.disclosures.items() if text is not None}

    def one(chance: random.Random) -> bool:
        group = chance.choice(list(shown))
        text = spoilt(shown[group].encode(), chance).decode("utf-8", "replace")
        disclosed_columns(kind, opened.entry, {chance.choice([group, "actor", "colour"]): text})
        assert text == shown[group]
        return True

    assert accepted(30_000, 2, one) < 3_000


def test_spoilt_ranges() -> None:
    """Of 15,000 ranges with leaves or hashes spoilt, moved, left out or doubled, only the unchanged are accepted."""
    root = root_of_leaves(LOG.leaves)

    def one(chance: random.Random) -> bool:
        start = chance.randrange(LOG.size)
        end = chance.randrange(start + 1, LOG.size + 1)
        leaves, proof = LOG.leaves[start:end], list(range_proof(start, end, LOG.size, LOG.node))
        hashes = chance.choice([leaves, proof])
        for _ in range(chance.randrange(1, 3)):
            at = chance.randrange(len(hashes) + 1)
            hashes[at : at + chance.randrange(2)] = chance.choices([*LOG.leaves, b"", bytes(32)], k=chance.randrange(3))
        first = start + chance.choice([0, 0, 1, -1])
        verify_range(iter(leaves), (first, end), LOG.size, proof, root)
        assert (first, leaves) == (start, LOG.leaves[start:end])
        return True

    accepted(15_000, 3, one)


def test_spoilt_texts_of_bundles() -> None:
    """Of 12,000 spoilt `bundle.json` and lists of digests each is refused, or is written back as it was read."""
    files = [bundle_of(Asked(events=(FIRST,), span=(2, 7)), LOG), _march()]

    def one(chance: random.Random) -> bool:
        made = chance.choice(files)
        text = spoilt(made[BUNDLE], chance)
        assert Bundle.parse(text).data == text
        return True

    def listed(chance: random.Random) -> bool:
        text = spoilt(chance.choice(files)[SUMS], chance)
        assert set(parse_sums(text)) >= {BUNDLE, "checkpoint"}
        return True

    accepted(6_000, 4, one)
    accepted(6_000, 5, listed)


def test_spoilt_bundles() -> None:
    """Whole bundles with a file spoilt, or what `bundle.json` says changed, and the digests made to fit, tell no lie to either."""
    files = [
        bundle_of(Asked(events=(FIRST, FIRST + 2)), LOG),
        bundle_of(Asked(events=(FIRST,), span=(2, 7)), LOG),
        bundle_of(Asked(events=(0,)), LOG),
        _march(),
    ]
    chance, told = random.Random(6), 0
    for number in range(1_500):
        made = _forged(chance.choice(files), chance, deep=number % 2 == 0)
        told += _tells_the_truth(made)
        if not refused_plainly(made):
            _compare(json.loads(made[BUNDLE]))
    assert told < 900  # of 1,500: pages, which nothing proves, and what is no promise


def _forged(files: Mapping[str, bytes], chance: random.Random, *, deep: bool) -> dict[str, bytes]:
    name = chance.choice([each for each in files if each != SUMS])
    if not deep or name.startswith("README"):
        return summed({**files, name: spoilt(files[name], chance)})
    said = json.loads(files[BUNDLE])
    _change(said, chance)
    try:
        return summed({**files, BUNDLE: canonical(said).encode()})
    except BadInput:
        return summed({**files, BUNDLE: b"{}"})


def _change(value: Any, chance: random.Random) -> None:
    """Change one thing somewhere in a JSON value."""
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not names:
        return
    name = chance.choice(names)
    if isinstance(value[name], dict | list) and chance.random() < 0.8:
        _change(value[name], chance)
    elif chance.random() < 0.3:
        del value[name]
    else:
        value[name] = chance.choice(
            [0, 1, 5, 13, -1, 2**53, True, None, "", "AAAA", [], {}, value[name], str(value[name]) + "A"]
        )


def _tells_the_truth(files: Mapping[str, bytes]) -> bool:
    try:
        checked = check_bundle(
            {name: partial(BytesIO, data) for name, data in files.items()}, SIGNER.verifier, CosignatureVerifier
        )
    except REFUSALS:
        return False
    _compare(json.loads(checked.bundle.data))
    if checked.bundle.span is not None:
        whole = LOG.all[checked.bundle.span.start : checked.bundle.span.end]
        assert files[ENTRIES] == b"".join(len(each.entry).to_bytes(2, "big") + each.entry for each in whole)
    return True


def _compare(said: Any) -> None:
    """Each item of an accepted bundle is the log's own entry, with disclosures that are its own."""
    for item in said["items"]:
        truth = LOG.all[item["index"]]
        assert item["entry"] == truth.entry.decode()
        assert item["shown"].items() <= truth.disclosures.items()


def _march() -> dict[str, bytes]:
    period = Period(actor="4101", start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC))
    return bundle_of(Asked(period=period, with_range=True), LOG, events=(FIRST + 1,))
