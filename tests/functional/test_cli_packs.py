"""Packs on the command line: by their names, by their folders, and by what is wrong with them."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from shutil import copytree

import pytest

from custodiet.explain.included import shipped, shipped_names
from support.command_line import said


def made(vault: Path, pack: str) -> str:
    """Return the pack that the settings of a new vault name."""
    done = said("init", vault, "--organisation", "county.example", "--pack", pack, "--json")
    assert (done.code, done.err) == (0, "")
    named: str = tomllib.loads((vault / "vault.toml").read_text())["pack"]
    assert done.body["pack"] == named
    return named


@pytest.mark.parametrize("name", shipped_names())
def test_a_vault_is_made_for_a_pack_by_its_name(tmp_path: Path, name: str) -> None:
    """The settings name a pack that comes with the software as it is called."""
    assert made(tmp_path / "vault", name) == name


def test_a_vault_is_made_for_a_pack_in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is named by its full path, whatever folder the command runs in; a name alone means what is shipped."""
    monkeypatch.chdir(tmp_path)
    copytree(shipped(), tmp_path / "uk_police")
    assert made(tmp_path / "one", f".{os.sep}uk_police") == str(tmp_path / "uk_police")
    assert made(tmp_path / "two", "uk_police") == "uk_police"


def test_no_vault_is_made_for_a_pack_that_is_not_there(tmp_path: Path) -> None:
    """The error names the packs that there are, and nothing is left behind."""
    done = said("init", tmp_path / "vault", "--organisation", "county.example", "--pack", "fire")
    assert done.code == 3
    assert "There is no such pack. Found fire. Expected one of" in done.err
    assert "uk_police" in done.err
    assert not (tmp_path / "vault").exists()


def test_no_vault_is_made_for_a_pack_that_cannot_be_read(tmp_path: Path) -> None:
    """A fault in any file of the pack is told before anything is made."""
    folder = copytree(shipped(), tmp_path / "county")
    (folder / "signals" / "self.toml").write_text("points = many")
    done = said("init", tmp_path / "vault", "--organisation", "county.example", "--pack", folder)
    assert done.code == 3
    assert "self.toml" in done.err
    assert not (tmp_path / "vault").exists()


def test_the_examples_of_a_pack_run_by_its_name() -> None:
    """Each shipped pack's examples all come out, alone and together."""
    counts = [said("test", name, "--json").body for name in shipped_names()]
    assert [one["failed"] for one in counts] == [[] for _ in counts]
    assert said("test", "--json").body["examples"] == sum(one["examples"] for one in counts)


def test_what_is_neither_pack_nor_mapping_is_refused() -> None:
    """The error says what could have been meant."""
    done = said("test", "fire")
    assert done.code == 3
    assert "uk_police" in done.err


def test_what_speaks_against_a_template_is_said(tmp_path: Path) -> None:
    """A unit-wide template without a cap that explains by itself ends with 1; a day of review that is past is advice."""
    folder = copytree(shipped(), tmp_path / "county")
    task = folder / "templates" / "task_unit.toml"
    task.write_text(task.read_text().replace('[strength.fanout]\nthrough = "t"\nmost = 30\n', "", 1))
    done = said("test", folder, "--on", "2027-11-29", "--json")
    assert (done.code, done.body["failed"]) == (1, [])
    assert [(one["file"], one["rule"], one["refused"]) for one in done.body["remarks"]] == [
        ("templates/task_unit.toml", "width", True)
    ]
    later = said("test", "uk_police", "--on", "2027-11-30", "--json")
    assert later.code == 0
    assert {(one["rule"], one["refused"]) for one in later.body["remarks"]} == {("date", False)}


def test_a_copy_is_a_pack_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is named for its folder, judges by as much as its original, and can be copied again from there."""
    monkeypatch.chdir(tmp_path)
    copied = said("copy-pack", "hospital", "county", "--json").body
    again = said("copy-pack", f".{os.sep}county", "county2", "--json").body
    assert (copied["name"], again["name"]) == ("county", "county2")
    assert (copied["templates"], copied["signals"]) == (again["templates"], again["signals"])
    assert said("test", f".{os.sep}county2").code == 0


def test_no_copy_is_put_over_what_is_there(tmp_path: Path) -> None:
    """A folder that is there is left as it is, and nothing is made where there is no such pack."""
    (tmp_path / "county").mkdir()
    assert said("copy-pack", "council", tmp_path / "county").code == 3
    assert list((tmp_path / "county").iterdir()) == []
    assert said("copy-pack", "fire", tmp_path / "new").code == 3
    assert not (tmp_path / "new").exists()
