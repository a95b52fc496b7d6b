"""By what an audit judges: a pack's templates, signals and settings of triage."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from custodiet.detect.signal_file import SignalFile, read_signals
from custodiet.detect.ties import read_rules
from custodiet.engines.analysis import Judging
from custodiet.engines.detecting import Tying
from custodiet.errors import BadPack
from custodiet.explain.included import shipped, shipped_names
from custodiet.explain.pack import Pack, load
from custodiet.triage.ranking import read_settings


@cache
def judging(name: str) -> Judging:
    """Return the pack that comes with the software under that name, or the one in the folder of that full path; raises BadPack."""
    if Path(name).is_absolute() or name in shipped_names():
        return judging_in(folder_of(name))
    raise _no_pack(name, "a folder's full path")


def folder_of(name: str) -> Path:
    """Return the full path of a pack's folder: one that comes with the software, or a folder by its path; raises BadPack.

    A name that comes with the software means that pack, whatever folders there are; `./name` means the folder.
    """
    if name in shipped_names():
        return shipped(name)
    folder = Path(name)
    if not (folder / "pack.toml").is_file():
        raise _no_pack(name, "a folder that holds pack.toml")
    return folder.absolute()


def setting_of(name: str) -> str:
    """Return how a vault's settings name the pack: by its name, or a folder by its full path; raises BadPack.

    The pack was read as a whole, so that a vault is never made for one that cannot judge.
    """
    judging_in(folder_of(name))
    return name if name in shipped_names() else str(folder_of(name))


def _no_pack(name: str, folder: str) -> BadPack:
    return BadPack("There is no such pack.", found=name, expected=f"one of {', '.join(shipped_names())}, or {folder}")


def judging_in(folder: Path) -> Judging:
    """Return the pack in the folder; raises BadPack."""
    triage, pack = folder / "triage.toml", load(folder)
    return Judging(
        pack=pack,
        signals=_signals(folder, pack),
        settings=read_settings(triage.read_text(encoding="utf-8"), triage.name),
        tying=Tying(read_rules(folder / "ties")),
    )


def _signals(folder: Path, pack: Pack) -> tuple[SignalFile, ...]:
    own = sorted((folder / "signals").glob("*.toml"))
    taken = [path for one in pack.included for path in one.signals]
    owners = {path.stem: one.owner for one in pack.included if one.owner for path in one.signals}
    return tuple(
        replace(signal, owner=owners[signal.id]) if signal.id in owners else signal
        for signal in read_signals([*own, *taken])
    )
