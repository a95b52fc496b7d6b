"""Process logs in XES, plain or gzip, one trace at a time: nested attributes are passed over, unfinished files refused."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree.ElementTree import Element, ParseError, iterparse

from custodiet.errors import BadInput
from custodiet.model.process_log import ProcessLog
from custodiet.sources.process_logs.gathered import Gathered
from custodiet.sources.process_logs.mapping import USUAL, LogMapping

#: Attributes of these kinds may speak for a case; dates and decimals are different for each.
_SPEAKING = {"string", "int", "boolean", "id"}
_PARTS = ("activity", "resource", "team", "transition")


def read_xes(path: Path, mapping: LogMapping) -> ProcessLog:
    """Return the log; raises BadInput naming file and line."""
    keys, notes = _keys(path, mapping)
    gathered = Gathered(path.name, mapping)
    gathered.notes += notes
    for number, (case, attributes, events) in enumerate(_traces(path, mapping)):
        name = case or f"trace {number + 1}"
        for event in events:
            gathered.add(0, {"case": name, **{part: event.get(key) for part, key in keys.items()}})
        gathered.tell(name, attributes)
    return gathered.finished()


def _traces(path: Path, mapping: LogMapping) -> Iterator[tuple[str | None, dict[str, str], list[dict[str, str]]]]:
    """Yield for each trace its case, its attributes that may speak, and its events as keys and values."""
    root: Element | None = None
    try:
        _check_plain(path)
        with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as raw:
            for moment, element in iterparse(cast(BinaryIO, raw), events=("start", "end")):  # noqa: S314 - see _check_plain
                if root is None:
                    root = element
                if moment == "end" and _tag(element) == "trace":
                    yield _trace(element, mapping)
                    root.clear()
    except ParseError as error:
        line = error.position[0] if getattr(error, "position", None) else None
        raise BadInput("The file is no whole XES file.", file=path.name, line=line, found=str(error)) from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise BadInput("The file is no whole gzip file.", file=path.name, found=str(error)) from error


def _check_plain(path: Path) -> None:
    """Refuse a document type: XES has none, and entities in one can make a small file a large one."""
    with gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb") as raw:
        head = raw.read(1 << 16)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise BadInput("XES has no document type.", file=path.name, found="<!DOCTYPE", expected="<log> at once")


def _trace(trace: Element, mapping: LogMapping) -> tuple[str | None, dict[str, str], list[dict[str, str]]]:
    case_key = mapping.case or "concept:name"
    case, attributes, events = None, {}, []
    for child in trace:
        kind, key = _tag(child), child.get("key")
        if kind == "event":
            events.append({str(one.get("key")): str(one.get("value", "")) for one in child})
        elif key == case_key:
            case = child.get("value")
        elif key is not None and kind in _SPEAKING:
            attributes[key] = child.get("value", "")
    return case, attributes, events


def _keys(path: Path, mapping: LogMapping) -> tuple[dict[str, str], list[str]]:
    """Return the event key of each part, by the mapping or by what the first events have."""
    seen: dict[str, int] = {}
    events = 0
    for number, (_, _, found) in enumerate(_traces(path, mapping)):
        for event in found:
            events += 1
            for key, value in event.items():
                seen[key] = seen.get(key, 0) + bool(value.strip())
        if number > 300 and events > 3_000:
            break
    if not events:
        raise BadInput("There is no event in it.", file=path.name, expected="<trace> elements with <event> elements")
    _check_named(mapping, seen, path.name)
    usual = ((part, mapping.named(part) or _usual(part, seen)) for part in _PARTS)
    keys = {part: key for part, key in usual if key is not None}
    notes = []
    if "resource" not in keys:
        if "team" not in keys:
            raise BadInput(
                "No event says who did it.",
                file=path.name,
                field="resource",
                found=", ".join(sorted(seen)),
                expected='org:resource, or a mapping file with resource = "..."',
            )
        keys["resource"] = keys.pop("team")
        notes.append(f"No event has a resource; {keys['resource']} was taken for it, so that actors are units.")
    return {**keys, "time": mapping.time or _usual("time", seen) or "time:timestamp"}, notes


def _usual(part: str, seen: dict[str, int]) -> str | None:
    """Return the first usual key of the part that enough events have."""
    plain = {key.strip().replace("_", " ").casefold(): key for key in reversed(seen)}
    for name in USUAL[part]:
        key = plain.get(name.replace("_", " "))
        if key is not None and seen[key] > 0:
            return key
    return None


def _check_named(mapping: LogMapping, seen: dict[str, int], file: str) -> None:
    for part in (*_PARTS, "time"):
        name = mapping.named(part)
        if name is not None and name not in seen:
            raise BadInput(
                f"No event of {file} has this key.",
                file=mapping.file,
                field=part,
                found=repr(name),
                expected="one of " + ", ".join(sorted(seen)),
            )


def _tag(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1]
