"""Keys under which the ledger's open records bind files: a delivered file, the relations of an audit.

A digest without a key would stand in the ledger for ever, and who knew all of a file but one word could guess that word from
it. So each such digest is an HMAC under a key of its own, which is kept with the keys and destroyed when something that the
file held is erased. Until then whoever has the key can show that a file is the one (docs/specs/redaction.md, section 7).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from custodiet.app.unfinished_erasure import sync_folder
from custodiet.errors import EnvironmentFault

_KEY = re.compile(rb"[0-9a-f]{64}\n")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class DigestKeys:
    """The folder of these keys."""

    folder: Path

    def new(self, name: str) -> bytes:
        """Return a fresh key of that name, which is on the disk; one that was there before is gone."""
        key = os.urandom(32)
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(mode=0o700)
                sync_folder(self.folder.parent)
            staged = self._path(name).with_suffix(".unfinished")
            descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(key.hex().encode() + b"\n")
                file.flush()
                os.fsync(descriptor)
            staged.replace(self._path(name))
            sync_folder(self.folder)
        except OSError as error:
            msg = f"a key cannot be written to {self.folder}: {error.strerror}"
            raise EnvironmentFault(msg) from error
        return key

    def held(self, name: str) -> bytes | None:
        """Return the key of that name; None where there is none, or none any more."""
        path = self._path(name)
        data = path.read_bytes() if path.exists() else b""
        return bytes.fromhex(data.decode()) if _KEY.fullmatch(data) else None

    def names(self) -> list[str]:
        """Return the names of the keys that are held."""
        return sorted(path.stem for path in self.folder.glob("*.key"))

    def destroy(self, name: str) -> None:
        """There is no key of that name any more."""
        path = self._path(name)
        if path.exists():
            path.write_bytes(b"\0" * path.stat().st_size)
            path.unlink()
            sync_folder(self.folder)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.key"


def digest_under(key: bytes, opened: Callable[[], BinaryIO]) -> tuple[str, int]:
    """Return the hex HMAC-SHA256 of a file's bytes under the key, and their number."""
    digest, size = hmac.new(key, digestmod=hashlib.sha256), 0
    with opened() as stream:
        while data := stream.read(_CHUNK):
            digest.update(data)
            size += len(data)
    return digest.hexdigest(), size
