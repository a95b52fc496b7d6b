"""Reads single accesses and findings in many runs, one after another, without their other relations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.model.explanations import State
from custodiet.relations.query import Query

_SQL = "custodiet.engines"
STATES_THEN = Query(_SQL, "states_then.sql")
FINDINGS_THEN = Query(_SQL, "findings_then.sql")
RESTED_THEN = Query(_SQL, "rested_then.sql")

#: The relations that are read of each run.
STATES_READ = ("access", "access_state")
FINDINGS_READ = (*STATES_READ, "episode_access", "finding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one run says of one access."""

    access: int
    state: State
    strength: float
    template: str | None
    actor: str
    subject: str


def ask(session: Session, accesses: Sequence[int]) -> None:
    """From now on these accesses are asked about."""
    session.bind_arrow("asked_access", pa.table({"access": pa.array(sorted(accesses), pa.int64())}))


def states_then(session: Session, folder: Path) -> list[Judged]:
    """Return what the run in the folder says of those accesses that it knows, in their order."""
    _bind(session, folder, STATES_READ)
    return [
        Judged(access=access, state=State(state), strength=strength, template=template, actor=actor, subject=subject)
        for access, state, strength, template, actor, subject in session.rows(STATES_THEN)
    ]


def findings_then(session: Session, folder: Path) -> list[tuple[str, int]]:
    """Return name and score of the findings that had those accesses in that run, the one with most of them first."""
    _bind(session, folder, ("episode_access", "finding"))
    return [(finding, score) for finding, score in session.rows(FINDINGS_THEN)]


def rested_then(session: Session, folder: Path) -> list[int]:
    """Return the rows on which those accesses rest in that run."""
    _bind(session, folder, ("explanation",))
    return [fact for (fact,) in session.rows(RESTED_THEN)]


def _bind(session: Session, folder: Path, relations: Sequence[str]) -> None:
    for relation in relations:
        session.bind_parquet(f"then_{relation}", [folder / f"{relation}.parquet"])
