"""The figures of a proposal as a record of the ledger holds them: whole numbers and texts, nothing of any person."""

from __future__ import annotations

from typing import Any

from custodiet_mining.decoration import edges
from custodiet_mining.proposal import Mined, Proposal, median
from custodiet_mining.weighing import AGAINST, MISUSE


def figures_of(proposal: Proposal, mined: Mined) -> dict[str, Any]:
    """Return what was measured, so that the sheet can be written again from the ledger alone. Shares are parts of a million."""
    return {
        "path": str(proposal.candidate.path),
        "residue": mined.residue,
        "sampled": mined.sampled,
        "support": proposal.support,
        "adds": proposal.adds,
        "would_close": proposal.would_close,
        "ratio_hundredths": round(proposal.weighed.ratio * 100),
        "score": round(proposal.score),
        "prices": {family: round(share * 1_000_000) for family, share in proposal.weighed.prices.items()},
        "fakes": {family: mined.pool[family] for family in proposal.weighed.prices},
        "against": [family for family in AGAINST if mined.pool.get(family)],
        "swallowed": round(proposal.weighed.swallowed * 1_000_000),
        "misuse_like": [family for family in MISUSE if mined.pool.get(family)],
        "fanout": [[people, accesses] for people, accesses in sorted(proposal.fanout.items())],
        "fanout_median": median(proposal.fanout),
        "weeks": [[week.begins.isoformat(), week.residue, week.matched] for week in proposal.weeks],
        "trusts": [[one.relation, one.source, one.accesses] for one in proposal.trusts],
        "lag_looked_at": [round(bound.total_seconds()) for bound in (edges()[0], edges()[-1])],
    }
