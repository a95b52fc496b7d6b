"""Change of letters that every engine does alike: the letters of Latin-1 and Latin Extended-A with one counterpart."""

from __future__ import annotations

from custodiet.ingest.mapping import Case

_PAIRS = [
    (chr(code), chr(code).upper())
    for code in (*range(0x61, 0x7B), *range(0xDF, 0x180))
    if len(chr(code).upper()) == 1 and chr(code).upper() != chr(code) and chr(code).upper().lower() == chr(code)
]
LOWER = "".join(low for low, _ in _PAIRS)
UPPER = "".join(high for _, high in _PAIRS)
_TO_UPPER = str.maketrans(LOWER, UPPER)
_TO_LOWER = str.maketrans(UPPER, LOWER)


def changed(value: str, case: Case) -> str:
    """Return the text with its letters changed."""
    return value.translate(_TO_UPPER if case is Case.UPPER else _TO_LOWER)
