"""Where the parts of a log lie in its folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from custodiet.ledger.manifest import Segment

#: Manifests older than this many commits are removed; the newest alone describes every segment.
KEPT_MANIFESTS = 8
_LEAVES = re.compile(r"0(?:-(?P<first>[1-9][0-9]{0,17}))?")
_SIZE = re.compile("0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folder of a log."""

    folder: Path

    @property
    def checkpoint(self) -> Path:
        """Return the newest signed checkpoint: replacing it is what commits."""
        return self.folder / "checkpoint"

    @property
    def checkpoints(self) -> Path:
        """Return the folder of all checkpoints ever committed, one file to a size."""
        return self.folder / "checkpoints"

    @property
    def manifests(self) -> Path:
        """Return the folder of manifests, one file to a size."""
        return self.folder / "manifest"

    @property
    def data(self) -> Path:
        """Return the folder of segments."""
        return self.folder / "data"

    @property
    def hashes(self) -> Path:
        """Return the folder of level files."""
        return self.folder / "hash"

    @property
    def seeds(self) -> Path:
        """Return the folder of sealed seeds, which lies with the keys."""
        return self.folder / "keys" / "seeds"

    @property
    def policy(self) -> Path:
        """Return the policy: which witnesses must vouch for the log (C2SP tlog-policy)."""
        return self.folder / "policy.txt"

    @property
    def timestamps(self) -> Path:
        """Return the folder of time-stamp tokens, one file to a checkpoint's size."""
        return self.folder / "timestamps"

    @property
    def lock(self) -> Path:
        """Return the file that the one writer locks."""
        return self.folder / "lock"

    @property
    def journal(self) -> Path:
        """Return the folder of what waits to be entered."""
        return self.folder / "journal"

    @property
    def entered(self) -> Path:
        """Return the file that says which files of the journal are in the log."""
        return self.journal / "entered"

    def past_checkpoint(self, size: int) -> Path:
        """Return the file of the checkpoint of that size."""
        return self.checkpoints / str(size)

    def timestamp(self, size: int) -> Path:
        """Return the file of the time-stamp on the checkpoint of that size."""
        return self.timestamps / f"{size}.tsr"

    def manifest(self, size: int) -> Path:
        """Return the file of the manifest of that size."""
        return self.manifests / f"{size}.json"

    def level(self, level: int) -> Path:
        """Return the level file: level 0 holds the leaf hashes, level L + 1 the roots of the full tiles of level L."""
        return self.hashes / str(level)

    def leaf_file(self) -> tuple[int, Path]:
        """Return the file that holds the leaf hashes of the last entries, and the first of these: 0 unless the log is lean.

        Where there are several, all but the one that begins last are left over and mean nothing.
        """
        return max(self.leaf_files(), default=(0, self.level(0)))

    def leaf_files(self) -> list[tuple[int, Path]]:
        """Return the files that hold leaf hashes from some entry on, each with that entry."""
        found = ((_LEAVES.fullmatch(path.name), path) for path in self.hashes.iterdir()) if self.hashes.is_dir() else ()
        return [(int(match["first"] or 0), path) for match, path in found if match]

    def leaves_from(self, first: int) -> Path:
        """Return the file of the leaf hashes of a log that is lean below that entry."""
        return self.hashes / f"0-{first}" if first else self.level(0)

    def kept_tiles(self, first: int) -> Path:
        """Return the file of the tiles that a log which is lean below that entry keeps."""
        return self.hashes / f"0-{first}.tiles"

    def segment(self, segment: Segment) -> Path:
        """Return the file of the segment."""
        return self.data / segment.file

    def kept(self, segment_file: str) -> Path:
        """Return the file of the digests that were kept of the groups erased from the segment file of that name."""
        return self.data / (segment_file.removesuffix(".parquet") + ".kept")

    def known(self, segment_file: str) -> Path:
        """Return the file of fingerprints by which records erased from the segment file are known again."""
        return self.data / (segment_file.removesuffix(".parquet") + ".known")

    def seed(self, segment_file: str) -> Path:
        """Return the file of the sealed seed of the segment file of that name."""
        return self.seeds / (segment_file.removesuffix(".parquet") + ".seed")


def stored_sizes(folder: Path, suffix: str = "") -> list[int]:
    """Return the sizes that the folder has files for, in order; other names are none of ours."""
    if not folder.is_dir():
        return []
    names = (path.name.removesuffix(suffix) for path in folder.iterdir() if path.name.endswith(suffix))
    return sorted(int(name) for name in names if _SIZE.fullmatch(name))


def seed_context(origin: str, start: int, end: int, generation: int = 0) -> str:
    """Return what binds a sealed seed to its log, its segment and that segment's generation."""
    again = f".g{generation}" if generation else ""
    return f"{origin} {start}-{end}{again}"
