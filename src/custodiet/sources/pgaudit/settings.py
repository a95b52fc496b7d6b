"""What a deployment says about its database: which columns are keys of which subjects, and how its log is written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from custodiet.errors import BadInput
from custodiet.model.access import Channel, SubjectKind
from custodiet.sources.pgaudit.names import split_name

DEFAULT_PREFIX = "%m [%p] "


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table: the columns that name a subject, joined by `separator` and put after `prefix`."""

    columns: tuple[str, ...]
    subject_kind: SubjectKind = SubjectKind.PERSON
    prefix: str = ""
    separator: str = "-"

    def __post_init__(self) -> None:
        """Refuse a key without columns."""
        if not self.columns:
            raise BadInput("a key without columns", field="key", expected="at least one column")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableKeys:
    """A table's keys; `columns` names all its columns in order where INSERTs come without a list of columns."""

    keys: tuple[Key, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionKey:
    """A function whose argument (from 1) names the subject that it reads."""

    argument: int
    subject_kind: SubjectKind = SubjectKind.PERSON
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PgAuditSettings:
    """Settings of one PostgreSQL server as a source."""

    tables: Mapping[str, TableKeys] = field(default_factory=dict)  # by qualified name: public.persons
    functions: Mapping[str, FunctionKey] = field(default_factory=dict)
    system: str | None = None  # None: the database's name
    zone: str | None = None  # what log_timezone is; None: UTC, GMT, BST and offsets only
    log_line_prefix: str = DEFAULT_PREFIX  # stderr only
    default_schema: str = "public"
    application_pattern: re.Pattern[str] | None = None  # groups `operator`, `requester`, `device` in application_name
    channel: Channel = Channel.VIEW  # of reads whose records are known
    fan_out: int = 10_000  # a record that touches more subjects than this becomes one access that lists them

    @classmethod
    def from_toml(cls, path: Path) -> PgAuditSettings:
        """Return the settings in the file; raises `BadInput` naming the field that cannot be."""
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not a TOML file ({error})", file=path.name) from error
        return _settings(document, path.name)


_PLAIN = ("system", "zone", "log_line_prefix", "default_schema", "fan_out")


def _settings(document: dict[str, Any], file: str) -> PgAuditSettings:
    known = {*_PLAIN, "channel", "application_pattern", "tables", "functions"}
    if unknown := sorted(set(document) - known):
        raise BadInput("no such setting", file=file, field=unknown[0], expected=", ".join(sorted(known)))
    schema = document.get("default_schema", "public")
    values: dict[str, Any] = {name: document[name] for name in _PLAIN if name in document}
    for name, value in values.items():
        if type(value) is not (int if name == "fan_out" else str):
            raise BadInput("of the wrong type", file=file, field=name, found=type(value).__name__)
    if "channel" in document:
        values["channel"] = _member(Channel, document["channel"], file, "channel")
    if "application_pattern" in document:
        values["application_pattern"] = _pattern(document["application_pattern"], file)
    values["tables"] = {
        _qualified(name, schema): _table(table, file, f"tables.{name}")
        for name, table in document.get("tables", {}).items()
    }
    values["functions"] = {
        _qualified(name, schema): _function(function, file, f"functions.{name}")
        for name, function in document.get("functions", {}).items()
    }
    return PgAuditSettings(**values)


def _qualified(name: str, schema: str) -> str:
    return f"{schema}.{name}" if split_name(name)[0] is None else name


def _pattern(text: Any, file: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except (re.error, TypeError) as error:
        raise BadInput("not a regular expression", file=file, field="application_pattern") from error
    if not set(pattern.groupindex) & {"operator", "requester", "device"}:
        expected = "a group named operator, requester or device"
        raise BadInput("names no field", file=file, field="application_pattern", expected=expected)
    return pattern


def _table(table: Any, file: str, where: str) -> TableKeys:
    if not isinstance(table, dict) or not ("key" in table or "keys" in table):
        raise BadInput("a table needs its key", file=file, field=where, expected='key = "column" or a list `keys`')
    keys = table.get("keys", [table])
    return TableKeys(keys=tuple(_key(key, file, where) for key in keys), columns=tuple(table.get("columns", ())))


def _key(key: dict[str, Any], file: str, where: str) -> Key:
    columns = key.get("key")
    if isinstance(columns, str):
        columns = [columns]
    if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
        raise BadInput("not a key", file=file, field=f"{where}.key", expected="a column or a list of columns")
    return Key(
        columns=tuple(columns),
        subject_kind=_member(SubjectKind, key.get("subject_kind", "person"), file, f"{where}.subject_kind"),
        prefix=str(key.get("prefix", "")),
        separator=str(key.get("separator", "-")),
    )


def _function(function: Any, file: str, where: str) -> FunctionKey:
    argument = function.get("argument") if isinstance(function, dict) else None
    if not isinstance(argument, int) or argument < 1:
        raise BadInput("a function needs its argument", file=file, field=where, expected="argument = 1 or more")
    return FunctionKey(
        argument=argument,
        subject_kind=_member(SubjectKind, function.get("subject_kind", "person"), file, f"{where}.subject_kind"),
        prefix=str(function.get("prefix", "")),
    )


_Code = TypeVar("_Code", Channel, SubjectKind)


def _member(kind: type[_Code], value: Any, file: str, where: str) -> _Code:
    try:
        return kind(value)
    except ValueError as error:
        expected = ", ".join(member.value for member in kind)
        raise BadInput("unknown code", file=file, field=where, found=str(value), expected=expected) from error
