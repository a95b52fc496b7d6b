"""Another passphrase for the same keys, and a new key for the seeds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from custodiet.errors import EnvironmentFault
from custodiet.signing import durable
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.salts import SealedSalts

NAME = "force.example/custodiet/main"
OLD, NEW = b"correct horse", b"another horse"


class PowerCut(BaseException):
    """Nothing after this happens."""


@contextmanager
def power_cut_at(step: int) -> Iterator[list[str]]:
    """The step of that number, of those that change the disk, does not happen any more, nor does any after it."""
    done: list[str] = []
    steps = {name: getattr(durable.os, name) for name in ("open", "fsync")} | {
        name: getattr(Path, name) for name in ("rename", "unlink")
    }

    def counted(name: str) -> object:
        def run(*words: object, **more: object) -> object:
            if len(done) == step:
                raise PowerCut
            done.append(name)
            return steps[name](*words, **more)

        return run

    with pytest.MonkeyPatch.context() as patch:
        for name in ("open", "fsync"):
            patch.setattr(durable.os, name, counted(name))
        for name in ("rename", "unlink"):
            patch.setattr(Path, name, counted(name))
        yield done


def opened(folder: Path, passphrase: bytes) -> tuple[object, object] | None:
    """Return what both private keys are under that passphrase, if it opens them."""
    keys = KeyFolder(folder, lambda: passphrase)
    try:
        return keys.signer().verifier, keys.salts()
    except EnvironmentFault:
        return None


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (None, NEW), (OLD, None), (None, None)])
def test_the_keys_stay_the_same(tmp_path: Path, before: bytes | None, after: bytes | None) -> None:
    """From any state to any other, the signer and the key of the seeds are what they were, and the old passphrase opens nothing."""
    keys = KeyFolder.create(tmp_path / "keys", NAME, passphrase=before)
    were = opened(keys.folder, before or b"")

    keys.change_passphrase(after)

    assert were is not None
    assert opened(keys.folder, after or b"") == were
    assert KeyFolder(keys.folder).has_passphrase is (after is not None)
    assert keys.in_the_open() == (() if after else ("log.key", "seeds.key"))
    if before and after:
        assert opened(keys.folder, before) is None
    assert {path.stat().st_mode & 0o777 for path in keys.folder.iterdir()} == {0o600}


@pytest.mark.parametrize(("before", "after"), [(OLD, NEW), (None, NEW), (OLD, None)])
def test_a_power_cut_at_any_step_leaves_keys_that_open(
    tmp_path: Path, before: bytes | None, after: bytes | None
) -> None:
    """Whatever step is the last, one of the two passphrases opens both keys; and the change can be done again."""
    for step in count():
        keys = KeyFolder.create(tmp_path / str(step), NAME, passphrase=before)
        were = opened(keys.folder, before or b"")
        try:
            with power_cut_at(step):
                keys.change_passphrase(after)
        except PowerCut:
            found = {each: opened(keys.folder, each) for each in (before or b"", after or b"")}
            assert were in found.values()
            passphrase = next(each for each, what in found.items() if what == were)
            KeyFolder(keys.folder, lambda known=passphrase: known).change_passphrase(after)  # type: ignore[misc]
            assert opened(keys.folder, after or b"") == were
            assert bool(keys.in_the_open()) is (after is None)
            continue
        assert step > 3
        return


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says to do it again; the old passphrase still opens."""
    keys = KeyFolder.create(tmp_path / "keys", NAME, passphrase=OLD)
    were = opened(keys.folder, OLD)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable.os, "fsync", full)
    with pytest.raises(EnvironmentFault, match="Do it again"):
        keys.change_passphrase(NEW)
    monkeypatch.undo()
    assert opened(keys.folder, OLD) == were


def test_a_wrong_passphrase_changes_nothing(tmp_path: Path) -> None:
    """Who cannot open the keys cannot lay them under another passphrase."""
    made = KeyFolder.create(tmp_path / "keys", NAME, passphrase=OLD)
    before = {path.name: path.read_bytes() for path in made.folder.iterdir()}
    with pytest.raises(EnvironmentFault, match="does not open"):
        KeyFolder(made.folder, lambda: b"wrong").change_passphrase(NEW)
    assert {path.name: path.read_bytes() for path in made.folder.iterdir()} == before


def test_a_new_key_of_the_seeds_seals_and_the_earlier_ones_still_open(tmp_path: Path) -> None:
    """Old seeds open before and after they are sealed again; the old key opens none that was; fingerprints stay."""
    keys = KeyFolder.create(tmp_path / "keys", NAME, passphrase=OLD)
    before = keys.salts()
    sealed = before.new_seed("log 0-9")
    asked = {"start": 0, "count": 3, "groups": 4}

    after = keys.renew_seeds_key()
    again = after.resealed(sealed, "log 0-9")

    assert keys.salts() == after
    assert len(after.keys) == 2
    for seed in (sealed, again):
        assert after.salts(seed, "log 0-9", **asked) == before.salts(sealed, "log 0-9", **asked)
    with pytest.raises(EnvironmentFault):
        before.salts(again, "log 0-9", **asked)
    with pytest.raises(EnvironmentFault):
        SealedSalts(after.keys[0]).salts(sealed, "log 0-9", **asked)
    assert after.resealed(again, "log 0-9") == again
    with pytest.raises(EnvironmentFault):
        after.resealed(sealed, "log 0-8")
    assert after.fingerprints([b"i"]) == before.fingerprints([b"i"])
