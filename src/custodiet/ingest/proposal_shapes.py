"""Proposals for files that are no list of accesses: a roster with a column for each day, and a log of changes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from custodiet.ingest.field_guesses import guessed, moment, spoken
from custodiet.ingest.inspection import Inspection, SeenField
from custodiet.ingest.toml_text import literal, text

_DAYS: Final = (
    (r"\d{2}/\d{2}/\d{4}", "%d/%m/%Y"),
    (r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"),
    (r"\d{2}-\d{2}-\d{4}", "%d-%m-%Y"),
    (r"\d{2}\.\d{2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{8}", "%Y%m%d"),
)
_LEAST_DAYS: Final = 5
_REST: Final = {
    "RD": "rest_day",
    "AL": "leave",
    "L": "leave",
    "S": "sick",
    "SICK": "sick",
    "TR": "training",
    "CT": "court",
}
_DECIDE: Final = "# DECIDE:"


def roster_days(inspection: Inspection) -> tuple[str, str] | None:
    """Return the pattern and the format of the days that name columns, or None where the file is no roster."""
    for pattern, form in _DAYS:
        if sum(bool(re.fullmatch(pattern, field.name)) for field in inspection.fields) >= _LEAST_DAYS:
            return pattern, form
    return None


def roster_text(inspection: Inspection, days: tuple[str, str]) -> Iterator[str]:
    """Return the lines of a mapping of duties with a row for each day."""
    pattern, form = days
    wide = [field for field in inspection.fields if re.fullmatch(pattern, field.name)]
    others = [field for field in inspection.fields if field not in wide]
    yield from ("[unpivot]", f"columns = {literal(pattern)}", 'name = "day"', 'value = "code"', "")
    yield from ("[shifts]", 'date = "day"', f'date_format = "{form}"', 'code = "code"', "")
    yield f"[shifts.codes]  {_DECIDE} the hours of each code"
    counts = Counter(code for field in wide for code in (field.codes or field.samples))
    for code, _ in counts.most_common():
        away = _REST.get(code.upper())
        hours = 'from = "00:00", to = "24:00"' if away else 'from = "07:00", to = "16:00"'
        yield f'{text(code)} = {{ {hours}, duty = "{away or "duty"}" }}'
    yield ""
    person = guessed(others).get("operator") or (others[0] if others else wide[0])
    yield from ("[fields.person]", f"from = {text(person.name)}")
    yield f"pattern = '[A-Za-z]*[ -]?0*([0-9]+)'  {_DECIDE} letters and zeros in front are dropped"
    yield from ("", "[fields.status]", f'value = "planned"  {_DECIDE} planned or worked')


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLog:
    """The fields of a log of changes."""

    entity: SeenField
    field: SeenField
    value: SeenField
    at: SeenField


def change_log(inspection: Inspection) -> ChangeLog | None:
    """Return the fields of a change log, or None where the file is none."""
    value = _called(inspection.fields, r"new ?(value|val)|to ?value|value (new|after)|after")
    field = _called(inspection.fields, r"(changed )?(field|attribute|column|item)( ?name)?( changed)?")
    when = moment(inspection.fields)
    if value is None or field is None or not when or not field.codes:
        return None
    rest = [seen for seen in inspection.fields if seen not in (value, field, *when)]
    entity = guessed(rest).get("operator") or (rest[0] if rest else field)
    return ChangeLog(entity=entity, field=field, value=value, at=when[0])


def changes_text(log: ChangeLog) -> Iterator[str]:
    """Return the lines of a mapping of postings that hold from one change to the next."""
    yield from ("[changes]", f"entity = {text(log.entity.name)}", f"field = {text(log.field.name)}")
    yield from (f"value = {text(log.value.name)}", f"at = {text(log.at.name)}", "")
    yield f"[changes.attributes]  {_DECIDE} which of these make a posting"
    names = {
        code: re.sub(r"\W+", "_", spoken(code)) or f"attribute_{number}" for number, code in enumerate(log.field.codes)
    }
    yield from (f"{text(code)} = {text(f'now_{name}')}" for code, name in names.items())
    yield from ("", "[fields.valid_from]", f"format = {text(log.at.formats[0])}", "")
    yield from ("[fields.person]", f"from = {text(log.entity.name)}", "")
    unit = next(
        (code for code in names if re.search(r"unit|team|dept|department|post", spoken(code))), log.field.codes[0]
    )
    yield from ("[fields.unit]", f"from = {text(f'now_{names[unit]}')}  {_DECIDE}")


def _called(fields: Sequence[SeenField], pattern: str) -> SeenField | None:
    return next((field for field in fields if re.fullmatch(pattern, spoken(field.name))), None)
