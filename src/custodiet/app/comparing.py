"""Two audits compared: what a person is told of the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from custodiet.app.known_runs import KnownRun
from custodiet.model.changes import FindingChange, StateChange
from custodiet.model.provenance import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One of the two audits: what it could know, and when."""

    run: str
    provenance: Provenance
    known_at: datetime | None  # when the last of the entries that it could know was taken in
    made_at: datetime | None

    @classmethod
    def of(cls, run: KnownRun) -> Compared:
        """Return the run as it is told."""
        return cls(run=run.name, provenance=run.provenance, known_at=run.known_at, made_at=run.made_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTold:
    """A changed access with its sentences."""

    change: StateChange
    look: str  # who looked at what, where
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingTold:
    """A changed finding with its sentence."""

    change: FindingChange
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the later of two audits says otherwise than the earlier, as far as the reader may see it."""

    earlier: Compared
    later: Compared
    accesses: Mapping[str, int]  # kind of change -> accesses; disjoint
    findings: Mapping[str, int]  # kind of change -> findings; disjoint
    new_accesses: int  # that the later knows alone: not changed, but new
    lost_accesses: int  # that the earlier knows alone
    changes: Sequence[ChangeTold]  # re-opened first
    changed_findings: Sequence[FindingTold]  # re-opened first
    zone: ZoneInfo

    @property
    def packs_differ(self) -> bool:
        """Tell whether the two were made by different packs."""
        return self.earlier.provenance.packs != self.later.provenance.packs

    @property
    def code_differs(self) -> bool:
        """Tell whether the two were made by different versions of the code."""
        return self.earlier.provenance.code != self.later.provenance.code

    @property
    def linkage_differs(self) -> bool:
        """Tell whether the two were made with different linkage, or one without."""
        return self.earlier.provenance.linkage != self.later.provenance.linkage
