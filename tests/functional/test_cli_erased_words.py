"""What was erased cannot be found in any file of the vault, nor guessed from one, though the value is one of a few."""

from __future__ import annotations

import hmac
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.ingest.identity import content_of, identity_of
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.logstore.files import unfinished
from custodiet.logstore.segments import SegmentWriter, columns_schema, file_sha256
from custodiet.relations.stored import ACCESS
from support.command_line import LAWFUL
from support.two_people import ONE, OTHER, said_by, small_vault, write_looks

ERASED = "P-00613"
#: The value is one of these; whoever guesses knows all the rest of the record, of its file and of its segment.
DOMAIN = [f"P-{number:05}" for number in range(600, 640)]
ROWS = [(f"E{n}", f"27/03/2026 09:{n:02}:00", f"{4100 + n % 3}", f"P-{n % 4:05}") for n in range(12)]
EVENT = 7
FROM_HERE_ON = 5
AUTHORITY = ("--authority", "DPO 2026/14")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a vault of twelve looks, of which entry 7 is at the subject to be erased, audited and looked into."""
    rows = [(*row[:3], ERASED) if at == EVENT - FROM_HERE_ON else row for at, row in enumerate(ROWS)]
    vault = small_vault(tmp_path, rows)
    for words in (("audit", vault), ("queue", vault, *LAWFUL), ("why", vault, EVENT, *LAWFUL)):
        assert said_by(ONE, *words).code == 0
    conflict = write_looks(tmp_path / "conflict.csv", [("E2", "27/03/2026 10:00:00", "4102", ERASED)])
    assert said_by(ONE, "ingest", vault, conflict, "--mapping", tmp_path / "looks.toml").code == 0
    return vault


def erase(vault: Path) -> None:
    """Erase the subject of the entry."""
    proposed = said_by(ONE, "ledger", "redact", "propose", vault, EVENT, "--groups", "subject", *AUTHORITY, "--json")
    assert said_by(OTHER, "ledger", "redact", "approve", vault, proposed.body["redaction"]).code == 0


def holdings(folder: Path) -> Iterator[bytes]:
    """Yield all that the vault's files hold: their bytes, and each value of each table in them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes()
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield repr(table.schema.metadata).encode()
            for column in table.columns:
                yield from (each if isinstance(each, bytes) else str(each).encode() for each in column.to_pylist())


def digests(guess: str, rows: list[dict[str, Any]], folder: Path) -> dict[str, bytes]:
    """Return every digest without a key that software of ours makes of something with the guess in it."""
    at = EVENT - FROM_HERE_ON
    line = ",".join((*ROWS[at][:3], guess)).encode()
    file = write_looks(folder / "guess.csv", [(*row[:3], guess) if n == at else row for n, row in enumerate(ROWS)])
    row = {**rows[at], "subject": guess, "original": line, "original_digest": sha256(line).hexdigest()}
    row |= {"content": content_of(ACCESS, row), "identity": identity_of(ACCESS, row)}
    segment = folder / "guess.parquet"
    with SegmentWriter(segment, "access/1", FROM_HERE_ON) as writer:
        table = [*rows[:at], row, *rows[at + 1 :]]
        writer.write(pa.RecordBatch.from_pylist(table, schema=columns_schema(ENTRY_TYPES["access/1"].relation)))
    return {
        "the value": guess.encode(),
        "the record": sha256(line).digest(),
        "its content": row["content"],
        "its identity": row["identity"],
        "the file it came in": sha256(file.read_bytes()).digest(),
        "the segment it lay in": bytes.fromhex(file_sha256(unfinished(segment))),
    }


def written(digest: bytes) -> set[bytes]:
    """Return the ways in which a digest, or its first half, may stand in a file."""
    cut = (digest, digest[:16]) if len(digest) == 32 else (digest,)
    ways = [way for each in cut for way in (each, each.hex().encode(), b64encode(each), urlsafe_b64encode(each))]
    return {way.rstrip(b"=") for way in ways}


def found(vault: Path, folder: Path, rows: list[dict[str, Any]], guesses: list[str]) -> set[tuple[str, str]]:
    """Return what of which guess the vault's files hold."""
    held = b"\n".join(holdings(vault))
    return {
        (guess, what)
        for guess in guesses
        for what, digest in digests(guess, rows, folder).items()
        if any(way in held for way in (written(digest) if what != "the value" else {digest}))
    }


def test_what_was_erased_is_nowhere_and_cannot_be_guessed(vault: Path, tmp_path: Path) -> None:
    """Before, the vault holds the value and digests of it; afterwards nothing of it, and of no other guess."""
    [segment] = (vault / "ledger" / "data").glob("*access-1.parquet")
    rows = pq.read_table(segment).drop_columns(["index"]).to_pylist()
    before = found(vault, tmp_path, rows, DOMAIN)
    assert {guess for guess, what in before if what != "its identity"} == {ERASED}  # the source's identifier makes that
    assert {what for _, what in before} >= {"the value", "the record", "its content", "the segment it lay in"}
    erase(vault)
    assert said_by(ONE, "audit", vault).code == 0
    assert found(vault, tmp_path, rows, DOMAIN) == set()
    assert said_by(ONE, "verify", vault).code == 0


def test_open_records_cannot_be_made_again_from_what_they_bound(vault: Path, tmp_path: Path) -> None:
    """Who has every byte of the delivered file and of the audit's relations finds no digest of them in the ledger any more."""
    files = [tmp_path / "looks.csv", *(vault / "derived").rglob("*.parquet")]
    bytes_before = [path.read_bytes() for path in files]
    assert bound(vault, bytes_before) == set(range(len(files)))
    erase(vault)
    assert bound(vault, bytes_before) == set()
    assert said_by(ONE, "ingest", vault, tmp_path / "looks.csv", "--mapping", tmp_path / "looks.toml").code == 0
    assert bound(vault, bytes_before) == set()


def bound(vault: Path, files: list[bytes]) -> set[int]:
    """Return which of these bytes the ledger's open records bind, as they are or under a key that the vault holds."""
    snapshot, keys = VaultLedger(Vault(vault)).read(), DigestKeys(Vault(vault).digest_keys)
    entered = {body["file"] for _, body in snapshot.records("delivery/1")}
    entered |= {digest for _, body in snapshot.records("run/1") for digest in body["relations"].values()}
    held = [key for name in keys.names() if (key := keys.held(name)) is not None]

    def digests_of(data: bytes) -> set[str]:
        return {sha256(data).hexdigest(), *(hmac.digest(key, data, "sha256").hex() for key in held)}

    return {at for at, data in enumerate(files) if digests_of(data) & entered}
