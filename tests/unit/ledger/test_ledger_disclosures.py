"""Disclosures that a log is committed to, and that are none: a reader rejects them all the same."""

from __future__ import annotations

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.commitments import base64url, digest, entry_of_digests
from custodiet.ledger.disclosures import disclosed_columns
from custodiet.ledger.entry_types import ENTRY_TYPES

KIND = ENTRY_TYPES["access/1"]
SALT = "A" * 22
GOOD = f'["{SALT}","context",{{"occurred_at":"2026-03-01T12:00:07.000000Z","system":"records"}}]'


def shown(text: str, group: str = "context", disclosed: str | None = None) -> dict[str, object]:
    """Return what is disclosed by this text, to which an entry is committed at the place of the group."""
    disclosed = base64url(text.encode()) if disclosed is None else disclosed
    digests = [digest(disclosed) if name == group else "A" * 43 for name in KIND.groups]
    return disclosed_columns(KIND, entry_of_digests(KIND.typ, digests), {group: disclosed})


def test_what_is_right_is_read() -> None:
    """The text from which the others differ is a disclosure."""
    assert shown(GOOD) == {"occurred_at": "2026-03-01T12:00:07.000000Z", "system": "records"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SALT, "A" * 21), (SALT, "A" * 21 + "B"), ('"context"', '"actor"'), ('"system"', '"operator"'), ('"records"', "7"),
        ('"records"', "null"), ("T12:00:07.000000Z", "T12:00:07Z"), ("2026-03-01", "2026-02-30"), ('{"occ', '{ "occ'),
        ("]", ",1]"), (f'"{SALT}"', "[]"), ('{"occurred_at":"2026-03-01T12:00:07.000000Z","system":"records"}', "[]"),
    ],
)  # fmt: skip
def test_what_is_no_disclosure_is_refused(one: str, other: str) -> None:
    """Salts, groups, columns, types, times and spellings that are none are refused, though the digest fits."""
    assert one in GOOD
    with pytest.raises(BadInput):
        shown(GOOD.replace(one, other))


def test_another_spelling_of_its_letters_is_refused() -> None:
    """Base64 with padding is not what a digest is made over."""
    text = base64url(GOOD.encode())
    with pytest.raises(BadInput):
        shown(GOOD, disclosed=text + "=" * (-len(text) % 4 or 4))


def test_an_entry_with_other_digests_is_refused() -> None:
    """One digest less, one more, and an open entry commit to no access."""
    for entry in (
        entry_of_digests(KIND.typ, ["A" * 43] * 4),
        entry_of_digests(KIND.typ, ["A" * 43] * 6),
        b'{"typ":"access/1"}',
        b'{"_sd":[1,2,3,4,5],"_sd_alg":"sha-256","typ":"access/1"}',
    ):
        with pytest.raises(BadInput):
            disclosed_columns(KIND, entry, {})
