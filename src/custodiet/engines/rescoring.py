"""Explains again only what changed since an earlier run: new accesses, and those that facts which came or went can touch.

Reads `access` and the relations of context as they are known now, and those of the earlier run under the same names after
`base_`, with its `base_explanation` and `base_access_state`. What comes out is row for row what `explain` makes of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlglot import exp

from custodiet.engines import linking, touching
from custodiet.engines.changes import changed_accesses, changed_facts
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import States, request, states_in
from custodiet.engines.group_members import learn_groups, reads_groups
from custodiet.explain import compiler, rescored, second_pass
from custodiet.explain.links import FIRST, LAST
from custodiet.explain.lookback import lookback
from custodiet.explain.pack import Pack
from custodiet.explain.template import After
from custodiet.explain.touched import traceable
from custodiet.relations.catalogue import EXPLANATION
from custodiet.relations.kinds import KINDS

#: The relations of the earlier run that are read.
READ_AGAIN = (*(kind.name for kind in KINDS), "access", "crowd", "explanation", "access_state")
#: What is left in the session besides the two relations, for who asks what was explained again.
AGAIN = "again"
_SCRATCH = ("touched_pair", "crowding", "changed_crowd", "first_again", "asked_access", "first_state", "stood_access",
            "stood_open", "turned_access", "touched_later", "asked_again", "left_open", "second_again", "residual_access",
            "near_access", "near_open", "explained_access", "requested_access", "requested_found", "requested_state",
            "explained_request", "explanation_again", "state_again", "open_before", "open_access", "open_found",
            "state_open")  # fmt: skip


def can_rescore(pack: Pack) -> bool:
    """Tell whether it is known of each template of the pack what a changed row can touch: not of one that reads learned groups."""
    return not reads_groups(pack.templates) and all(traceable(template) for template in pack.of_pass(After.NOTHING))


def rescore(session: Session, pack: Pack, since: int) -> None:
    """Make `explanation` and `access_state` from the earlier run of `since` entries; context must be bound."""
    rescore_changed(session, pack, since)
    _together(session, pack)
    learn_groups(session, pack.templates)
    for name in _SCRATCH:
        session.drop(name)


def rescore_changed(session: Session, pack: Pack, since: int) -> None:
    """Make `explanation_again` and `state_again` of the accesses that are explained again, and `again`, their numbers."""
    kinds, states_of = frozenset(changed_facts(session)), states_in(session, pack)
    _first_again(session, pack, since, kinds)
    columns = compiler.columns_read(pack.templates)
    session.create_table("asked_access", rescored.rows_of("access", columns, "first_again"))
    linking.find(session, "explanation_again", pack.of_pass(After.NOTHING), "asked_access")
    states_of("first_state", "asked_access", "explanation_again")
    _second_again(session, pack, kinds)
    _second_pass(session, pack, states_of)
    again = exp.union(
        exp.select("access").from_("first_again"), exp.select("access").from_("second_again"), distinct=False
    )
    session.create_table(AGAIN, again)
    session.create_table("asked_access", rescored.rows_of("access", columns, AGAIN))
    states_of("state_again", "asked_access", "explanation_again")


def _first_again(session: Session, pack: Pack, since: int, kinds: frozenset[str]) -> None:
    first = pack.of_pass(After.NOTHING)
    touching.count_crowds(session, pack.templates, kinds)
    found = [*touching.of_changed(first, kinds), *touching.of_crowds(session, pack)]
    touching.touched(session, "touched_pair", found)
    session.create_table("first_again", changed_accesses(since, kinds))
    touching.accesses_of(session, "touched_pair", "first_again")


def _second_again(session: Session, pack: Pack, kinds: frozenset[str]) -> None:
    """Make `second_again`: accesses outside `first_again` to which the second pass may say something else than before."""
    columns = compiler.columns_read(pack.templates)
    session.create_table("stood_access", rescored.stood(columns))
    session.create_table("stood_open", rescored.residual_before(pack.templates, "stood_access"))
    session.create_table("turned_access", rescored.turned(columns))
    session.create_view("looked_access", _looked(columns))
    later = [
        one for one in pack.of_pass(After.EXPLAINED) if all(hop.relation != "explained_request" for hop in one.path)
    ]
    touching.touched(session, "touched_later", touching.of_changed(later, kinds | {"explained_access"}))
    session.create_table("asked_again", exp.select("access").from_("first_again").where(exp.false()))
    touching.accesses_of(session, "touched_later", "asked_again")
    touching.accesses_of(session, "touched_pair", "asked_again", actor="requester")
    session.create_table("left_open", rescored.residual_before(pack.templates, "asked_again"))
    session.create_table("second_again", rescored.left_open("asked_again", "left_open"))


def _second_pass(session: Session, pack: Pack, states_of: States) -> None:
    columns = compiler.columns_read(pack.templates)
    open_again = second_pass.residual_access("asked_access", "first_state")
    other = rescored.rows_of("access", columns, "second_again")
    session.create_table("residual_access", exp.union(open_again, other, distinct=False))
    _reached(session, pack, columns)
    request(session, pack, states_of)
    kept = rescored.first_pass_kept(pack.templates)
    session.execute(exp.Insert(this=exp.to_table("explanation_again"), expression=kept))
    linking.add(session, "explanation_again", pack.of_pass(After.EXPLAINED), "residual_access")


def _reached(session: Session, pack: Pack, columns: tuple[str, ...]) -> None:
    """Make `explained_access`, as far as the accesses of `residual_access` can reach."""
    within = lookback(pack.of_pass(After.EXPLAINED))
    span: Mapping[str, datetime | None] = linking.span_of(session, "residual_access") or dict.fromkeys((FIRST, LAST))
    session.create_table("near_access", rescored.near(columns, within), span)
    session.create_table("near_open", rescored.residual_before(pack.templates, "near_access"))
    session.create_table("explained_access", rescored.explained_within(columns, within), span)


def _together(session: Session, pack: Pack) -> None:
    """Make the whole of what stands as it was and of what was found again."""
    columns, states_of = compiler.columns_read(pack.templates), states_in(session, pack)
    found = exp.select("*").from_("explanation_again")
    session.create_table("explanation", exp.union(rescored.standing("explanation"), found, distinct=False))
    _open_states(session, columns, states_of)
    parts = [rescored.settled_states(), *(exp.select("*").from_(one) for one in ("state_again", "state_open"))]
    session.create_table("access_state", exp.union(*parts, distinct=False))


def _open_states(session: Session, columns: tuple[str, ...], states_of: States) -> None:
    """Make `state_open`: what has come in decides anew whether an access that stands as it was is still pending."""
    session.create_table("open_before", rescored.open_before())
    session.create_table("open_access", rescored.rows_of("access", columns, "open_before"))
    session.create_table("open_found", rescored.rows_of("explanation", EXPLANATION.names, "open_before"))
    states_of("state_open", "open_access", "open_found")


def _looked(columns: tuple[str, ...]) -> exp.Select:
    strength = exp.cast(exp.Literal.number(1), "DOUBLE").as_("strength")
    return exp.select(*(exp.column(name, quoted=True) for name in columns), strength).from_("access")
