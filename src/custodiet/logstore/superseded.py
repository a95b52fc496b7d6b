"""Files of segments that were written anew or dropped: what they held must go, at once and for good.

They are taken away only when the commit that replaced them is certain. A writer that is cut short in between leaves them
to the next one. With them go the older manifests: the digest of a file whose other rows are known would give a lost word away.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from custodiet.errors import EnvironmentFault
from custodiet.ledger.manifest import Manifest
from custodiet.logstore.files import changing, fsync
from custodiet.logstore.layout import Layout, stored_sizes

#: Files of segments, whatever they hold: range, type, generation, kind.
OURS = re.compile(
    r"(?P<start>[0-9]{12,})-(?P<end>[0-9]{12,})\.[a-z_]+-[0-9]+(\.g(?P<generation>[0-9]+))?\.(parquet|seed|kept|known)"
)


def wanted(layout: Layout, manifest: Manifest) -> set[str]:
    """Return the names of all files that segments of the manifest may have, in the folders of data and of seeds."""
    names = {layout.known(segment.file).name for segment in manifest.segments}
    for segment in manifest.held():
        names |= {segment.file, layout.kept(segment.file).name, layout.seed(segment.file).name}
    return names


def superseded(layout: Layout, manifest: Manifest) -> list[Path]:
    """Return the files that the manifest's segments replaced and that still lie there."""
    if not any(segment.generation for segment in manifest.segments):
        return []
    names = wanted(layout, manifest)
    found = (path for folder in (layout.data, layout.seeds) for path in sorted(folder.iterdir()))
    return [path for path in found if path.name not in names and _was_replaced(path.name, manifest)]


def take_away(layout: Layout, manifest: Manifest) -> Iterator[str]:
    """Take away what the manifest's segments replaced, and say so. The manifest is that of the newest commit."""
    left = superseded(layout, manifest)
    if not left:
        return
    for size in stored_sizes(layout.manifests, ".json"):
        if size != manifest.size:
            with changing(layout.manifests):
                layout.manifest(size).unlink()
    for path in left:
        _destroy(path)
        yield f"Removed {path.parent.name}/{path.name}, whose entries were erased from it, dropped or moved together."


def taken_away(layout: Layout, manifest: Manifest) -> None:
    """Take it away; raises EnvironmentFault, saying that the commit stands, if the disk fails."""
    try:
        for _ in take_away(layout, manifest):
            pass
    except OSError as error:
        raise EnvironmentFault(
            f"It was committed, but the disk failed ({error.strerror}) before all that it replaced was taken away. The next"
            " writer takes away the rest."
        ) from error


def _was_replaced(name: str, manifest: Manifest) -> bool:
    ours = OURS.fullmatch(name)
    if ours is None or int(ours["start"]) >= manifest.size:
        return False
    return manifest.holding(int(ours["start"])).generation > int(ours["generation"] or 0)


def _destroy(path: Path) -> None:
    """Write zeros over the file and take it away; the zeros help where the disk writes in place, and nothing promises it."""
    with path.open("r+b") as file:
        file.write(bytes(os.fstat(file.fileno()).st_size))
        file.flush()
        fsync(file.fileno())
    with changing(path.parent):
        path.unlink()
