"""Looks of principals: written durably before anything is shown, and drained into the ledger by the next writer.

No record, no output: a command that shows records calls `record` first and prints only after it returned.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from custodiet.errors import BadInput, EnvironmentFault, Refused, UsageError
from custodiet.model.instants import rfc3339
from custodiet.model.looks import Deed, Purpose

_SPOOL = "looks.jsonl"
_DRAINING = "draining.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """A durable file of looks that are not in the ledger yet."""

    folder: Path

    def record(self, deed: Deed) -> None:
        """The look is on the disk; raises EnvironmentFault where it cannot be, and then nothing may be shown."""
        line = _line(deed)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / _SPOOL).open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                _drop_torn_tail(file)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            _sync_folder(self.folder)
        except OSError as fault:
            msg = f"this look could not be recorded ({fault.strerror}), so nothing is shown"
            raise EnvironmentFault(msg) from fault

    def waiting(self) -> int:
        """Return how many looks wait for the next writer."""
        return sum(len(_read(self.folder / name)) for name in (_DRAINING, _SPOOL))

    def drain(
        self, known: Callable[[], set[tuple[str, str, str | None, datetime]]], append: Callable[[Sequence[Deed]], None]
    ) -> int:
        """Hand the waiting looks to `append`, and return how many there were. Call `forget` once they are committed.

        `known` names the deeds that the ledger holds already: it is asked only after a crash between a commit and
        `forget`, so that no look is entered twice.
        """
        draining = self.folder / _DRAINING
        leftover = _read(draining)
        seen = known() if leftover else set()
        self._take_over(draining)
        unique = {_key(deed): deed for deed in _read(draining)}  # a crash while taking over leaves a look in both files
        deeds = [deed for key, deed in unique.items() if key not in seen]
        if deeds:
            append(deeds)
        return len(deeds)

    def forget(self) -> None:
        """Remove the looks that `drain` handed over; the ledger has them now."""
        (self.folder / _DRAINING).unlink(missing_ok=True)

    def _take_over(self, draining: Path) -> None:
        spool = self.folder / _SPOOL
        if not spool.exists():
            return
        with spool.open("r+b") as file, draining.open("a+b") as target:
            fcntl.flock(file, fcntl.LOCK_EX)
            _drop_torn_tail(file)
            _drop_torn_tail(target)
            target.write(file.read())
            target.flush()
            os.fsync(target.fileno())
            _emptied(file)
        _sync_folder(self.folder)


def purpose_of(word: str | None) -> Purpose:
    """Return the purpose that the word names; raises Refused for anything outside DPA 2018 s.62(4)."""
    lawful = ", ".join(purpose.value for purpose in Purpose)
    if not word:
        msg = f"say what the look is for (--purpose or CUSTODIET_PURPOSE): one of {lawful} (DPA 2018 s.62(4))"
        raise Refused(msg)
    try:
        return Purpose(word)
    except ValueError as other:
        msg = (
            f"these logs may be used for {lawful} and nothing else (DPA 2018 s.62(4));"
            " questions of productivity or attendance are refused by design"
        )
        raise Refused(msg) from other


def _line(deed: Deed) -> bytes:
    body = {
        "principal": deed.principal,
        "act": deed.act,
        "object": deed.object,
        "purpose": deed.purpose.value if deed.purpose else None,
        "reason": deed.reason,
        "at": rfc3339(deed.at),
    }
    try:
        return (json.dumps(body, ensure_ascii=False, sort_keys=True) + "\n").encode()
    except UnicodeEncodeError as not_text:
        msg = "the words of this look are no UTF-8 text, so it could not be recorded"
        raise UsageError(msg) from not_text


def _read(path: Path) -> list[Deed]:
    if not path.exists():
        return []
    whole, _, _ = path.read_bytes().rpartition(b"\n")  # what follows the last line end was never acknowledged
    return [_deed(line, path.name, number) for number, line in enumerate(whole.split(b"\n"), 1) if line]


def _deed(line: bytes, file: str, number: int) -> Deed:
    try:
        body = json.loads(line)
        return Deed(
            principal=body["principal"],
            act=body["act"],
            object=body["object"],
            purpose=Purpose(body["purpose"]) if body["purpose"] else None,
            reason=body["reason"],
            at=datetime.fromisoformat(body["at"]),
        )
    except (ValueError, KeyError, TypeError) as torn:
        msg = "a recorded look cannot be read"
        raise BadInput(msg, file=f"spool/{file}", line=number, expected="one JSON object a line") from torn


def _key(deed: Deed) -> tuple[str, str, str | None, datetime]:
    return deed.principal, deed.act, deed.object, deed.at


def _drop_torn_tail(file: IO[bytes]) -> None:
    """Cut off a line that a power cut left unfinished, and stand at the start again.

    In the spool the line's look was never acknowledged, so nothing was shown for it; in the file that is drained, the
    spool still has the line whole.
    """
    file.seek(0)
    content = file.read(os.fstat(file.fileno()).st_size)
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)
    file.seek(0)


def _emptied(file: IO[bytes]) -> None:
    file.seek(0)
    file.truncate()
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
