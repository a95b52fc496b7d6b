"""Which column of a process log is what: a small TOML file, or the names that such logs usually bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from custodiet.errors import BadInput, BadPack
from custodiet.ingest.toml_table import TomlTable, parse_toml

#: Names under which published logs have what is needed, in the order in which they are tried; case and _ do not matter.
USUAL = {
    "case": ("case:concept:name", "case id", "caseid", "case", "case_id", "trace", "case number", "sr number", "incident id", "permit number"),
    "activity": ("concept:name", "activity", "activity name", "event", "task", "action", "status"),
    "resource": ("org:resource", "resource", "resource id", "user", "owner first name", "owner", "employee", "performer", "originator", "handler"),
    "time": ("time:timestamp", "complete timestamp", "timestamp", "time", "completetime", "complete time", "end time", "endtime", "date", "datetime", "change date+time", "start timestamp", "start time"),
    "team": ("org:group", "org:role", "group", "team", "department", "role", "support team", "unit"),
    "transition": ("lifecycle:transition",),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMapping:
    """Names of columns (or XES keys); None where it is for the usual names to say."""

    file: str | None = None
    case: str | None = None
    activity: str | None = None
    resource: str | None = None
    time: str | None = None
    team: str | None = None
    transition: str | None = None
    case_attributes: tuple[str, ...] | None = None
    time_format: str | None = None
    zone: tzinfo = UTC
    transitions: tuple[str, ...] = ()
    not_people: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None

    def named(self, part: str) -> str | None:
        """Return the column that the mapping names for the part."""
        name: str | None = getattr(self, part)
        return name


def read_mapping(path: Path) -> LogMapping:
    """Return what the file says; raises BadPack naming file and key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("The mapping cannot be read as UTF-8 text.", file=path.name, found=str(error)) from error
    table = parse_toml(text, path.name)
    delimiter = table.text("delimiter")
    found = LogMapping(
        file=path.name,
        case=table.text("case"),
        activity=table.text("activity"),
        resource=table.text("resource"),
        time=table.text("time"),
        team=table.text("team"),
        transition=table.text("transition"),
        case_attributes=table.texts("case_attributes") if table.has("case_attributes") else None,
        time_format=table.text("time_format"),
        zone=_zone(table),
        transitions=table.texts("transitions"),
        not_people=table.texts("not_people"),
        people=table.texts("people"),
        delimiter=delimiter,
        encoding=table.text("encoding"),
    )
    table.close()
    if delimiter is not None and len(delimiter) != 1:
        raise table.wrong("delimiter", delimiter, 'one character, e.g. ";" or "\\t"')
    return found


def _zone(table: TomlTable) -> ZoneInfo:
    name = table.text("zone", "UTC")
    try:
        return ZoneInfo(str(name))
    except (KeyError, ValueError, OSError) as error:
        raise BadPack(
            "is no time zone.", file=table.file, field="zone", found=repr(name), expected="e.g. Europe/Amsterdam"
        ) from error


def column_of(part: str, mapping: LogMapping, header: Sequence[str], file: str, *, needed: bool) -> str | None:
    """Return the header's own spelling of the column for a part; raises BadInput where it is needed and not there."""
    plain = {_plain(name): name for name in reversed(header)}
    wanted = mapping.named(part)
    if wanted is not None:
        if _plain(wanted) not in plain:
            raise BadInput(
                f"{file} has no such column.",
                file=mapping.file,
                field=part,
                found=repr(wanted),
                expected="one of " + ", ".join(header[:60]),
            )
        return plain[_plain(wanted)]
    usual = next((plain[_plain(name)] for name in USUAL[part] if _plain(name) in plain), None)
    if usual is None and needed:
        raise BadInput(
            f'No column has a usual name for the {part}; name it in a mapping file: {part} = "...".',
            file=file,
            field=part,
            found=", ".join(header[:60]),
            expected="--mapping FILE",
        )
    return usual


def _plain(name: str) -> str:
    return name.strip().strip("\ufeff").replace("_", " ").casefold()
