"""Loss of power at each point of an append: what was not synced may be there, or not, or in part, and the law holds."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from custodiet.errors import CustodietError
from custodiet.logstore.log import Log
from custodiet.signing.key_folder import KeyFolder
from support.crash_law import check_crashed
from support.ledgers import ORIGIN, Kept, access_row, staged
from support.power import Disk, Image
from support.struck import Strike, Struck, Writers, joined

ROWS, ADDED = 300, 302


class Recorded:
    """An append whose calls were recorded, with the log from before."""

    def __init__(self, folder: Path, writers: Writers) -> None:
        self.folder, self.kept = folder, Kept.create(folder / "ledger")
        table = staged(folder / "a.parquet", [access_row(number) for number in range(ROWS)])
        self.before = self.kept.append(table)
        self.copy = folder / "copy"
        shutil.copytree(self.kept.folder, self.copy)
        self.disk = Disk(self.copy)
        self.run = writers.run(folder / "calls", Strike(), "append", str(self.copy), str(table), data=True)

    def images(self, lines: list[str], drawn: int) -> Iterator[Image]:
        """Yield what the disk may hold at each point."""
        return self.disk.images(lines, random.Random(3), drawn)

    def outcomes(self, images: Iterable[Image]) -> Iterator[int]:
        """Hold what the disk may hold to the law, and yield the log's size there."""
        for number, image in enumerate(images):
            there = self.folder / "image"
            shutil.rmtree(there, ignore_errors=True)
            image.write(there)
            yield check_crashed(there, self.kept, (self.before, self.before + ADDED), told(image), full=number % 4 == 0)


def told(image: Image) -> int | None:
    """Return the size that had been told to be committed."""
    return int(image.told.split()[1]) if image.told else None


def as_recorded(disk: Disk, folder: Path) -> bool:
    """Tell whether the recorded calls, all taken, give what the folder really holds."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    made = {name: file.content(file.pending) for name, file in disk.names.items() if not file.is_folder}
    return made == {name: path.read_bytes() for name, path in found.items()}


@pytest.mark.slow
def test_power_lost_at_any_point_of_an_append_loses_nothing_that_was_told(tmp_path: Path, writers: Writers) -> None:
    """Old log or new one at each point, the new one once it was told; and what was replayed is what really happened."""
    append = Recorded(tmp_path, writers)
    drawn = int(os.environ.get("CUSTODIET_POWER_CUTS", "1"))
    sizes = Counter(append.outcomes(append.images(append.run.lines, drawn)))
    assert set(sizes) == {append.before, append.before + ADDED}
    assert sum(sizes.values()) > 40
    assert as_recorded(append.disk, append.copy)


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["data", "hash", "manifest", "keys/seeds", "checkpoint.unfinished", ""])
def test_an_append_that_left_out_a_sync_would_be_found(tmp_path: Path, writers: Writers, folder: str) -> None:
    """With the syncs of one place struck from the record, some loss of power breaks the law: this test can fail."""
    append = Recorded(tmp_path, writers)
    lines = without_syncs(append.run, append.copy / folder)
    assert len(lines) < len(append.run.lines)
    with pytest.raises((AssertionError, CustodietError, OSError)):
        list(append.outcomes(reversed(list(append.images(lines, 6)))))


def without_syncs(run: Struck, place: Path) -> list[str]:
    """Return the calls without the syncs of that file, or of that folder and the files right in it."""
    hexed = "".join(f"\\x{letter:02x}" for letter in os.fsencode(place))
    return [
        line
        for line in run.lines
        if not ("sync(" in line and hexed in line and "\\x2f" not in line.split(hexed)[1][4:])
    ]


@pytest.mark.slow
def test_power_lost_while_a_log_is_made_leaves_none_or_a_whole_one(tmp_path: Path, writers: Writers) -> None:
    """Where there is no log after the power went, making it again works."""
    folder, there = tmp_path / "new", tmp_path / "image"
    keys = KeyFolder.create(folder / "keys", ORIGIN)
    disk, whole = Disk(folder), 0
    run = writers.run(tmp_path / "calls", Strike(), "create", str(folder), data=True)
    for image in disk.images(run.lines, random.Random(5), 1):
        shutil.rmtree(there, ignore_errors=True)
        image.write(there)
        assert told(image) is None or (there / "checkpoint").exists()
        if not (there / "checkpoint").exists():
            Log.create(there, origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
        whole += 1
        assert Kept(there, keys).verify().size == 4
    assert whole > 30
    assert as_recorded(disk, folder)


def test_a_call_that_another_thread_came_between_is_read_as_one() -> None:
    """What strace tells in two lines is one call, at the place where it ended; one that never ended is not lost."""
    told = [
        '7 write(3</a>, "\\x61", 1 <unfinished ...>',
        "8 fsync(4</b>) = 0",
        "7 <... write resumed>) = 1",
        "8 fsync(4</b> <unfinished ...>",
        "7 close(3</a>) = 0",
    ]
    assert joined(told) == [told[1], '7 write(3</a>, "\\x61", 1) = 1', told[4], told[3]]
