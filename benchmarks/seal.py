"""How fast rows are sealed and verified, against a plain loop over json and hashlib in the same run.

    python benchmarks/seal.py [ROWS]

Each measurement runs in a process of its own, so that its memory is its own. The rival does the same work for each row
(five salted disclosures, entry, leaf) by the reference encoder, one row at a time, and writes nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.ledger.commitments import entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.log import Log
from custodiet.logstore.segments import columns_schema, read_rows
from custodiet.logstore.verification import verify
from custodiet.model.looks import Deed
from custodiet.relations.stored import ACCESS
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.salts import salts_of

ORIGIN = "force.example/custodiet/benchmark"
SCHEMA = columns_schema(ACCESS)
RIVAL_ROWS = 20_000
CHUNK = 100_000
#: What stands in the line that the invented source delivered.
TOLD = ("source_event_id", "occurred_at_text", "operator", "account", "device", "system", "action", "channel")
TOLD += ("subject", "record", "session", "stated_purpose", "quoted_reference", "search_terms")


def made(first: int, count: int) -> pa.RecordBatch:
    """Return invented accesses with about as many different values as a real log has."""
    random = np.random.default_rng(first)
    number = np.arange(first, first + count)

    def one_of(prefix: str, many: int, absent: float = 0.0) -> pa.Array:
        values = np.char.add(prefix, random.integers(0, many, count).astype(str))
        return pa.array(values.tolist(), pa.string(), mask=random.random(count) < absent)

    def always(value: str) -> pa.Array:
        return pa.array([value] * count)

    seconds = np.datetime64("2026-03-01T00:00:00", "us") + number.astype("timedelta64[s]")
    columns = {
        "operator": one_of("", 3_000),
        "account": one_of("u", 3_000),
        "device": one_of("WS-", 900),
        "subject": one_of("P", 200_000),
        "subject_kind": always("person"),
        "search_terms": one_of('SMITH "JOHN" ', 50_000, absent=0.7),
        "occurred_at": pa.array(seconds),
        "system": one_of("system-", 5),
        "action": always("consultation"),
        "channel": one_of("view-", 4),
        "record": one_of("R", 300_000, absent=0.5),
        "session": one_of("S", 50_000),
        "stated_purpose": one_of("enquiry ", 2_000, absent=0.4),
        "quoted_reference": one_of("2026-", 100_000, absent=0.5),
        "source": always("records-audit"),
        "source_event_id": pa.array([f"E{each:010}" for each in number]),
        "sequence": pa.array(number),
        "occurred_at_text": pa.array(np.datetime_as_string(seconds, unit="s").tolist()),
        "delivery": always("D-0001"),
        "position": pa.array(number + 2),
        "part": pa.array(np.zeros(count, dtype=np.int64)),
        "identity": pa.array([random.bytes(16) for _ in number]),
        "content": pa.array([random.bytes(16) for _ in number]),
    }
    originals = [
        ",".join(row).encode() for row in zip(*(columns[name].fill_null("").to_pylist() for name in TOLD), strict=True)
    ]
    columns["original"] = pa.array(originals)
    columns["original_digest"] = pa.array([sha256(each).hexdigest() for each in originals])
    arrays = [columns.get(field.name, pa.nulls(count)).cast(field.type) for field in SCHEMA]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def stage(path: Path, rows: int) -> None:
    """Write the staged table, chunk by chunk."""
    with pq.ParquetWriter(path, SCHEMA, compression="lz4", use_dictionary=False) as writer:
        for first in range(0, rows, CHUNK):
            writer.write_batch(made(first, min(CHUNK, rows - first)))


def seal(folder: Path) -> None:
    """Append the staged table and commit."""
    keys = KeyFolder(folder / "log" / "keys")
    with Log.open(folder / "log", keys.verifier()).appender(keys.signer(), keys.salts()) as appender:
        appender.append_table("access/1", folder / "staged.parquet")
        appender.commit()


def check(folder: Path, *, full: bool) -> None:
    """Verify the log."""
    keys = KeyFolder(folder / "log" / "keys")
    verify(folder / "log", keys.verifier(), keys.salts(), full=full)


def rival(folder: Path) -> None:
    """Encode and hash some rows one at a time, by json, base64 and hashlib."""
    entry_type = ENTRY_TYPES["access/1"]
    rows = next(read_rows(folder / "staged.parquet", SCHEMA)).slice(0, RIVAL_ROWS).to_pylist()
    salts = salts_of(bytes(32), start=0, count=len(rows), groups=5)
    began = time.process_time()
    for at, row in enumerate(rows):
        leaf_hash(entry(entry_type, row, [salts[(at * 5 + each) * 16 : (at * 5 + each + 1) * 16] for each in range(5)]))
    print(json.dumps({"cpu": time.process_time() - began, "rows": len(rows)}))


def one(folder: Path) -> None:
    """Commit one deed, durably, twenty times; prove twenty entries."""
    keys = KeyFolder(folder / "log" / "keys")
    deed = Deed(
        principal="u1", act="show", object="F-ABCDEFGH", purpose=None, reason=None, at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    commits, proofs = [], []
    for _ in range(20):
        began = time.perf_counter()
        log = Log.open(folder / "log", keys.verifier())
        with log.appender(keys.signer(), keys.salts()) as appender:
            appender.append_deeds([deed])
            appender.commit()
        commits.append(time.perf_counter() - began)
    log = Log.open(folder / "log", keys.verifier())
    for index in np.random.default_rng(1).integers(0, log.size, 20):
        began = time.perf_counter()
        log.inclusion_proof(int(index))
        proofs.append(time.perf_counter() - began)
    print(json.dumps({"commit": float(np.median(commits)), "proof": float(np.median(proofs))}))


def measured(folder: Path, what: str) -> dict[str, float]:
    """Run one measurement in a process of its own; return its wall and processor seconds and its peak memory."""
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, what, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, what
    result = {
        "wall": time.perf_counter() - began,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss / 1024,
    }
    return result | (json.loads(said) if said else {})


def main(rows: int) -> None:
    """Measure, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder / "staged.parquet", rows)
        keys = KeyFolder.create(folder / "log" / "keys", ORIGIN)
        Log.create(folder / "log", origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
        start = measured(folder, "nothing")
        plain = measured(folder, "rival")
        print(f"{rows:,} accesses, {len(os.sched_getaffinity(0))} processors; starting Python is left out\n")
        print(f"{'':34}{'rows/s':>10}{'cpu-s/M':>10}{'peak MiB':>10}{'rival/this':>12}")
        per_million = plain["cpu"] / plain["rows"] * 1e6
        print(f"{'rival: json and hashlib, no writing':34}{1e6 / per_million:>10,.0f}{per_million:>10.2f}")
        for label, what in (("seal", "seal"), ("verify from the rows", "full"), ("verify the tree alone", "tree")):
            result = measured(folder, what)
            wall, cpu = result["wall"] - start["wall"], (result["cpu"] - start["cpu"]) / rows * 1e6
            print(f"{label:34}{rows / wall:>10,.0f}{cpu:>10.2f}{result['peak']:>10.0f}{per_million / cpu:>12.1f}")
        single = measured(folder, "one")
        data = sum(path.stat().st_size for path in (folder / "log" / "data").iterdir())
        hashes = sum(path.stat().st_size for path in (folder / "log" / "hash").iterdir())
        print(
            f"\ncommit of one deed, durable: {single['commit'] * 1e3:.0f} ms; proof: {single['proof'] * 1e3:.2f} ms (medians)"
        )
        print(f"bytes an access: {data / rows:.0f} of data, {hashes / rows:.1f} of hashes")


TASKS = {
    "nothing": bool,
    "rival": rival,
    "seal": seal,
    "full": lambda folder: check(folder, full=True),
    "tree": lambda folder: check(folder, full=False),
    "one": one,
}

if __name__ == "__main__":
    if len(sys.argv) == 3:
        TASKS[sys.argv[1]](Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else 1_000_000)
