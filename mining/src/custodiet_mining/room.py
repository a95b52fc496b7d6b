"""The room in which a principal works on proposals: his desk, the ledger, and the run that the queue is read from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from custodiet.app import audits
from custodiet.app.permissions import Desk, Look
from custodiet.app.runs import Run, Runs
from custodiet.app.vault import Principal
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.cases.visibility import Walls
from custodiet.engines.analysis import reopened
from custodiet.engines.detecting import walls_of
from custodiet.engines.duckdb import Session
from custodiet.errors import Refused
from custodiet.explain.pack import Pack
from custodiet.ledger.canonical import instant_text
from custodiet_mining.clock import now
from custodiet_mining.duties import story_of
from custodiet_mining.permission import check_allowed
from custodiet_mining.story import TYP, Story, stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where one principal works on proposals."""

    desk: Desk
    ledger: VaultLedger
    principal: Principal

    @classmethod
    def entered(cls, folder: Path) -> Room:
        """Return the room; raises Refused for strangers."""
        desk = desk_in(folder)
        desk.vault.settings()
        return cls(desk=desk, ledger=VaultLedger(desk.vault), principal=desk.principal())

    @classmethod
    def opened(cls, folder: Path) -> Room:
        """Return the room; raises Refused for strangers, and where mining is not allowed in the vault."""
        room = cls.entered(folder)
        check_allowed(room.desk.vault, room.ledger.read())
        return room

    @property
    def pack(self) -> Pack:
        """Return the pack that the vault's audits are made with."""
        return judging(self.desk.vault.settings().pack).pack

    def looks(self, act: str, thing: str | None, look: Look) -> None:
        """The look is recorded; raises Refused for roles that do not work with findings and for purposes outside s.62(4)."""
        self.desk.looks(act, thing, look)

    def stories(self) -> dict[int, Story]:
        """Return all proposals by number."""
        return stories(self.ledger.read().records(TYP))

    def story(self, number: int) -> Story:
        """Return the proposal of that number; raises Refused."""
        return story_of(self.stories(), number)

    def enter(self, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """The records are in the ledger, signed by this principal and now; returns their numbers."""
        signed = [{**record, "by": self.principal.login, "at": instant_text(now())} for record in records]
        with self.ledger.write() as writer:
            writer.append_records(TYP, signed)
            writer.commit()
        entered = [
            index
            for index, record in self.ledger.read().records(TYP)
            if record in [{**one, "typ": TYP} for one in signed]
        ]
        return entered[-len(signed) :]

    def run(self) -> Run:
        """Return the run that the queue is read from; raises BadInput where there is none."""
        return audits.latest(self.ledger, Runs.of(self.desk.vault))

    @contextmanager
    def relations(self, run: Run) -> Iterator[Session]:
        """Yield a session over the relations of the run."""
        with reopened(Runs.of(self.desk.vault).path(run.name), self.desk.vault.scratch) as session:
            yield session

    def walls(self, session: Session) -> Walls:
        """Return what is walled from this principal."""
        return walls_of(session, self.principal.staff, self.desk.now)

    def known(self, login: str) -> Principal | None:
        """Return the principal of that login, or None where the vault does not know him any more."""
        try:
            return self.desk.vault.principal(login)
        except Refused:
            return None
