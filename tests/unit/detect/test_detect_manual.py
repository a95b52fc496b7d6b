"""The manual of signals is what the signals say."""

from __future__ import annotations

import re
from pathlib import Path

from custodiet.detect.conditions import WORDS
from custodiet.detect.manual import feature_table, signal_table
from custodiet.detect.signal_file import read_signal, shipped

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "signals.md").read_text("utf-8")


def test_every_signal_and_feature_stands_in_the_manual_as_it_is() -> None:
    """The two tables are those that the code writes; where this fails, put its output there."""
    assert f"<!-- signals -->\n{signal_table(shipped())}\n<!-- end -->" in MANUAL
    assert f"<!-- features -->\n{feature_table()}\n<!-- end -->" in MANUAL


def test_the_example_in_the_manual_is_a_signal() -> None:
    """The TOML that the manual shows can be read."""
    found = re.search(r"```toml\n(.*?)```", MANUAL, re.DOTALL)
    assert found is not None

    assert read_signal(found.group(1), "signals.md").points == 1


def test_every_word_of_a_condition_is_explained() -> None:
    """No word of the language is missing from the manual."""
    assert [word for word in WORDS if f"`{word}`" not in MANUAL] == []
