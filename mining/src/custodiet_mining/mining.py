"""The mining itself: from the residue of a run and a table of fakes to proposals, each with all that was measured of it.

1. A sample of the residue, so many accesses of each actor, and the fakes make the pool.
2. Every path that leads an access of the pool from its actor to its subject is counted by family.
3. The best are decorated: a window from the lags, at most two filters from the classes.
4. What excuses too many people or swallows misuse is dropped; the rest is counted exactly on the whole residue.
5. The best is proposed, then what adds most to it, and so on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from custodiet.engines.duckdb import Session
from custodiet.explain.pack import Pack
from custodiet.explain.template import Template
from custodiet.relations.query import Query
from custodiet_mining.candidate import Candidate
from custodiet_mining.choosing import chosen
from custodiet_mining.drafting import Standing, drafted, group_among
from custodiet_mining.examining import Examiner
from custodiet_mining.examples import with_examples
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path
from custodiet_mining.proposal import Dropped, Mined, Proposal, median
from custodiet_mining.search import found
from custodiet_mining.weighing import REAL, Weighed

RESIDUE = Query("custodiet_mining", "residue.sql")
SAMPLE = Query("custodiet_mining", "residue_sample.sql")
POOL = Query("custodiet_mining", "pool.sql")
POOL_SIZES = Query("custodiet_mining", "pool_sizes.sql")
RESIDUE_SIZE = Query("custodiet_mining", "residue_size.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """A candidate that was decorated and counted on the whole residue."""

    candidate: Candidate
    template: Template
    weighed: Weighed
    strengths: Mapping[int, float]
    fanout: Mapping[int, int]

    def worth(self, support: int) -> float:
        return self.weighed.score(self.candidate.complexity, support)


def mined(session: Session, pack: Pack, limits: Limits) -> Mined:
    """Return what is proposed for the run whose relations the session holds, beside `fake_access`: family and access columns.

    A function of these relations, the pack and the limits: the same give the same proposals.
    """
    pool = laid_out(session, limits)
    walked = found(session, "pool", limits)
    examiner = Examiner(session, limits, pool)
    dropped: list[Dropped] = []
    counted = [
        one for path in _promising(walked, pool, limits) if (one := _counted(examiner, pack, path, limits, dropped))
    ]
    by_name = {one.template.id: one for one in counted}
    taken = chosen(
        list(by_name),
        {name: one.strengths.keys() for name, one in by_name.items()},
        lambda name, support: by_name[name].worth(support),
        least=limits.support,
        most=limits.proposed,
    )
    [(residue,)] = session.rows(RESIDUE_SIZE)
    return Mined(
        residue=residue,
        sampled=pool.get(REAL, 0),
        pool=pool,
        walked=len(walked),
        proposals=[_proposal(examiner, pack, by_name[name], adds) for name, adds in taken],
        dropped=dropped + [_added_little(by_name[name]) for name in by_name if name not in dict(taken)],
    )


def laid_out(session: Session, limits: Limits) -> dict[str, int]:
    """The session has `residue` and `pool`: returns how many accesses of each family the pool holds."""
    session.create_table("residue", RESIDUE)
    session.create_table("sampled", SAMPLE, {"per_actor": limits.per_actor, "most": limits.sampled})
    session.create_table("pool", POOL)
    return dict(session.rows(POOL_SIZES))


def _promising(walked: Mapping[Path, Mapping[str, int]], pool: Mapping[str, int], limits: Limits) -> Sequence[Path]:
    """Return the paths that are worth a closer look, the best first: some support, and more of it than among fakes."""
    weighed = {path: Weighed(matched=counts, pool=pool) for path, counts in walked.items()}
    scores = {
        path: one.score(Candidate(path=path).complexity)
        for path, one in weighed.items()
        if one.support >= min(limits.support, pool.get(REAL, 0)) and one.ratio > 1
    }
    good = sorted((path for path in scores if scores[path] > 0), key=lambda path: (-scores[path], path))
    return good[: limits.considered]


def _counted(examiner: Examiner, pack: Pack, path: Path, limits: Limits, dropped: list[Dropped]) -> _Counted | None:
    """Return the path decorated and counted, or None where it may not be proposed: what the sample refuses is not counted."""
    candidate = examiner.decorated(Candidate(path=path))
    weighed = examiner.weighed(candidate)
    fanout = examiner.fanout(candidate)
    because = _refused(weighed, fanout, limits)
    if because is not None:
        dropped.append(Dropped(path=str(path), support=weighed.support, because=because))
        return None
    closes = weighed.ratio >= limits.closing
    standing = Standing(closes=closes, evidence_group=group_among(pack.templates, path))
    template = with_examples(drafted(candidate, limits, standing))
    strengths = examiner.strengths(template)
    return _Counted(candidate=candidate, template=template, weighed=weighed, strengths=strengths, fanout=fanout)


def _refused(weighed: Weighed, fanout: Mapping[int, int], limits: Limits) -> str | None:
    """Return why the candidate may not be proposed, or None."""
    if median(fanout) > limits.fanout:
        return f"the same rows would excuse {median(fanout)} people (median; at most {limits.fanout})"
    if weighed.swallowed > limits.swallowed:
        return f"it matches {weighed.swallowed:.1%} of the misuse-like fakes (at most {limits.swallowed:.0%})"
    if weighed.ratio <= 1:
        return "it matches fakes as often as real accesses"
    return None


def _added_little(one: _Counted) -> Dropped:
    because = "better proposals match nearly all that it matches"
    return Dropped(path=str(one.candidate.path), support=one.weighed.support, because=because)


def _proposal(examiner: Examiner, pack: Pack, one: _Counted, adds: int) -> Proposal:
    strengths = examiner.strengths(one.template)
    return Proposal(
        candidate=one.candidate,
        template=one.template,
        weighed=one.weighed,
        support=len(strengths),
        adds=adds,
        would_close=sum(strength >= pack.thresholds.explained for strength in strengths.values()),
        score=one.worth(adds),
        fanout=one.fanout,
        weeks=examiner.weeks(),
        trusts=examiner.trusts(one.candidate),
    )
