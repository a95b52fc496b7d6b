"""`custodiet prove`: what it hands out, what it keeps, and that no look at a record goes unrecorded."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from custodiet import bootstrap
from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import unverified
from support.command_line import LAWFUL, looks_waiting, said
from support.evidence import cosignature, witness_vkey

NO_ACCESS = "custodiet: There is no such access.\n"


def relation(vault: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a relation of the latest run."""
    run = (vault / "derived" / "latest").read_text().strip()
    found: list[dict[str, Any]] = (
        duckdb.sql(f"FROM '{vault}/derived/{run}/{name}.parquet'").to_arrow_table().to_pylist()
    )
    return found


def sit_as(vault: Path, staff: str) -> None:
    """Make the caller this member of staff."""
    path = vault / "principals.toml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("staff")]
    path.write_text("\n".join([*lines, f'staff = "{staff}"']) + "\n")


def key_of(vault: Path) -> str:
    """Return the log's public key."""
    return (vault / "ledger" / "keys" / "log.vkey").read_text().strip()


def checked(folder: Path, vault: Path) -> str:
    """Return what the bundle's own verifier says, run from the bundle; both verifiers accept it."""
    bootstrap.check_evidence(folder, key_of(vault))
    words = [sys.executable, "-I", "-S", folder / "verify.py", folder, "--key", key_of(vault)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def access(vault: Path) -> dict[str, Any]:
    """Return an access that is in the vault."""
    return next(row for row in relation(vault, "access") if row["stated_purpose"] and row["operator"])


def test_a_bundle_of_one_access_is_whole_and_checks(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """The folder holds what it must, both verifiers accept it, and what is shown is what is stored."""
    out = tmp_path / "bundle"
    done = said("prove", vault, access["access"], "--out", out, "--original", *LAWFUL, "--json")

    assert done.code == 0, done.err
    told = checked(out, vault)
    assert f'operator = "{access["operator"]}"' in told
    assert f"stated_purpose = {json.dumps(access['stated_purpose'], ensure_ascii=False)}" in told
    assert (done.body["asked"], done.body["withheld"]) == ([access["access"]], [])
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert names == {"README.html", "README.txt", "SHA256SUMS", "bundle.json", "checkpoint", "log.vkey", "verify.py",
                     f"originals/{access['access']}",
                     *(f"proofs/{index}.tlog-proof" for index in [*done.body["asked"], *done.body["beside"]])}  # fmt: skip
    assert done.body["digest"] == hashlib.sha256((out / "SHA256SUMS").read_bytes()).hexdigest()


def test_the_page_says_what_counts(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """Page and text name what is withheld, that nobody witnessed, and what is not proved."""
    assert (
        said("prove", vault, access["access"], "--groups", "actor, context", "--out", tmp_path / "b", *LAWFUL).code == 0
    )
    page, text = (tmp_path / "b" / "README.html").read_text(), (tmp_path / "b" / "README.txt").read_text()

    for words in ("UNWITNESSED", "Withheld.", "What it does not prove", "Who sat at the terminal", "Invented."):
        assert words in page
    assert access["subject"] not in page
    assert "UNWITNESSED" in text
    assert "<script" not in page


def test_withheld_groups_are_in_no_file(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """What is withheld stands nowhere in the folder: neither value nor salt nor the delivery that would tell of it."""
    full, some = tmp_path / "full", tmp_path / "some"
    assert said("prove", vault, access["access"], "--out", full, *LAWFUL).code == 0
    assert said("prove", vault, access["access"], "--groups", "actor", "--out", some, *LAWFUL).code == 0
    shown = json.loads((full / "bundle.json").read_text())
    [item] = [item for item in shown["items"] if item["index"] == access["access"]]
    everything = b"".join(path.read_bytes() for path in some.rglob("*") if path.is_file()).decode()

    assert "WITHHELD" in checked(some, vault)
    assert item["shown"]["actor"] in everything
    assert not [group for group, text in item["shown"].items() if group != "actor" and text in everything]
    assert access["subject"] not in everything
    assert '\\"delivery/1\\"' not in everything


def test_the_look_is_recorded_first_and_the_bundle_by_its_digest(
    vault: Path, access: dict[str, Any], tmp_path: Path
) -> None:
    """Two deeds stand in the journal: the look at the event, and the digest of what was handed out; both with their reason."""
    before = len(looks_waiting(vault))
    reason = ("--reason", "R v Doe, disclosure")
    done = said("prove", vault, access["access"], "--out", tmp_path / "b", *LAWFUL, *reason, "--json")
    found = [(look["act"], look["object"], look["reason"]) for look in looks_waiting(vault)[before:]]

    assert found == [("prove", str(access["access"]), reason[1]), ("prove", f"sha256:{done.body['digest']}", reason[1])]


def test_without_a_purpose_nothing_is_written(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """Neither folder nor record: the command is refused."""
    before = len(looks_waiting(vault))
    assert said("prove", vault, access["access"], "--out", tmp_path / "b").code == 5
    assert not (tmp_path / "b").exists()
    assert len(looks_waiting(vault)) == before


def test_without_a_record_nothing_is_written(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """Where the look cannot be recorded there is no bundle, and nothing of one."""
    shutil.rmtree(vault / "ledger" / "journal", ignore_errors=True)
    (vault / "ledger" / "journal").write_text("not a folder")
    assert said("prove", vault, access["access"], "--out", tmp_path / "b", *LAWFUL).code == 6
    assert list(tmp_path.iterdir()) == [vault]


def test_walled_and_missing_look_the_same(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """His own access, one that is not there, a deed and a fact: refused in the same words, recorded alike."""
    sit_as(vault, access["actor"])
    before, own = len(looks_waiting(vault)), access["access"]
    deed = bootstrap_index(vault, "deed/1")
    fact = bootstrap_index(vault, "fact/1")
    for event in (own, 2**40, deed, fact):
        done = said("prove", vault, event, "--out", tmp_path / "b", *LAWFUL)
        assert (done.code, done.out, done.err) == (5, "", NO_ACCESS)
    period = ("--from", "2020-01-01", "--to", "2030-01-01")
    for actor in (access["actor"], "nobody"):
        done = said("prove", vault, "--actor", actor, *period, "--out", tmp_path / "b", *LAWFUL)
        assert (done.code, done.out, done.err) == (5, "", NO_ACCESS)
    assert not (tmp_path / "b").exists()
    assert [look["object"] for look in looks_waiting(vault)[before:]] == [
        str(own), str(2**40), str(deed), str(fact), f"actor {access['actor']}", "actor nobody"]  # fmt: skip


def bootstrap_index(vault: Path, typ: str) -> int:
    """Return the index of an entry of that type."""
    name = typ.replace("/", "-")
    return int(next((vault / "ledger" / "data").glob(f"*.{name}.parquet")).name.partition("-")[0])


def test_all_accesses_of_an_actor(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """The list is that of the audit, each access proved, and it says on what its completeness rests."""
    out, period = tmp_path / "b", ("--from", "2020-01-01", "--to", "2030-01-01T00:00:00Z")
    done = said("prove", vault, "--actor", access["actor"], *period, "--with-range", "--out", out, *LAWFUL, "--json")
    mine = [row["access"] for row in relation(vault, "access") if row["actor"] == access["actor"]]
    total = len(relation(vault, "access"))

    assert done.body["asked"] == mine
    rests = done.body["completeness"]
    assert (rests["listed"], rests["accesses"], rests["searched"]) == (len(mine), total, total)
    assert done.body["range"]["entries"]["access/1"] == total
    told = checked(out, vault)
    assert told.count("ASKED FOR") == len(mine)
    assert "SAID by whoever made this bundle, and not proved by it" in told
    page = (out / "README.html").read_text()
    assert "That the list is complete is the organisation’s statement." in page
    assert access["actor"] not in "".join(path.name for path in out.rglob("*"))


def test_the_end_of_a_period_is_not_in_it(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """An access at the beginning is on the list, and one at the end is not."""
    rows = sorted(
        (row for row in relation(vault, "access") if row["actor"] == access["actor"]),
        key=lambda row: row["occurred_at"],
    )
    first, last = (f"{row['occurred_at'].isoformat()}Z" for row in (rows[0], rows[-1]))
    wanted = {row["access"] for row in rows if row["occurred_at"] < rows[-1]["occurred_at"]}
    period = ("--from", first, "--to", last)
    done = said("prove", vault, "--actor", access["actor"], *period, "--out", tmp_path / "b", *LAWFUL, "--json")

    assert set(done.body["asked"]) == wanted
    assert wanted


def test_accesses_after_the_audit_are_not_passed_over(
    vault: Path, access: dict[str, Any], exports: Path, tmp_path: Path
) -> None:
    """Where records came in since the latest audit, the list is refused until they were audited."""
    new = tmp_path / "associations_new.csv"
    new.write_text(f"StaffNo,Subject,Nature,DeclaredAt\n{access['actor']},P-NEW,cousin,03/03/2026 09:00:00\n")
    assert said("context", vault, new, "-m", exports / "mappings" / "hr_associations.toml").code == 0
    period = ("--from", "2020-01-01", "--to", "2030-01-01")
    done = said("prove", vault, "--actor", access["actor"], *period, "--out", tmp_path / "b", *LAWFUL)

    assert done.code == 3
    assert "audit" in done.err


def test_a_range_shows_nothing_but_its_entries(vault: Path, tmp_path: Path) -> None:
    """All entries of a range are proved together and none is shown; bounds that the log does not have are refused."""
    out = tmp_path / "b"
    done = said("prove", vault, "--range", 2, 40, "--out", out, *LAWFUL, "--json")
    assert sum(done.body["range"]["entries"].values()) == 38
    assert "All entries 2 to 39 are here" in checked(out, vault)
    assert json.loads((out / "bundle.json").read_text())["items"] == []
    for bounds in ((5, 5), (9, 3), (0, 10**9), (-1, 3)):
        assert said("prove", vault, "--range", *bounds, "--out", tmp_path / "c", *LAWFUL).code == 3
    assert not (tmp_path / "c").exists()


def test_an_event_shown_within_a_range(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """An event may be shown in the range that holds it: it needs no proof of its own."""
    index, out = access["access"], tmp_path / "b"
    done = said("prove", vault, index, "--range", index - 2, index + 3, "--groups", "subject", "--out", out, *LAWFUL)
    assert done.code == 0, done.err
    assert f'subject = "{access["subject_as_used"]}"' in checked(out, vault)
    assert not (out / f"proofs/{index}.tlog-proof").exists()


def test_index_0_is_an_index(vault: Path, tmp_path: Path) -> None:
    """The first entry of the log, which holds nothing personal, is proved like any other."""
    assert said("prove", vault, 0, "--out", tmp_path / "b", *LAWFUL).code == 0
    assert "Entry 0 (schema/1) is in the log. ASKED FOR." in checked(tmp_path / "b", vault)


def test_an_archive_holds_the_same_and_its_bytes_follow_from_it(
    vault: Path, access: dict[str, Any], tmp_path: Path
) -> None:
    """The .zip holds the folder, and the same folder always makes the same bytes."""
    from custodiet.logstore.bundle_folder import opened_folder, write_archive

    out = tmp_path / "b"
    assert said("prove", vault, access["access"], "--range", 3, 90, "--out", out, "--zip", *LAWFUL).code == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert {name.removeprefix("b/") for name in archive.namelist()} == set(opened_folder(out))
        archive.extractall(tmp_path / "again")
    checked(tmp_path / "again" / "b", vault)
    write_archive(tmp_path / "second.zip", "b", opened_folder(out))
    assert (tmp_path / "b.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_words_that_make_no_sense_together(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """Nothing asked, a group that is none, the original beside withheld groups, half a period: refused as usage."""
    index, period = access["access"], ("--from", "2026-01-01", "--to", "2026-02-01")
    for words in (
        (), (index, "--groups", "colour"), (index, "--groups", "actor", "--original"), ("--actor", "1"), period,
        ("--actor", "1", *period, "--groups", "actor"), (index, "--actor", "1", *period), (index, "--with-range"), ("--actor", "1", "--from", "today", "--to", "2026-02-01"),
        ("--actor", "1", "--from", "2026-02-01", "--to", "2026-02-01"), ("--actor", "1", "--from", "2026-02-01T00:00", "--to", "2027-01-01"),
    ):  # fmt: skip
        assert said("prove", vault, *words, "--out", tmp_path / "b", *LAWFUL).code == 2, words
    assert not (tmp_path / "b").exists()


def test_what_is_there_is_not_written_over(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """A folder or archive of that name stays as it is, and the look is not even made."""
    (tmp_path / "b").mkdir()
    (tmp_path / "c.zip").write_text("mine")
    before = len(looks_waiting(vault))
    assert said("prove", vault, access["access"], "--out", tmp_path / "b", *LAWFUL).code == 3
    assert said("prove", vault, access["access"], "--out", tmp_path / "c", "--zip", *LAWFUL).code == 3
    assert list((tmp_path / "b").iterdir()) == []
    assert not (tmp_path / "c").exists()
    assert len(looks_waiting(vault)) == before


def test_a_damaged_log_gives_no_evidence(vault: Path, access: dict[str, Any], tmp_path: Path) -> None:
    """A bundle that would not verify is neither recorded as handed out nor written."""
    level = vault / "ledger" / "hash" / "0"
    data = bytearray(level.read_bytes())
    data[32 * (access["access"] ^ 1)] ^= 1
    level.write_bytes(bytes(data))
    done = said("prove", vault, access["access"], "--out", tmp_path / "b", *LAWFUL)

    assert done.code == 1
    assert not (tmp_path / "b").exists()
    assert not any(str(look["object"]).startswith("sha256:") for look in looks_waiting(vault))


def test_evidence_after_the_key_was_changed(tmp_path: Path) -> None:
    """A bundle names the key that signed its checkpoint; that the log had two, and how one followed the other, is proved in it."""
    vault = tmp_path / "vault"
    made = bootstrap.init(vault, bootstrap.Founding(organisation="county.example", staff="1"))
    assert said("prove", vault, 0, "--out", tmp_path / "before", *LAWFUL).code == 0
    assert said("ledger", "rotate-key", vault, "--reason", "yearly").code == 0
    assert said("prove", vault, 0, "--out", tmp_path / "after", *LAWFUL).code == 0

    assert key_of(vault) != made.key
    assert f'"follows":"{made.key}"' in checked(tmp_path / "after", vault)
    bootstrap.check_evidence(tmp_path / "before", made.key)
    with pytest.raises(VerificationFailed):
        bootstrap.check_evidence(tmp_path / "before", key_of(vault))


def test_the_checkpoint_of_an_earlier_key_that_was_witnessed(tmp_path: Path) -> None:
    """Where the newest checkpoint with a quorum is of an earlier key's time, the bundle names that key."""
    vault = tmp_path / "vault"
    made = bootstrap.init(vault, bootstrap.Founding(organisation="county.example", staff="1"))
    assert said("ledger", "rotate-key", vault, "--reason", "yearly").code == 0
    early = vault / "ledger" / "checkpoints" / str(made.size)
    early.write_bytes(early.read_bytes() + cosignature(unverified(early.read_bytes()).text))
    policy = vault / "ledger" / "policy.txt"
    policy.write_text(f"log {made.key}\nlog {key_of(vault)}\nwitness avonmere {witness_vkey()}\nquorum avonmere\n")
    done = said("prove", vault, 0, "--out", tmp_path / "b", *LAWFUL, "--json")

    assert done.code == 0, done.err
    assert (done.body["key"], done.body["size"], done.body["witnesses"]) == (made.key, made.size, ["avonmere"])
    assert bootstrap.check_evidence(tmp_path / "b", made.key).cosigned.keys() == {"avonmere"}


def test_another_key_does_not_check_it(vault: Path, tmp_path: Path) -> None:
    """The library refuses a bundle under the key of another log, and a folder that is none."""
    assert said("prove", vault, 0, "--out", tmp_path / "b", *LAWFUL).code == 0
    other = tmp_path / "other"
    made = bootstrap.init(other, bootstrap.Founding(organisation="county.example"))
    with pytest.raises(VerificationFailed):
        bootstrap.check_evidence(tmp_path / "b", made.key)
    with pytest.raises(BadInput):
        bootstrap.check_evidence(tmp_path / "nowhere", made.key)
