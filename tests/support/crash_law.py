"""The law of a crash: nothing that was acknowledged is lost, nothing is half there, and the next writer clears up and says so."""

from __future__ import annotations

from pathlib import Path

from custodiet.ledger.tiles import level_lengths
from custodiet.ledger.tree import HASH_BYTES
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.log import Log
from support.ledgers import Kept, deed


def left_over(log: Log) -> set[str]:
    """Return what lies in the folder that the checkpoint does not account for, and what is missing beside it."""
    layout = log.layout
    files = {segment.file for segment in log.manifest.segments}
    seeds = {layout.seed(file).name for file in files}
    found = {path.name for path in layout.data.iterdir()} - files
    found |= {path.name for path in layout.seeds.iterdir()} - seeds
    found |= {f"manifest/{size}.json" for size in stored_sizes(layout.manifests, ".json") if size > log.size}
    found |= {path.name for path in layout.folder.rglob("*.unfinished")}
    found |= _long_levels(layout, log.size)
    return found | ({f"checkpoints/{log.size}"} - {f"checkpoints/{size}" for size in stored_sizes(layout.checkpoints)})


def _long_levels(layout: Layout, size: int) -> set[str]:
    lengths = dict(enumerate(level_lengths(size)))
    levels = ((level, layout.level(level).stat().st_size) for level in stored_sizes(layout.hashes))
    return {f"hash/{level}" for level, found in levels if found > lengths.get(level, 0) * HASH_BYTES}


def check_crashed(folder: Path, kept: Kept, sizes: tuple[int, int], told: int | None, *, full: bool = True) -> int:
    """Hold a log after a crash to the law, and return the size that it has.

    `sizes` are those before and after what the writer was at, `told` what it said to be committed. Afterwards the log
    has been written again.
    """
    crashed = Kept(folder, kept.keys)
    log = crashed.open()
    assert log.size in sizes
    assert told is None or log.size == told
    assert crashed.verify(full=full and log.size == sizes[1]).size == log.size
    left = left_over(log)
    with log.appender(kept.keys.signer(), kept.keys.salts()) as appender:
        assert appender.size == log.size
        said = "\n".join(appender.recovered)
        assert bool(said) == bool(left), (said, left)
        assert all(name in said for name in left), (said, left)
        assert not left_over(crashed.open())
        appender.append_deeds([deed("why")])
        assert appender.commit().size == log.size + 1
    assert not left_over(crashed.open())
    assert crashed.verify(full=full).size == log.size + 1
    return log.size
