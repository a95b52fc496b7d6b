"""The note of what an erasure has still to take away: done once if the erasure was committed, and else not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.unfinished_erasure import UnfinishedErasure, emptied
from custodiet.errors import BadInput


@pytest.mark.parametrize("done", [True, False])
def test_the_note_is_followed_if_its_act_was_done_and_goes_in_any_case(tmp_path: Path, *, done: bool) -> None:
    """Whoever writes next after a kill finds it, asks whether the act it names was done, and leaves no note."""
    UnfinishedErasure(tmp_path).begin(704, [("D000001", 3)], ["D000001"])
    asked, taken = list[int](), list[object]()

    def is_done(number: int) -> bool:
        asked.append(number)
        return done

    for _ in range(2):
        UnfinishedErasure(tmp_path).finish(is_done, lambda places, keys: taken.append((list(places), list(keys))))

    assert asked == [704]
    assert taken == ([([("D000001", 3)], ["D000001"])] if done else [])
    assert list(tmp_path.iterdir()) == []


def test_a_note_stays_until_what_it_says_was_done(tmp_path: Path) -> None:
    """A fault while places are emptied leaves the note for the next writer; one that cannot be read is not passed over."""
    note = UnfinishedErasure(tmp_path)
    note.begin(704, [("D000001", 3)], [])

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input"):
        note.finish(lambda _: True, fails)
    taken: list[object] = []
    note.finish(lambda _: True, lambda places, _: taken.append(places))
    assert taken == [[("D000001", 3)]]
    (tmp_path / "erasing.json").write_text("{")
    with pytest.raises(BadInput, match="unfinished erasure"):
        note.finish(lambda _: True, fails)


def test_a_destroyed_key_is_gone_and_a_new_one_is_another(tmp_path: Path) -> None:
    """Keys of digests are kept by name, for their owner alone, and are never given twice."""
    keys = DigestKeys(tmp_path / "digests")
    one = keys.new("D000001")
    assert (keys.held("D000001"), keys.held("D000002"), keys.names()) == (one, None, ["D000001"])
    assert (tmp_path / "digests" / "D000001.key").stat().st_mode & 0o077 == 0
    keys.destroy("D000001")
    assert (keys.held("D000001"), keys.names()) == (None, [])
    assert keys.new("D000001") != one


def test_a_folder_that_is_emptied_stays_and_holds_nothing(tmp_path: Path) -> None:
    """Files and folders in it go; a folder that is not there is none to empty."""
    (tmp_path / "staging" / "D000001").mkdir(parents=True)
    (tmp_path / "staging" / "D000001" / "chunk").write_text("x")
    (tmp_path / "staging" / "file").write_text("x")
    emptied(tmp_path / "staging")
    emptied(tmp_path / "nowhere")
    assert [path.name for path in tmp_path.rglob("*")] == ["staging"]
