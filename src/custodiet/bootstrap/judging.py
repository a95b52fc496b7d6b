"""By what an audit judges: a pack's templates, signals and settings of triage."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from custodiet.detect.signal_file import read_signals
from custodiet.engines.analysis import Judging
from custodiet.explain.pack import load, shipped
from custodiet.triage.ranking import read_settings


@cache
def judging(name: str) -> Judging:
    """Return the pack that comes with the software under that name, or the one in the folder of that full path; raises BadPack."""
    return judging_in(Path(name) if Path(name).is_absolute() else shipped(name))


def judging_in(folder: Path) -> Judging:
    """Return the pack in the folder; raises BadPack."""
    triage = folder / "triage.toml"
    return Judging(
        pack=load(folder),
        signals=read_signals(sorted((folder / "signals").glob("*.toml"))),
        settings=read_settings(triage.read_text(encoding="utf-8"), triage.name),
    )
