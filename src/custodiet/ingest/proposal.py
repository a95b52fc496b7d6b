"""A proposed mapping for an inspected file: a TOML text that can be read at once, with a mark where a person must decide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from custodiet.errors import BadInput
from custodiet.ingest.field_guesses import guessed, moment, spoken
from custodiet.ingest.inspection import Inspection, Looks, SeenField
from custodiet.ingest.proposal_shapes import change_log, changes_text, roster_days, roster_text
from custodiet.ingest.reading import Format, Reading
from custodiet.ingest.toml_text import literal, strings, text

_ACTIONS: Final = (
    (
        r"v|view\w*|read\w*|open\w*|display\w*|enq\w*|enquir\w*|inquir\w*|search\w*|s|q|query\w*|find|list\w*|get|select|r",
        "consultation",
    ),
    (r"u|update\w*|edit\w*|amend\w*|modif\w*|change\w*|alter\w*|put|patch|m", "alteration"),
    (r"c|create\w*|add\w*|insert\w*|new|post|a", "collection"),
    (r"d|delete\w*|erase\w*|remove\w*|purge\w*|weed\w*", "erasure"),
    (r"p|x|print\w*|export\w*|disclos\w*|send\w*|release\w*|download\w*", "disclosure"),
    (r"merge\w*|link\w*|combin\w*|join\w*", "combination"),
)
_CHANNELS: Final = (
    (r"s|q|search\w*|query\w*|find|enq\w*|enquir\w*", "search"),
    (r"l|list\w*|browse", "list"),
    (r"p|print\w*", "print"),
    (r"x|export\w*|download\w*", "export"),
    (r"api|service|interface|get|post|put", "api"),
    (
        r"u|m|c|a|d|update\w*|edit\w*|amend\w*|modif\w*|create\w*|add\w*|insert\w*|new|delete\w*|erase\w*|merge\w*|link\w*",
        "edit",
    ),
)
_DECIDE: Final = "# DECIDE:"


def propose(inspection: Inspection) -> str:
    """Return the text of a mapping file for the inspected file, of accesses unless its shape is a roster or change log."""
    if not inspection.fields:
        raise BadInput("There are no fields to map.", file=inspection.name)
    days = roster_days(inspection)
    log = change_log(inspection)
    if days:
        body, yields = list(roster_text(inspection, days)), "duty"
    elif log is not None:
        body, yields = list(changes_text(log)), "posting"
    else:
        body, yields = list(_access(inspection)), "access"
    return "\n".join([*_head(inspection, yields), "", *_read(inspection.reading), "", *_time(), "", *body]) + "\n"


def source_name(file: str) -> str:
    """Return a short name for the source, from the file's name without its date."""
    stem = re.sub(r"[^a-z_-]+", "_", PurePath(file).stem.lower()).strip("_-")
    return (stem[:40].rstrip("_-") or "source") if stem[:1].isalpha() else "source"


def _head(inspection: Inspection, yields: str) -> Iterator[str]:
    yield f"# Proposed from {inspection.records} records. Each line marked DECIDE is a guess that a person must confirm."
    for note in inspection.notes:
        yield f"{_DECIDE} " + re.sub(r"[\x00-\x1f\x7f]+", " ", note)
    yield f"source = {text(source_name(inspection.name))}  {_DECIDE} the source's name in the ledger, the same for every delivery"
    yield f"yields = {text(yields)}  {_DECIDE} accesses, or which kind of fact"
    yield "version = 1"
    yield f'owner = ""  {_DECIDE} who answers for this source'


def _read(reading: Reading) -> Iterator[str]:
    yield "[read]"
    yield f"format = {text(reading.format)}"
    if reading.format not in (Format.PARQUET, Format.XLSX):
        yield f"encoding = {text(reading.encoding)}"
    if reading.format is Format.CSV:
        yield f"delimiter = {text(reading.delimiter)}"
    if reading.format in (Format.CSV, Format.TSV, Format.XLSX, Format.FIXED_WIDTH):
        yield f"header = {reading.header}"
    if reading.columns:
        yield f"columns = {strings(reading.columns)}  {_DECIDE} name the fields"
    if reading.records:
        yield f"records = {text(reading.records)}"
    if reading.trailer is not None:
        yield f"trailer = {literal(reading.trailer)}"
    if reading.slices:
        yield f"fixed = [  {_DECIDE} names and places"
        yield from (f"  {{ name = {text(s.name)}, start = {s.start}, width = {s.width} }}," for s in reading.slices)
        yield "]"


def _time() -> Iterator[str]:
    yield "[time]"
    yield f'zone = "Europe/London"  {_DECIDE} the zone of times that carry no offset'


def _access(inspection: Inspection) -> Iterator[str]:
    when = moment(inspection.fields)
    others = [field for field in inspection.fields if field not in when]
    sure = guessed(others)
    fields = dict(sure)
    if not fields.keys() & {"requester", "operator", "account"}:
        fields |= _fallback("operator", others, fields, (Looks.STAFF_NUMBER, Looks.IDENTIFIER, Looks.CODE, Looks.TEXT))
    if "subject" not in fields:
        fields |= _fallback("subject", others, fields, (Looks.IDENTIFIER, Looks.STAFF_NUMBER, Looks.NUMBER, Looks.TEXT))
    yield from _moment(when, inspection.fields[0])
    for name in ("requester", "operator", "account", "device"):
        if name in fields:
            yield from _actor(name, fields[name], sure=name in sure)
    yield from _subject(fields.get("subject", inspection.fields[0]), sure="subject" in sure)
    yield from _constant_or_field("system", fields.get("system"), source_name(inspection.name).upper())
    yield from _coded("action", fields.get("action"), _ACTIONS, "consultation")
    yield from _coded("channel", fields.get("channel") or fields.get("action"), _CHANNELS, "view")
    for name in (
        "search_terms", "record", "session", "outcome", "recipient", "stated_purpose", "purpose_code", "quoted_reference",
        "source_event_id", "sequence",
    ):  # fmt: skip
        if name in fields:
            yield from _plain(name, fields[name])
    used = {field.name for field in (*when, *fields.values())}
    if kept := [field.name for field in others if field.name not in used and field.looks is not Looks.EMPTY]:
        yield from ("[extra]", f"keep = {strings(kept)}  {_DECIDE} which of these say more about the access", "")
    if "sequence" in fields:
        yield from ("[sequence]", 'field = "sequence"')


def _fallback(
    name: str, others: Sequence[SeenField], taken: dict[str, SeenField], looks: Sequence[Looks]
) -> dict[str, SeenField]:
    free = [field for field in others if field not in taken.values()]
    ranked = sorted(free, key=lambda field: looks.index(field.looks) if field.looks in looks else len(looks))
    return {name: (ranked or list(others) or list(taken.values()))[0]} if ranked or others else {}


def _moment(when: Sequence[SeenField], first: SeenField) -> Iterator[str]:
    yield "[fields.occurred_at]"
    if not when:
        yield f"from = {text(first.name)}  {_DECIDE} no field looks like a time"
        yield 'format = "iso8601"'
    elif len(when) == 1:
        yield f"from = {text(when[0].name)}"
        yield f"format = {text(when[0].formats[0])}{_choice(when[0].formats)}"
    else:
        day, clock = when
        form = "%Y-%m-%d" if day.formats[0] == "iso8601" else day.formats[0]
        yield f"from = {strings([day.name, clock.name])}"
        yield f"format = {text(f'{form} {clock.formats[0]}')}{_choice(day.formats)}"
    yield ""


def _choice(formats: Sequence[str]) -> str:
    order = re.findall("%[dmy]", formats[0].replace("-", ""))
    other = next((form for form in formats if re.findall("%[dmy]", form.replace("-", "")) != order), None)
    return f"  {_DECIDE} or {text(other)}; both fit" if other is not None else ""


def _actor(name: str, field: SeenField, *, sure: bool) -> Iterator[str]:
    yield f"[fields.{name}]"
    yield f"from = {text(field.name)}{_doubt(sure=sure)}"
    if field.looks is Looks.STAFF_NUMBER and name in ("requester", "operator"):
        yield f"pattern = '[A-Za-z]*[ -]?0*([0-9]+)'  {_DECIDE} letters and zeros in front are dropped, so that one person has one number"
    elif name == "account":
        yield f'case = "lower"  {_DECIDE} whether letters matter in a login'
    yield ""


def _doubt(*, sure: bool) -> str:
    return "" if sure else f"  {_DECIDE} its name does not say so"


def _subject(field: SeenField, *, sure: bool) -> Iterator[str]:
    yield from ("[fields.subject]", f"from = {text(field.name)}{_doubt(sure=sure)}", "")
    if re.fullmatch(r"vrm|reg(istration)?( ?(no|mark))?", spoken(field.name)):
        yield from (
            "[fields.subject_kind]",
            f'value = "vehicle"  {_DECIDE} person, vehicle, address, event or item',
            "",
        )


def _constant_or_field(name: str, field: SeenField | None, otherwise: str) -> Iterator[str]:
    yield f"[fields.{name}]"
    yield (
        f"from = {text(field.name)}"
        if field is not None
        else f"value = {text(otherwise)}  {_DECIDE} whether this is so for every record"
    )
    yield ""


def _coded(name: str, field: SeenField | None, words: Sequence[tuple[str, str]], otherwise: str) -> Iterator[str]:
    if field is None or not field.codes:
        yield from _constant_or_field(name, None, otherwise)
        return
    yield f"[fields.{name}]"
    yield f"from = {text(field.name)}"
    yield f"[fields.{name}.codes]"
    for code in field.codes:
        known = next((word for pattern, word in words if re.fullmatch(pattern, spoken(code))), None)
        yield f"{text(code)} = {text(known or otherwise)}" + (
            f"  {_DECIDE} what it means" if known is None or len(code) == 1 else ""
        )
    yield ""


def _plain(name: str, field: SeenField) -> Iterator[str]:
    yield from (f"[fields.{name}]", f"from = {text(field.name)}", "")
