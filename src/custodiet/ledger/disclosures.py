"""Disclosures as their reader checks them: against the entry that commits to them, and against the type's columns."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.canonical import parsed
from custodiet.ledger.commitments import base64url, digest, entry_of_digests
from custodiet.ledger.entry_types import JSON_COLUMNS, EntryType
from custodiet.relations.relation import Column, Type

_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_KINDS = {Type.TEXT: str, Type.INTEGER: int, Type.TRUTH: bool}


def disclosed_columns(entry_type: EntryType, entry: bytes, shown: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of all columns that the disclosures, by group, show of the entry.

    Raises BadInput for what is malformed, and VerificationFailed for a disclosure that the entry does not commit to.
    """
    digests = _digests(entry_type, entry)
    if not set(shown) <= set(entry_type.groups):
        raise BadInput("A disclosure is of a group that the type does not have.", expected=", ".join(entry_type.groups))
    columns: dict[str, Any] = {}
    for group, committed in zip(entry_type.groups, digests, strict=True):
        if group in shown:
            columns |= _opened(entry_type, group, shown[group], committed)
    return columns


def _digests(entry_type: EntryType, entry: bytes) -> list[str]:
    value = parsed(entry.decode("utf-8", errors="replace"))
    digests = value.get("_sd") if isinstance(value, dict) else None
    if not isinstance(digests, list) or not all(isinstance(each, str) for each in digests):
        raise BadInput("This entry commits to nothing.", expected=f"an entry of type {entry_type.typ}")
    if len(digests) != len(entry_type.groups) or entry_of_digests(entry_type.typ, digests) != entry:
        raise BadInput(f"This is no entry of type {entry_type.typ}.")
    return digests


def _opened(entry_type: EntryType, group: str, disclosed: str, committed: str) -> dict[str, Any]:
    if not disclosed.isascii() or digest(disclosed) != committed:
        raise VerificationFailed(f"The disclosure of group {group} is not the one that the entry commits to.")
    value = parsed(_decoded(disclosed))
    if not isinstance(value, list) or len(value) != 3 or value[1] != group or not _is_salt(value[0]):
        raise BadInput("This is no disclosure of its group.", field=group, expected="salt, group and object")
    columns = {column.name: column for column in entry_type.columns_of(group)}
    if not isinstance(value[2], dict) or not set(value[2]) <= set(columns):
        raise BadInput("A disclosure holds columns that its group does not have.", field=group)
    for name, each in value[2].items():
        if not _fits(columns[name], each):
            raise BadInput("A disclosed value is not of its column's type.", field=name)
    return value[2]


def _decoded(disclosed: str) -> str:
    try:
        data = urlsafe_b64decode(disclosed + "=" * (-len(disclosed) % 4))
        text = data.decode("utf-8")
    except (NotBase64, ValueError) as error:
        raise BadInput("A disclosure is no base64url of UTF-8.") from error
    if base64url(data) != disclosed:
        raise BadInput("A disclosure is not the canonical base64url.")
    return text


def _is_salt(value: object) -> bool:
    return isinstance(value, str) and _SALT.fullmatch(value) is not None


def _fits(column: Column, value: object) -> bool:
    if column.name in JSON_COLUMNS:
        return isinstance(value, dict)
    if column.type is Type.INSTANT:
        return isinstance(value, str) and _is_instant(value)
    return type(value) is _KINDS[column.type]


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
