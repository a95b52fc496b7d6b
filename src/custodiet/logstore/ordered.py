"""Work on chunks side by side, with the results in the order of the chunks."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: More threads than this would hold more chunks in memory than they save time.
MOST_WORKERS = 4


def workers() -> int:
    """Return how many chunks are worked on side by side: as many as there are processors for this process."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(MOST_WORKERS, usable)


def ordered(function: Callable[[Item], Result], items: Iterable[Item], pool: ThreadPoolExecutor) -> Iterator[Result]:
    """Yield the function's result for each item in order, with a few items in the pool ahead of the one awaited."""
    ahead: deque[Future[Result]] = deque()
    try:
        for item in items:
            ahead.append(pool.submit(function, item))
            if len(ahead) > workers():
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        for future in ahead:
            future.cancel()
