"""Retention and legal hold on the command line: whole segments go, holds win, and everything is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import LAWFUL
from support.two_people import ONE, OTHER, admit, said_by, small_vault, write_looks

OLD = [(f"E{n}", f"27/03/2019 09:{n:02}:00", f"{4100 + n % 3}", f"P-{n % 4:05}") for n in range(6)]
YOUNG = [(f"Y{n}", f"27/03/2026 09:{n:02}:00", f"{4100 + n % 3}", f"P-{n % 4:05}") for n in range(6)]
#: Entries 5 to 10 are the old looks; their delivery's record comes behind them.
FIRST, END = 5, 11
POLICY = 'published = 2026-04-01\n[[rule]]\nclass = "access"\nkeep = "7 years"\nauthority = "Schedule 2026/1"\n'
AUTHORITY = ("--authority", "CPIA 1996 s.23")
AS_OF = ("--as-of", "2026-04-01")


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a vault with a segment of looks of 2019, one of 2026, and a policy."""
    vault = small_vault(tmp_path, OLD)
    (vault / "retention.toml").write_text(POLICY)
    young = write_looks(tmp_path / "young.csv", YOUNG)
    assert said_by(ONE, "ingest", vault, young, "--mapping", tmp_path / "looks.toml").code == 0
    return vault


def states(vault: Path, *words: str) -> list[str]:
    """Return the states of the segments of accesses, in order."""
    told = said_by(ONE, "ledger", "retain", vault, *words, "--json")
    assert told.code == 0, told
    return [each["state"] for each in told.body["segments"] if each["typ"] == "access/1"]


def test_what_is_over_is_dropped_and_counted_and_does_not_come_back(vault: Path, tmp_path: Path) -> None:
    """The plan changes nothing; afterwards the log verifies, audits count the gap, and the file again is all duplicates."""
    assert said_by(ONE, "audit", vault, "--json").body["gone"] == 0
    assert states(vault, *AS_OF) == ["over", "kept"]
    assert said_by(ONE, "verify", vault, "--json").body["verified"]["gone"]["dropped"] == 0
    done = said_by(ONE, "ledger", "retain", vault, *AS_OF, "--apply", "--json")
    assert done.code == 0, done
    assert type(done.body["record"]) is int
    assert states(vault, *AS_OF) == ["kept"]
    assert said_by(ONE, "verify", vault, "--json").body["verified"]["gone"]["dropped"] == len(OLD)
    assert "cannot be read again" in " ".join(said_by(ONE, "verify", vault).out.split())
    assert said_by(ONE, "queue", vault, *LAWFUL).code == 3  # the audit went with what it rested on
    audited = said_by(ONE, "audit", vault, "--json").body
    assert (audited["accesses"], audited["gone"]) == (len(YOUNG), len(OLD))
    file, mapping = write_looks(tmp_path / "again.csv", OLD), tmp_path / "looks.toml"
    [delivery] = said_by(ONE, "ingest", vault, file, "--mapping", mapping, "--json").body["deliveries"]
    assert (delivery["counts"]["accepted"], delivery["counts"]["duplicate"]) == (0, len(OLD))
    assert said_by(ONE, "ledger", "retain", vault, *AS_OF, "--apply", "--json").body["record"] is None
    assert said_by(ONE, "verify", vault).code == 0


def test_records_in_quarantine_and_keys_go_along(vault: Path, tmp_path: Path) -> None:
    """A quarantined record under a dropped identifier goes, and so does the key that bound the delivered file."""
    conflict = write_looks(tmp_path / "conflict.csv", [("E2", "27/03/2026 10:00:00", "4102", "P-77777")])
    assert said_by(ONE, "ingest", vault, conflict, "--mapping", tmp_path / "looks.toml").code == 0
    keys = set((vault / "ledger" / "keys" / "digests").iterdir())
    assert said_by(ONE, "quarantine", "list", vault, *LAWFUL, "--json").out.count("conflict") > 0
    assert said_by(ONE, "ledger", "retain", vault, *AS_OF, "--apply").code == 0
    assert said_by(ONE, "quarantine", "list", vault, *LAWFUL, "--json").out.count("conflict") == 0
    assert len(keys - set((vault / "ledger" / "keys" / "digests").iterdir())) >= 1
    assert not (vault / "erasing.json").exists()


def test_a_hold_wins_over_policy_and_redaction_until_it_is_released(vault: Path) -> None:
    """One held entry keeps its segment, and cannot be erased by two people either; after the release both can be done."""
    held = said_by(ONE, "ledger", "hold", vault, "--matter", "Case 2026/31", "--event", 7, *AUTHORITY, "--json").body
    assert held["entries"] == [[7, 8]]
    assert states(vault, *AS_OF, "--apply") == ["held", "kept"]
    words = ("ledger", "redact", "propose", vault, 7, "--groups", "subject", *AUTHORITY, "--json")
    number = said_by(ONE, *words).body["redaction"]
    refused = said_by(OTHER, "ledger", "redact", "approve", vault, number)
    assert refused.code == 5
    assert f"held for Case 2026/31 (hold {held['hold']})" in refused.err
    assert said_by(ONE, "verify", vault, "--json").body["verified"]["gone"]["dropped"] == 0
    assert said_by(OTHER, "ledger", "release", vault, held["hold"], *AUTHORITY).code == 0
    assert said_by(OTHER, "ledger", "release", vault, held["hold"], *AUTHORITY).code == 5
    [listed] = said_by(ONE, "ledger", "holds", vault, "--json").body["holds"]
    assert type(listed["release"]) is int
    assert said_by(OTHER, "ledger", "redact", "approve", vault, number).code == 0
    assert states(vault, *AS_OF, "--apply") == ["over", "kept"]
    assert said_by(ONE, "verify", vault, "--json").body["verified"]["gone"]["dropped"] == len(OLD)


def test_a_hold_of_what_is_not_there_is_refused(vault: Path) -> None:
    """No entry, an empty range, entries beyond the end, and entries that were dropped."""
    hold = ("ledger", "hold", vault, "--matter", "Case 2026/31", *AUTHORITY)
    assert said_by(ONE, "ledger", "retain", vault, *AS_OF, "--apply").code == 0
    for more in ((), ("--range", 9, 9), ("--event", 99999), ("--range", FIRST, END)):
        assert said_by(ONE, *hold, *more).code == 3
    assert said_by(ONE, "ledger", "holds", vault, "--json").body["holds"] == []


def test_only_those_with_the_duty_drop_hold_and_release(vault: Path) -> None:
    """An analyst sees plan and holds, and does nothing; nothing goes as of a day to come; without a policy all is kept."""
    assert said_by(ONE, "ledger", "retain", vault, "--as-of", "2099-01-01", "--apply").code == 5
    admit(vault, one=("administrator", "analyst"))
    assert states(vault, *AS_OF) == ["over", "kept"]
    hold = ("ledger", "hold", vault, "--matter", "Case 2026/31", "--event", 7, *AUTHORITY)
    for words in (hold, ("ledger", "release", vault, 9, *AUTHORITY), ("ledger", "retain", vault, *AS_OF, "--apply")):
        told = said_by(ONE, *words)
        assert told.code == 5
        assert "data_protection, records_manager" in told.err
    assert said_by(ONE, "verify", vault, "--json").body["verified"]["gone"]["dropped"] == 0
    (vault / "retention.toml").unlink()
    assert said_by(ONE, "ledger", "retain", vault).code == 3
