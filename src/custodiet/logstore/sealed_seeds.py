"""The sealed seeds of a log's segments: whether each can be opened, and sealing all of them again."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import EnvironmentFault
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.manifest import Segment
from custodiet.ledger.ports import SaltSource
from custodiet.logstore.files import replace
from custodiet.logstore.layout import Layout, seed_context
from custodiet.logstore.log import Log


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSeed:
    """The file of a segment's sealed seed, and the context under which alone it opens."""

    segment: Segment
    path: Path
    context: str

    def sealed(self) -> bytes:
        """Return the sealed seed; raises EnvironmentFault if its file is missing or damaged."""
        try:
            return b64decode(self.path.read_bytes().strip(), validate=True)
        except FileNotFoundError as error:
            raise EnvironmentFault(f"The sealed seed {self.path.name} is missing.") from error
        except (OSError, NotBase64) as error:
            raise EnvironmentFault(f"The sealed seed {self.path.name} is damaged.") from error


def sealed_seeds(log: Log, folder: Path | None = None) -> Iterator[SealedSeed]:
    """Yield the sealed seed of each segment that has one, in order; `folder` holds them in the place of the log's own."""
    for segment in log.manifest.held():
        if segment.typ in ENTRY_TYPES:
            own = log.layout.seed(segment.file)
            yield SealedSeed(
                segment=segment,
                path=own if folder is None else folder / own.name,
                context=seed_context(log.checkpoint.origin, segment.start, segment.end, segment.generation),
            )


def shut_seeds(log: Log, salts: SaltSource, folder: Path | None = None) -> tuple[int, list[str]]:
    """Return how many sealed seeds the log must have, and a sentence for each that does not open in its place."""
    count, shut = 0, []
    for seed in sealed_seeds(log, folder):
        count += 1
        groups = len(ENTRY_TYPES[seed.segment.typ].groups)
        try:
            salts.salts(seed.sealed(), seed.context, start=seed.segment.start, count=1, groups=groups)
        except EnvironmentFault as fault:
            shut.append(f"{fault} Entries {seed.segment.start} to {seed.segment.end - 1} rest on it.")
    return count, shut


def reseal(layout: Layout, log: Log, resealed: Callable[[bytes, str], bytes]) -> int:
    """Seal each seed again, one file after another, each durably; returns how many were changed.

    A seed opens before and after its turn, so this may be cut short and done again. Call it as the one writer.
    """
    changed = 0
    for seed in list(sealed_seeds(log)):
        sealed = seed.sealed()
        again = resealed(sealed, seed.context)
        if again != sealed:
            replace(layout.seed(seed.segment.file), b64encode(again) + b"\n")
            changed += 1
    return changed
