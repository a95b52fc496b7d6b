"""Evidence taken from a real log: what was erased, what was dropped from it, and which checkpoint vouches best."""

from __future__ import annotations

from pathlib import Path

import pytest

from custodiet.app.evidence_pages import Backing, evidence_page
from custodiet.app.proving import Asked, drafted
from custodiet.errors import BadInput
from custodiet.ledger.bundle import BUNDLE, CHECKPOINT, ENTRIES, KEY, PAGE, TEXT, VERIFIER
from custodiet.ledger.bundle_check import check_bundle
from custodiet.ledger.checkpoint import unverified
from custodiet.ledger.policy import Policy
from custodiet.ledger.policy_file import read_policy
from custodiet.logstore.cosigned import Witnesses
from custodiet.logstore.entries import provable
from custodiet.logstore.evidence import Evidence
from custodiet.logstore.lean import make_lean
from custodiet.report.evidence_page import render_page, render_text
from custodiet.signing.cosigning import CosignatureVerifier
from support.evidence import NOON, SETTINGS, cosignature, delivery_record, opened, plainly, summed, witness_vkey
from support.ledgers import Kept, access_row, deed, staged

FIRST = 4


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log of 600 accesses and their delivery, committed in two steps."""
    kept = Kept.create(tmp_path / "ledger")
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", staged(tmp_path / "a.parquet", [access_row(each) for each in range(600)]))
        appender.append_records("delivery/1", [delivery_record(600)])
        appender.commit()
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_deeds([deed()])
        appender.commit()
    return kept


def witnesses(quorum: str = "avonmere") -> Witnesses:
    """Return the one witness, under a policy that asks for him or for nobody."""
    policy = read_policy(f"witness avonmere {witness_vkey()}\nquorum {quorum}\n".encode())
    return Witnesses(policy=policy, verifiers={"avonmere": CosignatureVerifier.parse(witness_vkey())})


def evidence(kept: Kept, asked: Witnesses | None = None) -> Evidence:
    """Return the log as evidence is taken from it."""
    salts = kept.keys.salts()
    return Evidence(provable(kept.open(), salts), salts, asked or witnesses())


def bundle_of(kept: Kept, asked: Asked) -> tuple[dict[str, bytes], str]:
    """Return the files of a bundle, which both verifiers accept, and its page."""
    log = evidence(kept)
    draft = drafted(asked, asked.events, log, NOON)
    vkey = kept.keys.verifier().key.text
    page = evidence_page(draft, Backing(settings=SETTINGS, key=vkey))
    files = {**draft.files, BUNDLE: draft.bundle.data, CHECKPOINT: draft.note, KEY: f"{vkey}\n".encode()}
    files |= {PAGE: b"-", TEXT: render_text(page).encode(), VERIFIER: b"-"}
    if asked.span is not None:
        files[ENTRIES] = b"".join(len(each).to_bytes(2, "big") + each for each in log.entries(*asked.span))
    whole = summed(files)
    check_bundle(opened(whole), kept.keys.verifier(), CosignatureVerifier)
    plainly(whole, vkey)
    return whole, render_page(page)


def test_what_was_erased_is_named_and_the_rest_is_proved(kept: Kept) -> None:
    """An access whose subject was erased is proved without it; what ordered the erasure stands beside it, with its proof."""
    kept.redact([FIRST + 7], ("subject", "origin"))
    files, page = bundle_of(kept, Asked(events=(FIRST + 7, FIRST + 8)))
    said = "\n".join(plainly(files, None))

    assert said.count("ERASED") == 2
    assert '"act":"proposed"' in said
    assert '"act":"approved"' in said
    assert "P0007" not in said
    assert "P0008" in said
    assert page.count("<strong>Erased.</strong>") == 2


def test_an_old_bundle_holds_after_an_erasure(kept: Kept) -> None:
    """A bundle that was given before an erasure still verifies, and still shows what it showed."""
    before, _ = bundle_of(kept, Asked(events=(FIRST + 7,)))
    kept.redact([FIRST + 7], ("subject", "origin"))

    check_bundle(opened(before), kept.keys.verifier(), CosignatureVerifier)
    assert any("P0007" in line for line in plainly(before, None))


def test_an_original_that_was_erased_cannot_be_shown(kept: Kept) -> None:
    """Whoever asks for the bytes of a record that were erased is told so."""
    kept.redact([FIRST + 7], ("subject", "origin"))
    with pytest.raises(BadInput, match="not held"):
        bundle_of(kept, Asked(events=(FIRST + 7,), original=True))


def test_a_range_with_erased_entries_is_whole(kept: Kept) -> None:
    """All entries of a range are there, those with erased groups among them."""
    kept.redact([FIRST + 7, FIRST + 300], ("subject", "origin"))
    files, _ = bundle_of(kept, Asked(span=(0, kept.open().size)))
    assert any(line.startswith("All entries 0 to 607 are here") for line in plainly(files, None))


def test_a_lean_log_gives_the_same_evidence(kept: Kept) -> None:
    """A log that has left its leaf hashes out gives the same proofs."""
    asked = Asked(events=(0, FIRST, FIRST + 599), span=(200, 320))
    before, _ = bundle_of(kept, asked)
    make_lean(kept.folder, kept.keys.verifier(), kept.keys.salts())
    assert bundle_of(kept, asked)[0] == before


def test_the_newest_checkpoint_that_a_quorum_vouches_for_is_taken(kept: Kept) -> None:
    """A cosigned checkpoint that covers what is asked comes before a newer one that nobody cosigned, whatever else it bears."""
    log, early = evidence(kept), kept.layout.past_checkpoint(605)
    assert unverified(log.note(5)).size == 606
    early.write_bytes(early.read_bytes() + cosignature(unverified(early.read_bytes()).text))

    assert unverified(log.note(5)).size == 605
    assert unverified(log.note(605)).size == 605
    assert unverified(log.note(606)).size == 606
    assert unverified(evidence(kept, witnesses("none")).note(5)).size == 605
    assert unverified(evidence(kept, Witnesses(policy=Policy(), verifiers={})).note(5)).size == 606
    files, _ = bundle_of(kept, Asked(events=(FIRST,)))
    assert files[CHECKPOINT] == early.read_bytes()


def test_a_cosignature_that_does_not_hold_vouches_for_nothing(kept: Kept) -> None:
    """A stored checkpoint under which a false cosignature lies is not the one that is taken."""
    early = kept.layout.past_checkpoint(605)
    early.write_bytes(early.read_bytes() + cosignature(unverified(early.read_bytes()).text.replace("605", "604")))
    assert unverified(evidence(kept).note(5)).size == 606


def test_dropped_accesses_are_counted_and_cannot_be_shown(kept: Kept) -> None:
    """What retention dropped is still counted among the accesses of the log; it cannot be shown, and no range goes over it."""
    kept.drop()
    log = evidence(kept)

    assert log.count_of("access/1", log.size) == 600
    assert log.count_of("access/1", FIRST + 10) == 10
    assert log.size_of("access/1", "fact/1") == FIRST + 600
    with pytest.raises(BadInput, match="dropped"):
        bundle_of(kept, Asked(events=(FIRST,)))
    with pytest.raises(BadInput, match="dropped"):
        bundle_of(kept, Asked(span=(0, 10)))
    bundle_of(kept, Asked(events=(0, FIRST + 600)))
