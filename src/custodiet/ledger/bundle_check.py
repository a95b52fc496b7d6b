"""Checking an evidence bundle with this library; the verifier that goes into the bundle does the same without it.

Nothing is believed but the log's key. Size and root come from the checkpoint that it signed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, BinaryIO

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.bundle import (
    BUNDLE,
    CHECKPOINT,
    ENTRIES,
    KEY,
    POLICY,
    SUMS,
    Bundle,
    Item,
    Span,
    original_file,
    parse_sums,
    proof_file,
)  # fmt: skip
from custodiet.ledger.canonical import parsed
from custodiet.ledger.checkpoint import Checkpoint, verified
from custodiet.ledger.cosignature import cosigned_at
from custodiet.ledger.disclosures import disclosed_columns
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType, entry_type_named, same_shape
from custodiet.ledger.note import Note
from custodiet.ledger.policy_file import read_policy
from custodiet.ledger.ports import Verifier
from custodiet.ledger.range_proof import verify_range
from custodiet.ledger.tlog_proof import TlogProof
from custodiet.ledger.tree import leaf_hash
from custodiet.ledger.verifier_key import VerifierKey

#: The files of a bundle by name; each is opened anew whenever it is read.
Files = Mapping[str, Callable[[], BinaryIO]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBundle:
    """A bundle that holds."""

    digest: str  # of the list of digests: it names the whole bundle
    checkpoint: Checkpoint
    bundle: Bundle
    columns: Mapping[int, Mapping[str, Any]]  # by index: what is disclosed, or the fields of a control entry
    counts: Mapping[str, int]  # entries of the range by type; "control" for those that are open
    cosigned: Mapping[str, int]  # by the witness's name in the bundle's policy: when, in seconds since 1970


def check_bundle(files: Files, log: Verifier, witness_of: Callable[[VerifierKey], Verifier]) -> CheckedBundle:
    """Return what holds of the bundle; raises BadInput or VerificationFailed for the first thing that does not.

    `witness_of` gives what checks the cosignatures of a key that the bundle's policy names.
    """
    _check_files(files)
    note = _read(files, CHECKPOINT)
    checkpoint = verified(note, log)
    if _read(files, KEY) != f"{log.key.text}\n".encode() or checkpoint.origin != log.key.name:
        raise VerificationFailed("The bundle's key is not the log's.")
    cosigned = _cosigned(files, Note.parse(note), witness_of)
    bundle = Bundle.parse(_read(files, BUNDLE))
    counts = _check_span(files, bundle, checkpoint)
    _check_proofs(files, bundle, log, note)
    columns = {item.index: _columns(item, bundle) for item in bundle.items}
    _check_originals(files, columns)
    _check_statement(bundle, checkpoint, columns, counts)
    digest = sha256(_read(files, SUMS)).hexdigest()
    return CheckedBundle(
        digest=digest, checkpoint=checkpoint, bundle=bundle, columns=columns, counts=counts, cosigned=cosigned
    )


def _check_files(files: Files) -> None:
    digests = parse_sums(_read(files, SUMS))
    for name in sorted(set(digests) | set(files) - {SUMS}):
        if name not in digests:
            raise VerificationFailed("The bundle has a file that is not one of it.")
        if name not in files:
            raise VerificationFailed(f"The bundle lacks the file {name}.")
        with files[name]() as file:
            if _digest(file) != digests[name]:
                raise VerificationFailed(f"The file {name} of the bundle was altered.")


def _cosigned(files: Files, note: Note, witness_of: Callable[[VerifierKey], Verifier]) -> dict[str, int]:
    if POLICY not in files:
        return {}
    policy = read_policy(_read(files, POLICY), POLICY)
    times = {witness.name: cosigned_at(note, witness_of(witness.key)) for witness in policy.witnesses}
    return {name: time for name, time in times.items() if time is not None}


def _check_span(files: Files, bundle: Bundle, checkpoint: Checkpoint) -> Mapping[str, int]:
    span, counts = bundle.span, Counter[str]()
    if (span is None) != (ENTRIES not in files):
        raise BadInput("The bundle's range and its file of entries do not belong together.")
    if span is not None:
        items = {item.index: item.entry.encode() for item in bundle.items}
        with files[ENTRIES]() as file:
            leaves = _leaves(file, span, items, counts)
            verify_range(leaves, (span.start, span.end), checkpoint.size, span.proof, checkpoint.root)
            if file.read(1):
                raise VerificationFailed("There are more entries than the range has.")
    return dict(counts)


def _leaves(file: BinaryIO, span: Span, items: Mapping[int, bytes], counts: Counter[str]) -> Iterator[bytes]:
    for index in range(span.start, span.end):
        length = file.read(2)
        entry = file.read(int.from_bytes(length, "big"))
        if len(length) != 2 or len(entry) != int.from_bytes(length, "big"):
            raise BadInput("The file of entries ends too early.", file=ENTRIES)
        if items.get(index, entry) != entry:
            raise VerificationFailed(f"Item {index} of the bundle is not the entry of its range.")
        counts[_kind(entry)] += 1
        yield leaf_hash(entry)


def _kind(entry: bytes) -> str:
    for typ in ENTRY_TYPES:
        if entry.startswith(b'{"_sd":') and entry.endswith(f'"typ":"{typ}"}}'.encode()):
            return typ
    return "control"


def _check_proofs(files: Files, bundle: Bundle, log: Verifier, note: bytes) -> None:
    span = bundle.span
    alone = [item for item in bundle.items if span is None or not span.start <= item.index < span.end]
    if {name for name in files if name.startswith("proofs/")} != {proof_file(item.index) for item in alone}:
        raise BadInput("The bundle's items and its proofs do not belong together.")
    for item in alone:
        proof = TlogProof.parse(_read(files, proof_file(item.index)))
        if proof.index != item.index or proof.note != note or proof.extra is not None:
            raise VerificationFailed(f"The proof of entry {item.index} is of another entry or checkpoint.")
        proof.verify(item.entry.encode(), log)


def _columns(item: Item, bundle: Bundle) -> Mapping[str, Any]:
    value = parsed(item.entry)
    if not isinstance(value, dict) or not isinstance(value.get("typ"), str):
        raise BadInput(f"Item {item.index} of the bundle is no entry.")
    if "_sd" not in value:
        if item.shown or item.erased:
            raise BadInput(f"Item {item.index} of the bundle discloses what is open.")
        return value
    entry_type = entry_type_named(value["typ"])
    schemas = [one for one in map(parsed, (each.entry for each in bundle.items)) if _describes(one, entry_type.typ)]
    if len(schemas) != 1 or not _same(schemas[0], entry_type):
        raise VerificationFailed(f"The bundle does not say what {entry_type.typ} holds, or says it otherwise.")
    if not set(item.erased) <= set(entry_type.groups) - set(item.shown):
        raise BadInput(f"Item {item.index} of the bundle shows what it calls erased.")
    return disclosed_columns(entry_type, item.entry.encode(), item.shown)


def _describes(value: Any, typ: str) -> bool:
    return isinstance(value, dict) and value.get("typ") == "schema/1" and value.get("describes") == typ


def _same(schema: Any, entry_type: EntryType) -> bool:
    try:
        return same_shape(schema, entry_type.schema_record())
    except (KeyError, TypeError):  # a log may hold any record under that name
        return False


def _check_originals(files: Files, columns: Mapping[int, Mapping[str, Any]]) -> None:
    names = {original_file(index): index for index in columns}
    for name in (name for name in files if name.startswith("originals/")):
        digest = sha256(_read(files, name)).hexdigest()
        if name not in names or columns[names[name]].get("original_digest") != digest:
            raise VerificationFailed(f"The file {name} is not the record that the entry binds.")


def _check_statement(
    bundle: Bundle, checkpoint: Checkpoint, columns: Mapping[int, Mapping[str, Any]], counts: Mapping[str, int]
) -> None:
    said = bundle.statement
    if said is None:
        return
    times = [columns[index].get("occurred_at", "") for index in bundle.asked]
    period = said.member()
    if not all(str(period["from"]) <= time < str(period["to"]) for time in times):
        raise VerificationFailed("An access of the list lies outside its period.")
    if (said.listed, said.below) != (len(bundle.asked), checkpoint.size):
        raise VerificationFailed("The statement counts otherwise than the bundle.")
    whole = bundle.span is not None and (bundle.span.start, bundle.span.end) == (0, checkpoint.size)
    if whole and counts.get("access/1", 0) != said.accesses:
        raise VerificationFailed("The log does not have as many accesses as the statement says.")


def _digest(file: BinaryIO) -> str:
    digest = sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _read(files: Files, name: str) -> bytes:
    if name not in files:
        raise VerificationFailed(f"The bundle lacks the file {name}.")
    with files[name]() as file:
        return file.read()
