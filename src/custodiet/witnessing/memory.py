"""What a witness remembers, in SQLite: the logs it knows, and of each the newest checkpoint that it cosigned.

This memory is the whole of a witness's worth. Lost or set back, the witness could be made to vouch for two histories:
it must then be retired with its key, and not begun again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.checkpoint import Checkpoint, unverified
from custodiet.relations.query import Query

#: Refused requests kept of one log.
_MOST_REFUSALS = 100
#: Seconds that a request waits for another one's transaction.
_PATIENCE = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """A checkpoint that the witness vouches for: its note as the log signed it, and the time signed with it."""

    checkpoint: Checkpoint
    note: bytes
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToWitness:
    """A log that a witness knows, and how far it has come with it."""

    origin: str
    size: int | None
    time: int | None
    refusals: int


class Memory:
    """The memory of one witness, in one file; threads and processes may share it."""

    def __init__(self, file: Path) -> None:
        """Name the file; nothing is opened yet."""
        self._file = file

    def create(self) -> None:
        """Make an empty memory; raises EnvironmentFault where there is one."""
        if self._file.exists():
            raise EnvironmentFault(f"There is a witness's memory in {self._file} already.")
        with self._connected(new=True) as connection:
            connection.executescript("PRAGMA journal_mode = WAL;" + _text("tables"))
        self._file.chmod(0o600)

    def add_log(self, origin: str, vkey: str, at: int) -> None:
        """Know this key as one that signs for the log of that origin."""
        with self.deciding() as decision:
            decision.run("add_log", origin=origin, vkey=vkey, at=at)

    def keys(self, origin: str) -> list[str]:
        """Return the verifier keys of the log; none where it is unknown."""
        with self._connected() as connection:
            return [vkey for (vkey,) in connection.execute(_text("keys"), {"origin": origin})]

    def logs(self) -> list[KnownToWitness]:
        """Return the known logs, by their origins."""
        with self._connected() as connection:
            rows = connection.execute(_text("logs")).fetchall()
        return [KnownToWitness(origin=o, size=size, time=time, refusals=n) for o, size, time, n in rows]

    @contextmanager
    def deciding(self) -> Iterator[Decision]:
        """Yield a decision that no other one overlaps. What it keeps is on the disk when the block is left without an error."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Decision(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self, *, new: bool = False) -> Iterator[sqlite3.Connection]:
        mode = "rwc" if new else "rw"  # a memory that is gone must never come back empty
        try:
            connection = sqlite3.connect(
                f"{self._file.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
            )
            try:
                connection.execute("PRAGMA synchronous = FULL")
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise EnvironmentFault(f"The witness's memory {self._file} fails: {error}.") from error


class Decision:
    """One transaction over the memory."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def last(self, origin: str) -> Cosigned | None:
        """Return what was cosigned last of the log."""
        row = self.run("last", origin=origin).fetchone()
        if row is None:
            return None
        try:
            return Cosigned(checkpoint=unverified(row[0]), note=row[0], time=row[1])
        except BadInput as error:
            raise EnvironmentFault(f"The witness's memory of {origin} is damaged. {error}") from error

    def latest(self) -> int:
        """Return the latest time that was ever signed; 0 before the first."""
        return int(self.run("latest").fetchone()[0])

    def keep(self, cosigned: Cosigned) -> None:
        """Remember the checkpoint as the newest of its log."""
        checkpoint = cosigned.checkpoint
        self.run("keep", origin=checkpoint.origin, size=checkpoint.size, note=cosigned.note, time=cosigned.time)

    def refuse(self, origin: str, at: int, reason: str, body: bytes) -> None:
        """Keep the request as evidence, if not too many are kept."""
        self.run("refuse", origin=origin, at=at, reason=reason, body=body, most=_MOST_REFUSALS)

    def run(self, query: str, **values: object) -> sqlite3.Cursor:
        """Return the result of a packaged statement."""
        return self._connection.execute(_text(query), values)


def _text(query: str) -> str:
    return Query("custodiet.witnessing.sql", f"{query}.sql").text
