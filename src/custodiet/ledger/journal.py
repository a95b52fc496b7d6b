"""The form of the journal's files: records in groups, each group bound to those before it (docs/specs/journal.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.canonical import canonical, instant_text, parsed
from custodiet.ledger.commitments import control_entry
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.manifest import checked_typ
from custodiet.model.looks import Deed, Purpose

DEED_TYP = "deed/1"
#: The longest payload of a group.
LARGEST_GROUP = 1 << 24
#: Control records that rest on checks which whoever writes a journal has not passed.
_CHECKED_ELSEWHERE = frozenset({"schema", "key", "delivery", "run", "redaction", "retention"})
_LENGTH_BYTES, _DIGEST_BYTES = 4, 32
_HEAD_BYTES = _LENGTH_BYTES + _DIGEST_BYTES

Record = Deed | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """What a file of the journal holds: its records, and how many bytes of an unfinished group stand behind them."""

    records: tuple[Record, ...]
    torn: int


def first_line(name: str) -> bytes:
    """Return the first line of the file of that name."""
    return f"custodiet journal/1 {name}\n".encode()


def digest_of(before: bytes, payload: bytes) -> bytes:
    """Return what binds a payload to all that stands before it; `before` is the last group's digest."""
    return sha256(before + payload).digest()


def group(before: bytes, payload: bytes) -> bytes:
    """Return the group with that payload."""
    return len(payload).to_bytes(_LENGTH_BYTES, "big") + digest_of(before, payload) + payload


def typ_of(record: Record) -> str:
    """Return the type of the entry that the record becomes."""
    return DEED_TYP if isinstance(record, Deed) else str(record["typ"])


def line(record: Record) -> bytes:
    """Return the record as it stands in a payload; raises BadInput for one that could not be entered later."""
    body = _body(record) if isinstance(record, Deed) else record
    data = control_entry(body)
    _record(data.decode())
    return data + b"\n"


def read(name: str, data: bytes) -> Told:
    """Return what the file of that name holds; raises VerificationFailed if it was damaged after it was written."""
    start = first_line(name)
    if not data.startswith(start):
        if start.startswith(data):
            return Told((), len(data))
        raise VerificationFailed(f"The file journal/{name} does not begin as that file must.")
    records: list[Record] = []
    at, before = len(start), sha256(start).digest()
    for payload in _payloads(name, data, at, before):
        records += _records(name, payload)
        at += _HEAD_BYTES + len(payload)
    return Told(tuple(records), len(data) - at)


def _payloads(name: str, data: bytes, at: int, before: bytes) -> Iterator[bytes]:
    while len(data) - at > _HEAD_BYTES:
        length = int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
        begin, end = at + _HEAD_BYTES, at + _HEAD_BYTES + length
        if not 0 < length <= LARGEST_GROUP or end > len(data):
            return
        digest = digest_of(before, data[begin:end])
        if digest != data[at + _LENGTH_BYTES : begin]:
            if end < len(data):
                raise VerificationFailed(f"The file journal/{name} was damaged after it was written, at byte {at}.")
            return
        yield data[begin:end]
        at, before = end, digest


def _records(name: str, payload: bytes) -> Sequence[Record]:
    try:
        *lines, rest = payload.decode().split("\n")
        _check_ended(rest)
        return [_record(each) for each in lines]
    except (BadInput, UnicodeDecodeError) as error:
        raise VerificationFailed(f"The file journal/{name} holds a group that is none. {error}") from error


def _check_ended(rest: str) -> None:
    if rest:
        raise BadInput("A group does not end with a line.")


def _record(text: str) -> Record:
    value = parsed(text)
    if not isinstance(value, dict) or not isinstance(value.get("typ"), str):
        raise BadInput("A record of the journal has no type.", field="typ")
    typ = checked_typ(value["typ"])
    if typ == DEED_TYP:
        return _deed(value)
    if typ in ENTRY_TYPES or typ.partition("/")[0] in _CHECKED_ELSEWHERE:
        raise BadInput("Records of this type do not enter by the journal.", field="typ", found=typ)
    return value


def _body(deed: Deed) -> dict[str, object]:
    return {
        "typ": DEED_TYP,
        "principal": deed.principal,
        "act": deed.act,
        "object": deed.object,
        "purpose": None if deed.purpose is None else deed.purpose.value,
        "reason": deed.reason,
        "at": instant_text(deed.at),
    }


def _deed(value: dict[str, object]) -> Deed:
    try:
        deed = Deed(
            principal=_text(value["principal"]),
            act=_text(value["act"]),
            object=_text_or_none(value["object"]),
            purpose=None if value["purpose"] is None else Purpose(_text(value["purpose"])),
            reason=_text_or_none(value["reason"]),
            at=datetime.fromisoformat(_text(value["at"])),
        )
    except (KeyError, ValueError) as error:
        raise BadInput("This is no deed.", expected="the members of deed/1") from error
    if canonical(_body(deed)) != canonical(value):
        raise BadInput("A deed is not written as deeds are.", expected="the members of deed/1")
    return deed


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BadInput("A member of a deed is not a text.", found=type(value).__name__)
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)
