"""The tables of a spec run on every engine."""

from __future__ import annotations

import pytest

from support.engines import ENGINES, Engine


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """One of the ways to run a template: whatever the tables say, all of them find the same."""
    return ENGINES[request.param]
