"""What the stage of ingest needs from the outside, and what it hands over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from custodiet.model.access import Access
from custodiet.model.deliveries import Problem


class ArrowStream(Protocol):
    """Anything that exports an Arrow stream (the PyCapsule interface); a pyarrow Table does."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the stream capsule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A record that could not be cut into fields. Its bytes are kept."""

    position: int  # first line (or record number) in the file, from 1
    original: bytes
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBatch:
    """Some records of a delivery, cut into fields and nothing more.

    `table` has the columns `position` (int64) and `original` (binary: the record's bytes as delivered, without its line
    end), then one text column for each field of the file, in its order; a text listed in `Reading.missing` is NULL.
    """

    table: ArrowStream
    unreadable: tuple[Unreadable, ...] = ()
    not_audit: int = 0


class RawReader(Protocol):
    """Cuts one delivered file into batches of records."""

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the file's records in order; every byte of the file is in one record or counted as not_audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAudit:
    """A line of a log that is no record of the kind the source is for."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """A record of a source that has a parser of its own: the accesses it yields, or why it is in quarantine."""

    position: int
    original: bytes
    accesses: tuple[Access, ...] = ()
    problem: Problem | None = None

    def __post_init__(self) -> None:
        """Refuse a record that yields nothing and has no problem, or both."""
        if bool(self.accesses) == (self.problem is not None):
            msg = "a record yields accesses or has a problem, not both and not neither"
            raise ValueError(msg)


class RecordSource(Protocol):
    """A source with a parser of its own (a database's audit log, FHIR, OCSF)."""

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[SourceRecord | NotAudit]:
        """Yield the stream's records in order."""
