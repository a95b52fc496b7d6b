"""Records taken out of quarantine because they say again what was erased from the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from custodiet.engines.erasing import Told
from custodiet.engines.intake_quarantine import move
from custodiet.ingest.quarantine import Entry


def places(entries: Iterable[Entry], erased: Sequence[Told]) -> Iterator[tuple[str, int]]:
    """Yield delivery and position of each quarantined record that must go with the rows erased.

    These are: records that were driven again into the delivery of such a row; records with the same bytes; and records
    that came under the identifier of one, with other content.
    """
    driven = {one.delivery for one in erased}
    originals = {one.original for one in erased if one.original is not None}
    identified = {(one.source, one.identifier) for one in erased if one.identifier is not None}
    for entry in entries:
        conflicts = entry.problem.reason == "conflict" and (entry.source, entry.problem.found) in identified
        if conflicts or entry.redriven_in in driven or entry.original in originals:
            yield entry.delivery, entry.position


def empty(folder: Path, taken: Iterable[tuple[str, int]]) -> None:
    """These records are in quarantine no more, for good; those that are gone already do not matter."""
    positions: dict[str, list[int]] = {}
    for delivery, position in taken:
        positions.setdefault(delivery, []).append(position)
    for delivery, gone in positions.items():
        path = folder / f"{delivery}.parquet"
        if path.exists():
            _without(path, gone)


def _without(path: Path, positions: Sequence[int]) -> None:
    table = pq.read_table(path)
    kept = table.filter(pc.invert(pc.is_in(table.column("position"), value_set=pa.array(positions, pa.int64()))))
    staged = path.with_suffix(".unfinished")
    pq.write_table(kept, staged, compression="zstd")
    move(staged, path)
