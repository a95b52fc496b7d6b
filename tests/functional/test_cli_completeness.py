"""Did everything come? `ledger account`, `ledger heartbeat` and `ledger silence` on real vaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from support.command_line import said

MAPPING = """
source = "casefile"
yields = "access"
version = 1
[read]
format = "csv"
[time]
zone = "UTC"
[fields.occurred_at]
from = "at"
format = "%d/%m/%Y %H:%M:%S"
[fields.operator]
from = "staff"
[fields.subject]
from = "person"
[fields.sequence]
from = "number"
[fields.system]
value = "CASEFILE"
[fields.action]
value = "consultation"
[fields.channel]
value = "view"
[sequence]
field = "sequence"
rhythm = "1d"
"""


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """Return a vault without deliveries, beside the mapping of a numbered source that is heard each day."""
    (tmp_path / "casefile.toml").write_text(MAPPING)
    assert said("init", tmp_path / "vault", "--organisation", "county.example").code == 0
    return tmp_path / "vault"


def take_in(vault: Path, day: int, *numbers: int) -> dict[str, object]:
    """Take in a file of accesses with these numbers on that day of March, and return its record."""
    lines = [f"{day:02}/03/2026 09:{number % 60:02}:00,4127,P-{number:05},{number}" for number in numbers]
    file = vault.parent / f"day-{day}-{numbers[0]}.csv"
    file.write_text("\n".join(["at,staff,person,number", *lines, ""]))
    told = said("ingest", vault, file, "--mapping", vault.parent / "casefile.toml", "--json")
    assert told.code == 0, told.err
    [delivery] = told.body["deliveries"]
    return dict(delivery)


def test_a_whole_force_is_accounted_for(vault: Path) -> None:
    """Every delivery of the invented force, of all its formats, has the rows in the ledger that its record tells."""
    told = said("ledger", "account", vault, "--json")
    assert told.code == 0, told.out
    assert told.body["ok"] is True
    assert told.body["without_delivery"] == 0
    assert all(each["rows"] == each["yielded"] and each["problems"] == [] for each in told.body["deliveries"])
    assert sum(each["rows"] for each in told.body["deliveries"]) > 1000


def test_gaps_stay_open_until_a_late_delivery_fills_them(empty: Path) -> None:
    """Numbers missing within and between deliveries are told, and no more once they came, in whatever order."""
    take_in(empty, 2, 1, 2, 5)
    take_in(empty, 3, 9, 10)
    told = said("ledger", "account", empty, "--json", "--fail-on", "gaps")
    assert told.code == 1
    assert told.body["ok"] is True
    assert [(gap["first"], gap["last"], gap["missing"]) for gap in told.body["gaps"]] == [(3, 4, 2), (6, 8, 3)]
    take_in(empty, 4, 3, 4, 6, 8)
    told = said("ledger", "account", empty, "--json")
    assert [(gap["first"], gap["last"], gap["missing"]) for gap in told.body["gaps"]] == [(6, 8, 1), (7, 7, 1)]
    take_in(empty, 5, 7)
    assert said("ledger", "account", empty, "--fail-on", "gaps").code == 0


def test_a_record_that_tells_of_other_rows_than_there_are_ends_with_1(empty: Path) -> None:
    """A delivery's record that a hand with the key put there, with a count that no rows bear out, is named."""
    honest = {name: value for name, value in take_in(empty, 2, 1, 2).items() if name not in ("name", "warnings")}
    with VaultLedger(Vault(empty)).write() as writer:
        writer.append_records("delivery/1", [honest | {"delivery": "D000002"}])
        writer.commit()
    told = said("ledger", "account", empty)
    assert told.code == 1
    assert "D000002: Its record says that it yielded 2 rows; 0 stand in its place." in told.out
    assert said("verify", empty).code == 0  # nobody altered it: it was signed like this


def test_a_heartbeat_keeps_a_quiet_source_from_looking_lost(empty: Path) -> None:
    """Overdue without a heartbeat, heard with one, overdue again a rhythm later; a program can ask by exit code."""
    take_in(empty, 2, 1, 2)
    asked = ("ledger", "silence", empty, "--fail-on", "overdue", "--at")
    assert said(*asked, "2026-03-02T12:00:00Z").code == 0
    assert said(*asked, "2026-03-04T06:00:00Z").code == 1
    beat = said("ledger", "heartbeat", empty, "--source", "casefile", "--at", "2026-03-04T06:00:00Z", "--sequence", "2")
    assert beat.code == 0, beat.err
    assert "casefile had nothing new at 2026-03-04 06:00 UTC" in beat.out
    assert said(*asked, "2026-03-04T12:00:00Z").code == 0
    assert said(*asked, "2026-03-05T07:00:00+00:00").code == 1
    [source] = said("ledger", "silence", empty, "--at", "2026-03-05T06:00:00Z", "--json").body["sources"]
    assert (source["stands"], source["silent_seconds"], source["rhythm_seconds"]) == ("heard", 86_400, 86_400)
    assert said("verify", empty).code == 0


def test_a_heartbeat_shortens_the_silence_that_the_next_delivery_reports(empty: Path) -> None:
    """Between two deliveries three days apart there was a silence; with a heartbeat in between there was a shorter one."""
    take_in(empty, 2, 1)
    assert take_in(empty, 5, 2)["silence_count"] == 1
    for day in (6, 7):
        said("ledger", "heartbeat", empty, "--source", "casefile", "--at", f"2026-03-0{day}T09:30:00Z")
    assert take_in(empty, 8, 3)["silence_count"] == 0


def test_a_source_that_gave_more_than_came_is_behind(empty: Path) -> None:
    """Nothing new since number 4, says the source, and the ledger has 2: that is told at once and in the list."""
    take_in(empty, 2, 1, 2)
    beat = said("ledger", "heartbeat", empty, "--source", "casefile", "--at", "2026-03-02T10:00:00Z", "--sequence", "4")
    assert "It says it has given 4; the ledger has 2: records are missing." in beat.out
    told = said("ledger", "silence", empty, "--at", "2026-03-02T10:00:00Z", "--fail-on", "overdue")
    assert told.code == 1
    assert "behind" in told.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--source", "csefile"), 3),
        (("--source", "casefile", "--at", "2999-01-01T00:00:00Z"), 3),
        (("--source", "casefile", "--at", "2026-03-04 06:00"), 3),
        (("--source", "casefile", "--at", "yesterday"), 3),
        (("--source", "casefile", "--sequence", "1"), 3),
    ],
)
def test_a_heartbeat_that_makes_no_sense_is_refused(empty: Path, words: tuple[str, ...], code: int) -> None:
    """A source that never delivered, a moment to come or without zone, fewer records than came: nothing is entered."""
    take_in(empty, 2, 1, 2)
    size = VaultLedger(Vault(empty)).read().size
    assert said("ledger", "heartbeat", empty, *words).code == code
    assert VaultLedger(Vault(empty)).read().size == size


def test_a_vault_without_deliveries_has_nothing_to_account_for(empty: Path) -> None:
    """No delivery, no row, no source: that holds."""
    assert said("ledger", "account", empty).code == 0
    assert said("ledger", "silence", empty, "--json").body["sources"] == []
