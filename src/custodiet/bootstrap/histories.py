"""What was known when, over the real runs of a vault. Who asks has had his look recorded and the walls asked before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from custodiet.app.comparing import ChangeTold, Compared
from custodiet.app.history import FindingHistory, FindingThen, StateThen, in_spells
from custodiet.app.known_runs import KnownRun, is_at_hand, known_runs
from custodiet.app.permissions import Desk
from custodiet.app.runs import Runs
from custodiet.bootstrap.comparing import paired, telling
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.cases.visibility import Walls
from custodiet.engines import changing, history
from custodiet.engines.analysis import KEPT
from custodiet.engines.duckdb import Session
from custodiet.engines.history import Judged
from custodiet.model.changes import ChangeKind
from custodiet.model.explanations import State


class Histories:
    """The audits of a vault that are at hand and are what the ledger says of them, in the order of what they knew."""

    def __init__(self, desk: Desk, walls: Walls) -> None:
        """Read the ledger; no run is opened yet."""
        self._desk, self._walls = desk, walls
        self._snapshot: Snapshot = VaultLedger(desk.vault).read()
        self._runs = Runs.of(desk.vault)
        self._known = sorted(known_runs(self._snapshot), key=lambda run: (run.size, run.entry))

    def of_access(self, access: int) -> list[StateThen]:
        """Return what was said of the access when, and what changed it."""
        with Session(scratch=self._desk.vault.scratch) as session:
            history.ask(session, [access])
            judged = [
                (run, one)
                for run in self._at_hand(access, history.STATES_READ)
                for one in self._seen(history.states_then(session, self._runs.path(run.name)))
            ]
        spells = in_spells([_state_then(run, one) for run, one in judged], _same_state)
        ends = _ends([run for run, _ in judged], spells)
        return (
            [spells[0], *(self._changed(access, *pair) for pair in zip(ends, spells[1:], strict=True))]
            if spells
            else []
        )

    def of_finding(self, accesses: Sequence[int]) -> FindingHistory:
        """Return what was said of these accesses of one finding when, and since when which of them are re-opened."""
        then: list[FindingThen] = []
        judged: list[tuple[KnownRun, list[Judged]]] = []
        with Session(scratch=self._desk.vault.scratch) as session:
            history.ask(session, accesses)
            for run in self._at_hand(min(accesses), history.FINDINGS_READ):
                folder = self._runs.path(run.name)
                said = self._seen(history.states_then(session, folder))
                if said:
                    judged.append((run, said))
                    then.append(_finding_then(run, said, history.findings_then(session, folder)))
        return replace(self._reopened(judged), then=in_spells(then, _same_finding))

    def _reopened(self, judged: Sequence[tuple[KnownRun, list[Judged]]]) -> FindingHistory:
        """Return the last audit that found accesses explained no more that still are not, and what it came by."""
        if not judged:
            return FindingHistory()
        open_now = {one.access for one in judged[-1][1] if one.state is not State.EXPLAINED}
        for (before, was), (after, now) in reversed(list(pairwise(judged))):
            explained = {one.access for one in was if one.state is State.EXPLAINED}
            lost = {one.access for one in now if one.state is not State.EXPLAINED} & explained & open_now
            if lost:
                told = self._told(sorted(lost), before, after)
                reopened = [one for one in told if one.change.change is ChangeKind.REOPENED]
                return FindingHistory(reopened_since=Compared.of(after), reopened=reopened)
        return FindingHistory()

    def _changed(self, access: int, ends: tuple[KnownRun, KnownRun], spell: StateThen) -> StateThen:
        told = self._told([access], *ends)
        return replace(spell, sentence=told[0].sentence) if told else spell

    def _told(self, accesses: Sequence[int], before: KnownRun, after: KnownRun) -> list[ChangeTold]:
        """Return what changed of these accesses between the two runs; nothing where a run is not whole."""
        if not (self._is_whole(before) and self._is_whole(after)):
            return []
        pair = paired(self._desk.vault, self._snapshot, before, after)
        with telling(self._desk, before, after) as teller, Session(scratch=self._desk.vault.scratch) as session:
            history.ask(session, accesses)
            rows = [row for run in (pair.earlier, pair.later) for row in history.rested_then(session, run.folder)]
            changing.compare(session, pair, only=[*accesses, *rows])
            changing.put_up(session, [self._walls])
            found = (changing.changes(session, most=1, only=access) for access in accesses)
            return [teller.told(one) for each in found for one in each]

    def _is_whole(self, run: KnownRun) -> bool:
        """Tell whether the run has every relation that this version of the software keeps, as it was written."""
        return set(KEPT) <= set(run.digests[0]) and is_at_hand(self._runs, run, self._snapshot, tuple(KEPT))

    def _at_hand(self, access: int, relations: Sequence[str]) -> list[KnownRun]:
        """Return the runs that know the access and whose relations are as they were written."""
        known = [run for run in self._known if run.size > access]
        return [run for run in known if is_at_hand(self._runs, run, self._snapshot, relations)]

    def _seen(self, judged: Sequence[Judged]) -> list[Judged]:
        return [one for one in judged if not self._walls.ties(one.actor, one.subject)]


def _ends(runs: Sequence[KnownRun], spells: Sequence[StateThen]) -> list[tuple[KnownRun, KnownRun]]:
    """Return for each change the last run that said one thing and the first that said the next."""
    ends, at = [], 0
    for spell in spells[:-1]:
        at += spell.audits
        ends.append((runs[at - 1], runs[at]))
    return ends


def _state_then(run: KnownRun, judged: Judged) -> StateThen:
    return StateThen(
        first=Compared.of(run),
        looked_back=run.looked_back,
        audits=1,
        state=judged.state.value,
        strength=judged.strength,
        template=judged.template,
        sentence=None,
    )


def _same_state(then: StateThen) -> object:
    return then.state, then.strength, then.template


def _finding_then(run: KnownRun, judged: Sequence[Judged], findings: Sequence[tuple[str, int]]) -> FindingThen:
    states = Counter(one.state for one in judged)
    name, score = findings[0] if findings else (None, None)
    return FindingThen(
        first=Compared.of(run),
        looked_back=run.looked_back,
        audits=1,
        finding=name,
        score=score,
        accesses=len(judged),
        explained=states[State.EXPLAINED],
        weak=states[State.WEAK],
        pending=states[State.PENDING],
        unexplained=states[State.UNEXPLAINED],
    )


def _same_finding(then: FindingThen) -> object:
    counts = (then.accesses, then.explained, then.weak, then.pending, then.unexplained)
    return then.finding, then.score, counts
