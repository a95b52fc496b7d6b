"""What surrounds a log on its disk: the file system, the room that is left, what lies about."""

from __future__ import annotations

import fcntl
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.logstore.files import UNFINISHED
from custodiet.logstore.layout import Layout, stored_sizes

#: File systems on which a lock or a sync may not hold, whatever they answer.
NETWORKED = frozenset(
    (
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afs",
        "glusterfs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "fuse.s3fs",
        "fuse.rclone",
    )
)
#: File systems that are gone after a restart.
FLEETING = frozenset(("tmpfs", "ramfs"))
_ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that are free for this user, and bytes in all."""

    free: int
    whole: int


def file_system(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """Return the kind of file system that the folder lies on; None where the system does not tell."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found = [(len(point.parts), kind) for point, kind in map(_mount, lines) if folder.resolve().is_relative_to(point)]
    # of two mounts on one place, the later one hides the earlier
    return max(enumerate(found), key=lambda each: (each[1][0], each[0]))[1][1] if found else None


def room(folder: Path) -> Room:
    """Return how much room there is."""
    told = os.statvfs(folder)
    return Room(free=told.f_bavail * told.f_frsize, whole=told.f_blocks * told.f_frsize)


def last_commit(layout: Layout) -> datetime:
    """Return when the newest checkpoint was put in place, by the clock of that moment."""
    return datetime.fromtimestamp(layout.checkpoint.stat().st_mtime, UTC)


def unfinished_files(layout: Layout) -> list[str]:
    """Return the names, within the log, of files that were never finished: of a writer at work, or one cut short."""
    return sorted(str(path.relative_to(layout.folder)) for path in layout.folder.rglob(f"*{UNFINISHED}"))


def manifests(layout: Layout) -> int:
    """Return how many manifests are kept."""
    return len(stored_sizes(layout.manifests, ".json"))


def is_locked(layout: Layout) -> bool:
    """Tell whether a writer is at work at this moment."""
    if not layout.lock.exists():
        return False
    with layout.lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _mount(line: str) -> tuple[Path, str]:
    """Return mount point and kind (proc(5): the kind stands after a lone hyphen; spaces in paths are octal)."""
    before, _, after = line.partition(" - ")
    point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), before.split(" ")[4])
    return Path(point), after.split(" ")[0]
