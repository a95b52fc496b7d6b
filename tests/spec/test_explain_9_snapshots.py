"""The SQL that each shipped template becomes is the SQL that was reviewed."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.snapshots import FOLDER, written

WRITTEN = dict(written())


@pytest.mark.parametrize(
    ("path", "text"), WRITTEN.items(), ids=lambda one: one.stem if isinstance(one, Path) else "sql"
)
def test_a_template_becomes_the_query_that_was_reviewed(path: Path, text: str) -> None:
    """One that changed is named; `python -m support.snapshots` writes it anew, for a reader to look at."""
    assert path.exists(), f"{path.name} has no snapshot: renew them and read it"
    assert text == path.read_text(encoding="utf-8")


def test_no_snapshot_is_of_a_template_that_is_gone() -> None:
    """Every file belongs to a shipped template."""
    assert set(FOLDER.rglob("*.sql")) == set(WRITTEN)
