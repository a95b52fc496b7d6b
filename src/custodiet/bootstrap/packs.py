"""Packs of one's own: a copy of one that is there, in a folder that may be changed."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from custodiet.bootstrap.judging import folder_of, judging_in
from custodiet.bootstrap.outputs import writing_to
from custodiet.errors import BadInput

_NAME = re.compile(r'^name *= *".*"', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A pack that was copied, and what it judges by."""

    copied_from: str
    folder: Path
    name: str
    templates: int
    signals: int


def copy_pack(name: str, folder: Path) -> Copied:
    """Copy a pack into a folder that is not there yet, and name it for the folder; raises BadPack, BadInput, EnvironmentFault.

    What the pack takes over from another stays there and is taken over by the copy, too.
    """
    source = folder_of(name)
    judging_in(source)
    if folder.exists():
        msg = f"{folder} exists already"
        raise BadInput(msg, expected="a folder that is not there yet")
    with writing_to(folder):
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
        settings = folder / "pack.toml"
        called = f"name = {json.dumps(folder.absolute().name, ensure_ascii=False)}"
        text = _NAME.sub(lambda _: called, settings.read_text(encoding="utf-8"), count=1)
        settings.write_text(text, encoding="utf-8")
    made = judging_in(folder)
    return Copied(
        copied_from=name,
        folder=folder,
        name=made.pack.name,
        templates=len(made.pack.templates),
        signals=len(made.signals),
    )
