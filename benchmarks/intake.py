"""How fast a CSV export is taken in up to sealing: read, mapped, checked, de-duplicated and staged.

The rival in the same run is what one would write by hand: `csv.DictReader`, `datetime.strptime` and a set of seen
identifiers, without original bytes, digests, quarantine or files. Run: `python benchmarks/intake.py [rows]`.
"""

from __future__ import annotations

import csv
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from custodiet.engines.intake_staging import DuckStager
from custodiet.ingest.mapping_file import parse_mapping
from custodiet.ingest.staging import Label
from custodiet.sources.files.readers import reader_for

MAPPING = """
source = "rms"
[read]
format = "csv"
[time]
zone = "Europe/London"
[fields.occurred_at]
from = ["Date", "Time"]
format = "%d/%m/%Y %H:%M:%S"
[fields.operator]
from = "UserId"
pattern = '(?:DP)?0*([0-9]+)'
prefix = "D"
[fields.account]
from = "Login"
case = "lower"
[fields.device]
from = "Terminal"
[fields.subject]
from = "Nominal"
[fields.system]
value = "RMS"
[fields.action]
from = "Op"
codes = { V = "consultation", U = "alteration", S = "consultation", P = "disclosure" }
[fields.channel]
from = "Op"
codes = { V = "view", U = "edit", S = "search", P = "print" }
[fields.search_terms]
from = "Search"
[fields.record]
from = "Record"
[fields.session]
from = "Session"
[fields.outcome]
from = "Outcome"
codes = { OK = "success", ERR = "error" }
[fields.stated_purpose]
from = "Reason"
[fields.quoted_reference]
from = "Ref"
[fields.source_event_id]
from = "AuditNo"
[fields.sequence]
from = "AuditNo"
[extra]
keep = ["Screen"]
[sequence]
field = "sequence"
"""
HEADER = "AuditNo,Date,Time,UserId,Login,Terminal,Op,Nominal,Record,Search,Session,Outcome,Reason,Ref,Screen"


def write_export(path: Path, rows: int) -> None:
    """Write an invented export of fifteen columns."""
    with path.open("w", encoding="utf-8") as out:
        out.write(HEADER + "\n")
        for i in range(rows):
            day, second = 1 + i // 100_000, i % 86_400
            out.write(
                f"{i},{day:02d}/03/2026,{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d},DP{i * 7 % 3000:05d},"
                f"User{i * 7 % 3000},T{i % 900},{'VUSP'[i % 4]},N{i * 31 % 400_000},R{i * 13 % 900_000},"
                f"{'surname smith' if i % 4 == 2 else ''},S{i // 40},{'OK' if i % 50 else 'ERR'},"
                f"{'enquiry into incident' if i % 3 else ''},{2026000000 + i % 70_000 if i % 2 else ''},SCR{i % 20}\n"
            )


def by_hand(path: Path) -> int:
    """Do the least of the same work in a plain loop."""
    zone, seen, kept = ZoneInfo("Europe/London"), set(), []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            at = datetime.strptime(f"{row['Date']} {row['Time']}", "%d/%m/%Y %H:%M:%S").replace(tzinfo=zone)
            if row["AuditNo"] in seen:
                continue
            seen.add(row["AuditNo"])
            kept.append((at, f"D{int(row['UserId'].removeprefix('DP'))}", row["Nominal"], row["Op"]))
    return len(kept)


def staged(path: Path) -> int:
    """Take the file in up to sealing."""
    mapping = parse_mapping(MAPPING)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open("rb") as stream:
        label = Label(delivery="D000001", source="rms", file_name=path.name, file_digest="")
        batches = iter(reader_for(mapping.reading)(stream, path.name))
        stager = DuckStager(Path(folder), workers=2)
        done = stager.judged(stager.mapped(batches, mapping, label), label, [])
        assert done.counts.accepted == done.counts.received, done.counts
        return done.counts.yielded


def measured(work: Callable[[Path], int], path: Path) -> str:
    """Return what one run says of itself."""
    began, used = time.perf_counter(), time.process_time()
    rows = work(path)
    took, cpu = time.perf_counter() - began, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{work.__name__:8s} {rows:>10,} rows  {took:6.1f} s  {cpu:6.1f} s CPU  {rows / took:>9,.0f} rows/s  peak {peak:,} MB"


def main() -> None:
    """Run each way in a process of its own, so that each peak is its own."""
    if len(sys.argv) == 3:
        work = {"by_hand": by_hand, "staged": staged}[sys.argv[1]]
        print(measured(work, Path(sys.argv[2])), flush=True)
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        write_export(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB", flush=True)
        for way in ("by_hand", "staged"):
            subprocess.run([sys.executable, __file__, way, str(path)], check=True)


if __name__ == "__main__":
    main()
