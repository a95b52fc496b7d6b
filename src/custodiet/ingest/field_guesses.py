"""Which field of an access a delivered field may be, by its name and by what its texts look like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from custodiet.ingest.inspection import Looks, SeenField

#: Field of an access -> what delivered fields of that meaning are often called, the likeliest first.
HINTS: Final[tuple[tuple[str, str], ...]] = (
    (
        "source_event_id",
        r"(audit|event|log|entry|transaction|txn|access) ?(no|num|number|id|ref|uid)|guid|uuid|row id|id",
    ),
    ("sequence", r"seq(uence)?( ?(no|num|number|id))?|serial( no| number)?"),
    ("requester", r"requester|request(ed|ing) ?(by|officer|user)?|req ?officer|on behalf( of)?|asked by"),
    (
        "operator",
        (
            r"(operator|officer|staff|collar|shoulder|warrant|employee|payroll|epaulette)( ?(no|num|number|id|code))?"
            r"|performed by|done by|actor|who|user ?id|agent name|user no"
        ),
    ),
    ("account", r"(user|login|logon|account|sam account)( ?(name|id|code))?|user"),
    (
        "device",
        r"(terminal|workstation|device|host|machine|station|client|computer)( ?(no|name|id|ip))?|ip( ?addr(ess)?)?|source ip",
    ),
    (
        "subject",
        r"nominal( ?(no|id|ref|number|urn))?|urn|subject( ?(id|ref))?|(person|patient|client|customer|citizen)( ?(id|no|ref|number))?|pnc ?id|crn|vrm|reg(istration)?( ?(no|mark))?|nhs( ?(no|number))?|mrn",
    ),
    ("session", r"session( ?(id|no))?"),
    ("search_terms", r"search( ?(terms?|text|string|criteria))?|query( ?text)?|criteria"),
    ("outcome", r"outcome|result|status|success"),
    ("recipient", r"recipient|disclosed to|sent to|released to"),
    ("purpose_code", r"(reason|purpose) ?code|code reason"),
    ("stated_purpose", r"reason( ?(text|for access|given))?|purpose|justification|comments?|remarks?"),
    (
        "quoted_reference",
        r"ref(erence)?( ?(no|num|number|quoted))?|(incident|crime|case|occurrence)( ?(no|ref|number|id))?",
    ),
    ("record", r"(record|document|page|file)( ?(id|no|ref|type|viewed))?"),
    ("system", r"system|application|app|database|module"),
    ("channel", r"channel|screen|mode|function"),
    ("action", r"action|operation|op|event ?(type|name)|activity|transaction( ?type)?|access ?type|verb|type"),
)
MOMENT: Final = r"(time ?stamp|date ?time|when|occurred( at)?|event (date|time|date time)|access (date|time|date time)|logged( at)?|created( at)?|at|date|time)"


def spoken(name: str) -> str:
    """Return the field's name as words in small letters: `UserId`, `user_id` and `a.userId` all say `user id`."""
    last = name.rsplit(".", 1)[-1].lstrip("@")
    return re.sub(r"[^A-Za-z0-9]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last)).strip().lower()


def moment(fields: Sequence[SeenField]) -> tuple[SeenField, ...]:
    """Return the field that says when, or the two of a day and a time of day, or nothing."""
    times = [field for field in fields if field.looks is Looks.TIME]
    called = [field for field in times if re.fullmatch(MOMENT, spoken(field.name))]
    if times:
        return ((called or times)[0],)
    day = next((field for field in fields if field.looks is Looks.DAY), None)
    clock = next((field for field in fields if field.looks is Looks.CLOCK), None)
    if day is None:
        return ()
    return (day,) if clock is None else (day, clock)


def guessed(fields: Sequence[SeenField]) -> dict[str, SeenField]:
    """Return the delivered field for each field of an access whose name gives it away; none is used twice."""
    left = list(fields)
    found: dict[str, SeenField] = {}
    for target, pattern in HINTS:
        chosen = next((field for field in left if _is_called(field, pattern) and _may_be(target, field)), None)
        if chosen is not None:
            found[target] = chosen
            left.remove(chosen)
    return found


def _is_called(field: SeenField, pattern: str) -> bool:
    """Tell whether the name, or its last two parts where it is dotted, is one of those of the pattern."""
    parts = [part.lstrip("@") for part in field.name.split(".")]
    names = [spoken(parts[-1])] if parts[-1].lower() != "id" or len(parts) == 1 else []
    if len(parts) > 1:
        names.append(f"{spoken(parts[-2])} {spoken(parts[-1])}")
    return any(re.fullmatch(pattern, name) for name in names)


def _may_be(target: str, field: SeenField) -> bool:
    if field.looks is Looks.EMPTY:
        return False
    if target == "sequence":
        return field.looks in (Looks.NUMBER, Looks.STAFF_NUMBER)
    if target == "source_event_id":
        return field.distinct == field.given
    if target in ("action", "channel", "system"):
        return field.looks is Looks.CODE
    return True
