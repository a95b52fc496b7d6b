"""The manifest of a size: which segment files hold the entries 0 to size - 1, and what their bytes are."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from custodiet.errors import BadInput
from custodiet.ledger.entry_types import ENTRY_TYPES

FORMAT = "custodiet manifest/1"
#: By entry, some of its groups.
Groups = Mapping[int, Collection[str]]

_TYP = re.compile(r"[a-z][a-z_]*/[1-9][0-9]{0,3}")
#: What a segment that was dropped is said to hold: nothing.
_NOTHING = sha256(b"").hexdigest()


def checked_typ(typ: str) -> str:
    """Return the name of a type; raises BadInput unless it is a word, a slash and a version."""
    if not _TYP.fullmatch(typ):
        raise BadInput("This is no name of an entry type.", found=typ[:80], expected="a word, a slash and a version")
    return typ


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A file with the entries [start, end), all of one type; or, where it was dropped, the place of one."""

    start: int
    end: int
    typ: str
    bytes: int
    sha256: str
    generation: int = 0  # how often it was written anew
    dropped: int | None = None  # the retention record under which its rows and seed were taken away

    def __post_init__(self) -> None:
        """Refuse a segment without entries and values that no file can have."""
        checked_typ(self.typ)
        if self.generation < 0 or (self.dropped is not None and (self.dropped < 0 or self.bytes)):
            raise BadInput("A segment of the manifest makes no sense.", found=f"{self.start}-{self.end}")
        if not 0 <= self.start < self.end or self.bytes < 0 or not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise BadInput("A segment of the manifest makes no sense.", found=f"{self.start}-{self.end}")

    @property
    def file(self) -> str:
        """Return the file's name, which follows from the entries, their type and the generation."""
        return segment_file(self.start, self.end, self.typ, self.generation)

    def without_rows(self, record: int) -> Segment:
        """Return what is left of the segment once it was dropped under that retention record."""
        return replace(self, bytes=0, sha256=_NOTHING, generation=self.generation + 1, dropped=record)


def segment_file(start: int, end: int, typ: str, generation: int = 0) -> str:
    """Return the name of the file that holds these entries, in that generation."""
    again = f".g{generation}" if generation else ""
    return f"{start:012}-{end:012}.{typ.replace('/', '-')}{again}.parquet"


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
        """Yield the segments of that type that hold entries below the size (default: all), without those dropped."""
        limit = self.size if size is None else size
        return (segment for segment in self.held() if segment.typ == typ and segment.start < limit)

    def versions_of(self, typ: str, size: int | None = None) -> Iterator[Segment]:
        """Yield what `of` yields for that type and for all other versions of it."""
        word, _, _ = typ.partition("/")
        limit = self.size if size is None else size
        return (each for each in self.held() if each.typ.partition("/")[0] == word and each.start < limit)

    def held(self) -> Iterator[Segment]:
        """Yield the segments whose rows are there: all but those dropped."""
        return (segment for segment in self.segments if segment.dropped is None)

    def dropped(self) -> Iterator[Segment]:
        """Yield the segments that were dropped."""
        return (segment for segment in self.segments if segment.dropped is not None)

    def with_changed(self, changed: Sequence[Segment]) -> Manifest:
        """Return the manifest with these segments in the place of those of the same entries."""
        rest = [one for one in self.segments if not any(new.start <= one.start < new.end for new in changed)]
        return replace(self, segments=tuple(sorted([*rest, *changed], key=lambda one: one.start)))

    def holding(self, index: int) -> Segment:
        """Return the segment that holds the entry; raises LookupError."""
        for segment in self.segments:
            if segment.start <= index < segment.end:
                return segment
        raise LookupError(index)

    def sorted_by_segment(self, groups: Groups) -> Iterator[tuple[Segment, Groups]]:
        """Yield the segments that hold these entries, each with its own of them.

        Raises BadInput for an entry that no segment holds any more, or that is not of a type with groups.
        """
        own: dict[int, dict[int, Collection[str]]] = {}
        for index in sorted(groups):
            if not 0 <= index < self.size:
                raise BadInput(f"The log has {self.size} entries.", found=f"entry {index}")
            segment = self.holding(index)
            if segment.dropped is not None or segment.typ not in ENTRY_TYPES:
                said = "was dropped" if segment.dropped is not None else f"is a record of type {segment.typ}"
                raise BadInput(f"Nothing can be erased of entry {index}: it {said}.")
            own.setdefault(segment.start, {})[index] = groups[index]
        return ((self.holding(start), found) for start, found in own.items())

    @property
    def text(self) -> str:
        """Return the manifest as it is stored: one line for each segment, so that people can read it too."""
        # Names and values are ASCII and small integers, for which this is the canonical text, and a tenth of the time.
        lines = ",\n".join(json.dumps(_members(each), sort_keys=True, separators=(",", ":")) for each in self.segments)
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
        **({"generation": segment.generation} if segment.generation else {}),
        **({} if segment.dropped is None else {"dropped": segment.dropped}),
    }


def _segment(value: dict[str, object]) -> Segment:
    members = {key: value[key] for key in ("start", "end", "typ", "bytes", "sha256")}
    members |= {key: value[key] for key in ("generation", "dropped") if key in value}
    return Segment(**members)  # type: ignore[arg-type]  # what JSON gave is checked against the text at once
