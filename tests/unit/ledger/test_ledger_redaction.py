"""Records of redaction, kept digests and ranges: the formats of docs/specs/redaction.md."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.commitments import control_entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.index_ranges import indices_of, parsed_ranges, ranges_of
from custodiet.ledger.kept_digests import KeptDigests, digest_of_kept
from custodiet.ledger.redaction import (
    Proposal,
    approval_record,
    carried_out,
    checked_authority,
    erased_groups,
    groups_that_go,
    redactions,
)
from custodiet.signing.salts import SealedSalts, _one_tile, _Opened
from custodiet.signing.tile_keys import read, written

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "redaction.json").read_text(encoding="utf-8")
)
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def proposal(*entries: int, groups: tuple[str, ...] = ("subject", "origin"), along: tuple[int, ...] = ()) -> Proposal:
    """Return a proposal for these entries."""
    return Proposal(
        by="jdoe",
        at=AT,
        authority="UK GDPR art. 17(1)(d)",
        entries=ranges_of(entries),
        groups=groups,
        along=ranges_of(along),
    )


def test_records_are_those_of_the_vectors() -> None:
    """Proposal and approval are the known entries, and what is read from them is what was written."""
    for vector in VECTORS["records"]:
        assert control_entry(vector["record"]).decode() == vector["entry"]
    one, other = (vector["record"] for vector in VECTORS["records"])
    assert proposal(300).record() == one
    found = redactions([(704, one), (900, other)])
    assert (found[704].proposal, found[704].approval, found[704].by) == (proposal(300), 900, "asmith")
    assert found[704].told == "redacted on 2026-11-03 under UK GDPR art. 17(1)(d) (redaction 704)"


def test_kept_digests_are_those_of_the_vectors() -> None:
    """Text and digest are the known ones, and any other writing of the same is refused."""
    vector = VECTORS["kept"]
    kept = KeptDigests.parse(vector["text"])
    assert kept.text == vector["text"]
    assert kept.of(300) == vector["entries"][0]["digests"]
    assert digest_of_kept([(300, "origin"), (300, "subject")], kept.entries) == vector["digest"]
    text = vector["text"]
    for wrong in (
        text + " ",
        text.replace(":300", ":0300"),
        text.replace("AQ", "A/"),
        "{}",
        "[1]",
        '{"entries":7}',
        "",
    ):
        with pytest.raises(BadInput):
            KeptDigests.parse(wrong)


def test_secrets_of_tiles_are_those_of_the_vectors() -> None:
    """The bytes that replace a seed are the known ones, and bytes that end within a tile are refused."""
    vector = VECTORS["tiles"]
    erased = {int(index): groups for index, groups in vector["erased"].items()}
    opened = _Opened(bytes.fromhex(vector["seed"]), vector["start"], vector["end"])
    tiles = [_one_tile(tile, [opened], vector["groups"], erased if tile == 1 else {}) for tile in range(3)]
    secret = bytes.fromhex(vector["secret"])
    assert written(vector["groups"], 0, tiles) == secret
    assert list(read(secret).values()) == tiles
    for wrong in (secret[:-1], secret + b"\x01", secret + b"\x02" + bytes(32), secret[:10], b""):
        with pytest.raises(ValueError, match="secrets"):
            read(wrong)


def test_fingerprints_are_those_of_the_vectors() -> None:
    """A record is known again by the known bytes."""
    vector = VECTORS["fingerprints"]
    salts = SealedSalts(bytes.fromhex(vector["seeds_key"]))
    assert salts.fingerprints([bytes.fromhex(vector["identity"])]) == [bytes.fromhex(vector["fingerprint"])]


def test_a_redaction_is_proposed_once_and_approved_once() -> None:
    """An approval of nothing, of another approval, or for the second time is no approval."""
    one, approved = proposal(300).record(), approval_record(7, "asmith", AT, "0" * 64)
    assert not list(carried_out(redactions([(7, one)])))
    assert [each.number for each in carried_out(redactions([(7, one), (8, approved)]))] == [7]
    for wrong in ([(8, approved)], [(7, one), (8, approved), (9, approved)], [(7, {"act": "forgot"})]):
        with pytest.raises(BadInput):
            redactions(wrong)


def test_what_several_redactions_erase_adds_up() -> None:
    """Groups of one entry add up; of entries that only go along it is the origin."""
    records = [
        (7, proposal(300, 301, along=(302,)).record()),
        (8, approval_record(7, "a", AT, "")),
        (9, proposal(300, groups=("actor", "origin")).record()),
        (10, approval_record(9, "a", AT, "")),
    ]
    assert erased_groups(carried_out(redactions(records))) == {
        300: {"actor", "subject", "origin"},
        301: {"subject", "origin"},
        302: {"origin"},
    }


def test_the_origin_goes_with_every_group_of_a_record() -> None:
    """Otherwise the digest of the record would give the erased word away; of a deed only the reason may go."""
    assert groups_that_go(ENTRY_TYPES["access/1"], ["purpose", "subject"]) == ("subject", "purpose", "origin")
    assert groups_that_go(ENTRY_TYPES["fact/1"], ["who"]) == ("who", "origin")
    assert groups_that_go(ENTRY_TYPES["deed/1"], ["reason"]) == ("reason",)
    for typ, groups in (("access/1", ["name"]), ("access/1", []), ("deed/1", ["principal"]), ("deed/1", ["origin"])):
        with pytest.raises(BadInput):
            groups_that_go(ENTRY_TYPES[typ], groups)


def test_an_authority_is_one_line_of_ascii() -> None:
    """It stands in the open for ever, so it is short and plain."""
    assert checked_authority("UK GDPR art. 17(1)(d)") == "UK GDPR art. 17(1)(d)"
    for wrong in ("", "x", " x", "two\nlines", "M\u00fcller", "x" * 201):
        with pytest.raises(BadInput):
            checked_authority(wrong)


def test_ranges_are_written_one_way() -> None:
    """Indices make the fewest ranges; ranges that are empty, out of order or no pairs are refused."""
    assert ranges_of([5, 3, 4, 9, 4]) == ((3, 6), (9, 10))
    assert list(indices_of(((3, 6), (9, 10)))) == [3, 4, 5, 9]
    assert parsed_ranges([[3, 6], [9, 10]]) == ((3, 6), (9, 10))
    for wrong in ([[3, 3]], [[6, 9], [3, 4]], [[3, 6], [5, 9]], [[-1, 2]], [[1, 2, 3]], [["1", 2]], "3-6", [[True, 2]]):
        with pytest.raises(BadInput):
            parsed_ranges(wrong)
