"""One spelling for descriptions, in plain words: what `tie_record.sql` means. Slow and obvious; the tests hold the two together."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SHORT_STREETS = {
    "ST": "STREET",
    "RD": "ROAD",
    "AVE": "AVENUE",
    "AV": "AVENUE",
    "LN": "LANE",
    "DR": "DRIVE",
    "CL": "CLOSE",
    "CT": "COURT",
    "CRES": "CRESCENT",
    "GDNS": "GARDENS",
    "PL": "PLACE",
    "SQ": "SQUARE",
    "TERR": "TERRACE",
}
_FLAT = re.compile(r"^(FLAT|APARTMENT|APT|UNIT|ROOM) ?([0-9]+[A-Z]?|[A-Z])(, ?| )")
_NUMBER = re.compile(r"^([0-9]+[A-Z]?),? ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A description of a person or a place in one spelling; None where a field is missing."""

    side: str
    owner: str
    kind: str
    surname: str | None
    forename: str | None
    root: str | None
    date_of_birth: str | None
    postcode: str | None
    uprn: str | None
    flat: str | None
    house: str | None
    number: int | None
    street: str | None
    door: str | None
    premises: str | None
    phone: str | None
    valid_from: datetime
    valid_to: datetime
    fact: int


def described(side: str, row: Mapping[str, Any], nicknames: Mapping[str, str]) -> Description:
    """Return a row of `staff`, `next_of_kin` or `subject` in one spelling."""
    address = _address(row.get("address"))
    flat, house, street = parts(address)
    forename = _first_name(row.get("forename"))
    postcode = _only(r"[^A-Z0-9]", row.get("postcode"))
    return Description(
        side=side,
        owner=row["subject" if side == "subject" else "person"],
        kind=row.get("subject_kind") or "person",
        surname=_only(r"[^A-Z]", _plain(row.get("surname"))),
        forename=forename,
        root=None if forename is None else nicknames.get(forename, forename),
        date_of_birth=_day(row.get("date_of_birth")),
        postcode=postcode,
        uprn=(_only(r"[^0-9]", row.get("uprn")) or "").lstrip("0") or None,
        flat=flat,
        house=house,
        number=_leading_number(house),
        street=street,
        door=None if postcode is None or flat is None or house is None else f"{postcode}/{flat}/{house}",
        premises=_only(r"[^A-Z0-9]", address),
        phone=_phone(row.get("phone")),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        fact=row["fact"],
    )


def parts(address: str | None) -> tuple[str | None, str | None, str | None]:
    """Return flat ('' where there is none), house and street of an address; None for what it does not have."""
    if address is None:
        return None, None, None
    found = _FLAT.match(address)
    flat, doors = (found[2], address[found.end() :].strip()) if found else ("", address)
    number = _NUMBER.match(doors)
    if number:
        return flat, number[1], _street(doors[number.end() :].split(",")[0].strip())
    if "," in doors:
        name, rest = doors.split(",")[:2]
        return flat, name.strip(), _street(rest.strip())
    return flat, None, None


def _street(written: str) -> str | None:
    name, space, last = written.rpartition(" ")
    if space and re.fullmatch(r"[A-Z]+", last):
        return f"{name} {SHORT_STREETS.get(last, last)}"
    return written or None


def _plain(text: str | None) -> str | None:
    if text is None:
        return None
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)).upper()


def _only(unwanted: str, text: str | None) -> str | None:
    return None if text is None else re.sub(unwanted, "", text.upper()) or None


def _first_name(text: str | None) -> str | None:
    found = re.search(r"[A-Z]+", _plain(text) or "")
    return found[0] if found else None


def _address(text: str | None) -> str | None:
    plain = _plain(text)
    return None if plain is None else re.sub(r"[ \t]+", " ", re.sub(r"[.']", "", plain)).strip(" ")


def _day(text: str | None) -> str | None:
    return text if text is not None and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None


def _leading_number(house: str | None) -> int | None:
    found = re.match(r"[0-9]+", house or "")
    return int(found[0]) if found else None


def _phone(text: str | None) -> str | None:
    digits = re.sub(r"^(00)?44", "0", re.sub(r"[^0-9]", "", text or ""))
    return digits if len(digits) >= 10 else None
