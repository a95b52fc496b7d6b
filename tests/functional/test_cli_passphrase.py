"""Where the passphrase of a vault's keys comes from, what asks for it, and what never does."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from custodiet.bootstrap import passphrases
from support.command_line import LAWFUL, piped, said

SOURCES = ("CUSTODIET_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "CUSTODIET_PASSPHRASE")
INIT = ("--organisation", "force.example")
GOOD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def _nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody says a passphrase but the test."""
    for name in SOURCES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(passphrases, "_typed", {})


def test_init_without_a_passphrase_and_a_terminal_is_refused(tmp_path: Path) -> None:
    """It says which ways there are, and makes nothing."""
    told = piped("init", tmp_path / "vault", *INIT)

    assert told.code == 2
    for way in ("CUSTODIET_PASSPHRASE_FILE", "custodiet-passphrase", "CUSTODIET_PASSPHRASE", "--no-passphrase"):
        assert way in told.err
    assert not (tmp_path / "vault").exists()


def test_that_no_passphrase_is_wanted_must_be_said_and_is_said_loudly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where one is around, `--no-passphrase` leaves the keys in the open."""
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", GOOD)

    assert "NO PASSPHRASE" in said("init", tmp_path / "vault", *INIT, "--no-passphrase").out
    assert not (tmp_path / "vault/ledger/keys/wrapping.key").exists()
    assert "NO PASSPHRASE" not in said("init", tmp_path / "other", *INIT).out
    assert (tmp_path / "other/ledger/keys/wrapping.key").exists()


def test_a_short_passphrase_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Eleven characters are too few, however many bytes they have."""
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", "ääääääääääm")

    told = said("init", tmp_path / "vault", *INIT)
    assert (told.code, (tmp_path / "vault").exists()) == (2, False)
    assert "at least 12" in told.err


def test_the_sources_are_asked_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The named file before the credential, the credential before the variable; one line end behind it does not count."""
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", "from the variable")
    assert passphrases.new_passphrase() == b"from the variable"
    (tmp_path / "custodiet-passphrase").write_bytes(b"from the credential\r\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert passphrases.new_passphrase() == b"from the credential"
    (tmp_path / "file").write_bytes(b"from the file \n\n")
    monkeypatch.setenv("CUSTODIET_PASSPHRASE_FILE", str(tmp_path / "file"))
    assert passphrases.new_passphrase() == b"from the file \n"
    assert passphrases.passphrase_of(tmp_path) == b"from the file \n"


def test_a_passphrase_file_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was named is not passed over in silence for what comes next."""
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", GOOD)
    monkeypatch.setenv("CUSTODIET_PASSPHRASE_FILE", str(tmp_path / "gone"))

    told = said("init", tmp_path / "vault", *INIT)
    assert told.code == 6
    assert "gone" in told.err


def test_a_wrong_passphrase_is_the_environments_fault_and_names_the_file(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was done, and the ledger is as it was."""
    monkeypatch.setenv("CUSTODIET_PASSPHRASE", "another one altogether")
    before = (vault / "ledger/checkpoint").read_bytes()

    for words in (("verify", vault), ("audit", vault)):
        told = said(*words)
        assert told.code == 6
        assert "wrapping.key" in told.err
        assert "another one" not in told.err
    assert (vault / "ledger/checkpoint").read_bytes() == before


def test_who_only_reads_is_never_asked(vault: Path) -> None:
    """Queue, report and the check of the tree open no private key; full verification and writing do, and say what to do where nobody can be asked."""
    assert piped("queue", vault, *LAWFUL).code == 0
    assert piped("verify", vault, "--tree-only").code == 0
    assert piped("report", vault, vault / "report.html", *LAWFUL).code == 0
    for words in (("verify", vault), ("audit", vault)):
        told = piped(*words, stdin=subprocess.DEVNULL)
        assert told.code == 6
        assert "CUSTODIET_PASSPHRASE_FILE" in told.err


def test_on_a_terminal_it_is_typed_twice_to_make_and_once_to_open(tmp_path: Path) -> None:
    """What is typed is not shown; a slip of the fingers may be mended."""
    made = typed([GOOD, GOOD], "init", tmp_path / "vault", *INIT)
    assert (made.code, GOOD in made.shown) == (0, False)
    opened = typed(["slip of the finger", GOOD], "verify", tmp_path / "vault")
    assert (opened.code, opened.asked) == (0, 2)
    assert "Verified" in opened.shown
    assert GOOD not in opened.shown


def test_two_different_passphrases_make_nothing(tmp_path: Path) -> None:
    """The second is there to catch a slip in the first."""
    told = typed([GOOD, GOOD + "r"], "init", tmp_path / "vault", *INIT)

    assert (told.code, (tmp_path / "vault").exists()) == (2, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """How a command at a terminal ended, what it showed, and how often it asked for a passphrase."""

    code: int
    shown: str
    asked: int


def typed(lines: list[str], *words: object) -> Typed:
    """Return what the command says, with a person at the keyboard who types a line whenever he is asked."""
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "custodiet", *(str(word) for word in words)]
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    os.close(terminal)
    shown, asked = "", 0
    while piece := _read(keyboard):
        shown += piece
        if re.search(r"(assphrase.*|again): $", piece):
            os.write(keyboard, lines[asked].encode() + b"\n")
            asked += 1
    os.close(keyboard)
    return Typed(code=process.wait(timeout=60), shown=shown, asked=asked)


def _read(keyboard: int) -> str:
    """Return what the terminal shows next; nothing once the command has ended."""
    try:
        return os.read(keyboard, 65536).decode()
    except OSError:
        return ""
