"""What a look may be for."""

from __future__ import annotations

import pytest

from custodiet.app.looks import purpose_of
from custodiet.errors import Refused
from custodiet.model.looks import Purpose


@pytest.mark.parametrize("word", ["productivity", "attendance", "lawful", "", None])
def test_other_purposes_are_refused(word: str | None) -> None:
    """Only the four uses of s.62(4) open a record."""
    with pytest.raises(Refused, match=r"62\(4\)"):
        purpose_of(word)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_lawful_purposes_are_accepted(purpose: Purpose) -> None:
    """Each of the four uses is known by its word."""
    assert purpose_of(purpose.value) is purpose
