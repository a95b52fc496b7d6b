"""Dropping rows whose period is over, as the vault's published policy says; what is held stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from custodiet.app.redacting import check_keeper
from custodiet.app.retaining import Ages, Planned, State, planned
from custodiet.app.runs import Runs
from custodiet.app.unfinished_erasure import UnfinishedErasure, emptied
from custodiet.app.vault import Principal, Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger, Writer
from custodiet.bootstrap.redacting import may_hold
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.engines import erasing
from custodiet.engines.duckdb import Session
from custodiet.engines.erasing import Told
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.engines.quarantine_erasing import places
from custodiet.errors import BadInput, Refused
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.retention import Drop
from custodiet.ledger.retention_policy import FILE, Policy, read_policy
from custodiet.logstore.ages import ages
from custodiet.logstore.lock import writing

#: Segments dropped at a stroke: more ranges would not fit into one record.
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What the policy says of each segment on a day, and the record under which those that are over were dropped."""

    policy: Policy
    as_of: date
    segments: list[Planned]
    record: int | None = None  # None: nothing was dropped


def retain(folder: Path, as_of: date | None = None, *, apply: bool = False) -> Retained:
    """Return the plan for that day (default: today, in UTC); with `apply`, the segments that are over are dropped.

    Raises BadInput for a policy that is wrong or not there; Refused for a principal without the duty, a day that has not
    come, or a lean log.
    """
    vault, today = Vault(folder), datetime.now(UTC).date()
    vault.settings()
    principal, policy, day = vault.principal(login()), _policy(vault), as_of or today
    if not apply:
        return _plan(vault, VaultLedger(vault).read(), policy, day)
    check_keeper(principal, "drop rows under the policy")
    if day > today or policy.published > today:
        msg = "nothing is dropped as of a day that has not come, or under a policy that is not published yet"
        raise Refused(msg)
    vault.derived.mkdir(parents=True, exist_ok=True)
    with writing(vault.derived / "lock"), VaultLedger(vault).write() as writer:
        plan = _plan(vault, writer.read(), policy, day)
        going = [each for each in plan.segments if each.state is State.OVER][:_MOST]
        return replace(plan, record=_carry_out(vault, writer, plan, going, principal)) if going else plan


def _carry_out(vault: Vault, writer: Writer, plan: Retained, going: Sequence[Planned], principal: Principal) -> int:
    authorities = dict.fromkeys(authority for each in going for authority in each.authorities)
    emptied_places, keys = _outside(vault, writer.read(), going)
    record = writer.drop(
        Drop(
            by=principal.login,
            at=datetime.now(UTC),
            authority="; ".join(authorities),
            entries=tuple((each.start, each.end) for each in going),
            policy=plan.policy.digest,
        )
    )
    UnfinishedErasure(vault.folder).begin(record, emptied_places, keys)
    Runs.of(vault).forget_from(min(each.start for each in going))
    for folder in (vault.staging, vault.scratch):
        emptied(folder)
    writer.commit()
    writer.finish_erasure()
    return record


def _outside(vault: Vault, snapshot: Snapshot, going: Sequence[Planned]) -> tuple[list[tuple[str, int]], list[str]]:
    """Return what must go outside the ledger: places in quarantine, and keys of digests, as with an erasure."""
    deliveries = [body for _, body in snapshot.records("delivery/1")]
    waiting = list(Quarantine(vault.quarantine).entries([str(body["delivery"]) for body in deliveries]))
    found: dict[tuple[str, int], None] = {}
    origins: dict[tuple[str, str], Told] = {}
    for each in going:
        rows = _told(vault, snapshot, each)
        found |= dict.fromkeys(places(waiting, rows))
        origins |= {(row.delivery, row.source): row for row in rows}
    return list(found), may_hold(deliveries, list(origins.values()))


def _told(vault: Vault, snapshot: Snapshot, segment: Planned) -> list[Told]:
    if not ENTRY_TYPES[segment.typ].beside:
        return []
    with Session(scratch=vault.scratch) as session:
        path = snapshot.path_of(segment.start)
        erasing.choose(session, segment.typ, [path], range(segment.start, segment.end))
        return erasing.told(session)


def _plan(vault: Vault, snapshot: Snapshot, policy: Policy, day: date) -> Retained:
    holds, found = snapshot.holds(), []
    for each in snapshot.log.manifest.held():
        if each.typ in ENTRY_TYPES:
            rows = [
                Ages(source=age.source, first=_day(age.first), last=_day(age.last), open=age.open)
                for age in ages(snapshot.path_of(each.start), each.typ)
            ]
            found.append(planned((each.start, each.end, each.typ), rows, policy, holds, day))
    return Retained(policy=policy, as_of=day, segments=_without_statements(vault, snapshot, found))


def _without_statements(vault: Vault, snapshot: Snapshot, found: Sequence[Planned]) -> list[Planned]:
    """Facts that replaced earlier statements stay as long as these: otherwise the earlier ones would stand again."""
    going: list[int] = []
    kept: list[Planned] = []
    for each in found:
        after = each
        if each.typ == "fact/1" and each.state is State.OVER:
            chosen = [*going, *range(each.start, each.end)]
            with Session(scratch=vault.scratch) as session:
                erasing.choose(session, each.typ, snapshot.segments(each.typ), chosen)
                stands = bool(erasing.earlier_statements(session))
            after, going = (replace(each, state=State.STANDS), going) if stands else (each, chosen)
        kept.append(after)
    return kept


def _policy(vault: Vault) -> Policy:
    path = vault.folder / FILE
    if not path.is_file():
        raise BadInput(f"The vault has no {FILE}: without a published policy everything is kept.")
    return read_policy(path.read_bytes())


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.date()
