"""What the faults share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.struck import Writers, why_not


@pytest.fixture(scope="module")
def writers() -> Iterator[Writers]:
    """Yield what forks writers; without ptrace there is nothing to test."""
    if reason := why_not():
        pytest.skip(reason)
    with Writers() as running:
        yield running
