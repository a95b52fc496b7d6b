"""The figures of the ledger beside their targets, and beside its rivals in the same run.

    python benchmarks/ledger.py [--rows 1000000] [--leaves 100000000]

Each measurement runs in a process of its own, so that processor time and memory are its own (and its workers'); starting
Python is left out. A tree of many leaves is made from random hashes, without rows: 10^8 rows would take hours to invent.
`--leaves 0` leaves it out; 10^8 take 3.3 GB of the folder for temporary files (TMPDIR).

The rivals: a loop over hashlib that hashes the same bytes (each row's disclosures and entry, made beforehand) and writes
nothing; the reference encoder with the same loop; and pymerkle, which takes the entries made beforehand into SQLite. It
is under the GPL and no dependency of ours: install it to see its figures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.commitments import disclosures, entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.proof import inclusion_proof, verify_inclusion
from custodiet.ledger.tiles import nodes_from
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries, provable
from custodiet.logstore.layout import Layout
from custodiet.logstore.lean import make_lean
from custodiet.logstore.levels import GrowingLevels, Levels
from custodiet.logstore.log import Log
from custodiet.logstore.segments import columns_schema, read_rows
from custodiet.logstore.tree_check import TreeCheck
from custodiet.logstore.verification import verify
from custodiet.logstore.workshop import Workshop
from custodiet.model.looks import Deed
from custodiet.relations.stored import ACCESS
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.salts import salts_of, unopened

ORIGIN = "force.example/custodiet/benchmark"
SCHEMA = columns_schema(ACCESS)
RIVAL_ROWS = 50_000
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


def append(folder: Path) -> None:
    """Append the staged table and commit."""
    keys = KeyFolder(folder / "log" / "keys")
    with Log.open(folder / "log", keys.verifier()).appender(keys.signer(), keys.salts()) as appender:
        appender.append_table("access/1", folder / "staged.parquet")
        appender.commit()


def full(folder: Path) -> None:
    """Verify the log from its rows."""
    keys = KeyFolder(folder / "log" / "keys")
    verify(folder / "log", keys.verifier(), keys.salts())


def commits(folder: Path) -> None:
    """Commit one deed, durably, twenty times."""
    keys = KeyFolder(folder / "log" / "keys")
    deed = Deed(
        principal="u1", act="show", object="F-ABCDEFGH", purpose=None, reason=None, at=datetime(2026, 1, 1, tzinfo=UTC)
    )

    def commit() -> None:
        with Log.open(folder / "log", keys.verifier()).appender(keys.signer(), keys.salts()) as appender:
            appender.append_deeds([deed])
            appender.commit()

    said(seconds=median(commit, 20))


def opened(folder: Path) -> None:
    """Open entries of the log with their disclosures, and prove them."""
    keys = KeyFolder(folder / "log" / "keys")
    log = Log.open(folder / "log", keys.verifier())
    salts, indices = keys.salts(), picked(log.size)
    entries, provables = Entries(log, salts), provable(log, salts)
    entries.opened(4)
    said(
        seconds=median(lambda: entries.opened(next(indices)), 200),
        proof=median(lambda: provables.inclusion_proof(next(indices)), 200),
    )


def lean(folder: Path) -> None:
    """Make the log lean."""
    keys = KeyFolder(folder / "log" / "keys")
    make_lean(folder / "log", keys.verifier(), keys.salts())


def texts(folder: Path) -> list[list[bytes]]:
    """Return what is hashed for some rows, made beforehand: their disclosures, and their entries."""
    kind = ENTRY_TYPES["access/1"]
    rows = next(read_rows(folder / "staged.parquet", SCHEMA)).to_pylist()
    salts = salts_of(bytes(32), start=0, count=len(rows), groups=5)
    own = [[salts[(at * 5 + each) * 16 : (at * 5 + each + 1) * 16] for each in range(5)] for at in range(len(rows))]
    shown = [[each.encode() for each in disclosures(kind, row, salt)] for row, salt in zip(rows, own, strict=True)]
    entries = [entry(kind, row, salt) for row, salt in zip(rows, own, strict=True)]
    return [[*some, b"\0" + one] for some, one in zip(shown, entries, strict=True)]


def loop(folder: Path) -> None:
    """Hash the same bytes by a loop."""
    made_texts = texts(folder)
    began = time.process_time()
    for some in made_texts:
        for each in some:
            sha256(each).digest()
    said(seconds=time.process_time() - began, rows=len(made_texts))


def reference(folder: Path) -> None:
    """Encode and hash some rows one at a time, by json, base64 and hashlib."""
    kind = ENTRY_TYPES["access/1"]
    rows = next(read_rows(folder / "staged.parquet", SCHEMA)).slice(0, RIVAL_ROWS).to_pylist()
    salts = salts_of(bytes(32), start=0, count=len(rows), groups=5)
    began = time.process_time()
    for at, row in enumerate(rows):
        leaf_hash(entry(kind, row, [salts[(at * 5 + each) * 16 : (at * 5 + each + 1) * 16] for each in range(5)]))
    said(seconds=time.process_time() - began, rows=len(rows))


def rival(folder: Path) -> None:
    """Take the entries, made beforehand, into pymerkle's SQLite tree in one call."""
    try:
        from pymerkle import SqliteTree
    except ImportError:
        said(rows=0)
        return
    entries = [some[-1][1:] for some in texts(folder)]
    began = time.process_time()
    with SqliteTree(str(folder / "rival.db")) as tree:
        tree.append_entries(entries)
        spent = time.process_time() - began
        began = time.perf_counter()
        tree.prove_inclusion(len(entries) // 2)
        said(seconds=spent, rows=len(entries), proof=time.perf_counter() - began)


def grown(folder: Path, leaves: int) -> None:
    """Make a tree of so many random leaf hashes."""
    layout, size, random = Layout(folder / "tree"), 0, np.random.default_rng(1)
    layout.hashes.mkdir(parents=True)
    levels = GrowingLevels(layout, 0)
    while size < leaves:
        count = min(1 << 20, leaves - size)
        levels.append(random.bytes(count * 32))
        size += count
    levels.sync()
    levels.close()


def tree(folder: Path, leaves: int) -> None:
    """Verify that tree from its leaf hashes."""
    levels = Levels(Layout(folder / "tree"))
    check = TreeCheck(levels)
    signed = Checkpoint(origin=ORIGIN, size=leaves, root=levels.root(leaves))
    with Workshop(unopened(), ORIGIN) as workshop:
        check.add_stored(leaves, workshop.raised)
    check.compare(signed, Manifest(size=0, segments=()))


def proofs(folder: Path, leaves: int) -> None:
    """Prove leaves of that tree, each read from the disk, and verify the proofs."""
    levels, indices = Levels(Layout(folder / "tree")), picked(leaves)
    root = levels.root(leaves)
    sizes = []

    def prove() -> None:
        index = next(indices)
        proof = inclusion_proof(index, leaves, nodes_from(levels.read))
        verify_inclusion(levels.read(0, index, 1), index, leaves, proof, root)
        sizes.append(sum(map(len, proof)))

    said(seconds=median(prove, 300), bytes=max(sizes))


def picked(size: int) -> Iterator[int]:
    """Yield places at random, the same in each run."""
    random = np.random.default_rng(2)
    while True:
        yield int(random.integers(4, size - 4))


def median(what: Callable[[], object], times: int) -> float:
    """Return the median of the seconds that it takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append(time.perf_counter() - began)
    return float(np.median(taken))


def said(**found: float) -> None:
    """Tell the process that measures."""
    print(json.dumps(found))


def measured(what: str, *arguments: object) -> dict[str, float]:
    """Run one measurement in a process of its own; return its wall and processor seconds, its memory, and what it said."""
    began = time.perf_counter()
    call = [sys.executable, __file__, "--measure", what, *map(str, arguments)]
    child = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    peak = [0.0]
    watch = threading.Thread(target=watched, args=(child.pid, peak), daemon=True)
    watch.start()
    told = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, what
    found = {"wall": time.perf_counter() - began, "cpu": used.ru_utime + used.ru_stime, "peak": peak[0]}
    return found | (json.loads(told) if told else {})


def watched(process: int, peak: list[float]) -> None:
    """Note the most memory, in MiB, that the process and its workers have at a time; shared pages are shared out."""
    while True:
        try:
            children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
            threads = Path(f"/proc/{process}/task").iterdir()
            children = {one for thread in threads for one in (thread / "children").read_text().split()}
            peak[0] = max(peak[0], sum(map(memory, [str(process), *children])))
        except OSError:
            return
        time.sleep(0.05)


def memory(process: str) -> float:
    """Return the memory of a process in MiB, 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def line(what: str, target: str, found: str, result: dict[str, float] | None = None) -> None:
    """Print one line of the table."""
    rest = "" if result is None else f"{result['cpu']:>8.1f}{result['peak']:>8.0f}"
    print(f"{what:46}{target:>16}{found:>22}{rest}", flush=True)


def sizes(folder: Path) -> tuple[int, int]:
    """Return the bytes of the rows, and of everything else but the keys to be kept elsewhere."""
    files = [path for path in (folder / "log").rglob("*") if path.is_file()]
    data = sum(path.stat().st_size for path in files if path.parent.name == "data")
    return data, sum(path.stat().st_size for path in files) - data


def main(rows: int, leaves: int) -> None:
    """Measure, and print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stage(folder / "staged.parquet", rows)
        keys = KeyFolder.create(folder / "log" / "keys", ORIGIN)
        Log.create(folder / "log", origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
        start = measured("nothing", folder)

        def net(what: str, *arguments: object) -> dict[str, float]:
            found = measured(what, *arguments)
            return found | {"wall": found["wall"] - start["wall"], "cpu": found["cpu"] - start["cpu"]}

        print(f"{rows:,} accesses, {len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}\n")
        print(f"{'':46}{'target':>16}{'measured':>22}{'cpu-s':>8}{'MiB':>8}")
        hashed, encoded, merkle = (net(what, folder) for what in ("loop", "reference", "rival"))
        appended = net("append", folder)
        line("append, durable", ">= 120,000/s", f"{rows / appended['wall']:,.0f}/s", appended)
        per_row = appended["cpu"] / rows
        line(
            "  cpu to that of hashlib over the same bytes",
            "",
            f"{per_row / hashed['seconds'] * hashed['rows']:.1f} times",
        )
        line(
            "  reference encoder and hashlib to this, cpu",
            "",
            f"{encoded['seconds'] / encoded['rows'] / per_row:.1f} times",
        )
        if merkle["rows"]:
            line(
                "  pymerkle (SQLite, entries given) to this, cpu",
                "",
                f"{merkle['seconds'] / merkle['rows'] / per_row:.2f} times",
            )
            line("  pymerkle's proof at 32,768 leaves", "", f"{merkle['proof'] * 1e3:,.1f} ms")
        else:
            line("  pymerkle", "", "not installed: pip install pymerkle")
        data, above = sizes(folder)
        line("bytes an entry above the data", "<= 33", f"{above / rows:.2f} ({data / rows:.0f} of data)")
        verified = net("full", folder)
        line("verify from the rows", ">= 120,000/s", f"{rows / verified['wall']:,.0f}/s", verified)
        one = net("opened", folder)
        line("an entry with its disclosures", "<= 20 ms", f"{one['seconds'] * 1e3:.1f} ms", one)
        line("an inclusion proof", "<= 5 ms", f"{one['proof'] * 1e3:.2f} ms")
        one = net("commits", folder)
        line("commit of one entry, durable", "<= 50 ms", f"{one['seconds'] * 1e3:.0f} ms", one)
        leaned = net("lean", folder)
        line("made lean (verified first)", "", f"{rows / leaned['wall']:,.0f}/s", leaned)
        line("bytes an entry above the data, lean", "< 1", f"{sizes(folder)[1] / rows:.2f}")
        one = net("opened", folder)
        line("an inclusion proof from a lean log", "", f"{one['proof'] * 1e3:.1f} ms", one)
        if leaves:
            print(f"\na tree of {leaves:,} random leaf hashes, without rows")
            line("made, on one processor", "", f"{net('grown', folder, leaves)['wall']:,.0f} s")
            checked = net("tree", folder, leaves)
            line("tree alone verified", "<= 60 s at 10^8", f"{checked['wall']:,.1f} s", checked)
            one = net("proofs", folder, leaves)
            line("an inclusion proof, made and verified", "<= 5 ms", f"{one['seconds'] * 1e3:.2f} ms", one)
            line("  its size", "<= 1,024 bytes", f"{one['bytes']:.0f} bytes")


TASKS = {
    "nothing": bool,
    "loop": loop,
    "reference": reference,
    "rival": rival,
    "append": append,
    "full": full,
    "opened": opened,
    "commits": commits,
    "lean": lean,
    "grown": grown,
    "tree": tree,
    "proofs": proofs,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        TASKS[sys.argv[2]](Path(sys.argv[3]), *map(int, sys.argv[4:]))
    else:
        options = argparse.ArgumentParser(description="Measure the ledger.")
        options.add_argument("--rows", type=int, default=1_000_000)
        options.add_argument("--leaves", type=int, default=100_000_000)
        chosen = options.parse_args()
        main(chosen.rows, chosen.leaves)
