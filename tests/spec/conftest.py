"""The tables of a spec run on every engine."""

from __future__ import annotations

import pytest

from support.engines import ENGINES, Engine
from support.runs import RUNS, Run


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    """One of the ways to run a template: whatever the tables say, all of them find the same."""
    return ENGINES[request.param]


@pytest.fixture(params=sorted(RUNS))
def run(request: pytest.FixtureRequest) -> Run:
    """One of the ways to run a whole pack, both passes and states."""
    return RUNS[request.param]
