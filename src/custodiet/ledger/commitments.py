"""What an entry is, told plainly: the reference that every faster encoder must equal, byte for byte.

An entry shows nothing personal. It holds one salted digest for each disclosure group (RFC 9901, 4.2: disclosures of
array elements' three parts), in the fixed order of its type, so that a group can be shown, withheld or erased alone.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical, instant_text, integer_text, parsed, quoted
from custodiet.ledger.entry_types import JSON_COLUMNS, EntryType
from custodiet.relations.relation import Column

#: C2SP tlog-tiles: an entry bundle gives the length of an entry in two bytes.
LARGEST_ENTRY = 65_535
#: The bytes of a salt: RFC 9901 9.3 asks for 128 bits.
SALT_BYTES = 16


def base64url(data: bytes) -> str:
    """Return the base64url text without padding (RFC 4648, 5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def group_text(entry_type: EntryType, group: str, row: Mapping[str, object]) -> str:
    """Return the group's object: its columns that are not absent, by name; the empty object if all are."""
    fields = ((column, row.get(column.name)) for column in entry_type.columns_of(group))
    members = (f'"{column.name}":{_value_text(column, value)}' for column, value in fields if value is not None)
    return "{" + ",".join(members) + "}"


def disclosure(salt: bytes, group: str, text: str) -> str:
    """Return the disclosure of a group: base64url of the array of salt, group and object, without white space."""
    if len(salt) != SALT_BYTES:
        msg = f"a salt has {SALT_BYTES} bytes"
        raise ValueError(msg)
    return base64url(f'["{base64url(salt)}","{group}",{text}]'.encode())


def digest(disclosed: str) -> str:
    """Return the digest of a disclosure as it stands in an entry."""
    return base64url(sha256(disclosed.encode("ascii")).digest())


def entry_of_digests(typ: str, digests: Sequence[str]) -> bytes:
    """Return the entry that holds these digests in this order."""
    return json.dumps({"_sd": list(digests), "_sd_alg": "sha-256", "typ": typ}, separators=(",", ":")).encode()


def disclosures(entry_type: EntryType, row: Mapping[str, object], salts: Sequence[bytes]) -> tuple[str, ...]:
    """Return the row's disclosures, one for each group of the type in order."""
    pairs = zip(entry_type.groups, salts, strict=True)
    return tuple(disclosure(salt, group, group_text(entry_type, group, row)) for group, salt in pairs)


def entry(entry_type: EntryType, row: Mapping[str, object], salts: Sequence[bytes]) -> bytes:
    """Return the row's entry under these salts, one for each group of the type in order."""
    return entry_of_digests(entry_type.typ, [digest(each) for each in disclosures(entry_type, row, salts)])


def control_entry(record: Mapping[str, object]) -> bytes:
    """Return the entry of a control record: its canonical JSON. Raises BadInput if it is too long or has no `typ`."""
    typ = record.get("typ")
    if not isinstance(typ, str) or not typ:
        raise BadInput("A control record needs a type.", field="typ")
    data = canonical(dict(record)).encode()
    if len(data) > LARGEST_ENTRY:
        raise BadInput(
            f"A record of type {typ} is too long for an entry.",
            found=f"{len(data)} bytes",
            expected=f"at most {LARGEST_ENTRY}",
        )
    return data


def _value_text(column: Column, value: object) -> str:
    if column.name in JSON_COLUMNS and isinstance(value, str):
        return _json_object(column.name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return integer_text(value)
    if isinstance(value, datetime):
        return quoted(instant_text(value))
    if isinstance(value, str):
        return quoted(value)
    raise BadInput("A value cannot be entered.", field=column.name, found=type(value).__name__)


def _json_object(field: str, text: str) -> str:
    try:
        value = parsed(text)
    except BadInput as error:
        raise BadInput(str(error), field=field) from error
    if not isinstance(value, dict):
        raise BadInput("This column holds no JSON object.", field=field, expected="a canonical JSON object")
    return text
