"""Attacks on a bundle of evidence: each is refused by the library and by the verifier that the bundle carries.

The forger has everything but the log's key: he makes the list of digests fit whatever he changed.
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custodiet.app.proving import Asked, Period
from custodiet.ledger.bundle import BUNDLE, CHECKPOINT, ENTRIES, KEY, SUMS
from custodiet.ledger.canonical import canonical
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.commitments import disclosure
from custodiet.ledger.tree import root_of_leaves
from custodiet.signing.ed25519 import Ed25519Signer
from support.evidence import (
    FIRST,
    ORIGIN,
    SIGNER,
    WITNESS,
    MemoryLog,
    bundle_of,
    plainly,
    refused_by_both,
    refused_by_library,
    refused_plainly,
    summed,
)  # fmt: skip

LOG = MemoryLog(8, witnessed=True)
SHOWN, OTHER = FIRST + 1, FIRST + 2
Files = dict[str, bytes]


@pytest.fixture
def single() -> Files:
    """Return a bundle of one access with its original, without its purpose."""
    groups = ("actor", "subject", "context", "origin")
    return bundle_of(Asked(events=(SHOWN,), groups=groups), LOG)


@pytest.fixture
def whole() -> Files:
    """Return a bundle of the entries 3 to 9, of which one is shown."""
    return bundle_of(Asked(events=(SHOWN,), span=(3, 10)), LOG)


def march(*, with_range: bool = False) -> Files:
    """Return the accesses of an actor in March."""
    period = Period(actor="4101", start=datetime(2026, 3, 1, tzinfo=UTC), end=datetime(2026, 4, 1, tzinfo=UTC))
    return bundle_of(Asked(period=period, with_range=with_range), LOG, events=(FIRST + 1,))


def changed(files: Files, change: Callable[[dict[str, Any]], object]) -> Files:
    """Return the bundle with what `bundle.json` says changed."""
    said = json.loads(files[BUNDLE])
    change(said)
    return summed({**files, BUNDLE: canonical(said).encode()})


def item_of(said: dict[str, Any], index: int = SHOWN) -> dict[str, Any]:
    """Return an item of what `bundle.json` says."""
    found: dict[str, Any] = next(item for item in said["items"] if item["index"] == index)
    return found


def entries_of(files: Files) -> list[bytes]:
    """Return the entries of a range."""
    data, found = files[ENTRIES], []
    while data:
        (length,) = struct.unpack(">H", data[:2])
        found.append(data[2 : 2 + length])
        data = data[2 + length :]
    return found


def with_entries(files: Files, entries: list[bytes]) -> Files:
    """Return the bundle with other entries in its range."""
    return summed({**files, ENTRIES: b"".join(struct.pack(">H", len(each)) + each for each in entries)})


@pytest.mark.parametrize("bundle", ["single", "whole"])
def test_the_bundles_that_are_attacked_hold(bundle: str, request: pytest.FixtureRequest) -> None:
    """Before anything is changed, both verifiers accept them; so what they refuse below, they refuse for the change."""
    files = request.getfixturevalue(bundle)
    assert not refused_plainly(files)
    assert not refused_by_library(files)
    for files in (march(), march(with_range=True), bundle_of(Asked(events=(0,)), LOG)):
        assert not refused_plainly(files)
        assert not refused_by_library(files)


@pytest.mark.parametrize("bundle", ["single", "whole"])
def test_a_bit_of_any_file_flipped(bundle: str, request: pytest.FixtureRequest) -> None:
    """Flipped at the beginning, in the middle or at the end of any file, the list of digests included: refused."""
    files = request.getfixturevalue(bundle)
    for name, data in files.items():
        for at in sorted({0, len(data) // 3, len(data) // 2, len(data) - 1}):
            for bit in (0, 5):
                spoilt = bytearray(data)
                spoilt[at] ^= 1 << bit
                assert refused_by_both({**files, name: bytes(spoilt)}), (name, at, bit)


@pytest.mark.parametrize("bundle", ["single", "whole"])
def test_a_file_missing_or_one_too_many(bundle: str, request: pytest.FixtureRequest) -> None:
    """Each file is needed, and none may be added, whether the list of digests is made to fit or not."""
    files = request.getfixturevalue(bundle)
    for name in files:
        less = {other: data for other, data in files.items() if other != name}
        assert refused_by_both(less), name
        if name not in {SUMS, "policy.txt"}:  # without its policy a bundle holds, and says UNWITNESSED
            assert refused_by_both(summed(less)), name
    for name in ("notes.txt", "proofs/9.tlog-proof", "originals/9", "proofs/06.tlog-proof", "verify.pyc", "entries2"):
        assert refused_by_both({**files, name: b"x"}), name
        assert refused_by_both(summed({**files, name: b"x"})), name


def test_without_its_policy_a_bundle_is_unwitnessed(single: Files) -> None:
    """Who takes the policy away takes the witnesses away, and the bundle says so."""
    files = summed({name: data for name, data in single.items() if name != "policy.txt"})
    assert any(line.startswith("UNWITNESSED") for line in plainly(files))
    assert not any(line.startswith("UNWITNESSED") for line in plainly(single))


def test_an_entry_in_the_place_of_another(single: Files) -> None:
    """Another access of the same log, with its own true disclosures, is not what stands at that index."""
    other = bundle_of(Asked(events=(OTHER,)), LOG)
    theirs = item_of(json.loads(other[BUNDLE]), OTHER)
    assert refused_by_both(changed(single, lambda said: item_of(said).update(entry=theirs["entry"])))
    assert refused_by_both(changed(single, lambda said: item_of(said).update(theirs, index=SHOWN)))


def test_the_proof_of_another_index(single: Files) -> None:
    """A proof that is right for another entry proves nothing of this one, under its own name or under this one's."""
    other = bundle_of(Asked(events=(OTHER,)), LOG)[f"proofs/{OTHER}.tlog-proof"]
    name = f"proofs/{SHOWN}.tlog-proof"
    assert refused_by_both(summed({**single, name: other}))
    assert refused_by_both(summed({**single, name: other.replace(b"index 6", b"index 5")}))
    assert refused_by_both(summed({**single, name: single[name].replace(b"index 5", b"index 6")}))
    assert refused_by_both(summed({**single, name: single[name].replace(b"index 5\n", b"extra AAAA\nindex 5\n")}))
    moved = changed(single, lambda said: [item_of(said).update(index=OTHER), said.update(asked=[OTHER])])
    kept = {file: data for file, data in moved.items() if file != name}
    assert refused_by_both(summed({**kept, f"proofs/{OTHER}.tlog-proof": single[name]}))


def test_another_spelling_of_the_same_hash(single: Files, whole: Files) -> None:
    """A hash whose base64 text has bits that mean nothing set, or a line end before it, is refused."""
    name = f"proofs/{SHOWN}.tlog-proof"
    head, blank, note = single[name].partition(b"\n\n")
    last = head.rsplit(b"\n", 1)[1]
    for other in (twisted(last.decode()).encode(), last + b"\n", b" " + last, last[:-1]):
        assert refused_by_both(summed({**single, name: head.removesuffix(last) + other + blank + note}))
    proof = json.loads(whole[BUNDLE])["range"]["proof"]
    assert refused_by_both(changed(whole, lambda said: said["range"].update(proof=[*proof[:-1], twisted(proof[-1])])))


def twisted(text: str) -> str:
    """Return another base64 text of the same 32 bytes."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = f"{text[:-2]}{letters[letters.index(text[-2]) + 1]}="
    assert base64.b64decode(other) == base64.b64decode(text)
    return other


def test_a_withheld_group_with_a_forged_salt(single: Files) -> None:
    """Neither the true text under another salt nor another text under a salt of the forger's is what was committed."""
    truth = next(text for text in LOG.all[SHOWN].disclosures.values() if text is not None)
    assert truth is not None
    for forged in (
        disclosure(bytes(16), "purpose", "{}"),
        disclosure(bytes(range(16)), "purpose", '{"stated_purpose":"missing person"}'),
        LOG.all[OTHER].disclosures["purpose"],
        truth,
        "",
        "====",
    ):
        shown = {**item_of(json.loads(single[BUNDLE]))["shown"], "purpose": forged}
        assert refused_by_both(changed(single, lambda said, shown=shown: item_of(said).update(shown=shown)))


def test_a_shown_value_changed(single: Files) -> None:
    """A letter changed in what is shown, the salt kept: the log is not committed to it."""
    shown = item_of(json.loads(single[BUNDLE]))["shown"]
    for group, text in shown.items():
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).replace(b"4101", b"4102").replace(b"P0", b"P1")
        forged = base64.urlsafe_b64encode(plain.replace(b"records", b"recordz")).rstrip(b"=").decode()
        assert forged != text
        after = {**shown, group: forged}
        assert refused_by_both(changed(single, lambda said, after=after: item_of(said).update(shown=after)))


def test_what_is_shown_called_erased_and_groups_that_are_none(single: Files) -> None:
    """A group cannot be shown and erased at once, and there are no other groups than the type's."""
    for change in ({"erased": ["actor"]}, {"erased": ["colour"]}, {"shown": {"colour": "AAAA"}}, {"erased": "purpose"}):
        assert refused_by_both(changed(single, lambda said, change=change: item_of(said).update(change)))


def test_the_meaning_of_columns_altered_or_left_out(single: Files) -> None:
    """The schema record is an entry like any other: it is proved, and it is needed."""

    def renamed(said: dict[str, Any]) -> None:
        item_of(said, 0)["entry"] = item_of(said, 0)["entry"].replace("who typed it", "who was asleep")

    assert refused_by_both(changed(single, renamed))
    gone = changed(single, lambda said: said["items"].pop(0))
    assert refused_by_both(summed({name: data for name, data in gone.items() if name != "proofs/0.tlog-proof"}))


def test_the_checkpoint_of_another_log(single: Files) -> None:
    """A checkpoint of a log of another name, size, root or key is refused, in the file and in every proof."""
    thief = Ed25519Signer(ORIGIN, WITNESS)
    root = root_of_leaves(LOG.leaves)
    others = (
        signed(Checkpoint(origin=ORIGIN, size=LOG.size, root=bytes(32)), SIGNER),
        signed(Checkpoint(origin=ORIGIN, size=LOG.size + 1, root=root), SIGNER),
        signed(Checkpoint(origin="other.example/custodiet/main", size=LOG.size, root=root), SIGNER),
        signed(Checkpoint(origin=ORIGIN, size=LOG.size, root=root), thief),
        MemoryLog(9).note(0),
    )
    for note in others:
        mine = single[CHECKPOINT]
        assert refused_by_both(summed({**single, CHECKPOINT: note}))
        everywhere = {name: data.replace(mine, note) for name, data in single.items()}
        assert refused_by_both(summed(everywhere))
    stolen = {name: data.replace(single[CHECKPOINT], others[3]) for name, data in single.items()}
    assert refused_by_both(summed({**stolen, KEY: f"{thief.verifier.key.text}\n".encode()}))


def test_a_forged_cosignature(single: Files) -> None:
    """A cosignature that was moved to another time, or pasted from another checkpoint, makes the whole bundle refused."""
    mine, theirs = single[CHECKPOINT], MemoryLog(9, witnessed=True).note(0)
    pasted = mine.rpartition("— ".encode())[0] + theirs[theirs.rindex("— ".encode()) :]
    line = base64.b64decode(mine.rsplit(b" ", 1)[1])
    later = base64.b64encode(line[:11] + bytes([line[11] ^ 1]) + line[12:])
    for note in (pasted, mine.rsplit(b" ", 1)[0] + b" " + later + b"\n"):
        assert refused_by_both(summed({name: data.replace(mine, note) for name, data in single.items()}))


def test_a_range_truncated_reordered_or_stretched(whole: Files) -> None:
    """Entries left out at either end or in the middle, exchanged, repeated or added: refused, whatever the bounds say."""
    entries = entries_of(whole)
    assert refused_by_both(with_entries(whole, entries[:-1]))
    assert refused_by_both(with_entries(whole, entries[1:]))
    assert refused_by_both(with_entries(whole, entries[:3] + entries[4:]))
    assert refused_by_both(with_entries(whole, [entries[1], entries[0], *entries[2:]]))
    assert refused_by_both(with_entries(whole, [*entries, entries[-1]]))
    assert refused_by_both(with_entries(whole, [*entries[:-1], entries[-2]]))
    assert refused_by_both(summed({**whole, ENTRIES: whole[ENTRIES] + b"\0"}))
    assert refused_by_both(summed({**whole, ENTRIES: b""}))
    for start, end in ((3, 9), (4, 10), (2, 9), (4, 11), (3, 3), (10, 3), (-1, 6), (0, 7), (3, LOG.size + 1)):
        bounds = {"from": start, "to": end}
        assert refused_by_both(changed(whole, lambda said, bounds=bounds: said["range"].update(bounds)))
    shorter = changed(whole, lambda said: said["range"].update(to=9))
    assert refused_by_both(with_entries(shorter, entries[:-1]))


def test_the_hashes_beside_a_range(whole: Files) -> None:
    """Hashes left out, added, exchanged, altered or of another length are refused."""
    proof = json.loads(whole[BUNDLE])["range"]["proof"]
    short = base64.b64encode(bytes(31)).decode()
    for wrong in (
        proof[:-1],
        [*proof, proof[0]],
        proof[::-1],
        [short, *proof[1:]],
        [proof[0][:-1] + "A", *proof[1:]],
        [],
    ):
        assert refused_by_both(changed(whole, lambda said, wrong=wrong: said["range"].update(proof=wrong)))


def test_an_item_that_is_not_the_entry_of_its_range(whole: Files) -> None:
    """What is shown of an entry within the range is bound by the range, and no proof of its own may contradict it."""
    other = item_of(json.loads(bundle_of(Asked(events=(OTHER,)), LOG)[BUNDLE]), OTHER)
    assert refused_by_both(changed(whole, lambda said: item_of(said).update(other, index=SHOWN)))
    proof = bundle_of(Asked(events=(SHOWN,)), LOG)[f"proofs/{SHOWN}.tlog-proof"]
    assert refused_by_both(summed({**whole, f"proofs/{SHOWN}.tlog-proof": proof}))


def test_an_original_that_is_not_the_one_delivered() -> None:
    """The record's bytes are those that the entry binds, and those of no other entry."""
    files = bundle_of(Asked(events=(SHOWN, OTHER), original=True), LOG)
    assert not refused_by_both(files)
    mine, theirs = f"originals/{SHOWN}", f"originals/{OTHER}"
    assert refused_by_both(summed({**files, mine: files[theirs]}))
    assert refused_by_both(summed({**files, "originals/0": files[mine]}))
    withheld = bundle_of(Asked(events=(SHOWN,), groups=("actor",)), LOG)
    assert refused_by_both(summed({**withheld, mine: files[mine]}))


def test_a_statement_that_does_not_fit_what_is_proved() -> None:
    """The count of what is listed, the size, and each time must fit; with the whole log, the count of accesses too."""
    files = march()
    for wrong in (
        {"listed": 2},
        {"below": 12},
        {"to": "2026-03-01T12:00:00.000000Z"},
        {"from": "2026-03-02T00:00:00.000000Z"},
    ):
        assert refused_by_both(changed(files, lambda said, wrong=wrong: said["statement"].update(wrong)))
    assert not refused_by_both(changed(files, lambda said: said["statement"].update(accesses=7)))
    assert refused_by_both(changed(march(with_range=True), lambda said: said["statement"].update(accesses=7)))


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "custodiet bundle/2"}, {"more": 1}, {"asked": [9]}, {"asked": [SHOWN, SHOWN]}, {"asked": [True]},
        {"made_at": "yesterday"}, {"items": []}, {"items": None}, {"range": []}, {"statement": {}}, {"statement": 7},
    ],
)  # fmt: skip
def test_other_shapes_of_a_bundle(single: Files, change: dict[str, Any]) -> None:
    """What is not written as bundles are is refused."""
    assert refused_by_both(changed(single, lambda said: said.update(change)))


def test_items_out_of_order_or_twice(single: Files) -> None:
    """Items stand in order of their index, each once."""
    assert refused_by_both(changed(single, lambda said: said["items"].reverse()))
    assert refused_by_both(changed(single, lambda said: said["items"].append(said["items"][-1])))


def test_a_list_of_digests_written_otherwise(single: Files) -> None:
    """Lines out of order or twice, capital digits, other blanks and what stands behind the last line are refused."""
    lines = single[SUMS].splitlines(keepends=True)
    for text in (
        b"".join(reversed(lines)), b"".join([*lines, lines[-1]]), b"".join([lines[0], *lines]), single[SUMS] + b"\n",
        single[SUMS].upper(), single[SUMS].replace(b"  ", b" *"), single[SUMS].replace(b"\n", b"\r\n"), single[SUMS][:-1],
    ):  # fmt: skip
        assert refused_by_both({**single, SUMS: text}), text


def test_entries_without_a_range_and_a_range_without_entries(single: Files, whole: Files) -> None:
    """The file of entries and the range belong together."""
    assert refused_by_both(summed({**single, ENTRIES: whole[ENTRIES]}))
    assert refused_by_both(summed({name: data for name, data in whole.items() if name != ENTRIES}))
    said = json.loads(whole[BUNDLE])["range"]
    assert refused_by_both(changed(single, lambda bundle: bundle.update(range=said)))


def test_an_empty_range_whose_hashes_lead_to_the_root(single: Files) -> None:
    """A range without entries proves nothing, though hashes on both sides of it give the root."""
    beside = [*range_beside(0, 3), *range_beside(3, LOG.size)]
    proof = [base64.b64encode(each).decode() for each in beside]
    empty = {"from": 3, "to": 3, "proof": proof}
    assert refused_by_both(summed({**changed(single, lambda said: said.update(range=empty)), ENTRIES: b""}))


def range_beside(start: int, end: int) -> list[bytes]:
    """Return the subtrees of [start, end) as the splitting of the whole tree of 13 at entry 3 meets them."""
    parts = {(0, 3): [(0, 2), (2, 3)], (3, LOG.size): [(3, 4), (4, 8), (8, LOG.size)]}[start, end]
    return [root_of_leaves(LOG.leaves[low:high]) for low, high in parts]


def test_a_key_that_is_malformed(single: Files) -> None:
    """A key whose id is another's, of another kind or another length, and a file with more than the key, are refused."""
    name, key_id, key = single[KEY].decode().strip().split("+", 2)
    texts = [
        f"{name}+00000000+{key}\n",
        f"{name}+{key_id.upper()}+{key}\n",
        f"{name}+{key_id}\n",
        f"{name}+{key_id}+{key}",
    ]
    texts += [
        f"{name}+{key_id}+{key}\n\n",
        f" {name}+{key_id}+{key}\n",
        f"{name}+{key_id}+{key}\n{name}+{key_id}+{key}\n",
    ]
    for text in texts:
        files = summed({**single, KEY: text.encode()})
        assert refused_plainly(files, None), text
        assert refused_by_library(files), text


def test_a_policy_that_is_malformed(single: Files) -> None:
    """A witness whose key is malformed or is no witness's key makes the bundle refused."""
    for text in (b"witness a b\n", f"witness a {SIGNER.verifier.key.text}\nquorum a\n".encode(), b"witness\n"):
        assert refused_by_both(summed({**single, "policy.txt": text})), text


def test_other_spellings_of_a_bundle(single: Files) -> None:
    """Spaces, a line end, repeated and unsorted keys are refused."""
    text = single[BUNDLE]
    assert refused_by_both(summed({**single, BUNDLE: text + b"\n"}))
    assert refused_by_both(summed({**single, BUNDLE: text.replace(b'"asked":', b'"asked": ')}))
    assert refused_by_both(summed({**single, BUNDLE: b'{"asked":[],' + text[1:]}))
    said = json.loads(text)
    unsorted = json.dumps({name: said[name] for name in reversed(said)}, ensure_ascii=False, separators=(",", ":"))
    assert refused_by_both(summed({**single, BUNDLE: unsorted.encode()}))


def test_index_0_is_an_index() -> None:
    """The first entry is proved like any other, alone and as the beginning of a range; and nothing else is it."""
    files = bundle_of(Asked(events=(0,), span=(0, 1)), LOG)
    assert not refused_plainly(files)
    assert not refused_by_library(files)
    alone = bundle_of(Asked(events=(0,)), LOG)
    moved = changed(alone, lambda said: item_of(said, 0).update(entry=LOG.all[1].entry.decode()))
    assert refused_by_both(moved)


def test_the_key_that_the_reader_gives_is_the_one_that_counts(single: Files) -> None:
    """A bundle that a thief of nothing signed with a key of his own is refused by whoever has the log's key."""
    thief = Ed25519Signer(ORIGIN, WITNESS)
    note = signed(Checkpoint(origin=ORIGIN, size=LOG.size, root=root_of_leaves(LOG.leaves)), thief)
    forged = {name: data.replace(single[CHECKPOINT], note) for name, data in single.items() if name != "policy.txt"}
    files = summed({**forged, KEY: f"{thief.verifier.key.text}\n".encode()})
    assert any("THE KEY IS NOT CHECKED" in line for line in plainly(files, None))
    assert refused_by_both(files)
