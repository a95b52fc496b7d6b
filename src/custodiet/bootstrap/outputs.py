"""Files that a person asked for: a disk that does not take them is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodiet.errors import EnvironmentFault


@contextmanager
def writing_to(out: Path) -> Iterator[None]:
    """What is written to `out` inside the block is there after it; raises EnvironmentFault where the disk says no."""
    try:
        yield
    except OSError as fault:
        msg = f"{out} cannot be written: {fault.strerror}"
        raise EnvironmentFault(msg) from fault
