r"""A canonical JSON object of texts as an SQL tree (RFC 8785: sorted keys, no white space, `\u00xx` in small letters)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlglot import exp

from custodiet.ingest.expressions import call, choose, is_known, joined, text

#: The control characters, escaped one by one; a text that has none goes through the engine's own quoting.
_CONTROLS = r"[\x00-\x1f]"


def json_object(members: Mapping[str, exp.Expression]) -> exp.Expression:
    """Return the object of those members that are known, as text."""
    names = sorted(members, key=lambda name: name.encode("utf-16-be"))
    pairs = [_pair(name, members[name]) for name in names]
    if not pairs:
        return text("{}")
    return joined(text("{"), call("concat_ws", text(","), *pairs), text("}"))


def _pair(name: str, value: exp.Expression) -> exp.Expression:
    """Return the member's text, or nothing, which `concat_ws` leaves out."""
    key = text(json.dumps(name, ensure_ascii=False) + ":")
    return choose([(is_known(value), joined(key, _quoted(value)))])


def _quoted(value: exp.Expression) -> exp.Expression:
    controls = call("regexp_matches", value.copy(), text(_CONTROLS))
    plain = exp.cast(call("to_json", value.copy()), "VARCHAR", dialect="duckdb")
    return choose([(controls, joined(text('"'), _escaped(value), text('"')))], plain)


def _escaped(value: exp.Expression) -> exp.Expression:
    escaped = value.copy()
    for character in ("\\", '"', *(chr(code) for code in range(32))):
        constant = text(character) if character >= " " else call("chr", exp.Literal.number(ord(character)))
        escaped = call("replace", escaped, constant, text(json.dumps(character)[1:-1]))
    return escaped


def json_array(values: Sequence[exp.Expression]) -> exp.Expression:
    """Return the array of the texts, with null for what is not known, as the engine writes it; see `exact_array`."""
    return exp.cast(
        call("to_json", exp.Array(expressions=[value.copy() for value in values])), "VARCHAR", dialect="duckdb"
    )


def exact_array(quick: exp.Expression, values: Sequence[exp.Expression]) -> exp.Expression:
    """Return the canonical array, given the engine's: it writes rare control characters in capital hexadecimal."""
    members = [call("coalesce", _quoted(value), text("null")) for value in values]
    exact = joined(text("["), call("concat_ws", text(","), *members), text("]"))
    return choose([(call("contains", quick.copy(), text("\\u00")), exact)], quick)


def json_text(members: Mapping[str, str | None]) -> str:
    """Return the same object in plain Python."""
    known = {name: value for name, value in members.items() if value is not None}
    ordered = {name: known[name] for name in sorted(known, key=lambda name: name.encode("utf-16-be"))}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
