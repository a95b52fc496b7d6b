#!/usr/bin/env python3
"""Checks an evidence bundle of a Custodiet log: `python3 verify.py FOLDER [--key VKEY]`. Ends with 0 if all holds.

Needs Python 3.9 or later and nothing else: no network, no package. It trusts nothing but the log's key, which you must
compare with one that you have from elsewhere. The format of bundles: docs/specs/bundle.md of Custodiet.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from datetime import datetime, timezone
from functools import lru_cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, BinaryIO, Iterator

NOTE = re.compile(r"(([^\0-\x1f]+)\n(0|[1-9]\d{0,17})\n(.{44})\n)\n((?:— [^\0- ]+ [^\0- ]{8,}\n){1,100})", re.ASCII)
MUST = {"README.html", "README.txt", "bundle.json", "checkpoint", "log.vkey", "verify.py"}
MAY = re.compile(r"policy\.txt|entries|proofs/(0|[1-9]\d*)\.tlog-proof|originals/(0|[1-9]\d*)", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """Something is not as it must be."""


def must(holds: object, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


# Ed25519 (RFC 8032, 5.1.7), strictly: S below L, one encoding for each point, no key of small order.
def added(one: Any, other: Any) -> Any:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b, c, d = (y1 - x1) * (y2 - x2), (y1 + x1) * (y2 + x2), 2 * t1 * t2 * D, 2 * z1 * z2
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point(data: bytes) -> Any:
    y, odd = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT_OF_MINUS_1 % P
    if y >= P or x * x % P != square or (x == 0 and odd):
        return None
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


@lru_cache(maxsize=1024)
def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    base, public, s = point(b"X" + b"f" * 31), point(key), int.from_bytes(signature[32:], "little")
    if base is None or public is None or s >= L or len(signature) != 64:
        return False
    minus, twice = (P - public[0], public[1], 1, P - public[3]), added(public, public)
    times_8 = added(added(twice, twice), added(twice, twice))
    terms, total = (minus, base, added(base, minus)), (0, 1, 1, 0)
    h = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % L
    for bit in range(252, -1, -1):
        total = added(total, total)
        which = 2 * (s >> bit & 1) + (h >> bit & 1)
        total = added(total, terms[which - 1]) if which else total
    x, y = (each * pow(total[2], -1, P) % P for each in total[:2])
    return times_8[0] != 0 and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# Texts: base64, JSON in one spelling (RFC 8785), keys and notes (C2SP signed-note, tlog-cosignature).
def base64(text: str) -> bytes:
    data = b64decode(text, validate=True)
    must(b64encode(data).decode() == text, "A base64 text is not canonical.")
    return data


def url_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def spelled(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(data: bytes) -> Any:
    """Return the value of a JSON text without spaces, repeated keys, fractions or other spellings of the same."""
    value = json.loads(data.decode(), parse_float=lambda _: must(False, "A number has a fraction."))
    must(spelled(value).encode() == data, "A JSON text is not in its canonical spelling.")
    return value


def verifier_key(text: str, kind: bytes) -> Any:
    name, key_id, key = text.split("+", 2)
    data = base64(key)
    right = sha256(name.encode() + b"\n" + data).digest()[:4]
    must(right.hex() == key_id and data[:1] == kind and len(data) == 33, f"The key of {name} is malformed.")
    return name, right, data


class Checkpoint:
    def __init__(self, data: bytes) -> None:
        found: Any = NOTE.fullmatch(data.decode())
        must(found, "The checkpoint is no signed origin, size and root.")
        self.body, self.origin, self.size, self.root = found[1], found[2], int(found[3]), base64(found[4])
        self.lines = [(line.split(" ")[1], base64(line.split(" ")[2])) for line in found[5][:-1].split("\n")]

    def signed_at(self, vkey: Any) -> int | None:
        """Return 0 for the log's signature, the time of a cosignature, None for neither; refuse one that is false."""
        times, timed = [], vkey[2][:1] == b"\4"
        for data in (data for name, data in self.lines if (name, data[:4]) == vkey[:2]):
            time = int.from_bytes(data[4:12], "big") if timed else 0
            message = (f"cosignature/v1\ntime {time}\n" if timed else "") + self.body
            holds = len(data) == (76 if timed else 68) and signed_by(vkey[2][1:], message.encode(), data[-64:])
            must(holds and time < 2**63, f"The signature of {vkey[0]} does not hold.")
            times.append(time)
        return max(times, default=None)


# The tree (RFC 6962, 2.1).
def root_by_proof(leaf: bytes, index: int, proof: list[bytes], low: int, high: int) -> bytes:
    """Return the root over [low, high) that the leaf and its proof lead to; the proof is used up from its end."""
    if high - low == 1:
        return leaf
    sibling, split = proof.pop(), low + (1 << (high - low - 1).bit_length() - 1)
    if index < split:
        return sha256(b"\1" + root_by_proof(leaf, index, proof, low, split) + sibling).digest()
    return sha256(b"\1" + sibling + root_by_proof(leaf, index, proof, split, high)).digest()


def root_by_range(leaves: Iterator[bytes], wanted: range, proof: Iterator[bytes], low: int, high: int) -> bytes:
    """Return the root over [low, high): leaves in the wanted range as they come, subtrees beside it from the proof."""
    if high <= wanted.start or wanted.stop <= low:
        return next(proof)
    if wanted.start <= low and high <= wanted.stop and high - low <= 65536:
        level = [next(leaves) for _ in range(high - low)]
        while len(level) > 1:
            odd = level[-1:] if len(level) % 2 else []
            level = [sha256(b"\1" + left + right).digest() for left, right in zip(level[::2], level[1::2])] + odd
        return level[0]
    split = low + (1 << (high - low - 1).bit_length() - 1)
    left = root_by_range(leaves, wanted, proof, low, split)
    return sha256(b"\1" + left + root_by_range(leaves, wanted, proof, split, high)).digest()


class Bundle:
    """A bundle that holds; whoever makes one of files that do not gets an exception."""

    def __init__(self, files: dict[str, Any], key: str | None = None) -> None:
        self.files, self.range, self.said, self.counts = files, range(0), list[str](), Counter[bytes]()
        self.check_files()
        self.check_checkpoint(key)
        bundle = parsed(self.read("bundle.json"))
        must(list(bundle) == ["asked", "items", "made_at", "range", "schema", "statement"], "bundle.json is malformed.")
        must(bundle["schema"] == "custodiet bundle/1" and fits(bundle["made_at"], "instant"), "Another format.")
        self.items, self.asked = {item["index"]: item for item in bundle["items"]}, bundle["asked"]
        must([item["index"] for item in bundle["items"]] == sorted(self.items), "The items are out of order.")
        must(self.asked == sorted(set(self.asked) & set(self.items)), "What was asked for is not there.")
        self.check_range(bundle["range"])
        self.check_proofs()
        self.check_entries()
        self.check_statement(bundle["statement"])
        self.say(f"VERIFIED{'.' if key else ', if the key above is the key of the log.'}")

    def say(self, sentence: str) -> None:
        self.said.append("".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in sentence))

    def read(self, name: str) -> bytes:
        must(name in self.files, f"The file {name} is missing.")
        return bytes(self.files[name].read_bytes())

    def check_files(self) -> None:
        text = self.read("SHA256SUMS").decode()
        sums = {line[66:]: line[:64] for line in text.split("\n")[:-1]}
        must("".join(f"{sums[name]}  {name}\n" for name in sorted(sums)) == text, "SHA256SUMS is malformed.")
        for name in sorted(MUST | set(sums) | set(self.files) - {"SHA256SUMS"}):
            must(name in self.files, f"The file {name} is missing.")
            must(name in sums and (name in MUST or MAY.fullmatch(name)), f"The file {name} is not one of the bundle.")
            digest = sha256()
            with self.files[name].open("rb") as file:
                for block in iter(lambda: file.read(1 << 20), b""):
                    digest.update(block)
            must(digest.hexdigest() == sums[name], f"The file {name} was altered.")
        self.say(f"The bundle with the digest {sha256(text.encode()).hexdigest()} is whole.")

    def check_checkpoint(self, key: str | None) -> None:
        self.note, vkey = Checkpoint(self.read("checkpoint")), self.read("log.vkey").decode()[:-1]
        must(self.read("log.vkey") == f"{vkey}\n".encode(), "The file log.vkey is malformed.")
        must(key in (None, vkey), "The log's key is NOT the key that you gave.")
        log = verifier_key(vkey, b"\1")
        must(log[0] == self.note.origin and self.note.signed_at(log) == 0, "The log's key did not sign the checkpoint.")
        self.say(f"The log {self.note.origin} had {self.note.size:,} entries and the root {self.note.root.hex()}.")
        if key is None:
            aloud = " ".join(re.findall("....", sha256(vkey.encode()).hexdigest()[:32]))
            self.say(f"THE KEY IS NOT CHECKED. Compare it with one from elsewhere: {vkey} (aloud: {aloud})")
        policy = self.read("policy.txt").decode(errors="replace") if "policy.txt" in self.files else ""
        times = {}
        for words in map(str.split, policy.split("\n")):
            if words[:1] == ["witness"]:
                times[words[2]] = time = self.note.signed_at(verifier_key(words[2], b"\4"))
                when = time and f"cosigned it at {datetime.fromtimestamp(time, timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
                self.say(f"  Witness {words[1]} {when or 'did not cosign it'}. Compare this key, too: {words[2]}")
            elif words[:1] in (["group"], ["quorum"]):
                self.say(f"  The policy asks for: {' '.join(words)}")
        if not any(times.values()):
            self.say("UNWITNESSED: nobody outside the organisation vouches for this state of the log.")

    def check_range(self, said: Any) -> None:
        must((said is None) == ("entries" not in self.files), "Entries and range do not belong together.")
        if said is None:
            return
        self.range = range(said["from"], said["to"])
        must(0 <= self.range.start < self.range.stop <= self.note.size, "The log has no such range.")
        with self.files["entries"].open("rb") as file:
            leaves, beside = self.leaves(file), iter([base64(text) for text in said["proof"]])
            root = root_by_range(leaves, self.range, beside, 0, self.note.size)
            must(root == self.note.root and list(beside) == [], "The entries are not those that the log has there.")
            must(list(leaves) == [] and file.read(1) == b"", "There are more entries than the range has.")
        held = ", ".join(f"{count:,} {typ.decode()}" for typ, count in sorted(self.counts.items()))
        self.say(f"All entries {self.range.start:,} to {self.range.stop - 1:,} are here, each in its place: {held}.")

    def leaves(self, file: BinaryIO) -> Iterator[bytes]:
        read, items, counts = file.read, self.items, self.counts
        for index in self.range:
            entry = read(int.from_bytes(read(2), "big"))
            if index in items:
                must(items[index]["entry"].encode() == entry, f"Item {index} is not the entry of the range.")
            counts[entry[entry.rfind(b":") + 2 : -2] if entry[:7] == b'{"_sd":' else b"control"] += 1
            yield sha256(b"\0" + entry).digest()

    def check_proofs(self) -> None:
        single = [index for index in self.items if index not in self.range]
        names = {name for name in self.files if name.startswith("proofs/")}
        must(names == {f"proofs/{index}.tlog-proof" for index in single}, "Proofs and items do not belong together.")
        for index in single:
            head, _, note = self.read(f"proofs/{index}.tlog-proof").partition(b"\n\n")
            must(note == self.read("checkpoint"), f"The proof of entry {index} has another checkpoint.")
            form, place, *hashes = head.decode().split("\n")
            must((form, place) == ("c2sp.org/tlog-proof@v1", f"index {index}"), f"Proof {index} is malformed.")
            must(index < self.note.size, f"There is no entry {index} in the log.")
            entry, proof = self.items[index]["entry"].encode(), [base64(text) for text in hashes]
            root = root_by_proof(sha256(b"\0" + entry).digest(), index, proof, 0, self.note.size)
            must(root == self.note.root and proof == [], f"Entry {index} is not what the log has at that place.")

    def check_entries(self) -> None:
        self.shown: Any = {index: parsed(item["entry"].encode()) for index, item in self.items.items()}
        schemas = [entry for entry in self.shown.values() if entry["typ"] == "schema/1"]
        for (index, item), entry in zip(self.items.items(), list(self.shown.values())):
            kinds = {"entry": str, "erased": list, "index": int, "shown": dict}
            must({name: type(each) for name, each in item.items()} == kinds, f"Item {index} is malformed.")
            self.say(f"Entry {index:,} ({entry['typ']}) is in the log.{' ASKED FOR.' * (index in self.asked)}")
            if "_sd" in entry:
                [groups] = [schema["groups"] for schema in schemas if schema["describes"] == entry["typ"]]
                self.shown[index] = self.disclosed(index, item, entry, groups)
            else:
                must(item["shown"] == {} and item["erased"] == [], f"Item {index} discloses what is open.")
                self.say(f"  what {entry['describes']} holds" if entry in schemas else f"  {item['entry']}")
        for name in (name for name in self.files if name.startswith("originals/")):
            digest = sha256(self.read(name)).hexdigest()
            must(digest == self.shown[int(name[10:])]["original_digest"], f"{name} is not what was delivered.")
            self.say(f"The record of entry {name[10:]}, byte for byte as it was delivered, is in {name}.")

    def disclosed(self, index: int, item: Any, entry: Any, groups: Any) -> dict[str, Any]:
        names, columns, odd = [group["group"] for group in groups], {}, f"Entry {index} or its item is malformed."
        must(entry == {"_sd": entry["_sd"], "_sd_alg": "sha-256", "typ": entry["typ"]}, odd)
        must(len(entry["_sd"]) == len(names) and set(item["erased"]) <= set(names) - set(item["shown"]), odd)
        must(set(item["shown"]) <= set(names), odd)
        for group, name, digest in zip(groups, names, entry["_sd"]):
            if name not in item["shown"]:
                self.say(f"  {name}: {'ERASED' if name in item['erased'] else 'WITHHELD'}; the log is committed to it")
                continue
            text = item["shown"][name]
            must(url_base64(sha256(text.encode()).digest()) == digest, f"The {name} of entry {index} was not so.")
            data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            salt, label, value = parsed(data)
            must(url_base64(data) == text and label == name and re.fullmatch(r"[\w-]{21}[AQgw]", salt, re.ASCII), odd)
            types = {column["column"]: column for column in group["columns"]}
            for column, said in value.items():
                must(column in types and fits(said, types[column]["type"]), odd)
                self.say(f"  {name}: {column} = {spelled(said)}  ({types[column]['meaning']})")
            columns.update(value)
        return columns

    def check_statement(self, said: Any) -> None:
        if said is None:
            return
        dates, whole = [self.shown[index]["occurred_at"] for index in self.asked], self.range == range(self.note.size)
        must(all(said["from"] <= date < said["to"] for date in dates), "An access lies outside the period.")
        must((said["listed"], said["below"]) == (len(dates), self.note.size), "The statement counts otherwise.")
        must(not whole or self.counts[b"access/1"] == said["accesses"], "The log has not as many accesses as is said.")
        self.say(f"SAID by whoever made this bundle, and not proved by it: {spelled(said)}")


def fits(value: Any, kind: str) -> bool:
    kinds: dict[str, type] = {"text": str, "instant": str, "integer": int, "truth": bool, "json": dict}
    return type(value) is kinds[kind] and (kind != "instant" or INSTANT.fullmatch(str(value)) is not None)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 4) or sys.argv[2:3] not in ([], ["--key"]):
        sys.exit(__doc__)
    try:
        paths = {path.relative_to(sys.argv[1]).as_posix(): path for path in Path(sys.argv[1]).rglob("*")}
        files = {name: path for name, path in paths.items() if path.is_symlink() or not path.is_dir()}
        print("\n".join(Bundle(files, *sys.argv[3:]).said))
    except Exception as error:
        what = str(error) if isinstance(error, Wrong) else f"It is malformed ({type(error).__name__})."
        sys.exit(f"NOT VERIFIED. {what.encode('unicode_escape').decode()}")
