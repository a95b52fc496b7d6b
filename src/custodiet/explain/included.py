"""What a pack takes over from another: some of its templates and signals, as they are, under an owner of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from custodiet.explain.reading import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """Files of another pack's folder, and who answers for them here (None: who answers for them there)."""

    folder: Path
    templates: tuple[Path, ...]
    signals: tuple[Path, ...]
    owner: str | None

    def files(self) -> Iterator[tuple[str, Path]]:
        """Yield each file with the name under which the pack's digest binds it."""
        for path in (*self.templates, *self.signals):
            yield f"{self.folder.name}/{path.relative_to(self.folder).as_posix()}", path


def shipped(name: str = "uk_police") -> Path:
    """Return the folder of a pack that comes with the software."""
    return Path(str(files("custodiet.packs").joinpath(name)))


def shipped_names() -> tuple[str, ...]:
    """Return the names of the packs that come with the software."""
    return tuple(sorted(path.parent.name for path in shipped(".").glob("*/pack.toml")))


def included(top: Table) -> tuple[Included, ...]:
    """Return what the `[[include]]` tables of a pack's settings take over; raises BadPack where it is not there.

    What the other pack itself includes is not taken over: each file is named by the folder that it lies in.
    """
    return tuple(_included(table) for table in top.tables("include"))


def _included(table: Table) -> Included:
    name = table.text("pack")
    folder = Path(name) if Path(name).is_absolute() else shipped(name)
    if not (folder / "pack.toml").is_file():
        wanted = "a pack's folder by its full path, or one of " + ", ".join(shipped_names())
        table.fail("pack", "is no pack", found=name, expected=wanted)
    taken = Included(
        folder=folder,
        templates=_named(table, "templates", folder),
        signals=_named(table, "signals", folder),
        owner=table.text("owner") if table.has("owner") else None,
    )
    table.done()
    return taken


def _named(table: Table, key: str, folder: Path) -> tuple[Path, ...]:
    there = {path.stem: path for path in sorted((folder / key).glob("*.toml"))}
    names = table.texts(key, ())
    for name in names:
        if name not in there:
            table.unknown(key, f"are not all in the pack {folder.name}", name, there)
    return tuple(there[name] for name in sorted(names))
