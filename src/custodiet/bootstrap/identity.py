"""Who sits at the keyboard, as the operating system knows him."""

from __future__ import annotations

import os
import pwd


def login() -> str:
    """Return the login of the user whose process this is.

    The environment (`LOGNAME`, `USER`) is not asked: whoever sets it could look under another's name and past his walls.
    """
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # an account that no user database names, as in some containers
        return f"uid-{number}"
