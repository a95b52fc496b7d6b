"""A small log of invented looks in memory, the bundles that prove them, and both ways to check one."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from hashlib import sha256
from typing import Any, BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.app.evidence_pages import Backing, evidence_page
from custodiet.app.proving import Asked, Searched, drafted
from custodiet.app.vault import Settings
from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger import bundle_verifier
from custodiet.ledger.bundle import BUNDLE, CHECKPOINT, ENTRIES, KEY, PAGE, POLICY, SUMS, TEXT, VERIFIER, sums_data
from custodiet.ledger.bundle_check import check_bundle
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.commitments import control_entry, disclosures, entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.proof import inclusion_proof
from custodiet.ledger.range_proof import range_proof
from custodiet.ledger.tree import leaf_hash, root_of_leaves
from custodiet.report.evidence_page import render_page, render_text
from custodiet.signing.cosigning import CosignatureVerifier
from custodiet.signing.ed25519 import Ed25519Signer
from support.ledgers import ORIGIN, access_row

SIGNER = Ed25519Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(sha256(b"the log's key").digest()))
WITNESS = Ed25519PrivateKey.from_private_bytes(sha256(b"the witness's key").digest())
WITNESS_NAME = "avonmere.example/witness"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
#: Entries before the first access: three schemas and the key.
FIRST = 4

SETTINGS = Settings(
    organisation="force.example",
    name="main",
    title="Wessex Vale Police",
    zone="Europe/London",
    pack="uk_police",
    invented=True,
    created_at=NOON,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry with what its digests commit to."""

    index: int
    typ: str
    entry: bytes
    row: Mapping[str, object]
    disclosures: Mapping[str, str | None]


@dataclass(frozen=True)
class MemoryLog:
    """A log of three schemas, its key, so many accesses, and their delivery."""

    accesses: int = 8
    erased: frozenset[tuple[int, str]] = frozenset()  # of these entries, these groups
    witnessed: bool = False

    @cached_property
    def all(self) -> list[Opened]:
        """Return the entries in order."""
        records = [kind.schema_record() for kind in ENTRY_TYPES.values()]
        records.append({"typ": "key/1", "vkey": SIGNER.verifier.key.text, "from": 0})
        before = [_control(index, record) for index, record in enumerate(records)]
        accesses = [self._access(number) for number in range(self.accesses)]
        return [*before, *accesses, _control(FIRST + self.accesses, delivery_record(self.accesses))]

    @cached_property
    def leaves(self) -> list[bytes]:
        """Return the leaf hashes."""
        return [leaf_hash(each.entry) for each in self.all]

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return len(self.all)

    def count_of(self, typ: str, size: int) -> int:
        """Return how many entries of that type there are below the size."""
        return sum(each.typ == typ for each in self.all[:size])

    def opened(self, indices: Iterable[int]) -> Iterator[Opened]:
        """Yield entries in order."""
        return (self.all[index] for index in sorted(set(indices)))

    def records(self, typ: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of a type."""
        return ((index, dict(each.row)) for index, each in enumerate(self.all) if each.typ == typ)

    def note(self, covering: int) -> bytes:
        """Return the signed checkpoint, with the witness's cosignature where there is one."""
        checkpoint = Checkpoint(origin=ORIGIN, size=self.size, root=root_of_leaves(self.leaves))
        note = signed(checkpoint, SIGNER)
        return note + cosignature(checkpoint.text) if self.witnessed else note

    def inclusion_proof(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof of one entry."""
        return inclusion_proof(index, size, self.node)

    def range_proof(self, start: int, end: int, size: int) -> tuple[bytes, ...]:
        """Return the proof of a range."""
        return range_proof(start, end, size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Return a perfect subtree's hash."""
        return root_of_leaves(self.leaves[index << level : (index + 1) << level])

    def _access(self, number: int) -> Opened:
        index, kind = FIRST + number, ENTRY_TYPES["access/1"]
        row = access_row(number, extra='{"sector":3,"été":"𝄞"}' if number == 1 else None)
        salts = [sha256(f"{index} {group}".encode()).digest()[:16] for group in kind.groups]
        shown = dict(zip(kind.groups, disclosures(kind, row, salts), strict=True))
        gone = {group: None if (index, group) in self.erased else text for group, text in shown.items()}
        return Opened(index, "access/1", entry(kind, row, salts), row, gone)


def _control(index: int, record: Mapping[str, object]) -> Opened:
    return Opened(index, str(record["typ"]), control_entry(record), record, {})


def delivery_record(accesses: int) -> dict[str, object]:
    """Return the record of the delivery that the accesses came in."""
    counts = {"received": accesses + 1, "accepted": accesses, "duplicate": 0, "quarantined": 1, "not_audit": 1}
    return {
        "typ": "delivery/1",
        "delivery": "D-0001",
        "source": "records-audit",
        "counts": {**counts, "yielded": accesses},
        "missing": 0,
        "silence_count": 0,
        "first_at": "2026-03-01T12:00:07.000000Z",
        "last_at": "2026-03-01T12:59:07.000000Z",
    }


def witness_vkey() -> str:
    """Return the witness's key as text."""
    key = b"\x04" + WITNESS.public_key().public_bytes_raw()
    return f"{WITNESS_NAME}+{_key_id(key).hex()}+{b64encode(key).decode()}"


def cosignature(text: str, time: int = 1_772_460_000) -> bytes:
    """Return the witness's signature line under a checkpoint, as C2SP tlog-cosignature says it by hand."""
    key = b"\x04" + WITNESS.public_key().public_bytes_raw()
    signature = WITNESS.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
    line = b64encode(_key_id(key) + time.to_bytes(8, "big") + signature).decode()
    return f"— {WITNESS_NAME} {line}\n".encode()


def _key_id(key: bytes) -> bytes:
    return sha256(WITNESS_NAME.encode() + b"\n" + key).digest()[:4]


def bundle_of(asked: Asked, log: MemoryLog, events: Sequence[int] | None = None, waiting: int = 1) -> dict[str, bytes]:
    """Return the files of the bundle that proves what is asked of the log."""
    searched = None if asked.period is None else Searched(size=log.size - 1, known=log.accesses, waiting=waiting)
    draft = drafted(asked, asked.events if events is None else events, log, NOON, searched)
    witnesses = (WITNESS_NAME,) if log.witnessed else ()
    page = evidence_page(draft, Backing(settings=SETTINGS, key=SIGNER.verifier.key.text, witnesses=witnesses))
    files = {
        **draft.files,
        BUNDLE: draft.bundle.data,
        CHECKPOINT: draft.note,
        KEY: f"{SIGNER.verifier.key.text}\n".encode(),
        PAGE: render_page(page).encode(),
        TEXT: render_text(page).encode(),
        VERIFIER: b"# not run in these tests\n",
    }
    if draft.bundle.span is not None:
        whole = log.all[draft.bundle.span.start : draft.bundle.span.end]
        files[ENTRIES] = b"".join(len(each.entry).to_bytes(2, "big") + each.entry for each in whole)
    if log.witnessed:
        policy = f"log {SIGNER.verifier.key.text}\nwitness avonmere {witness_vkey()}\nquorum avonmere\n"
        files[POLICY] = policy.encode()
    return summed(files)


def summed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with a list of digests that fits them: what a forger would do."""
    kept = {name: data for name, data in files.items() if name != SUMS}
    return {**kept, SUMS: sums_data({name: sha256(data).hexdigest() for name, data in kept.items()})}


class Held(bytes):
    """A file's bytes where the verifier expects a path."""

    __slots__ = ()

    def read_bytes(self) -> bytes:
        """Return them."""
        return bytes(self)

    def open(self, _mode: str) -> io.BytesIO:
        """Open them."""
        return io.BytesIO(self)


def plainly(files: Mapping[str, bytes], key: str | None = SIGNER.verifier.key.text) -> list[str]:
    """Return what the bundle's own verifier says; raises whatever it raises."""
    said: list[str] = bundle_verifier.Bundle({name: Held(data) for name, data in files.items()}, key).said
    return said


def opened(files: Mapping[str, bytes]) -> Mapping[str, Callable[[], BinaryIO]]:
    """Return the files as the library opens them."""
    return {name: partial(io.BytesIO, data) for name, data in files.items()}


def refused_by_both(files: Mapping[str, bytes], key: str | None = SIGNER.verifier.key.text) -> bool:
    """Tell whether both verifiers refuse the bundle; the library's errors are only those that it promises."""
    return refused_plainly(files, key) and refused_by_library(files)


def refused_plainly(files: Mapping[str, bytes], key: str | None = SIGNER.verifier.key.text) -> bool:
    """Tell whether the bundle's own verifier refuses it; as a script it takes any exception for a refusal."""
    try:
        plainly(files, key)
    except Exception:  # noqa: BLE001 - as the script does
        return True
    return False


def refused_by_library(files: Mapping[str, bytes]) -> bool:
    """Tell whether the library refuses the bundle, by no other error than those that it promises."""
    try:
        check_bundle(opened(files), SIGNER.verifier, CosignatureVerifier)
    except (BadInput, VerificationFailed):
        return True
    return False
