"""A process that writes to a log, struck at one of its system calls: the call fails, or the process is killed at it.

A parent that has everything loaded forks the writers; strace is laid on each writer before it begins, so that the
calls it counts are those of the append alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

#: Calls that change what is on a disk, or that may be the first to hear that it failed.
CALLS = (
    *("openat", "creat", "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "link", "linkat", "close"),
)
_LINE = re.compile(r"(?P<thread>\d+) +(?P<call>\w+)\((?P<rest>.*)")
_UNFINISHED, _RESUMED = " <unfinished ...>", re.compile(r"\d+ +<\.\.\. \w+ resumed>(?P<rest>.*)")
#: Opened to be written, or a folder opened to be synced; a folder that is only listed is opened with O_NONBLOCK.
_WRITES = re.compile(r"O_CREAT|O_TRUNC|O_WRONLY|O_RDWR|O_RDONLY\|O_CLOEXEC\|O_DIRECTORY")
_OPENED = re.compile(r"= (\d+)<")

#: Forks a writer for each line it is given, once the line's process may be traced; tells its number, then how it ended.
PARENT = """
import ctypes, json, os, sys
from support import struck_jobs
go, told = int(sys.argv[1]), int(sys.argv[2])
PR_SET_PTRACER, ANY = 0x59616D61, ctypes.c_ulong(-1)
libc = ctypes.CDLL(None)
for line in sys.stdin:
    job, *arguments = json.loads(line)
    child = os.fork()
    if not child:
        libc.prctl(PR_SET_PTRACER, ANY, 0, 0, 0)
        os.read(go, 1)
        try:
            getattr(struck_jobs, job)(lambda text: os.write(told, text.encode() + b"\\n"), *arguments)
        except BaseException as fault:
            os.write(told, (f"fault {type(fault).__name__} {fault}").replace("\\n", " ").encode() + b"\\n")
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass(frozen=True, slots=True)
class Strike:
    """What befalls the nth use of a call in each thread: an error, or a kill; nothing, where there is no call."""

    call: str = ""
    nth: int = 0
    fault: str = ""

    @property
    def injected(self) -> list[str]:
        """Return what strace is told."""
        how = "signal=SIGKILL" if self.fault == "SIGKILL" else f"error={self.fault}"
        return ["-e", f"inject={self.call}:{how}:when={self.nth}"] if self.call else []


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of a writer: what it told, how it ended, and its calls."""

    told: list[str]
    status: int
    lines: list[str] = field(repr=False)

    @property
    def fault(self) -> str | None:
        """Return the error that ended the writer, or None."""
        return next((line.removeprefix("fault ") for line in self.told if line.startswith("fault ")), None)

    @property
    def committed(self) -> int | None:
        """Return the last size that the writer told to be committed, or None."""
        sizes = [int(line.split()[1]) for line in self.told if line.startswith("committed ")]
        return sizes[-1] if sizes else None

    def was_struck(self) -> bool:
        """Tell whether the writer came so far."""
        return any("(INJECTED)" in line or "killed by SIGKILL" in line for line in self.lines)

    def calls_on(self, folder: Path) -> Iterator[tuple[str, int]]:
        """Yield each state-changing call on something in the folder, with which use of that call in its thread it is."""
        used: Counter[tuple[str, str]] = Counter()
        written: set[str] = set()
        for line in self.lines:
            found = _LINE.match(line)
            if found is None or found["call"] not in CALLS:
                continue
            used[found["thread"], found["call"]] += 1
            if str(folder) in found["rest"] and _is_change(found["call"], found["rest"], written):
                yield found["call"], used[found["thread"], found["call"]]

    def after_strike(self, folder: Path) -> list[str]:
        """Return the state-changing calls on something in the folder after the one that was struck."""
        struck = next(at for at, line in enumerate(self.lines) if "(INJECTED)" in line)
        if str(folder) not in self.lines[struck]:
            return []  # threads came another way this time, and the call was on something else
        after = Struck(self.told, self.status, self.lines[struck + 1 :])
        return [call for call, _ in after.calls_on(folder)]


def joined(lines: Iterable[str]) -> list[str]:
    """Return the calls, one to a line and in the order in which they ended.

    Strace cuts a call in two when another thread's comes between. One that never ended stands last, as it was begun.
    """
    begun: dict[str, str] = {}
    whole: list[str] = []
    for line in lines:
        thread = line.partition(" ")[0]
        resumed = _RESUMED.match(line)
        if line.endswith(_UNFINISHED):
            begun[thread] = line.removesuffix(_UNFINISHED)
        elif resumed is not None and thread in begun:
            whole.append(begun.pop(thread) + resumed["rest"])
        else:
            whole.append(line)
    return whole + [line + _UNFINISHED for line in begun.values()]


def _is_change(call: str, rest: str, written: set[str]) -> bool:
    """Tell whether the call changes something; `written` keeps the descriptors that were opened to change something."""
    if call == "openat":
        opened = _OPENED.search(rest)
        if opened is None or not _WRITES.search(rest):
            return False
        written.add(opened[1])
    elif call == "close":
        descriptor = rest.partition("<")[0]
        known = descriptor in written
        written.discard(descriptor)
        return known
    return True


class Writers:
    """Forks writers and strikes them; leaving the `with` block ends the parent."""

    def __enter__(self) -> Self:
        """Start the parent."""
        self._go_read, self._go = os.pipe()
        self._told, self._told_write = os.pipe()
        self._parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(self._go_read), str(self._told_write)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            pass_fds=(self._go_read, self._told_write),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End the parent."""
        with self._parent:
            assert self._parent.stdin is not None
            self._parent.stdin.close()
        for descriptor in (self._go_read, self._go, self._told, self._told_write):
            os.close(descriptor)

    def run(self, log: Path, strike: Strike, job: str, *arguments: str, data: bool = False) -> Struck:
        """Run a job under strace, struck; the calls are written to `log`, with `data` the bytes written too."""
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        print(json.dumps([job, *arguments]), file=self._parent.stdin, flush=True)
        writer = self._parent.stdout.readline().strip()
        shown = ["-xx", "-s", "100000000"] if data else ["-s", "0"]
        command = ["strace", "-f", "-y", *shown, "-o", str(log), "-e", f"trace={','.join(CALLS)}", *strike.injected]
        with subprocess.Popen([*command, "-p", writer], stderr=subprocess.PIPE, text=True) as strace:
            assert strace.stderr is not None
            heard = strace.stderr.readline()
            os.write(self._go, b"1")
            status = int(self._parent.stdout.readline())
            assert "attached" in heard, heard
            strace.stderr.read()
        os.set_blocking(self._told, False)
        told = os.read(self._told, 1 << 20).decode().splitlines() if _ready(self._told) else []
        return Struck(told, status, joined(log.read_text().splitlines()))


def _ready(descriptor: int) -> bool:
    import select

    return bool(select.select([descriptor], [], [], 0)[0])


def why_not() -> str | None:
    """Return why no process can be struck here, or None."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen(["sleep", "5"]) as sleeper:
        command = ["strace", "-o", "/dev/null", "-p", str(sleeper.pid)]
        try:
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
                assert strace.stderr is not None
                heard = strace.stderr.readline()
                strace.terminate()
        finally:
            sleeper.kill()
    return None if "attached" in heard else f"strace may not trace: {heard.strip()}"
