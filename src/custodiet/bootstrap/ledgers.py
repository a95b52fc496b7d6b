"""The ledger of a vault as the use cases see it: snapshots to read, and one writer that says what it cleared up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from custodiet.app.digest_keys import DigestKeys
from custodiet.app.unfinished_erasure import UnfinishedErasure
from custodiet.app.vault import Vault
from custodiet.bootstrap.old_spool import move_spool
from custodiet.bootstrap.passphrases import passphrase_of
from custodiet.bootstrap.pins import pin_of
from custodiet.bootstrap.policies import witnesses_in
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.bootstrap.state_folder import remembered_folder
from custodiet.bootstrap.submitting import submit
from custodiet.bootstrap.succeeding import settle_keys
from custodiet.engines.quarantine_erasing import empty
from custodiet.errors import BadInput, CustodietError
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.kept_digests import KeptDigests
from custodiet.ledger.manifest import Groups
from custodiet.ledger.retention import Drop
from custodiet.logstore.appender import Appender
from custodiet.logstore.cosigned import Witnesses
from custodiet.logstore.fingerprints import Gone
from custodiet.logstore.layout import Layout
from custodiet.logstore.log import Log
from custodiet.logstore.remembered import Remembered, check_extends
from custodiet.model.looks import Deed
from custodiet.signing.key_folder import KeyFolder
from custodiet.witnessing.client import Outcome

_LOG = logging.getLogger(__name__)

#: Hears, in sentences, what a writer had to clear up after one that was cut short.
RECOVERY = logging.getLogger("custodiet.recovery")


class Writer:
    """The one writer of a vault. Its commit enters what waits in the journal, too.

    What is appended is encoded and sealed in a thread of its own, in order, while the caller goes on to stage more; a fault
    in it is raised by `commit`, and then nothing is committed.
    """

    def __init__(self, appender: Appender, vault: Vault, log: Log, sealing: ThreadPoolExecutor) -> None:
        self._appender, self._vault, self._log, self._sealing = appender, vault, log, sealing
        self._under_way: list[Future[None]] = []
        #: What was committed last; None before the first commit.
        self.committed: Checkpoint | None = None

    def append_table(self, typ: str, path: Path) -> None:
        """Append staged rows; the file stays until the commit."""
        self._under_way.append(self._sealing.submit(self._appender.append_table, typ, path))

    def append_records(self, typ: str, bodies: Sequence[Mapping[str, Any]]) -> None:
        """Append control entries."""
        self._under_way.append(self._sealing.submit(self._appender.append_records, typ, bodies))

    def append_deeds(self, deeds: Sequence[Deed]) -> None:
        """Append looks and acts of principals."""
        self._under_way.append(self._sealing.submit(self._appender.append_deeds, deeds))

    def erase(self, groups: Groups) -> KeptDigests:
        """Take these groups, by entry, out of the rows with the next commit; returns what was kept of them."""
        return self._sealing.submit(self._appender.erase, groups).result()

    def drop(self, record: Drop) -> int:
        """Take the rows of whole segments away with the next commit; returns the index of the record that says so."""
        return self._sealing.submit(self._appender.drop, record).result()

    def read(self) -> Snapshot:
        """Return the ledger as it was when this writer took it up."""
        return Snapshot(self._log)

    def finish_erasure(self) -> None:
        """What an erasure that was committed has still to take away outside the ledger is gone."""

        def is_done(number: int) -> bool:
            now = Snapshot(Log.open(self._vault.ledger))
            approved = {each.number for each in now.redactions() if each.approval is not None}
            return number in approved | {each.dropped for each in now.log.manifest.dropped()}

        def take_away(places: Sequence[tuple[str, int]], keys: Sequence[str]) -> None:
            empty(self._vault.quarantine, places)
            for name in keys:
                DigestKeys(self._vault.digest_keys).destroy(name)

        UnfinishedErasure(self._vault.folder).finish(is_done, take_away)

    def commit(self) -> Checkpoint:
        """Make everything appended, and what waited in the journal, visible and durable at once."""
        for appended in self._under_way:
            appended.result()
        self._under_way.clear()
        self.committed = self._appender.commit()
        return self.committed


@dataclass(frozen=True)
class VaultLedger:
    """The ledger of a vault, with its keys; `ask` is asked for their passphrase (default: see `passphrases`)."""

    vault: Vault
    ask: Callable[[], bytes] | None = None

    @cached_property
    def keys(self) -> KeyFolder:
        """Return the folder of keys; nobody is asked for a passphrase before a private key is needed."""
        folder = self.vault.ledger / "keys"
        return KeyFolder(folder, self.ask or partial(passphrase_of, folder), partial(pin_of, folder))

    @cached_property
    def memory(self) -> Remembered:
        """Return what this client remembers of the log, outside the vault."""
        return Remembered(remembered_folder(), self.keys.history())

    def read(self) -> Snapshot:
        """Return a snapshot whose checkpoint's signature was checked, and which extends what was seen here before."""
        return Snapshot(self._opened())

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """Yield the one writer; raises Locked while another process writes.

        What had to be cleared up is told to RECOVERY. After a commit the witnesses of the policy are asked, if the vault's
        settings say so.
        """
        settle_keys(self.vault.ledger, self.keys)
        log = self._opened()
        with log.appender(self.keys.signer(), self.keys.salts()) as appender:
            sealing = ThreadPoolExecutor(1, thread_name_prefix="append")
            moved = list(move_spool(self.vault))
            # opened again under the lock: another process may have committed in between
            writer = Writer(appender, self.vault, Log.open(self.vault.ledger), sealing)
            try:
                writer.finish_erasure()  # that another process began
                yield writer
            finally:
                sealing.shutdown(cancel_futures=True)  # before the appender takes away what was not committed
                for sentence in (*appender.recovered, *moved):
                    RECOVERY.warning("%s", sentence)
                if writer.committed is not None:
                    self.memory.keep(log.layout, writer.committed)
        if writer.committed is not None and self.vault.settings().witness:
            self._ask_witnesses()

    def witnesses(self, policy: Path | None = None) -> Witnesses:
        """Return the witnesses of the vault's policy, or of the one in the file; raises BadInput for a policy that is wrong."""
        if policy is not None and not policy.is_file():
            raise BadInput("there is no such policy file", file=policy.name)
        return witnesses_in(policy or Layout(self.vault.ledger).policy, self.keys.history())

    def _opened(self) -> Log:
        last = self.memory.last()  # before the log is opened: a writer may commit at any moment
        log = Log.open(self.vault.ledger, self.keys.history())
        check_extends(log.layout, log.checkpoint, last, self.memory.file)
        if last is None or last.size < log.size:
            self.memory.keep(log.layout, log.checkpoint)
        return log

    def _ask_witnesses(self) -> None:
        """Ask for cosignatures; the commit stands whatever comes of it, so a failure is a warning in the log."""
        try:
            asked = submit(self.read().log, self.witnesses()).asked
        except CustodietError as error:
            _LOG.warning("The witnesses could not be asked: %s", error)
            return
        for each in asked:
            if each.outcome is not Outcome.COSIGNED:
                _LOG.warning("The witness %s has not cosigned: %s", each.witness, each.sentence)

    def enter_deed(self, deed: Deed) -> None:
        """The deed is in the ledger; raises Locked while another process writes."""
        with self.write() as writer:
            writer.append_deeds([deed])
            writer.commit()


def gone_from(ledger: VaultLedger) -> Callable[[Sequence[bytes]], list[bytes]] | None:
    """Return what tells of identities those whose records were erased or dropped; None where nothing ever was."""
    paths = ledger.read().known_again()
    return Gone(paths, cache(ledger.keys.salts)).among if paths else None
