"""Erasing on the command line: two people, nobody for himself, everything counted, nothing that comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.logstore.entries import Entries
from support.command_line import LAWFUL
from support.two_people import ONE, OTHER, THIRD, admit, said_by, small_vault, write_looks

AUTHORITY = ("--authority", "UK GDPR art. 17(1)(d), DPO 2026/14")
ROWS = [(f"E{n}", f"27/03/2026 09:{n:02}:00", f"{4100 + n % 3}", f"P-{n % 4:05}") for n in range(12)]
FIRST = 5  # entry of the first access: three schemas, the key, and the deed of `init` stand before it


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a vault with twelve accesses, entries 5 to 16."""
    return small_vault(tmp_path, ROWS)


def redacted(vault: Path, *events: int, groups: str = "subject") -> dict[str, Any]:
    """Propose as the one, approve as the other, and return what the approval says."""
    proposed = said_by(ONE, "ledger", "redact", "propose", vault, *events, "--groups", groups, *AUTHORITY, "--json")
    assert proposed.code == 0, proposed
    approved = said_by(OTHER, "ledger", "redact", "approve", vault, proposed.body["redaction"], "--json")
    assert approved.code == 0, approved
    return approved.body


def test_two_people_erase_and_everything_is_counted(small: Path) -> None:
    """After proposal and approval the log verifies, the list says who did what, and audits count what they cannot see."""
    assert said_by(ONE, "audit", small, "--json").body["gone"] == 0
    done = redacted(small, 7, 8)
    assert (done["entries"], done["groups"], done["along"]) == ([[7, 9]], ["subject", "origin"], [])
    assert (done["proposed_by"], done["approved_by"]) == (ONE.pw_name, OTHER.pw_name)
    verified = said_by(ONE, "verify", small, "--json").body["verified"]
    assert verified["gone"] == {"redacted": 2, "redactions": 1, "dropped": 0}
    [listed] = said_by(ONE, "ledger", "redact", "list", small, "--json").body["redactions"]
    assert listed == {key: value for key, value in done.items() if key != "schema"}
    audited = said_by(ONE, "audit", small, "--json").body
    assert (audited["accesses"], audited["gone"]) == (10, 2)
    assert "2 accesses redacted or dropped" in said_by(ONE, "audit", small).out
    assert said_by(ONE, "queue", small, *LAWFUL, "--json").body["gone"] == 2
    report = small.parent / "report.html"
    assert said_by(ONE, "report", small, report, *LAWFUL).code == 0
    assert "2 accesses were redacted or dropped" in report.read_text()


def test_why_says_when_and_under_what_it_was_erased(small: Path) -> None:
    """Of a redacted access, `why` says date, authority and number; of its neighbour what it always said."""
    number = redacted(small, 7)["redaction"]
    said_by(ONE, "audit", small)
    told = said_by(ONE, "why", small, 7, *LAWFUL)
    assert told.code == 5
    assert f"under UK GDPR art. 17(1)(d), DPO 2026/14 (redaction {number}): origin, subject" in told.err
    assert said_by(ONE, "why", small, 6, *LAWFUL).code == 0


def test_an_audit_of_what_was_known_before_is_refused_and_not_made_otherwise(small: Path) -> None:
    """The audit at a size before the redaction had rows that are gone; one at a size after it can be made."""
    assert said_by(ONE, "audit", small).code == 0
    before = VaultLedger(Vault(small)).read().size
    assert said_by(ONE, "audit", small, "--as-known", before).code == 0
    redacted(small, 7)
    told = said_by(ONE, "audit", small, "--as-known", before)
    assert told.code == 5
    assert "cannot be made again: 1 of its entries was redacted" in told.err
    assert said_by(ONE, "queue", small, *LAWFUL).code == 3  # the audits went with what they rested on
    assert said_by(ONE, "audit", small, "--as-known", VaultLedger(Vault(small)).read().size).code == 0


def test_what_was_erased_does_not_come_back_when_it_is_delivered_again(small: Path, tmp_path: Path) -> None:
    """The record is known and counts as a duplicate, also with other content under its identifier; nothing of it is kept."""
    redacted(small, 7)
    for again in (
        ROWS,
        [("E2", "28/03/2026 10:00:00", "4102", "P-77777"), ("E99", "28/03/2026 10:00:00", "4102", "P-1")],
    ):
        file = write_looks(tmp_path / "again.csv", again)
        [delivery] = said_by(ONE, "ingest", small, file, "--mapping", tmp_path / "looks.toml", "--json").body[
            "deliveries"
        ]
        counts = delivery["counts"]
        assert counts["received"] == counts["accepted"] + counts["duplicate"] + counts["quarantined"]
        new = sum(row[0] == "E99" for row in again)
        assert (counts["accepted"], counts["duplicate"], counts["quarantined"]) == (new, len(again) - new, 0)
    assert said_by(ONE, "verify", small).code == 0
    assert b"P-77777" not in b"".join(path.read_bytes() for path in small.rglob("*") if path.is_file())


def test_the_same_record_twice_without_identifiers_is_told_apart(tmp_path: Path) -> None:
    """Of two equal records without identifiers the one that was erased is known, and so is the one that stands."""
    from support import two_people

    mapping = two_people.MAPPING.replace('[fields.source_event_id]\nfrom = "id"\n', "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(two_people, "MAPPING", mapping)
        small = small_vault(tmp_path, [("x", "27/03/2026 09:18:00", "4127", "P-00881")] * 3)
    redacted(small, 6)
    file = write_looks(tmp_path / "again.csv", [("x", "27/03/2026 09:18:00", "4127", "P-00881")] * 4)
    [delivery] = said_by(ONE, "ingest", small, file, "--mapping", tmp_path / "looks.toml", "--json").body["deliveries"]
    assert (delivery["counts"]["accepted"], delivery["counts"]["duplicate"]) == (1, 3)


@pytest.mark.parametrize(
    ("one", "other", "staff", "who"),
    [
        (("analyst",), ("records_manager",), ("9001", "9002"), "proposer"),
        (("administrator",), ("administrator", "analyst"), ("9001", "9002"), "approver"),
        (("records_manager",), ("records_manager",), ("", "9002"), "proposer"),
        (("records_manager",), ("records_manager",), ("9001", ""), "approver"),
        (("records_manager",), ("records_manager",), ("9001", "9001"), "approver"),
    ],
)
def test_each_of_the_two_needs_the_duty_and_to_be_another(
    small: Path, one: tuple[str, ...], other: tuple[str, ...], staff: tuple[str, str], who: str
) -> None:
    """A role is needed, a staff number, and not the same person under two logins; who is refused leaves no trace."""
    admit(small, one, other, staff)
    size = VaultLedger(Vault(small)).read().size
    proposed = said_by(ONE, "ledger", "redact", "propose", small, 7, "--groups", "subject", *AUTHORITY, "--json")
    assert proposed.code == (5 if who == "proposer" else 0)
    if who == "approver":
        assert said_by(OTHER, "ledger", "redact", "approve", small, proposed.body["redaction"]).code == 5
    assert VaultLedger(Vault(small)).read().size == size + (who == "approver")
    assert said_by(ONE, "verify", small, "--json").body["verified"]["gone"]["redacted"] == 0


def test_nobody_approves_his_own_or_what_is_not_open(small: Path) -> None:
    """The proposer is refused whatever his roles; so is a number that is no redaction, or one that was carried out."""
    proposed = said_by(ONE, "ledger", "redact", "propose", small, 7, "--groups", "subject", *AUTHORITY, "--json").body
    for who, number in ((ONE, proposed["redaction"]), (OTHER, 3), (OTHER, 10**6)):
        assert said_by(who, "ledger", "redact", "approve", small, number).code == 5
    assert said_by(OTHER, "ledger", "redact", "approve", small, proposed["redaction"]).code == 0
    assert said_by(OTHER, "ledger", "redact", "approve", small, proposed["redaction"]).code == 5


def test_nobody_erases_an_access_of_his_own(small: Path) -> None:
    """Staff 4101 can neither propose nor approve for his own access, and hears what he would of one that is not there."""
    own, absent = 6, 10**6
    admit(small, staff=("4101", "9002"))
    refused = [
        said_by(ONE, "ledger", "redact", "propose", small, event, "--groups", "subject", *AUTHORITY)
        for event in (own, absent)
    ]
    assert {(each.code, each.err) for each in refused} == {(5, refused[0].err)}
    assert "yours to erase" in refused[0].err
    admit(small, staff=("9001", "4101"))
    proposed = said_by(ONE, "ledger", "redact", "propose", small, own, "--groups", "subject", *AUTHORITY, "--json").body
    assert said_by(OTHER, "ledger", "redact", "approve", small, proposed["redaction"]).err == refused[0].err


@pytest.mark.parametrize(
    ("events", "groups", "authority"),
    [
        ((7,), "name", "DPO 2026/14"),
        ((7,), "", "DPO 2026/14"),
        ((0,), "subject", "DPO 2026/14"),
        ((4,), "principal", "DPO 2026/14"),
        ((4, 7), "subject", "DPO 2026/14"),
        ((7,), "subject", "Jörg\n"),
    ],
)
def test_what_cannot_be_erased_is_refused(small: Path, events: tuple[int, ...], groups: str, authority: str) -> None:
    """Unknown groups, records of the log, who looked at what, entries of several types, an authority that is no line."""
    told = said_by(ONE, "ledger", "redact", "propose", small, *events, "--groups", groups, "--authority", authority)
    assert told.code in {3, 5}
    assert said_by(ONE, "ledger", "redact", "list", small, "--json").body["redactions"] == []


def test_the_reason_of_a_look_is_erased_by_others_than_who_looked(small: Path) -> None:
    """Free words of a look can go; who looked, at what and when, stand. Who looked can neither propose it nor approve it."""
    said_by(ONE, "audit", small)
    said_by(ONE, "why", small, 7, *LAWFUL, "--reason", "asked for by Jane Roe")
    redacted(small, 8)  # the look is entered with the next commit
    opening = Entries(VaultLedger(Vault(small)).read().log, VaultLedger(Vault(small)).keys.salts())
    rows = {index: opening.opened(index).row for index in range(FIRST, opening.log.size)}
    [deed] = [index for index, row in rows.items() if row.get("reason") == "asked for by Jane Roe"]
    propose = ("ledger", "redact", "propose", small, deed, "--groups", "reason", *AUTHORITY, "--json")
    assert said_by(ONE, *propose).code == 5
    number = said_by(OTHER, *propose).body["redaction"]
    assert said_by(ONE, "ledger", "redact", "approve", small, number).code == 5
    assert said_by(THIRD, "ledger", "redact", "approve", small, number).code == 0
    now = Entries(VaultLedger(Vault(small)).read().log, opening.salts).opened(deed)
    assert (now.row["principal"], now.row["object"], now.row["act"], now.row["reason"]) == (
        ONE.pw_name,
        "7",
        "why",
        None,
    )
