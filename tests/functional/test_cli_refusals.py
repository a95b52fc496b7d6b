"""What a command says when it cannot or may not do what it was asked: one sentence on standard error, and the exit code of its kind."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from custodiet.bootstrap.identity import login
from support.command_line import LAWFUL, Said, looks_waiting, piped, said

USAGE, BAD_INPUT, REFUSED, ENVIRONMENT = 2, 3, 5, 6


def refused(told: Said, code: int) -> str:
    """Return the sentence; nothing stands on standard output, and there is no traceback."""
    assert (told.code, told.out) == (code, "")
    assert re.fullmatch(r"custodiet: [^\n]+\n", told.err)
    return told.err


@pytest.mark.parametrize("words", [("queue",), ("show", "F-ABCDEFGH"), ("why", "7"), ("report", "out.html")])
def test_a_look_without_a_purpose_is_refused(vault: Path, words: tuple[str, ...]) -> None:
    """The sentence names the lawful purposes, and nothing is recorded since nothing was looked at."""
    command, *rest = words

    assert "criminal_proceedings" in refused(said(command, vault, *rest), REFUSED)
    assert looks_waiting(vault) == []


@pytest.mark.parametrize("purpose", ["productivity", "attendance", "LAWFULNESS", "lawfulness "])
def test_a_purpose_outside_the_act_is_refused(vault: Path, purpose: str) -> None:
    """The four purposes of s.62(4), word for word, and no others."""
    assert "s.62(4)" in refused(said("queue", vault, "--purpose", purpose), REFUSED)


def test_the_purpose_may_stand_in_the_environment(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CUSTODIET_PURPOSE says it for a whole session, and is recorded like the option."""
    monkeypatch.setenv("CUSTODIET_PURPOSE", "self_monitoring")

    assert said("queue", vault).code == 0
    assert looks_waiting(vault)[-1]["purpose"] == "self_monitoring"


def test_a_stranger_is_refused(vault: Path) -> None:
    """A login that the principals file does not name gets nothing, not even an audit."""
    (vault / "principals.toml").write_text('[principals."somebody-else"]\nroles = ["analyst"]\n')

    for words in (("queue", vault, *LAWFUL), ("audit", vault), ("show", vault, "F-ABCDEFGH", *LAWFUL)):
        assert "no principal with your login" in refused(said(*words), REFUSED)
    assert looks_waiting(vault) == []


def test_the_environment_does_not_say_who_looks(vault: Path) -> None:
    """Whoever sets USER and LOGNAME is still himself: in the record of the look, and behind his walls."""
    name = {"USER": "somebody-else", "LOGNAME": "somebody-else", "LNAME": "somebody-else", "USERNAME": "somebody-else"}

    assert piped("queue", vault, *LAWFUL, env=name).code == 0
    assert looks_waiting(vault)[-1]["principal"] == login() != "somebody-else"


@pytest.mark.parametrize("roles", ['["administrator"]', '["training"]', "[]", '["nonsense"]'])
def test_roles_that_do_not_work_with_findings_open_none(vault: Path, roles: str) -> None:
    """An administrator runs the vault; that alone opens no finding."""
    (vault / "principals.toml").write_text(f'[principals."{login()}"]\nroles = {roles}\n')

    assert "roles" in refused(said("queue", vault, *LAWFUL), REFUSED)


@pytest.mark.parametrize("command", ["audit", "queue", "verify", "show", "why", "report", "ingest"])
def test_a_folder_that_is_no_vault_is_bad_input(tmp_path: Path, command: str) -> None:
    """The sentence says what would make one."""
    more = {
        "show": ("F-ABCDEFGH", *LAWFUL), "why": ("7", *LAWFUL), "report": ("out.html", *LAWFUL), "queue": LAWFUL,
        "ingest": ("x.csv", "-m", "ocsf"),
    }  # fmt: skip

    assert "custodiet init" in refused(said(command, tmp_path, *more.get(command, ())), BAD_INPUT)


def test_a_vault_without_an_audit_says_what_makes_one(tmp_path: Path) -> None:
    """The queue of a new vault is not empty but unknown."""
    said("init", tmp_path / "new", "--organisation", "dorset.police.uk")

    assert "custodiet audit" in refused(said("queue", tmp_path / "new", *LAWFUL), BAD_INPUT)
    assert "custodiet ingest" in said("audit", tmp_path / "new").err.splitlines()[-1]


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("audit",),
        ("audit", "VAULT", "--bogus"),
        ("why", "VAULT", "seven"),
        ("queue", "VAULT", "-n", "0"),
        ("queue", "VAULT", "-n", "-3"),
        ("queue", "VAULT", "-n", "many"),
        ("audit", "VAULT", "--as-known", "0"),
        ("audit", "VAULT", "--as-known", "999999999"),
        ("audit", "VAULT", "--fail-on", "nothing"),
        ("ingest", "VAULT", "-m", "ocsf"),
        ("ingest", "VAULT", "x.csv"),
        ("ingest", "VAULT", "x.csv", "-m", "no-such.toml"),
        ("ingest", "VAULT", "x.log", "-m", "pgaudit-csvlog"),
        ("init", "NEW", "--organisation", "Dorset Police"),
        ("init", "NEW", "--organisation", "dorset.police.uk", "--name", "East Dorset"),
        ("init", "NEW", "--organisation", "dorset.police.uk", "--zone", "Europe/Poole"),
        ("simulate", "NEW", "--scale", "0"),
        ("simulate", "NEW", "--scale", "-1"),
        ("simulate", "NEW", "--days", "0"),
        ("simulate", "NEW", "--start", "2 March"),
        ("demo", "NEW", "--days", "-1"),
    ],
)
def test_words_that_do_not_fit_are_usage(vault: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    """Exit code 2 and a sentence, and nothing was made."""
    places = {"VAULT": vault, "NEW": tmp_path / "new"}
    told = said(*(places.get(word, word) for word in words), *(LAWFUL if words[0] in {"queue", "why"} else ()))

    assert told.code == USAGE
    assert told.out == ""
    assert told.err.splitlines()[-1].startswith("custodiet: ")
    assert "Traceback" not in told.err
    assert not (tmp_path / "new").exists()


def test_a_missing_or_unreadable_file_is_bad_input_and_named(vault: Path, exports: Path, tmp_path: Path) -> None:
    """A file that is not there, and a folder in the place of one, leave the vault as it was."""
    mapping = exports / "mappings" / "hr_staff.toml"
    before = (vault / "ledger" / "checkpoint").read_bytes()

    assert "gone.csv" in refused(said("context", vault, tmp_path / "gone.csv", "-m", mapping), BAD_INPUT)
    assert refused(said("context", vault, tmp_path, "-m", mapping), BAD_INPUT)
    assert refused(said("map", tmp_path / "gone.csv"), BAD_INPUT)
    assert (vault / "ledger" / "checkpoint").read_bytes() == before


def test_a_mapping_that_cannot_be_read_names_its_place(vault: Path, tmp_path: Path) -> None:
    """A broken mapping file is bad input, with the file's name."""
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('source = "hr"\nyields = "unicorns"\n')
    (tmp_path / "rows.csv").write_text("A\n1\n")

    assert "wrong.toml" in refused(said("context", vault, tmp_path / "rows.csv", "-m", wrong), BAD_INPUT)
    assert "wrong.toml" in refused(said("test", wrong), BAD_INPUT)


def test_facts_and_accesses_are_not_mixed_up(vault: Path, exports: Path) -> None:
    """Each command names the other one for the other kind."""
    facts = exports / "mappings" / "hr_staff.toml"
    file = exports / "exports" / "hr" / "staff.csv"

    assert "custodiet context" in refused(said("ingest", vault, file, "-m", facts), USAGE)
    assert "custodiet ingest" in refused(said("context", vault, file, "-m", "fhir"), USAGE)


def test_with_json_the_error_is_an_object_too(vault: Path) -> None:
    """Name, sentence and exit code are on standard output, and the same sentence on standard error."""
    told = said("show", vault, "F-ZZZZZZZZ", *LAWFUL, "--json")

    assert told.code == REFUSED
    assert told.body["schema"] == "error/1"
    assert told.body["error"] == "Refused"
    assert told.body["exit_code"] == REFUSED
    assert told.err == f"custodiet: {told.body['message']}\n"


def test_an_output_that_cannot_be_written_is_the_environments_fault(vault: Path, tmp_path: Path) -> None:
    """A report into a folder that is not there ends with 6 and a sentence."""
    assert "cannot be written" in refused(said("report", vault, tmp_path / "no" / "r.html", *LAWFUL), ENVIRONMENT)


def test_a_run_whose_files_are_gone_is_told_in_a_sentence(vault: Path) -> None:
    """Derived rows may be deleted at any time; the answer is how to make them again, and never a traceback."""
    latest = (vault / "derived" / "latest").read_text().strip()
    (vault / "derived" / latest / "finding.parquet").unlink()

    told = said("queue", vault, *LAWFUL)

    assert told.code in {BAD_INPUT, ENVIRONMENT}
    assert "custodiet audit" in refused(told, told.code)
    assert said("audit", vault).code == 0
    assert said("queue", vault, *LAWFUL).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_ledger_is_the_environments_fault(vault: Path) -> None:
    """A file that the system will not open ends with 6."""
    (vault / "ledger" / "checkpoint").chmod(0)

    assert refused(said("verify", vault), ENVIRONMENT)


def test_a_missing_key_is_told_in_a_sentence(vault: Path) -> None:
    """Without its keys a ledger is not verified; the sentence says what is missing."""
    for path in (vault / "ledger" / "keys").rglob("*"):
        if path.is_file():
            path.unlink()

    told = said("verify", vault)

    assert told.code == ENVIRONMENT
    assert "Traceback" not in told.err


def test_words_that_are_no_text_are_refused_and_nothing_is_shown(vault: Path) -> None:
    """A reason with bytes that are no UTF-8 cannot be kept in the record, so there is no look."""
    told = piped("queue", vault, *LAWFUL, "--reason", os.fsdecode(b"\xff\xfe"))

    assert (told.code, told.out) == (USAGE, "")
    assert looks_waiting(vault) == []
