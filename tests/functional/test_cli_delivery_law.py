"""The delivery law through the command line: received = accepted + duplicate + quarantined, for every file, for ever."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from support.command_line import LAWFUL, piped, said, started

LAW = ("received", "accepted", "duplicate", "quarantined")


def expected(exports: Path) -> list[dict[str, Any]]:
    """Return what the simulator says must become of each of its files."""
    found: list[dict[str, Any]] = json.loads((exports / "expected.json").read_text())["files"]
    return found


def delivered(vault: Path) -> list[dict[str, Any]]:
    """Return the records of deliveries in the ledger."""
    return [body for _, body in VaultLedger(Vault(vault)).read().records("delivery/1")]


def entries(vault: Path) -> Counter[str]:
    """Return how many entries of each type a full verification finds."""
    told = said("verify", vault, "--json")
    assert told.code == 0, told.err
    return Counter(told.body["verified"]["entries"])


def mapping_of(exports: Path, line: dict[str, Any]) -> Path:
    """Return the mapping file of one line of expectations."""
    return exports / "mappings" / f"{line['mapping']}.toml"


def test_every_file_of_the_force_is_accounted_for_as_its_maker_says(vault: Path, exports: Path) -> None:
    """Each file's counts in the ledger are those that were planted in it."""
    names, files = (*LAW, "file"), files_of(vault, exports)
    found = Counter(
        tuple({**body["counts"], "file": files[body["delivery"]]}[name] for name in names) for body in delivered(vault)
    )
    planted = Counter(
        tuple({**line, "file": digest(exports / line["path"])}[name] for name in names) for line in expected(exports)
    )

    assert found == planted


def test_lines_that_are_no_records_are_counted_apart(vault: Path, exports: Path) -> None:
    """Headers, trailers, totals and chatter are no records; the heading of a table comes on top of what was planted."""
    files = files_of(vault, exports)
    not_audit = {files[body["delivery"]]: body["counts"]["not_audit"] for body in delivered(vault)}

    for line in expected(exports):
        assert not_audit[digest(exports / line["path"])] - line["other_lines"] in {0, 1}, line["path"]


def digest(path: Path) -> str:
    """Return the file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_of(vault: Path, exports: Path) -> dict[str, str]:
    """Return the SHA-256 of the file that each delivery's record binds under the delivery's key."""
    keys = DigestKeys(Vault(vault).digest_keys)
    files = {digest(path): path.read_bytes() for path in (exports / line["path"] for line in expected(exports))}
    found = {}
    for body in delivered(vault):
        key = keys.held(body["delivery"])
        assert key is not None
        [found[body["delivery"]]] = [
            name for name, data in files.items() if hmac.digest(key, data, "sha256").hex() == body["file"]
        ]
    return found


def test_the_ledger_holds_what_was_accepted_and_nothing_else(vault: Path) -> None:
    """Accesses and facts in the ledger are as many as the deliveries' records yielded."""
    yielded = sum(body["counts"]["yielded"] for body in delivered(vault))
    found = entries(vault)

    assert found["access/1"] + found["fact/1"] == yielded


def kind_of(exports: Path, line: dict[str, Any]) -> str:
    """Return the command that takes in the line's file."""
    yields = tomllib.loads(mapping_of(exports, line).read_text())["yields"]
    return "ingest" if yields == "access" else "context"


def one_file(exports: Path, command: str) -> dict[str, Any]:
    """Return a file of accesses (`ingest`) or facts (`context`) in which no record is broken."""
    sound = (line for line in expected(exports) if not line["quarantined"] and line["received"] > 5)
    return next(line for line in sound if kind_of(exports, line) == command)


@pytest.mark.parametrize("command", ["ingest", "context"])
def test_the_same_file_again_is_all_duplicates(vault: Path, exports: Path, command: str) -> None:
    """Nothing enters twice: only the record of the delivery is new."""
    line = one_file(exports, command)
    before = entries(vault)

    told = said(command, vault, exports / line["path"], "-m", mapping_of(exports, line), "--json")

    [delivery] = told.body["deliveries"]
    assert (told.code, told.err, told.body["schema"]) == (0, "", "deliveries/1")
    assert [delivery["counts"][name] for name in LAW] == [line["received"], 0, line["received"], 0]
    assert entries(vault) == before + Counter({"delivery/1": 1})


def test_what_was_quarantined_is_quarantined_again_and_never_slips_in(vault: Path, exports: Path) -> None:
    """A second delivery of a file with broken records accepts none of them."""
    line = next(line for line in expected(exports) if line["quarantined"])
    command = kind_of(exports, line)

    told = said(command, vault, exports / line["path"], "-m", mapping_of(exports, line), "--json")

    counts = told.body["deliveries"][0]["counts"]
    assert (counts["accepted"], counts["quarantined"]) == (0, line["quarantined"])
    assert counts["received"] == counts["duplicate"] + counts["quarantined"]


def test_the_printed_table_keeps_the_law(vault: Path, exports: Path) -> None:
    """The words for people carry the same numbers, and say that all was there already."""
    line = one_file(exports, "context")
    told = said("context", vault, exports / line["path"], "-m", mapping_of(exports, line))

    assert told.code == 0
    assert f"{line['received']:,}" in told.out
    assert "Every record of the file was there already." in told.out


@pytest.mark.parametrize("content", [b"", b"\n\n", b"StaffNo,Subject,Nature,DeclaredAt\n"])
def test_a_file_that_yields_nothing_is_an_error_and_changes_nothing(
    vault: Path, exports: Path, tmp_path: Path, content: bytes
) -> None:
    """Empty, blank, or nothing but a header: exit code 3, and the ledger has its size."""
    nothing = tmp_path / "nothing.csv"
    nothing.write_bytes(content)
    before = (vault / "ledger" / "checkpoint").read_bytes()

    told = said("context", vault, nothing, "-m", exports / "mappings" / "hr_associations.toml")

    assert told.code == 3
    assert "nothing.csv" in told.err
    assert (vault / "ledger" / "checkpoint").read_bytes() == before
    assert not (vault / "staging").exists()


def test_of_several_files_all_enter_or_none(vault: Path, exports: Path, tmp_path: Path) -> None:
    """A call with one file that yields nothing takes in none of its files."""
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("StaffNo,Subject,Nature,DeclaredAt\n990001,N0000001,friend,03/03/2026 09:00:00\n")
    bad.write_text("StaffNo,Subject,Nature,DeclaredAt\n")
    mapping = exports / "mappings" / "hr_associations.toml"
    before = (vault / "ledger" / "checkpoint").read_bytes()

    assert said("context", vault, good, bad, "-m", mapping).code == 3
    assert (vault / "ledger" / "checkpoint").read_bytes() == before
    assert said("context", vault, good, "-m", mapping, "--json").body["deliveries"][0]["counts"]["accepted"] == 1


def test_quarantined_records_can_be_listed_exported_mended_and_driven_again(
    vault: Path, exports: Path, tmp_path: Path
) -> None:
    """The broken time of a record is mended in the exported file, and the record enters under a new delivery."""
    rows, out = tmp_path / "rows.csv", tmp_path / "mend.csv"
    head = "StaffNo,Subject,Nature,DeclaredAt\n"
    rows.write_text(head + "990001,N0000001,friend,03/03/2026 09:00:00\n990002,N0000002,friend,31/02/2026 09:00:00\n")
    mapping = exports / "mappings" / "hr_associations.toml"
    [first] = said("context", vault, rows, "-m", mapping, "--json").body["deliveries"]

    waiting = said("quarantine", "list", vault, *LAWFUL, "--json").body["waiting"]
    [mine] = [one for one in waiting if one["delivery"] == first["delivery"]]
    exported = said("quarantine", "export", vault, first["delivery"], out, *LAWFUL, "--json")
    out.write_text(out.read_text().replace("31/02/2026", "28/02/2026"))
    driven = said("quarantine", "drive", vault, first["delivery"], out, "-m", mapping, "--json").body["deliveries"][0]

    assert (first["counts"]["accepted"], first["counts"]["quarantined"]) == (1, 1)
    assert mine["problem"]["field"] in {"valid_from", "recorded_at"}
    assert exported.body == {
        "schema": "quarantine-export/1", "delivery": first["delivery"], "written_to": str(out), "records": 1,
    }  # fmt: skip
    assert out.read_text() == head + "990002,N0000002,friend,28/02/2026 09:00:00\n"
    assert (driven["counts"]["accepted"], driven["redrives"]) == (1, [first["delivery"]])
    left = said("quarantine", "list", vault, *LAWFUL, "--json").body["waiting"]
    assert [one for one in left if one["delivery"] == first["delivery"]] == []


def test_a_kill_leaves_the_vault_as_before_or_after(exports: Path, tmp_path: Path) -> None:
    """At whatever moment: the ledger verifies, holds all accesses of the call or none, and the next call succeeds."""
    sources = [line for line in expected(exports) if kind_of(exports, line) == "ingest"]
    line = max(sources, key=lambda one: int(one["received"]))
    words = (exports / line["path"], "-m", mapping_of(exports, line))
    for name in ("timed", "killed"):
        said("init", tmp_path / name, "--organisation", "wessexvale.example")
    began = time.monotonic()
    assert piped("ingest", tmp_path / "timed", *words).code == 0
    takes, whole = time.monotonic() - began, entries(tmp_path / "timed")["access/1"]

    drawn, vault = random.Random(7), tmp_path / "killed"
    for moment in (0.3, 0.5, 0.7, 0.8, 0.9, 0.97):
        before = entries(vault)["access/1"]
        process = started("ingest", vault, *words)
        time.sleep(takes * (moment + drawn.uniform(-0.05, 0.05)))
        process.kill()
        process.communicate()
        assert before <= entries(vault)["access/1"] in {0, whole}

    assert said("ingest", vault, *words).code == 0
    assert entries(vault)["access/1"] == whole
    assert not (vault / "staging").exists()
