"""Commands that other distributions bring: found where they are installed, and named where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points

from cyclopts import App

#: A distribution that brings a command names it here: `name = "module:function_or_app"`.
GROUP = "custodiet.commands"
#: Commands that are kept out of this distribution, and where they are to be had.
ELSEWHERE = {
    "mine": "the separate and optional distribution custodiet-mining (folder mining/ of the source: pip install ./mining);"
    " read its README first: a patent touches what it does",
}


def register(app: App) -> None:
    """Add the commands of other distributions; none takes the place of a command that is there. Each is loaded when it is run."""
    for point in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        if point.name not in set(app):
            app.command(point.value, name=point.name)


def absent(app: App, arguments: Sequence[str]) -> str | None:
    """Return where the command asked for comes from, if it is one of another distribution that is not installed; else None."""
    asked = arguments[0] if arguments else ""
    if asked not in ELSEWHERE or asked in set(app):
        return None
    return f"`custodiet {asked}` is no part of this installation: it comes with {ELSEWHERE[asked]}."
