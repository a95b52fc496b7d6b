"""How soon the journal acknowledges, and how often: `python benchmarks/journal.py [FOLDER]`.

The folder should be on the disk that will hold the vault: nearly all of the time is the disk's.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from custodiet.logstore.journal import Journal
from custodiet.logstore.layout import Layout

SECONDS = 3.0
RECORD = {"typ": "note/1", "text": "the feed of the records system was switched off for an hour"}


@contextmanager
def counted_syncs() -> Iterator[list[float]]:
    """Yield a list that gets the seconds of each sync of a group."""
    took: list[float] = []
    fdatasync = os.fdatasync

    def timed(descriptor: int) -> None:
        began = time.perf_counter()
        fdatasync(descriptor)
        took.append(time.perf_counter() - began)

    os.fdatasync = timed  # type: ignore[assignment]
    try:
        yield took
    finally:
        os.fdatasync = fdatasync


def acknowledged(folder: Path, threads: int) -> tuple[list[float], list[float]]:
    """Return the seconds that each acknowledgement took, and each sync."""
    took: list[float] = []
    until = time.perf_counter() + SECONDS
    with Journal(Layout(folder)) as journal, counted_syncs() as syncs:

        def append() -> None:
            while (began := time.perf_counter()) < until:
                journal.append(RECORD)
                took.append(time.perf_counter() - began)

        running = [threading.Thread(target=append) for _ in range(threads)]
        for each in running:
            each.start()
        for each in running:
            each.join()
    return took, syncs


def main() -> None:
    """Print a line for each number of threads."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parent = parser.parse_args().folder
    print("| threads | acknowledged/s | median | 95 % within | records a sync | a sync takes |")
    print("|---|---|---|---|---|---|")
    for threads in (1, 8, 32, 128):
        with tempfile.TemporaryDirectory(dir=parent) as folder:
            took, syncs = acknowledged(Path(folder), threads)
        late = sorted(took)[int(len(took) * 0.95)]
        print(
            f"| {threads} | {len(took) / SECONDS:,.0f} | {median(took) * 1000:.1f} ms | {late * 1000:.1f} ms"
            f" | {len(took) / len(syncs):.1f} | {median(syncs) * 1000:.1f} ms |"
        )


if __name__ == "__main__":
    main()
