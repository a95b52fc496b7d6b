"""The checkpoint that this client saw last, kept outside the vault: what was seen once can no longer be taken back.

Whoever can alter the vault, sign in its name and replace every checkpoint in it cannot reach this one, if it lies with
another user or on another machine. It is the signed note itself, so that a log which shows two faces is convicted by it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, verified
from custodiet.ledger.key_history import KeyHistory
from custodiet.ledger.ports import Verifier
from custodiet.logstore.layout import Layout
from custodiet.logstore.levels import Levels


@dataclass(frozen=True, slots=True)
class Remembered:
    """The memory of one log, known by its key, in a folder of this client's own."""

    folder: Path
    verifier: Verifier

    @property
    def file(self) -> Path:
        """Return where the checkpoint is kept: a log is known by its first key, so that a new one makes nobody forget."""
        key = self.verifier.first if isinstance(self.verifier, KeyHistory) else self.verifier.key
        return self.folder / sha256(key.text.encode()).hexdigest()

    def last(self) -> Checkpoint | None:
        """Return the checkpoint that was seen last; None where there is none, or none that this key signed.

        Ask before the log is opened: then the log cannot rightly be smaller.
        """
        try:
            return verified(self.file.read_bytes(), self.verifier)
        except (OSError, BadInput, VerificationFailed):
            return None

    def keep(self, layout: Layout, checkpoint: Checkpoint) -> None:
        """Remember this checkpoint of the log, unless a later one is remembered. A folder that cannot be written is let be."""
        try:
            self._keep(layout, checkpoint)
        except OSError:
            return

    def problem(self) -> str | None:
        """Return why nothing can be remembered, in a sentence; None where it can."""
        try:
            with self._held():
                return None
        except OSError as error:
            return f"The folder of remembered checkpoints cannot be written: {error.strerror} ({self.folder})."

    def _keep(self, layout: Layout, checkpoint: Checkpoint) -> None:
        with self._held():
            last = self.last()
            note = _note(layout, checkpoint, self.verifier)
            if note is None or (last is not None and last.size >= checkpoint.size):
                return
            fresh = self.file.with_suffix(".new")
            fresh.write_bytes(note)
            fresh.rename(self.file)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the memory, so that two clients at once do not set it back."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def check_extends(layout: Layout, checkpoint: Checkpoint, last: Checkpoint | None, file: Path) -> None:
    """Return if the log is the remembered one with entries added; raises VerificationFailed naming the file otherwise."""
    if last is None or (last.size, last.root) == (checkpoint.size, checkpoint.root):
        return
    kept = f"the checkpoint of {last.size} entries that was seen here before is kept in {file}"
    if last.size > checkpoint.size:
        raise VerificationFailed(
            f"The log has {checkpoint.size} entries and had {last.size} before: it was cut off or set back ({kept})."
            " If an older copy was restored on purpose, move that file away."
        )
    if last.origin != checkpoint.origin or Levels(layout).root(last.size) != last.root:
        raise VerificationFailed(f"The log does not extend what it was: its history was rewritten ({kept}).")


def _note(layout: Layout, checkpoint: Checkpoint, verifier: Verifier) -> bytes | None:
    """Return the signed note of the checkpoint; None where its copy is not there yet.

    The copy is made once the checkpoint would survive the loss of power: what is remembered earlier might be lost here
    and remembered there, and the log would be called set back.
    """
    try:
        data = layout.past_checkpoint(checkpoint.size).read_bytes()
        return data if verified(data, verifier) == checkpoint else None
    except (OSError, BadInput, VerificationFailed):
        return None
