"""A pack's explanation part: its settings and templates, read from a folder, and the digest of the whole folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from custodiet.errors import BadPack
from custodiet.explain.included import Included, included, shipped
from custodiet.explain.moments import SPAN_FORM, span
from custodiet.explain.passes import readable
from custodiet.explain.reading import Table
from custodiet.explain.states import Thresholds
from custodiet.explain.template import After, Template
from custodiet.explain.template_file import read
from custodiet.explain.words import Words
from custodiet.explain.words_file import read_words

__all__ = ["Pack", "digest", "load", "shipped"]

#: What belongs to a pack and so to its digest.
_SUFFIXES = {".toml", ".yml", ".yaml", ".csv", ".json", ".md", ".sql"}
#: What stands beside a pack and changes nothing of what it means.
_BESIDE = {"measured.toml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """Templates with the settings under which they decide, checked as a whole."""

    name: str
    version: str
    title: str
    digest: str
    thresholds: Thresholds
    grace: Mapping[str, timedelta]
    silent_after: timedelta  # a source that has been silent for so long is taken as ended
    looked_back: timedelta
    words: Words
    included: tuple[Included, ...]
    templates: tuple[Template, ...]

    def template(self, name: str) -> Template:
        """Return the template of that identifier; raises KeyError."""
        for template in self.templates:
            if template.id == name:
                return template
        raise KeyError(name)

    def of_pass(self, after: After) -> tuple[Template, ...]:
        """Return the templates that are tried in that pass; what is retired is not."""
        return tuple(template for template in self.templates if template.after is after and not template.retired)


def load(folder: Path) -> Pack:
    """Return the pack in the folder, its templates in the order of their identifiers; raises BadPack."""
    top = _settings(folder)
    taken = included(top)
    pack = Pack(
        name=top.text("name"),
        version=top.text("version"),
        title=top.text("title"),
        digest=_digest([*_files(folder), *(file for one in taken for file in one.files())]),
        thresholds=_thresholds(top.table("thresholds", {})),
        grace=_grace(top.table("grace", {})),
        silent_after=top.parsed("silent_after", span, SPAN_FORM, "30d"),
        looked_back=top.parsed("looked_back", span, SPAN_FORM, "28d"),
        words=read_words(top.table("words", {})),
        included=taken,
        templates=_templates(folder, taken),
    )
    top.done()
    return pack


def digest(folders: Sequence[Path]) -> str:
    """Return the hex SHA-256 over the packs' files: for each, in order of its path, the path and the digest of its bytes."""
    return _digest(file for folder in sorted(folders, key=lambda one: one.name) for file in _files(folder))


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of a pack's own folder in the order of their paths, each with the name under which it is bound."""
    for path in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
        if path.suffix in _SUFFIXES and path.name not in _BESIDE and path.is_file():
            yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path


def _digest(named: Iterable[tuple[str, Path]]) -> str:
    whole = hashlib.sha256()
    for name, path in named:
        whole.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _settings(folder: Path) -> Table:
    path = folder / "pack.toml"
    return Table.of_text(_text(path), path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        raise BadPack("cannot be read as UTF-8 text.", file=path.name) from error


def _thresholds(table: Table) -> Thresholds:
    found = Thresholds(
        explained=table.number("explained", low=0.0, high=1.0, default=0.9),
        weak=table.number("weak", low=0.0, high=1.0, default=0.3),
    )
    if found.weak > found.explained:
        table.fail("weak", "lies above explained", found=found.weak, expected=f"at most {found.explained}")
    table.done()
    return found


def _grace(table: Table) -> dict[str, timedelta]:
    grace = {}
    for kind in table.names():
        if readable(kind, second=False) is None:
            table.fail(kind, "is no kind of fact", found=kind, expected="a kind of fact")
        grace[kind] = table.parsed(kind, span, SPAN_FORM)
    return grace


def _templates(folder: Path, taken: Sequence[Included]) -> tuple[Template, ...]:
    own = [read(_text(path), f"templates/{path.name}") for path in sorted((folder / "templates").glob("*.toml"))]
    found: dict[str, Template] = {}
    for template in (*own, *(each for one in taken for each in _taken(one))):
        if template.id in found:
            raise BadPack(
                "uses an identifier that another template has.",
                file=template.file,
                field="id",
                found=repr(template.id),
                expected=f"one that {found[template.id].file} does not use",
            )
        found[template.id] = template
    return tuple(found[name] for name in sorted(found))


def _taken(one: Included) -> Iterator[Template]:
    for path in one.templates:
        template = read(_text(path), f"{one.folder.name}/templates/{path.name}")
        yield template if one.owner is None else replace(template, owner=one.owner)
