"""How a delivered file is cut into records: the `[read]` part of a mapping file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """The shapes a delivery may have."""

    CSV = "csv"
    TSV = "tsv"
    FIXED_WIDTH = "fixed_width"
    JSON = "json"
    JSON_LINES = "json_lines"
    XML = "xml"
    PARQUET = "parquet"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One field of a fixed-width record: its name, first column (from 1) and width in characters."""

    name: str
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything needed to cut a file into records; no meaning is given to any field here."""

    format: Format
    encoding: str = "utf-8"  # a byte order mark is accepted and dropped; utf-16 needs one
    delimiter: str = ","
    quote: str = '"'
    header: int = 1  # header lines; the last of them names the fields; 0: `columns` names them
    columns: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()  # regular expressions of lines that are no records; counted as not_audit
    trailer: str | None = None  # regular expression of the closing line; a group named `count` is checked
    records: str | None = (
        None  # JSON: dotted path to the array ("events" or "data.items"); XML: path of the record element
    )
    sheet: str | None = None  # XLSX: the sheet's name; None: the first
    missing: tuple[str, ...] = ("",)  # texts that mean that nothing was given
    slices: tuple[Slice, ...] = ()  # fixed width

    def __post_init__(self) -> None:
        """Refuse a fixed-width reading without slices, and two fields of one name."""
        if self.format is Format.FIXED_WIDTH and not self.slices:
            msg = "fixed_width needs its [[read.fixed]] slices"
            raise ValueError(msg)
        names = self.columns or tuple(piece.name for piece in self.slices)
        if len(names) != len(set(names)):
            msg = "two fields have one name"
            raise ValueError(msg)
