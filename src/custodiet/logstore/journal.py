"""The journal: deeds and control records that are durable within milliseconds and enter the log with the next commit.

Many threads share one sync: the first that comes writes for all that have come by then, while the others wait.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.journal import LARGEST_GROUP, Record, line
from custodiet.logstore.entered import Receipt, index_of
from custodiet.logstore.files import leaves_doubt, make_folder
from custodiet.logstore.journal_file import JournalFile
from custodiet.logstore.layout import Layout


@dataclass(slots=True)
class _Wish:
    """Records of one caller, and what became of them."""

    payload: bytes
    records: int
    receipt: Receipt | None = None
    fault: EnvironmentFault | None = None

    @property
    def is_settled(self) -> bool:
        return self.receipt is not None or self.fault is not None


class Journal:
    """Takes in records for a log. Any number of threads and processes may do so at once, and no key is needed."""

    def __init__(self, layout: Layout) -> None:
        """Prepare to take in records; nothing is touched before the first."""
        self._layout = layout
        self._turn = threading.Condition()
        self._wishes: deque[_Wish] = deque()
        self._is_busy = False
        self._file: JournalFile | None = None
        self._fault: EnvironmentFault | None = None

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file; what was acknowledged stays so."""
        self.close()

    def append(self, *records: Record) -> Receipt:
        """The records are on the disk, and will be in the log, each once, after the next commit of whatever writer.

        Raises BadInput for a record that could not be entered, and EnvironmentFault where the disk fails: then nobody
        knows whether they will be; and unless the disk was just full this journal takes in nothing more.
        """
        payload = b"".join(line(record) for record in records)
        if not 0 < len(payload) <= LARGEST_GROUP:
            raise BadInput("No records, or too many for one call.", found=f"{len(payload)} bytes")
        wish = _Wish(payload, len(records))
        with self._turn:
            self._wishes.append(wish)
        while not wish.is_settled:
            self._lead_or_wait(wish)
        if wish.receipt is None:
            raise EnvironmentFault(str(wish.fault)) from wish.fault
        return wish.receipt

    def index(self, receipt: Receipt) -> int | None:
        """Return the index in the log of the first of the receipt's records; None while they wait."""
        return index_of(self._layout, receipt)

    def close(self) -> None:
        """Close the file, if one is open; the next record begins another."""
        with self._turn:
            self._turn.wait_for(lambda: not self._is_busy)
            self._leave_file()

    def _lead_or_wait(self, wish: _Wish) -> None:
        """Wait until the wish is settled or nobody writes, and then write a group for all who wait."""
        with self._turn:
            self._turn.wait_for(lambda: wish.is_settled or not self._is_busy)
            if wish.is_settled:
                return
            self._is_busy, wishes = True, self._next_group()
        try:
            self._settle(wishes)
        finally:
            with self._turn:
                self._is_busy = False
                self._turn.notify_all()

    def _next_group(self) -> list[_Wish]:
        taken: list[_Wish] = []
        room = LARGEST_GROUP
        while self._wishes and len(self._wishes[0].payload) <= room:
            taken.append(self._wishes.popleft())
            room -= len(taken[-1].payload)
        return taken

    def _settle(self, wishes: list[_Wish]) -> None:
        fault = self._fault or EnvironmentFault("The journal was stopped before these records were on the disk.")
        try:
            if self._fault is None:
                self._write(wishes)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            fault = EnvironmentFault(f"The disk failed while records were taken into the journal: {reason}.")
            self._fault = fault if leaves_doubt(error) else None
        finally:
            unsettled = [wish for wish in wishes if not wish.is_settled]
            if unsettled:
                self._leave_file()  # nobody knows what its end is
            for wish in unsettled:
                wish.fault = fault

    def _write(self, wishes: list[_Wish]) -> None:
        payload, records = b"".join(wish.payload for wish in wishes), sum(wish.records for wish in wishes)
        while True:
            if self._file is None:
                make_folder(self._layout.journal)
                self._file = JournalFile(self._layout.journal)
            first = self._file.add(payload, records)
            if first is not None:
                break
            self._leave_file()
        for wish in wishes:
            wish.receipt = Receipt(self._file.name, first, wish.records)
            first += wish.records

    def _leave_file(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()
