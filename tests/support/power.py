"""What a disk may hold after the power went, worked out from the system calls that a writer made.

What was written and not synced may be there, or not, or in part; a name that was given, changed or taken away and whose
folder was not synced may be so, or not, each for itself. A file's sync brings its bytes to the disk and not its name.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_CALL = re.compile(r"\d+ +(?P<call>\w+)\((?P<rest>.*)\) += (?P<result>-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"(\d+)<")
_PIPE = "<" + "".join(f"\\x{letter:02x}" for letter in b"pipe:")  # what a writer tells goes through one
_SECTOR = 512

Write = tuple[int, bytes] | int  # bytes at a place, or a new length


@dataclass(eq=False)
class File:
    """What was written to a file, and what of it is on the disk."""

    durable: bytes = b""
    pending: list[Write] = field(default_factory=list)
    is_folder: bool = False

    def content(self, pending: list[Write]) -> bytes:
        """Return the file's bytes if these of its pending writes got to the disk."""
        data = bytearray(self.durable)
        for write in pending:
            if isinstance(write, int):
                data[:] = data[:write].ljust(write, b"\0")
            else:
                at, written = write
                data.extend(bytes(max(0, at - len(data))))
                data[at : at + len(written)] = written
        return bytes(data)

    def sync(self) -> None:
        """All that was written is on the disk."""
        self.durable, self.pending = self.content(self.pending), []


Names = dict[str, File]
Change = Callable[[Names], None]


@dataclass(frozen=True, slots=True)
class Image:
    """What is on the disk after the power went at some point, and what had been told by then."""

    files: dict[str, bytes | None]  # None: a folder
    told: str
    call: str

    def write(self, folder: Path) -> None:
        """Make the folder hold what the disk holds."""
        for name, data in self.files.items():
            path = folder / name
            (path if data is None else path.parent).mkdir(parents=True, exist_ok=True)
            if data is not None:
                path.write_bytes(data)


class Disk:
    """A folder, as the calls change it."""

    def __init__(self, folder: Path, *, each_write: bool = False) -> None:
        """Begin with what is there, all of it on the disk. Power is lost after single writes only if `each_write`."""
        self.each_write = each_write
        self.folder = str(folder)
        self.names: Names = {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            self.names[name] = File(is_folder=True) if path.is_dir() else File(path.read_bytes())
        self.durable: Names = dict(self.names)
        self.pending: dict[str, list[Change]] = {}
        self.handles: dict[int, list[object]] = {}  # file or folder's name, and where it stands
        self.told = ""

    def images(self, lines: list[str], chance: random.Random, drawn: int) -> Iterator[Image]:
        """Yield what the disk may hold at each point: nothing unsynced, only names, only bytes, and drawn mixtures."""
        seen: set[int] = set()
        for line in lines:
            if not self._take(line):
                continue
            call = line.split("(")[0].split()[-1]
            mixtures = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), *[(0.5, 0.5)] * drawn]
            for names, data in mixtures:
                image = Image(self._surviving(chance, names, data), self.told, call)
                key = hash((tuple(sorted(image.files.items(), key=lambda item: item[0])), image.told))
                if key not in seen:
                    seen.add(key)
                    yield image

    def _surviving(self, chance: random.Random, names: float, data: float) -> dict[str, bytes | None]:
        found = dict(self.durable)
        for changes in self.pending.values():
            for change in changes:
                if chance.random() < names:
                    change(found)
        kept = {file: self._kept(file, chance, data) for file in found.values()}
        folders = {name for name, file in found.items() if file.is_folder} | {""}
        return {
            name: None if file.is_folder else kept[file]
            for name, file in found.items()
            if all(str(parent) in folders for parent in Path(name).parents if str(parent) != ".")
        }

    def _kept(self, file: File, chance: random.Random, share: float) -> bytes:
        kept: list[Write] = []
        for write in file.pending:
            if chance.random() < share:
                torn = not isinstance(write, int) and share < 1 and len(write[1]) > _SECTOR and chance.random() < 0.5
                kept.append((write[0], write[1][: len(write[1]) // 2 // _SECTOR * _SECTOR]) if torn else write)  # type: ignore[index]
        return file.content(kept)

    def _take(self, line: str) -> bool:
        """Do what the call did; tell whether something of the folder, or what was told, is another now."""
        found = _CALL.match(line)
        if found is None or int(found["result"]) < 0:
            return False
        does = getattr(self, f"_{found['call']}", None)
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(found["rest"])]
        handle = _HANDLE.match(found["rest"])
        return bool(does and does(texts, int(handle[1]) if handle else -1, found["rest"], int(found["result"])))

    def _inside(self, path: bytes) -> str | None:
        name = os.path.relpath(path.decode(), self.folder)
        return None if name.startswith("..") else "" if name == "." else name

    def _openat(self, texts: list[bytes], _: int, rest: str, result: int) -> bool:
        name = self._inside(texts[0])
        self.handles.pop(result, None)
        if name is None:
            return False
        if "O_DIRECTORY" in rest:
            self.handles[result] = [name, 0]
            return False
        new = name not in self.names
        if new:
            self._change(name, _given(name, File()))
        file = self.names[name]
        if "O_TRUNC" in rest and not new:
            file.pending.append(0)
        self.handles[result] = [file, 0]
        return new

    def _write(self, texts: list[bytes], handle: int, rest: str, result: int) -> bool:
        if _PIPE in rest.partition(">")[0]:
            self.told += texts[0].decode()
            return True
        file, at = self.handles.get(handle, (None, 0))
        if not isinstance(file, File):
            return False
        assert isinstance(at, int)
        file.pending.append((at, texts[0][:result]))
        self.handles[handle][1] = at + result
        return self.each_write  # mostly more of the same follows; the next call on a name or a sync shows it

    def _pwrite64(self, texts: list[bytes], handle: int, rest: str, result: int) -> bool:
        file, _ = self.handles.get(handle, (None, 0))
        if not isinstance(file, File):
            return False
        file.pending.append((int(rest.rpartition(", ")[2]), texts[0][:result]))
        return True

    def _ftruncate(self, texts: list[bytes], handle: int, rest: str, result: int) -> bool:
        file, _ = self.handles.get(handle, (None, 0))
        if not isinstance(file, File):
            return False
        file.pending.append(int(rest.rpartition(", ")[2]))
        return True

    def _fsync(self, texts: list[bytes], handle: int, rest: str, result: int) -> bool:
        thing, _ = self.handles.get(handle, (None, 0))
        if isinstance(thing, File):
            thing.sync()
        elif isinstance(thing, str):
            for change in self.pending.pop(thing, []):
                change(self.durable)
        return thing is not None

    _fdatasync = _fsync

    def _rename(self, texts: list[bytes], _: int, rest: str, result: int) -> bool:
        old, new = self._inside(texts[0]), self._inside(texts[1])
        assert old is not None
        assert new is not None
        self._change(new, _renamed(old, new, self.names[old]))
        return True

    def _unlink(self, texts: list[bytes], _: int, rest: str, result: int) -> bool:
        name = self._inside(texts[0])
        if name is not None:
            self._change(name, _taken_away(name, self.names[name]))
        return name is not None

    def _mkdir(self, texts: list[bytes], _: int, rest: str, result: int) -> bool:
        name = self._inside(texts[0])
        if name is not None:
            self._change(name, _given(name, File(is_folder=True)))
        return name is not None

    def _change(self, name: str, change: Change) -> None:
        change(self.names)
        folder = str(Path(name).parent)
        self.pending.setdefault("" if folder == "." else folder, []).append(change)


def _given(name: str, file: File) -> Change:
    def change(names: Names) -> None:
        names[name] = file

    return change


def _renamed(old: str, new: str, file: File) -> Change:
    def change(names: Names) -> None:
        if names.get(old) is file:
            del names[old]
        names[new] = file

    return change


def _taken_away(name: str, file: File) -> Change:
    def change(names: Names) -> None:
        if names.get(name) is file:
            del names[name]

    return change
