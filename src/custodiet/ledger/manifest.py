"""The manifest of a size: which segment files hold the entries 0 to size - 1, and what their bytes are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical

FORMAT = "custodiet manifest/1"

_TYP = re.compile(r"[a-z][a-z_]*/[1-9][0-9]{0,3}")
_FILE = re.compile(r"[0-9]{12,}-[0-9]{12,}\.[a-z][a-z_]*-[1-9][0-9]{0,3}\.parquet")


def checked_typ(typ: str) -> str:
    """Return the name of a type; raises BadInput unless it is a word, a slash and a version."""
    if not _TYP.fullmatch(typ):
        raise BadInput("This is no name of an entry type.", found=typ[:80], expected="a word, a slash and a version")
    return typ


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A file with the entries [start, end), all of one type."""

    start: int
    end: int
    typ: str
    bytes: int
    sha256: str

    def __post_init__(self) -> None:
        """Refuse a segment without entries and values that no file can have."""
        checked_typ(self.typ)
        if not 0 <= self.start < self.end or self.bytes < 0 or not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise BadInput("A segment of the manifest makes no sense.", found=f"{self.start}-{self.end}")

    @property
    def file(self) -> str:
        """Return the file's name, which follows from the entries and their type."""
        return segment_file(self.start, self.end, self.typ)


def segment_file(start: int, end: int, typ: str) -> str:
    """Return the name of the file that holds these entries."""
    return f"{start:012}-{end:012}.{typ.replace('/', '-')}.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All segments of the log at one size, in order, without gap or overlap."""

    size: int
    segments: tuple[Segment, ...]

    def __post_init__(self) -> None:
        """Refuse segments that leave entries out or hold them twice."""
        reached = 0
        for segment in self.segments:
            if segment.start != reached:
                raise BadInput(f"The manifest of size {self.size} has no segment, or two, for entry {reached}.")
            reached = segment.end
        if reached != self.size:
            raise BadInput(f"The manifest of size {self.size} holds segments up to {reached}.")

    def of(self, typ: str, size: int | None = None) -> Iterator[Segment]:
        """Yield the segments of that type that hold entries below the size (default: all)."""
        limit = self.size if size is None else size
        return (segment for segment in self.segments if segment.typ == typ and segment.start < limit)

    def holding(self, index: int) -> Segment:
        """Return the segment that holds the entry; raises LookupError."""
        for segment in self.segments:
            if segment.start <= index < segment.end:
                return segment
        raise LookupError(index)

    @property
    def text(self) -> str:
        """Return the manifest as it is stored: one line for each segment, so that people can read it too."""
        lines = ",\n".join(canonical(_members(segment)) for segment in self.segments)
        return f'{{"format":{json.dumps(FORMAT)},"size":{self.size},"segments":[\n{lines}\n]}}\n'

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Return the manifest that the text gives; raises BadInput unless the text is exactly that manifest's."""
        try:
            value = json.loads(text)
            segments = tuple(_segment(each) for each in value["segments"])
            manifest = cls(size=value["size"], segments=segments)
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise BadInput("This is no manifest of a log.") from error
        if manifest.text != text:
            raise BadInput("This manifest is not written as manifests are.", expected=FORMAT)
        return manifest


def _members(segment: Segment) -> dict[str, object]:
    return {
        "start": segment.start,
        "end": segment.end,
        "typ": segment.typ,
        "file": segment.file,
        "bytes": segment.bytes,
        "sha256": segment.sha256,
    }


def _segment(value: dict[str, object]) -> Segment:
    members = {key: value[key] for key in ("start", "end", "typ", "bytes", "sha256")}
    return Segment(**members)  # type: ignore[arg-type]  # what JSON gave is checked against the text at once
