r"""Canonical JSON (RFC 8785) of texts as SQL trees: sorted keys, no white space, `\u00xx` in small letters."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlglot import exp

from custodiet.ingest.expressions import array, call, choose, is_known, joined, number, text

#: The control characters that the engine escapes in capital hexadecimal; JSON has a short form for the others.
_CAPITALS = tuple(code for code in range(32) if f"{code:X}" != f"{code:x}" and code not in (0x0A, 0x0C, 0x0D))
#: Stands for an escaped backslash while others are replaced: JSON text holds no bare control character.
_ASIDE = 1


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
    written = canonical(exp.cast(call("to_json", value.copy()), "VARCHAR", dialect="duckdb"))
    return choose([(is_known(value), joined(key, written))])


def json_array(values: Sequence[exp.Expression]) -> exp.Expression:
    """Return the array of the texts, with null for what is not known, as the engine writes it: not yet canonical."""
    return exp.cast(call("to_json", array(value.copy() for value in values)), "VARCHAR", dialect="duckdb")


def canonical(written: exp.Expression) -> exp.Expression:
    """Return the engine's JSON in canonical form: the two differ in the letters of a few escapes alone."""
    fixed = call("replace", written.copy(), text("\\\\"), call("chr", number(_ASIDE)))
    for code in _CAPITALS:
        fixed = call("replace", fixed, text(f"\\u{code:04X}"), text(f"\\u{code:04x}"))
    fixed = call("replace", fixed, call("chr", number(_ASIDE)), text("\\\\"))
    return choose([(call("contains", written.copy(), text("\\u00")), fixed)], written)


def json_text(members: Mapping[str, str | None]) -> str:
    """Return the object of those members that are known, in plain Python."""
    known = {name: value for name, value in members.items() if value is not None}
    ordered = {name: known[name] for name in sorted(known, key=lambda name: name.encode("utf-16-be"))}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":"))
