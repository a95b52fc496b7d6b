"""An audit is a function of the ledger's size, the pack and the code: the same three give the same bytes."""

from __future__ import annotations

import hmac
import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.vault import Vault
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines import analysis
from custodiet.engines.analysis import Stored, derive
from custodiet.engines.duckdb import Session
from support.command_line import LAWFUL, piped, said


def record(vault: Path, run: str) -> dict[str, Any]:
    """Return what a run says of itself: its provenance and the digests of its relations."""
    found: dict[str, Any] = json.loads((vault / "derived" / run / "run.json").read_text())
    return found


def runs_entered(vault: Path) -> list[str]:
    """Return the names of the runs that the ledger knows, in order."""
    return [body["run"] for _, body in VaultLedger(Vault(vault)).read().records("run/1")]


def take_in_a_tie(vault: Path, exports: Path, tmp_path: Path) -> None:
    """One more fact is in the ledger."""
    tie = tmp_path / "tie.csv"
    tie.write_text("StaffNo,Subject,Nature,DeclaredAt\n990001,N0000001,friend,03/03/2026 09:00:00\n")
    assert said("context", vault, tie, "-m", exports / "mappings" / "hr_associations.toml").code == 0


def give_tasks_to_somebody_else(vault: Path, exports: Path, tmp_path: Path) -> None:
    """The source says some of its tasks again: others had them."""
    [told] = sorted((exports / "exports" / "ops").glob("*tasks*"))[:1]
    lines = [json.loads(line) for line in told.read_text().splitlines()[::9]]
    for line, other in pairwise(lines):
        line["to"] = other["to"]
    corrected = tmp_path / "corrected.jsonl"
    corrected.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert said("context", vault, corrected, "-m", exports / "mappings" / "ops_tasks.toml").code == 0


def test_a_second_audit_of_the_same_size_is_the_same_run(vault: Path) -> None:
    """It is not made again, and not entered again; what the ledger learns of looks changes nothing."""
    size = VaultLedger(Vault(vault)).read().size
    one, two = (said("audit", vault, "--json") for _ in range(2))

    assert one.out == two.out
    assert runs_entered(vault) == [one.body["run"]]
    assert VaultLedger(Vault(vault)).read().size == size


def test_what_was_known_earlier_is_derived_again_byte_for_byte(vault: Path, exports: Path, tmp_path: Path) -> None:
    """After more facts came in and all derived rows were deleted, the earlier size gives the earlier digests."""
    earlier = said("audit", vault, "--json").body
    before = record(vault, earlier["run"])
    take_in_a_tie(vault, exports, tmp_path)
    later = said("audit", vault, "--json").body
    shutil.rmtree(vault / "derived")

    again = said("audit", vault, "--as-known", earlier["provenance"]["ledger_size"], "--json").body

    assert later["run"] != earlier["run"]
    assert {**again, "differs": []} == earlier
    assert again["differs"] == []
    assert record(vault, again["run"]) == before
    assert runs_entered(vault) == [earlier["run"], later["run"]]


def test_an_audit_that_builds_on_an_earlier_one_is_the_one_made_of_everything(
    vault: Path, exports: Path, tmp_path: Path
) -> None:
    """What facts that came since cannot touch is taken over, and no byte tells."""
    said("audit", vault, "--json")
    take_in_a_tie(vault, exports, tmp_path)
    give_tasks_to_somebody_else(vault, exports, tmp_path)
    on_top = said("audit", vault, "--json").body
    before = record(vault, on_top["run"])
    shutil.rmtree(vault / "derived")

    assert said("audit", vault, "--json").body == on_top
    assert record(vault, on_top["run"]) == before


def test_looking_back_leaves_the_queue_where_it_is(vault: Path, exports: Path, tmp_path: Path) -> None:
    """An audit as known before does not become the one that the queue is read from."""
    size = said("audit", vault, "--json").body["provenance"]["ledger_size"]
    take_in_a_tie(vault, exports, tmp_path)
    now = said("audit", vault, "--json").body["run"]

    assert said("audit", vault, "--as-known", size, "--json").body["run"] != now
    assert said("queue", vault, *LAWFUL, "-n", 1, "--json").body["run"] == now


def test_another_process_gives_the_same_bytes(vault: Path) -> None:
    """The names of hash seeds, processes and folders leave no trace in the relations."""
    here = said("audit", vault, "--json").body
    before = record(vault, here["run"])
    shutil.rmtree(vault / "derived")

    there = piped("audit", vault, "--json", env={"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C"})

    assert (there.code, there.body["run"]) == (0, here["run"])
    assert record(vault, here["run"]) == before


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_leaves_no_trace(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    """The relations have the digests of the run with the usual number of threads."""
    snapshot = VaultLedger(Vault(vault)).read()
    entered = next(body for _, body in snapshot.records("run/1"))
    size = entered["provenance"]["ledger_size"]
    stored = Stored(accesses=snapshot.segments("access/1", size), facts=snapshot.segments("fact/1", size), size=size)
    monkeypatch.setattr(analysis, "Session", lambda *, scratch: Session(scratch=scratch, threads=threads))

    derive(stored, judging("uk_police"), tmp_path / "run", tmp_path / "scratch", lambda *_: None)

    assert digests(tmp_path / "run", vault, entered["run"]) == entered["relations"]


def digests(folder: Path, vault: Path, run: str) -> dict[str, str]:
    """Return the digests of the relations in the folder, under the key of the vault's run."""
    key = DigestKeys(Vault(vault).digest_keys).held(run)
    assert key is not None
    files = sorted(folder.glob("*.parquet"))
    return {path.stem: hmac.digest(key, path.read_bytes(), "sha256").hex() for path in files}


def test_a_run_that_was_never_entered_is_entered_by_the_next_audit(
    vault: Path, exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between the relations and the ledger leaves no audit outside the record."""
    take_in_a_tie(vault, exports, tmp_path)
    shutil.copytree(vault, tmp_path / "twin")
    made = said("audit", vault, "--json").body["run"]
    shutil.copytree(vault / "derived" / made, tmp_path / "twin" / "derived" / made)  # as the crash would have left it
    monkeypatch.setenv("CUSTODIET_STATE", str(tmp_path / "state"))  # of a client that never saw the audit committed

    assert said("audit", tmp_path / "twin", "--json").body["run"] == made
    assert runs_entered(tmp_path / "twin")[-1] == made


def test_a_finding_cannot_be_taken_out_of_the_queue_by_hand(vault: Path) -> None:
    """Altered relations are not read, whether or not the run's own record was altered with them; an audit heals them."""
    import pyarrow.parquet as pq

    run = said("audit", vault, "--json").body["run"]
    before = record(vault, run)
    path = vault / "derived" / run / "finding.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)
    altered = said("queue", vault, *LAWFUL)
    forged = {**before, "relations": digests(vault / "derived" / run, vault, run)}
    (vault / "derived" / run / "run.json").write_text(json.dumps(forged))
    hidden = said("queue", vault, *LAWFUL)

    assert (altered.code, altered.out, hidden.code, hidden.out) == (3, "", 1, "")
    assert "not what the ledger says" in hidden.err
    assert said("audit", vault).code == 0
    assert record(vault, run) == before
    assert said("queue", vault, *LAWFUL).code == 0
