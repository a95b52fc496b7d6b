"""By what an audit judges: the pack that comes with the software, read once."""

from __future__ import annotations

from functools import cache

from custodiet.detect.signal_file import read_signals
from custodiet.engines.analysis import Judging
from custodiet.explain.pack import load, shipped
from custodiet.triage.ranking import read_settings


@cache
def judging(name: str) -> Judging:
    """Return the templates, signals and settings of a pack; raises BadPack."""
    folder = shipped(name)
    triage = folder / "triage.toml"
    return Judging(
        pack=load(folder),
        signals=read_signals(sorted((folder / "signals").glob("*.toml"))),
        settings=read_settings(triage.read_text(encoding="utf-8"), triage.name),
    )
