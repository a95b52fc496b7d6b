"""Commands about packs: copy-pack."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json
from custodiet.cli.printing import console, print_json, shown


def register(app: App) -> None:
    """Add the command of this module."""
    app.command(copy_pack)


def copy_pack(
    pack: Annotated[str, Parameter(help="The name of a pack that comes with Custodiet, or a folder's path.")],
    folder: Annotated[Path, Parameter(help="The folder to make; the copy is named for it.", show_default=False)],
    /,
    *,
    as_json: Json = False,
) -> int:
    """Copy a pack into a folder of your own, to change it there: an update of the software does not touch it.

    Example: `custodiet copy-pack council county_pack`
    """
    from custodiet import bootstrap

    made = bootstrap.copy_pack(pack, folder)
    if as_json:
        print_json("copied_pack/1", asdict(made))
    else:
        out = console()
        out.print(
            f"Copied the pack {shown(pack)} to {shown(str(folder))}: {made.templates} templates, {made.signals} signals."
        )
    return 0
