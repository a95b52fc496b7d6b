"""Reading ahead: the next batch is read while the one before it is at work."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")


def ahead(items: Iterator[_Item]) -> Iterator[_Item]:
    """Yield the same items, each read in another thread while the caller is busy with the one before."""
    end = object()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader") as pool:
        future = pool.submit(next, items, end)
        while True:
            item = future.result()
            if item is end:
                return
            future = pool.submit(next, items, end)
            yield item  # type: ignore[misc]  # the sentinel was met above
