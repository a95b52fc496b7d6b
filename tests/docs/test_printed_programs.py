"""Programs that the manual prints are the ones that are tested."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_go_program_is_the_one_that_is_tested() -> None:
    """The manual's Go program is, to the byte, the one that the integration tests build and run."""
    page = (ROOT / "docs" / "how-to" / "export.md").read_text("utf-8")
    printed = re.findall(r"^```go\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    assert printed == [(ROOT / "tests" / "integration" / "go_log_check" / "main.go").read_text("utf-8")]
