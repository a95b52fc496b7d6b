"""The account of one access, put together: its reasons, what they rest on, what was looked for, what was not there."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

from custodiet.app.coverage import not_seen
from custodiet.app.findings import AwaitedSource, Why, actor_then
from custodiet.engines import accounting
from custodiet.engines.duckdb import Session
from custodiet.explain.pack import Pack
from custodiet.explain.plain_words import STATES
from custodiet.model.explanations import State


def account_of(session: Session, pack: Pack, zone: ZoneInfo, event: int) -> Why:
    """Return all that a run says of one access; raises Refused where there is none. Whose eyes it is for is not asked here."""
    account = accounting.why(session, pack, event)
    access, at = account.access, accounting.moment(account.access)
    actor, subject = str(access["actor"]), (str(access["subject"]), str(access["subject_kind"]))
    explained = account.state is State.EXPLAINED
    return Why(
        access={**access, "occurred_at": at},
        actor=actor_then(session, actor, at).words,
        state=account.state.value,
        says=STATES[account.state],
        strength=account.strength,
        explanations=account.explanations,
        nearest_miss=None if explained else accounting.nearest_miss(session, pack, actor, subject, at),
        awaited=[
            AwaitedSource(kind=one.kind, source=one.source, delivered_to=one.delivered_to.replace(tzinfo=UTC))
            for one in account.awaited
        ],
        not_seen=() if explained else not_seen(session, pack, event, str(access["system"]), at),
        zone=zone,
        called=account.called,
    )
