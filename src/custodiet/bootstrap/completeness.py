"""Did everything come? Asked of a vault: its deliveries accounted for, its sources' silences, heartbeats."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from custodiet.app import completeness
from custodiet.app.completeness import Account
from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.engines.delivered import named_rows, open_gaps
from custodiet.engines.duckdb import Session
from custodiet.ingest.conservation import Places, accounted, gaps_of
from custodiet.ingest.heartbeat import Heartbeat
from custodiet.ingest.silence import SourceHeard

_ROWS = ("access/1", "fact/1")


def account(folder: Path) -> Account:
    """Return each delivery of the vault held against its ledger; no record of a person is shown."""
    vault = Vault(folder)
    vault.settings()
    snapshot = VaultLedger(vault).read()
    records = list(snapshot.records("delivery/1"))
    vault.scratch.mkdir(parents=True, exist_ok=True)
    with Session(scratch=vault.scratch) as session:
        accesses, facts = (snapshot.segments(typ) for typ in _ROWS)
        named = named_rows(session, accesses, facts, snapshot.size)
        places = Places(snapshot.places(_ROWS))
        deliveries = accounted(records, places, named)
        end = records[-1][0] if records else 0
        return Account(
            size=snapshot.size,
            deliveries=deliveries,
            without_delivery=places.between(end, snapshot.size),
            gaps=open_gaps(session, gaps_of(records), snapshot.size),
        )


def heartbeat(folder: Path, source: str, at: datetime | None = None, sequence: int | None = None) -> SourceHeard:
    """Enter that the source was asked at that moment (default: now) and had nothing new; returns what is heard of it."""
    vault, now = Vault(folder), datetime.now(UTC)
    vault.settings()
    vault.principal(login())
    beat = Heartbeat(source=source, at=now if at is None else at, sequence=sequence)
    return completeness.beat(VaultLedger(vault), beat, now)


def silence(folder: Path) -> list[SourceHeard]:
    """Return what was heard of each source of the vault, by name."""
    vault = Vault(folder)
    vault.settings()
    return completeness.silence(VaultLedger(vault))
