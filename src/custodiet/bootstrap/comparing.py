"""Two audits compared over the real ledger and engine; the look is recorded first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from custodiet.app.change_words import Reasons, change_words, finding_words
from custodiet.app.comparing import ChangeTold, Compared, Difference, FindingTold
from custodiet.app.findings import actor_then
from custodiet.app.known_runs import KnownRun, before, check_at_hand, known_runs, meant
from custodiet.app.permissions import Desk, Look
from custodiet.app.runs import Runs
from custodiet.app.vault import Principal, Vault
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.judging import judging
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.cases.visibility import Walls
from custodiet.engines import accounting, changing
from custodiet.engines.analysis import Stored, reopened
from custodiet.engines.detecting import walls_of
from custodiet.engines.duckdb import Session
from custodiet.errors import UsageError
from custodiet.explain.pack import Pack
from custodiet.model.changes import ChangeKind, StateChange

#: Changes that one command shows.
_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Says in sentences what two runs say of an access."""

    pack: Pack
    zone: ZoneInfo
    earlier: Session
    later: Session
    packs: tuple[str, str]  # by which the two runs were made

    def told(self, change: StateChange) -> ChangeTold:
        """Return the change with its sentences; what another pack said cannot be said again by this one."""
        channel, subject, system = changing.look_told(self.later, change.access)
        actor = actor_then(self.later, change.actor_after, change.occurred_at).words
        before = self._reason(self.earlier, change, self.packs[0]) if change.change is ChangeKind.REOPENED else None
        reasons = Reasons(before=before, after=self._reason(self.later, change, self.packs[1]))
        return ChangeTold(
            change=change,
            look=f"{actor} {channel} {subject} in {system}",
            sentence=change_words(change, reasons, self.zone),
        )

    def _reason(self, session: Session, change: StateChange, packs: str) -> str | None:
        return accounting.why(session, self.pack, change.access).sentence if packs == self.pack.digest else None


def diff(folder: Path, look: Look, *, since: str | None = None, until: str | None = None, size: int = 20) -> Difference:
    """Return what one audit says otherwise than an earlier one; by default the latest and the one made before it.

    `since` and `until` name them by ledger size or by name. The look is recorded before anything is read.
    """
    if not 0 <= size <= _MOST:
        msg = f"--size is a number of changes from 0 to {_MOST:,}, not {size}"
        raise UsageError(msg)
    desk = desk_in(folder)
    principal = desk.looks("diff", f"{since or 'before'}..{until or 'latest'}", look)
    snapshot = VaultLedger(desk.vault).read()
    earlier, later = _chosen(desk.vault, snapshot, since, until)
    pair = paired(desk.vault, snapshot, earlier, later)
    with telling(desk, earlier, later) as teller, Session(scratch=desk.vault.scratch) as session:
        changing.compare(session, pair)
        changing.put_up(session, [_walls(one, principal, desk.now) for one in (teller.earlier, teller.later)])
        changing.compare_findings(session, pair)
        accesses, findings = changing.counted(session)
        lost, new = changing.known(session)
        return Difference(
            earlier=Compared.of(earlier),
            later=Compared.of(later),
            accesses=accesses,
            findings=findings,
            new_accesses=new,
            lost_accesses=lost,
            changes=[teller.told(each) for each in changing.changes(session, most=size)],
            changed_findings=[
                FindingTold(change=each, sentence=finding_words(each))
                for each in changing.finding_changes(session, most=size)
            ],
            zone=teller.zone,
        )


@contextmanager
def telling(desk: Desk, earlier: KnownRun, later: KnownRun) -> Iterator[Teller]:
    """Yield what tells the changes between two runs."""
    runs, settings = Runs.of(desk.vault), desk.vault.settings()
    with (
        reopened(runs.path(earlier.name), desk.vault.scratch) as one,
        reopened(runs.path(later.name), desk.vault.scratch) as other,
    ):
        yield Teller(
            pack=judging(settings.pack).pack,
            zone=ZoneInfo(settings.zone),
            earlier=one,
            later=other,
            packs=(earlier.provenance.packs, later.provenance.packs),
        )


def paired(vault: Vault, snapshot: Snapshot, earlier: KnownRun, later: KnownRun) -> changing.Pair:
    """Return two runs as they are compared, with what was stored up to the later."""
    runs = Runs.of(vault)
    sides = [changing.Compared(folder=runs.path(run.name), provenance=run.provenance) for run in (earlier, later)]
    size = later.size
    stored = Stored(
        accesses=snapshot.segments("access/1", size),
        facts=snapshot.segments("fact/1", size),
        size=size,
        erased=snapshot.absent(size),
    )
    deliveries = (body for _, body in snapshot.records("delivery/1"))
    times = [(body["delivery"], datetime.fromisoformat(body["received_at"])) for body in deliveries]
    shadows = [one.id for one in judging(vault.settings().pack).pack.templates if one.shadow]
    return changing.Pair(earlier=sides[0], later=sides[1], stored=stored, deliveries=times, shadows=shadows)


def _chosen(vault: Vault, snapshot: Snapshot, since: str | None, until: str | None) -> tuple[KnownRun, KnownRun]:
    runs, known = Runs.of(vault), known_runs(snapshot)
    later = meant(known, until or runs.latest().name, snapshot)
    earlier = before(known, later) if since is None else meant(known, since, snapshot, beside=later)
    if earlier.name == later.name:
        msg = f"{later.name} is compared with itself: name another with --from or --to"
        raise UsageError(msg)
    if earlier.size > later.size:
        msg = f"--from names the audit that knew less: {earlier.name} knew {earlier.size:,} entries, {later.name} {later.size:,}"
        raise UsageError(msg)
    for run in (earlier, later):
        check_at_hand(runs, run, snapshot)
    return earlier, later


def _walls(session: Session, principal: Principal, now: datetime) -> Walls:
    return walls_of(session, principal.staff, now)
