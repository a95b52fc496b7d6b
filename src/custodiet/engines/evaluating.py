"""Runs a pack over real and fake accesses in a session that holds the relations of a run, and counts what it explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlglot import exp

from custodiet.engines import linking
from custodiet.engines.duckdb import Session
from custodiet.explain import compiler, second_pass, states
from custodiet.explain.fakes import DRAWS, FAKE_ACCESS, RARE, SAMPLED, SERVING, TIE, Family
from custodiet.explain.pack import Pack
from custodiet.explain.template import After, Template
from custodiet.explain.trials import Fakes, Sampling, Trial, Trials
from custodiet.relations.query import Query

_MATCHES = Query("custodiet.engines", "matches_of.sql")
_REAL_MATCHES = Query("custodiet.engines", "matches_of_sampled.sql")
_REAL = Query("custodiet.engines", "sampled_first.sql")
_TIES = Query("custodiet.engines", "ties_counted.sql")
_DRAWN = Query("custodiet.engines", "drawn_counted.sql")
_FAKES = Query("custodiet.engines", "fakes_kept.sql")
#: Fakes of the n-th family are numbered from n times this: above any index of a ledger that a machine can hold.
_APART = 2**44


class _Found(NamedTuple):
    access: int
    template: str
    strength: float


def tried(session: Session, pack: Pack, sampling: Sampling) -> Trials:
    """Return what the pack finds; the session holds the run that an audit with the same pack made, and `access` of it."""
    session.create_table("sampled_access", SAMPLED, {"seed": sampling.seed, "count": sampling.count})
    session.create_table("serving", SERVING)
    session.create_table("fake_tie", TIE, {"bearers": RARE})
    drawn = {family: _fake(session, family, number, sampling.seed) for number, family in _numbered(sampling.families)}
    _all_fakes(session, sampling.families)
    _explain_fakes(session, pack)
    return Trials(
        real=_real(session),
        fakes=[_kept(session, family, number, drawn[family]) for number, family in _numbered(sampling.families)],
        ties=dict(session.rows(_TIES)),
    )


def _numbered(families: Sequence[Family]) -> list[tuple[int, Family]]:
    return list(enumerate(families, 1))


def _fake(session: Session, family: Family, number: int, seed: str) -> int:
    query, bounds = DRAWS[family]
    session.create_table("draw", query, {"seed": seed, **bounds})
    session.create_table(f"fake_{number}", FAKE_ACCESS, {"offset": number * _APART})
    [(drawn,)] = session.rows(_DRAWN)
    session.drop("draw")
    return int(drawn)


def _all_fakes(session: Session, families: Sequence[Family]) -> None:
    each = [exp.select("*").from_(f"fake_{number}") for number, _ in _numbered(families)]
    session.create_table("fake_access", exp.union(*each, distinct=False) if len(each) > 1 else each[0])


def _explain_fakes(session: Session, pack: Pack) -> None:
    """Run both passes over the fakes; what the second rests on are the real accesses that the first pass explained."""
    first = pack.of_pass(After.NOTHING)
    session.create_table("first_found", _of_templates("explanation", first))
    session.create_table("first_state", _states(pack, "access", "first_found"))
    session.create_table("explained_access", second_pass.explained_access("access", "first_state"))
    linking.find(session, "fake_found", first, "fake_access")
    session.create_table("fake_state", _states(pack, "fake_access", "fake_found"))
    session.create_table("residual_access", second_pass.residual_access("fake_access", "fake_state"))
    columns = compiler.columns_read(pack.templates)
    session.create_table("requested_access", second_pass.requested_access("residual_access", columns))
    linking.find(session, "requested_found", first, "requested_access")
    session.create_table("requested_state", _states(pack, "requested_access", "requested_found"))
    requests = second_pass.explained_request("requested_access", "requested_state", "requested_found")
    session.create_table("explained_request", requests)
    linking.add(session, "fake_found", pack.of_pass(After.EXPLAINED), "residual_access")


def _of_templates(relation: str, templates: Sequence[Template]) -> exp.Select:
    names = [exp.Literal.string(template.id) for template in templates]
    return exp.select("*").from_(relation).where(exp.In(this=exp.column("template"), expressions=names))


def _states(pack: Pack, accesses: str, found: str) -> exp.Select:
    """Nothing is awaited here: a fake whose reason may still come in counts as what it is now."""
    return states.compiled_states(pack.templates, pack.thresholds, (), accesses=accesses, found=found)


def _real(session: Session) -> dict[int, Trial]:
    matches = _by_access(session, _REAL_MATCHES)
    return {access: Trial(first=first, matches=matches.get(access, {})) for access, first in session.rows(_REAL)}


def _kept(session: Session, family: Family, number: int, drawn: int) -> Fakes:
    low = number * _APART
    bounds = {"low": low, "high": low + _APART}
    matches = _by_access(session, _MATCHES, bounds)
    kept = {
        made_from: Trial(first=first, matches=matches.get(made_from, {}))
        for made_from, first in session.rows(_FAKES, bounds)
    }
    return Fakes(family=family, drawn=drawn, kept=kept)


def _by_access(session: Session, query: Query, bounds: Mapping[str, int] | None = None) -> dict[int, dict[str, float]]:
    matches: dict[int, dict[str, float]] = {}
    for row in session.rows(query, bounds):
        found = _Found(*row)
        matches.setdefault(found.access, {})[found.template] = found.strength
    return matches
