"""What Arrow writes a segment to."""

from __future__ import annotations

import os
from pathlib import Path

from custodiet.logstore.files import fsync, write


class Sink:
    """A new file that takes nothing more once a write has failed: Arrow would go on and add the file's end."""

    def __init__(self, path: Path) -> None:
        """Begin the file anew."""
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
        self._fault: OSError | None = None
        self.closed = False

    def write(self, data: bytes) -> int:
        """Write all of the bytes behind those before; raises OSError, now and from then on."""
        if self._fault is not None:
            raise OSError(self._fault.errno, self._fault.strerror)
        try:
            write(self._descriptor, data)
        except OSError as error:
            self._fault = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def sync(self) -> None:
        """Bring what was written to the disk."""
        fsync(self._descriptor)

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self.closed = True
            os.close(self._descriptor)
