"""A redaction that is cut short: nothing was done or, once the next writer has been there, all of it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from custodiet.errors import CustodietError
from custodiet.ledger.redaction import Redaction
from custodiet.signing.key_folder import KeyFolder
from support.ledgers import Kept, access_row, staged

#: Calls between which a process can be killed with the disk in another state.
CALLS = ("fsync", "rename", "unlink", "open")
WORD = "NIGHTJAR-4711"


@pytest.fixture
def proposed(tmp_path: Path) -> tuple[Kept, Redaction]:
    """Return a log in which it is proposed that the subject of entry 260 goes."""
    kept = Kept.create(tmp_path / "ledger")
    rows = [access_row(number) for number in range(300)]
    rows[256] = access_row(256, subject=WORD, original=WORD.encode())
    rows[256]["original_digest"] = sha256(WORD.encode()).hexdigest()
    kept.append(staged(tmp_path / "a.parquet", rows))
    return kept, kept.propose([260], ("subject", "origin"))


def words_left(folder: Path) -> list[str]:
    """Return the rows' files of generation 0: they alone held the word."""
    return [path.name for path in folder.rglob("*access-1.parquet")]


def settled(folder: Path, redaction: Redaction, size: int) -> bool:
    """Let the next writer begin, and tell whether the redaction was carried out; it is whole, or there is nothing of it."""
    kept = Kept(folder, KeyFolder(folder / "keys"))
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        told = appender.recovered
    verified = kept.verify()
    done = verified.size > size
    assert verified.size == size + done
    assert verified.gone.redacted == done
    assert bool(words_left(folder)) is not done
    generation = "g1" if done else "access-1"
    names = [path.name for path in folder.rglob("*access-1*")]
    assert all(generation in name for name in names), (names, told)
    assert len(list(kept.layout.manifests.iterdir())) == 1 or not done
    if not done:
        kept.approve(redaction)
        assert kept.verify().gone.redacted == 1
    return done


class Photographing:
    """A call before which a copy of the folder is made, as a kill would leave it."""

    def __init__(self, call: Callable[..., object], folder: Path, copies: list[Path]) -> None:
        self.call, self.folder, self.copies = call, folder, copies

    def __call__(self, *arguments: object, **named: object) -> object:
        """Make a copy, then do what the call does."""
        self.copies.append(self.folder.with_name(f"copy-{len(self.copies):03}"))
        calls = {name: getattr(os, name) for name in CALLS}
        for name, held in calls.items():
            setattr(os, name, held.call if isinstance(held, Photographing) else held)
        shutil.copytree(self.folder, self.copies[-1])
        for name, held in calls.items():
            setattr(os, name, held)
        return self.call(*arguments, **named)


def test_killed_at_any_point_it_is_done_or_not_begun(
    tmp_path: Path, proposed: tuple[Kept, Redaction], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each fsync, rename, unlink and open of a redaction, what a kill would leave becomes the old or the new log."""
    kept, redaction = proposed
    size, copies = kept.open().size, list[Path]()
    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, Photographing(getattr(os, name), kept.folder, copies))
        kept.approve(redaction)
    copies.append(kept.folder)
    outcomes = [settled(copy, redaction, size) for copy in copies]
    assert len(copies) > 40
    assert outcomes == sorted(outcomes)
    assert outcomes.count(False) > 10
    assert outcomes.count(True) > 10


class Failing:
    """A system call that fails at its nth use."""

    def __init__(self, call: Callable[..., object], fails_at: int) -> None:
        self.call, self.fails_at, self.used = call, fails_at, 0

    def __call__(self, *arguments: object, **named: object) -> object:
        """Do what the call does, but for once."""
        self.used += 1
        if self.used == self.fails_at:
            raise OSError(5, "Input/output error")
        return self.call(*arguments, **named)


@pytest.mark.parametrize("name", ["fsync", "rename", "unlink"])
def test_a_fault_of_the_disk_leaves_it_done_or_not_begun(
    tmp_path: Path, proposed: tuple[Kept, Redaction], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Whichever of these calls fails, the next writer finishes or undoes; a fault after the commit says that it stands."""
    kept, redaction = proposed
    size, outcomes = kept.open().size, set()
    for fails_at in range(1, 200):
        folder = Path(shutil.copytree(kept.folder, tmp_path / f"{name}-{fails_at}"))
        copy = Kept(folder, KeyFolder(folder / "keys"))
        failing = Failing(getattr(os, name), fails_at)
        with monkeypatch.context() as patch:
            patch.setattr(os, name, failing)
            try:
                copy.approve(redaction)
            except CustodietError as fault:
                said = str(fault)
            else:
                said = ""
        if failing.used < fails_at:
            break
        done = settled(folder, redaction, size)
        assert done is (("committed" in said and "as it was before" not in said) or "put in place" in said or not said)
        outcomes.add(done)
    assert outcomes == ({True} if name == "unlink" else {False, True})
