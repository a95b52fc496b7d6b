"""Progress of long work: a bar on a terminal, lines in a pipe, nothing with `--json`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

#: Seconds between two lines of one stage in a pipe.
QUIET = 5.0


class Told(Protocol):
    """Is told how far a stage of the work has come."""

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Hear that `done` of `total` (None: unknown) units of a stage are done."""


@contextmanager
def progress(*, silent: bool) -> Iterator[Told]:
    """Yield what long work calls; what it shows depends on where standard error goes."""
    if silent:
        yield _nothing
    elif sys.stderr.isatty():
        bars = _bars()
        try:
            yield _Bars(bars)
        finally:
            bars.stop()
    else:
        yield _Lines()


def _nothing(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""


def _bars() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )


class _Bars:
    """One bar for each stage, in the order they begin. Nothing is drawn before the first: a passphrase may be asked for."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, object] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        self._bars.start()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)  # type: ignore[arg-type]


class _Lines:
    """A line when a stage begins or ends, and at most one every few seconds between."""

    def __init__(self) -> None:
        self._said: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        ended = total is not None and done >= total
        if stage in self._said and not ended and now - self._said[stage] < QUIET:
            return
        self._said[stage] = now
        of = "" if total is None else f" of {total:,}"
        print(f"{stage}: {done:,}{of}", file=sys.stderr, flush=True)  # noqa: T201 - lines in a pipe
