"""The one text of a JSON value: RFC 8785 on the part of I-JSON (RFC 7493) that entries use.

Texts are well-formed Unicode kept code point for code point (nothing is normalised), numbers are integers of at most
53 bits, keys are sorted by their UTF-16 code units, and there is no white space. Fractions are written as texts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from custodiet.errors import BadInput

#: RFC 7493 2.2: beyond this, readers of JSON disagree about an integer.
LARGEST_INTEGER = 2**53 - 1


def canonical(value: object) -> str:
    """Return the canonical JSON text of the value; raises BadInput for what has none."""
    return json.dumps(_checked(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(text: str) -> object:
    """Return the value of a canonical JSON text; raises BadInput if the text is not the canonical one of its value."""
    try:
        value = json.loads(
            text, object_pairs_hook=_without_repeats, parse_float=_no_fraction, parse_constant=_no_fraction
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadInput("This is not JSON.", expected="canonical JSON (RFC 8785)") from error
    if canonical(value) != text:
        raise BadInput("This JSON is not in canonical form.", expected="canonical JSON (RFC 8785)")
    return value


def quoted(text: str) -> str:
    """Return the text as a canonical JSON string, quotes included."""
    _well_formed(text)
    return json.dumps(text, ensure_ascii=False)


def integer_text(value: int) -> str:
    """Return the integer's digits; raises BadInput beyond 53 bits."""
    if abs(value) > LARGEST_INTEGER:
        raise BadInput("An integer is too large for an entry.", expected="at most 53 bits, or the digits as a text")
    return str(value)


def instant_text(instant: datetime) -> str:
    """Return the instant as RFC 3339 in UTC with six digits; a time without zone is one in UTC, as segments hold it."""
    utc = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _checked(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _well_formed(value)
    if isinstance(value, int):
        return int(integer_text(value))
    if isinstance(value, list | tuple):
        return [_checked(item) for item in value]
    if isinstance(value, dict):
        return _sorted(value)
    raise BadInput(
        "A value has no canonical JSON.",
        found=type(value).__name__,
        expected="text, integer, truth, null, list or object",
    )


def _sorted(value: dict[object, object]) -> dict[str, object]:
    keys: list[str] = []
    for key in value:
        if not isinstance(key, str):
            raise BadInput("A key of a JSON object is not a text.", found=type(key).__name__)
        keys.append(_well_formed(key))
    return {key: _checked(value[key]) for key in sorted(keys, key=lambda key: key.encode("utf-16-be"))}


def _well_formed(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput("A text holds half of a surrogate pair.", expected="well-formed Unicode") from error
    return text


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadInput("A JSON object names a key twice.")
    return value


def _no_fraction(text: str) -> object:
    raise BadInput("An entry holds no fractions.", found=text[:40], expected="an integer, or the digits as a text")
