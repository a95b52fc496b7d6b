"""Where this client keeps what it must remember outside any vault."""

from __future__ import annotations

import os
from pathlib import Path

#: Names the folder, in the place of `custodiet` below the user's folder of state (XDG base directories).
VARIABLE = "CUSTODIET_STATE"


def remembered_folder() -> Path:
    """Return the folder of remembered checkpoints; it need not be there yet, and it may be one that cannot be made."""
    return _state() / "remembered"


def _state() -> Path:
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    base = os.environ.get("XDG_STATE_HOME", "")
    if Path(base).is_absolute():
        return Path(base) / "custodiet"
    try:
        return Path.home() / ".local" / "state" / "custodiet"
    except RuntimeError:  # a user without a home
        return Path("/nonexistent/custodiet")
