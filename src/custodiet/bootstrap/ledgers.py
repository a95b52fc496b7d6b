"""The ledger of a vault as the use cases see it: snapshots to read, and one writer that also drains the waiting looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from custodiet.app.looks import Spool
from custodiet.app.vault import Vault
from custodiet.bootstrap.passphrases import passphrase_of
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.logstore.appender import Appender
from custodiet.logstore.log import Log
from custodiet.model.looks import Deed
from custodiet.signing.key_folder import KeyFolder


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A log at one size."""

    log: Log

    @property
    def size(self) -> int:
        """Return the number of entries."""
        return self.log.size

    def size_of(self, typs: Sequence[str]) -> int:
        """Return the size up to the last entry of these types; 0 where there is none."""
        return max((segment.end for typ in typs for segment in self.log.manifest.versions_of(typ)), default=0)

    def root_at(self, size: int) -> bytes:
        """Return the root hash at an earlier size."""
        return self.log.root_at(size)

    def segments(self, typ: str, size: int | None = None) -> Sequence[Path]:
        """Return the Parquet files of one type of entry, in order."""
        return self.log.segments(typ, size)

    def records(self, typ: str, size: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the control entries of one type with their indices."""
        return self.log.records(typ, size)


class Writer:
    """The one writer of a vault. Its commit enters the looks that wait in the spool, too.

    What is appended is encoded and sealed in a thread of its own, in order, while the caller goes on to stage more; a fault
    in it is raised by `commit`, and then nothing is committed.
    """

    def __init__(self, appender: Appender, spool: Spool, log: Log, sealing: ThreadPoolExecutor) -> None:
        self._appender, self._spool, self._log, self._sealing = appender, spool, log, sealing
        self._under_way: list[Future[None]] = []

    def append_table(self, typ: str, path: Path) -> None:
        """Append staged rows; the file stays until the commit."""
        self._under_way.append(self._sealing.submit(self._appender.append_table, typ, path))

    def append_records(self, typ: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Append control entries."""
        self._under_way.append(self._sealing.submit(self._appender.append_records, typ, bodies))

    def append_deeds(self, deeds: Sequence[Deed]) -> None:
        """Append looks and acts of principals."""
        self._under_way.append(self._sealing.submit(self._appender.append_deeds, deeds))

    def commit(self) -> Checkpoint:
        """Make everything appended, and the looks that waited, visible and durable at once."""
        self._spool.drain(self._known_deeds, self.append_deeds)
        for appended in self._under_way:
            appended.result()
        self._under_way.clear()
        checkpoint = self._appender.commit()
        self._spool.forget()
        return checkpoint

    def _known_deeds(self) -> set[tuple[str, str, str | None, datetime]]:
        return {key for path in self._log.segments("deed/1") for key in _deed_keys(path)}


@dataclass(frozen=True)
class VaultLedger:
    """The ledger of a vault, with its keys; `ask` is asked for their passphrase (default: see `passphrases`)."""

    vault: Vault
    ask: Callable[[], bytes] | None = None

    @cached_property
    def keys(self) -> KeyFolder:
        """Return the folder of keys; nobody is asked for a passphrase before a private key is needed."""
        folder = self.vault.ledger / "keys"
        return KeyFolder(folder, self.ask or partial(passphrase_of, folder))

    def read(self) -> Snapshot:
        """Return a snapshot whose checkpoint's signature was checked."""
        return Snapshot(Log.open(self.vault.ledger, self.keys.verifier()))

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Yield the one writer; raises Locked while another process writes."""
        log = Log.open(self.vault.ledger, self.keys.verifier())
        with log.appender(self.keys.signer(), self.keys.salts()) as appender:
            sealing = ThreadPoolExecutor(1, thread_name_prefix="append")
            try:
                # opened again under the lock: another process may have committed in between
                yield Writer(appender, Spool(folder=self.vault.spool), Log.open(self.vault.ledger), sealing)
            finally:
                sealing.shutdown(cancel_futures=True)  # before the appender takes away what was not committed

    def enter_deed(self, deed: Deed) -> None:
        """The deed is in the ledger; raises Locked while another process writes."""
        with self.write() as writer:
            writer.append_deeds([deed])
            writer.commit()


def _deed_keys(path: Path) -> Iterator[tuple[str, str, str | None, datetime]]:
    columns = ["principal", "act", "object", "at"]
    for row in pq.read_table(path, columns=columns).to_pylist():
        yield row["principal"], row["act"], row["object"], row["at"].replace(tzinfo=UTC)
