"""The quarantine on the disk: durable before the ledger names a delivery, and nothing left of one that never came to be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from custodiet.engines.intake_quarantine import Quarantine


def test_what_is_published_is_on_the_disk_with_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, its name, and the name of the folder that was made for it: in this order."""
    staged, folder = tmp_path / "staged.parquet", tmp_path / "vault" / "quarantine"
    staged.write_bytes(b"records")
    folder.parent.mkdir()
    synced: list[str] = []
    fsync = os.fsync

    def heard(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", heard)
    Quarantine(folder).publish(staged, "D-0001")
    assert synced == [str(folder.parent), str(staged), str(folder)]
    assert [path.read_bytes() for path in folder.iterdir()] == [b"records"]


def test_a_name_that_is_given_anew_has_nothing_of_a_writer_that_was_cut_short(tmp_path: Path) -> None:
    """Neither its records nor its marks, finished or not; those of other deliveries stay."""
    for name in ("D-0002.parquet", "D-0002.redriven.parquet", "D-0002.redriven.unfinished", "D-0001.parquet"):
        (tmp_path / name).write_bytes(b"left")
    Quarantine(tmp_path).forget("D-0002")
    assert [path.name for path in tmp_path.iterdir()] == ["D-0001.parquet"]
    Quarantine(tmp_path / "none").forget("D-0002")
