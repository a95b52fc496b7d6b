"""The mapping files that come with the invented force."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from custodiet.ingest.mapping import Mapping
from custodiet.ingest.mapping_file import load_mapping
from custodiet.ingest.reference import Raw
from custodiet.ingest.reference_records import read_records
from custodiet.simulator.force import simulate

FOLDER = Path(str(files("custodiet.simulator"))) / "mappings"
MAPPINGS = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_mapping_does_what_its_examples_say(path: Path) -> None:
    """Every example record is accepted with the fields, or quarantined with the reason, that stand beside it."""
    mapping = load_mapping(path)
    for example in mapping.examples:
        record: dict[str, str | None] = dict.fromkeys(mapping.used_columns)
        rows = read_records(mapping, [Raw(1, {**record, **dict(example.given)})])
        told = {row.problem.reason for row in rows if row.problem is not None}
        assert told == ({example.reason} if example.reason else set())


def test_mappings_of_every_shape_come_with_the_force() -> None:
    """There are seven systems and sixteen feeds of facts; the awkward ones have examples of their own."""
    mappings: list[Mapping] = [load_mapping(path) for path in MAPPINGS]
    access = [mapping for mapping in mappings if mapping.target.is_access]

    assert len(access) == 7
    assert len({mapping.reading.format for mapping in access}) >= 6
    assert len(mappings) == 23
    assert {"unpivot", "changes"} <= {n for m in mappings for n in ("unpivot", "changes") if getattr(m, n) is not None}


@pytest.mark.parametrize(("scale", "days"), [(0.0, 14), (11.0, 14), (1.0, 2), (1.0, 91)])
def test_a_force_beyond_measure_is_refused(tmp_path: Path, scale: float, days: int) -> None:
    """Scale and days have bounds, and nothing is written beyond them."""
    with pytest.raises(Exception, match="cannot be made"):
        simulate(tmp_path / "force", scale=scale, days=days)
    assert not (tmp_path / "force").exists()
