"""A mapping: what a source's own fields mean. It is read from a TOML file; docs/reference/mapping.md is its manual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from custodiet.ingest.reading import Reading
from custodiet.ingest.targets import Target


class Ambiguous(StrEnum):
    """How to read a local time that comes twice, when the clocks go back."""

    QUARANTINE = "quarantine"
    FIRST = "first"
    SECOND = "second"


class Nonexistent(StrEnum):
    """How to read a local time that never was, when the clocks go forward."""

    QUARANTINE = "quarantine"
    FORWARD = "forward"


class Case(StrEnum):
    """A change of letters."""

    UPPER = "upper"
    LOWER = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRules:
    """How local times of the source become instants. Without a zone, every time must carry its own offset."""

    zone: str | None = None
    ambiguous: Ambiguous = Ambiguous.QUARANTINE
    nonexistent: Nonexistent = Nonexistent.QUARANTINE


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """How one field of the target is filled.

    The steps, in this order: the texts of `columns` are trimmed and joined; a text in `missing` is nothing; nothing
    becomes `default`; `pattern` takes a part; `case` changes letters; `codes` translates; `prefix` and `suffix` are put
    on; a time is read by `formats` and moved by `plus`. Or `value` stands for all of it.
    """

    name: str
    columns: tuple[str, ...] = ()
    join: str = " "
    value: str | None = None
    missing: tuple[str, ...] = ()
    default: str | None = None
    pattern: str | None = None
    case: Case | None = None
    codes: tuple[tuple[str, str], ...] | None = None
    otherwise: str | None = None
    prefix: str = ""
    suffix: str = ""
    formats: tuple[str, ...] = ()
    plus: timedelta = timedelta(0)
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpivot:
    """A wide table: every column whose name matches becomes a row of its own."""

    columns: str  # regular expression of whole column names
    name: str  # the new field that holds the column's name
    value: str  # the new field that holds the cell
    skip_missing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A change log: one record for each change of one attribute of one entity, with its whole history."""

    entity: tuple[str, ...]
    field: str
    value: str
    attributes: tuple[tuple[str, str], ...]  # the log's word for an attribute -> the new field that holds it
    ignore: tuple[str, ...] = ()  # the log's words for attributes that do not matter here
    #: the new fields that every change log makes beside its attributes
    UNTIL = "change.until"
    IDENTIFIER = "change.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One spell of a shift code: local start and end in minutes after midnight, and further texts."""

    start: int
    end: int  # after the start: an end on the next day is more than 1440
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifts:
    """A roster of codes: a day and a code become the spells that the code stands for."""

    date: str
    date_format: str
    code: str
    codes: tuple[tuple[str, tuple[Spell, ...]], ...]
    #: the new fields that every roster makes beside its spells' own
    START = "shift.start"
    END = "shift.end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """What must run without a gap: a running number, or time itself with a longest silence."""

    field: str | None = None
    rhythm: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A raw record and what must become of it: the fields of each part, or the reason of its quarantine."""

    given: tuple[tuple[str, str], ...]
    yields: tuple[tuple[tuple[str, str], ...], ...] = ()
    reason: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """A whole mapping file."""

    source: str
    target: Target
    version: int
    owner: str
    note: str
    digest: str  # hex SHA-256 of the file's bytes
    reading: Reading
    time: TimeRules
    fields: tuple[FieldRule, ...]  # in the order of the target
    checks: tuple[FieldRule, ...] = ()  # values that must be well but are not kept; their problems come first
    keep: tuple[str, ...] = ()
    unpivot: Unpivot | None = None
    changes: Changes | None = None
    shifts: Shifts | None = None
    sequence: Sequence = Sequence()
    examples: tuple[Example, ...] = ()

    def rule(self, name: str) -> FieldRule | None:
        """Return the rule that fills the field, or None where the mapping has none."""
        for rule in self.fields:
            if rule.name == name:
                return rule
        return None

    @property
    def made_columns(self) -> tuple[str, ...]:
        """Return the names of the fields that unpivoting, change logs and rosters add to the record's own."""
        made: list[str] = []
        if self.unpivot is not None:
            made += [self.unpivot.name, self.unpivot.value]
        if self.shifts is not None:
            made += [Shifts.START, Shifts.END, *shift_columns(self.shifts)]
        if self.changes is not None:
            made += [Changes.UNTIL, Changes.IDENTIFIER, *(name for _, name in self.changes.attributes)]
        return tuple(made)

    @property
    def used_columns(self) -> tuple[str, ...]:
        """Return the names of the fields that the delivered records must have, sorted."""
        used = {column for rule in (*self.fields, *self.checks) for column in rule.columns} | set(self.keep)
        if self.shifts is not None:
            used |= {self.shifts.date, self.shifts.code}
        if self.changes is not None:
            used |= {*self.changes.entity, self.changes.field, self.changes.value}
        return tuple(sorted(used - set(self.made_columns)))


def shift_columns(shifts: Shifts) -> tuple[str, ...]:
    """Return the names of the new fields that the spells' own texts make, sorted: `shift.<field>`."""
    names = {name for _, spells in shifts.codes for spell in spells for name, _ in spell.fields}
    return tuple(f"shift.{name}" for name in sorted(names))
