"""Queries by which a run is made from an earlier one: what is explained again, and what stands as it was.

The relations of the earlier run bear its names after `base_`. The tables that these queries read and write:

| table | holds |
|---|---|
| `touched_pair` (actor, subject, valid_from, valid_to) | what changed rows can touch in the first pass |
| `first_again` (access) | accesses whose first pass is made again |
| `stood_access`, `stood_open` | those of them that the earlier run holds, and which of these its first pass left open |
| `touched_later` (actor, subject, valid_from, valid_to) | what changed looks and rows can touch in the second pass |
| `second_again` (access) | accesses, not explained by the first pass, whose second pass is made again |
| `near_access`, `near_open` | the other accesses that the second pass can reach, and which of these the first pass left open |
| `again` (access) | all that are explained again |
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.links import FIRST, LAST
from custodiet.explain.lookback import Lookback
from custodiet.explain.template import After, Hop, Reference, Template
from custodiet.explain.touched import BASE, extent, touched
from custodiet.model.explanations import State

_LOOKED = {"explained_access": ("turned_access", "looked_access")}


def touching(template: Template, alias: str) -> exp.Select:
    """Return the query for all that rows that came or went at that hop can touch through the template.

    Rows that came or went lie in `changed_RELATION`, and all that stand or stood in `ever_RELATION`. A look that is no longer
    what it was lies in `turned_access`; which others are explained does not matter here, so `looked_access` is all of them.
    """
    tables = {hop.alias: _ever(hop.relation) for hop in template.path}
    tables[alias] = _changed(template.hop(alias).relation)
    return touched(template, tables)


def extent_of(template: Template, alias: str) -> exp.Select:
    """Return the query for how many rows came or went that the hop can be, and what time they span (`touched.extent`)."""
    return extent(template, alias, _changed(template.hop(alias).relation))


def crowds_kept(template: Template) -> exp.Select:
    """Return the crowds of the earlier run of which the table `crowding` says nothing."""
    own = exp.EQ(this=exp.column("template", table="b"), expression=exp.Literal.string(template.id))
    same = exp.EQ(this=exp.column("fact", table="c"), expression=exp.column("fact", table="b"))
    return (
        exp.select(*(exp.column(name, table="b") for name in ("template", "fact", "people")))
        .from_(exp.to_table(f"{BASE}crowd").as_("b"))
        .join(exp.to_table("crowding").as_("c"), on=same, join_type="anti")
        .where(own)
    )


def changed_crowds() -> exp.Query:
    """Return the rows of `crowd` that are not those of the earlier run, and those of the earlier run that are no more."""
    names = ("template", "fact", "people")
    now, before = (exp.select(*names).from_(one) for one in ("crowd", f"{BASE}crowd"))
    came, went = exp.except_(now, before, distinct=True), exp.except_(before.copy(), now.copy(), distinct=True)
    return exp.union(
        exp.select(*names).from_(came.subquery("c")), exp.select(*names).from_(went.subquery("w")), distinct=False
    )


def touched_crowds(template: Template) -> exp.Select:
    """Return the query for all that the template says through rows of which `changed_crowd` tells."""
    query = touched(template, {one.alias: _ever(one.relation) for one in template.path})
    return query.where(_of_changed_crowd(template))


def extent_of_crowds(template: Template) -> exp.Select:
    """Return the query for how many rows excuse fewer or more people than before, and what time they span (`touched.extent`)."""
    through = _through(template)
    return extent(template, through.alias, _ever(through.relation)).where(_of_changed_crowd(template))


def _of_changed_crowd(template: Template) -> exp.Expr:
    own = exp.EQ(this=exp.column("template"), expression=exp.Literal.string(template.id))
    facts = exp.select("fact").from_("changed_crowd").where(own).subquery()
    return exp.In(this=compiler.column_of(Reference(_through(template).alias, "fact")), query=facts)


def _through(template: Template) -> Hop:
    assert template.strength.fanout is not None
    return template.hop(template.strength.fanout.through)


def widest(pairs: str) -> exp.Select:
    """Return each pair of the table `pairs` once, with the first start and the last end of its periods."""
    keys = ("actor", "subject")
    start, end = exp.func("min", exp.column("valid_from")), exp.func("max", exp.column("valid_to"))
    return exp.select(*keys, start.as_("valid_from"), end.as_("valid_to")).from_(pairs).group_by(*keys)


def of_pairs(pairs: str, besides: str, actor: str = "actor") -> exp.Select:
    """Return the query for the accesses of these pairs in their periods, from $first to $last, that `besides` does not hold.

    `actor` names the column that holds the one who looked.
    """
    a, p = "a", "p"
    at = exp.column("occurred_at", table=a)
    return (
        exp.select(exp.column("access", table=a))
        .from_(exp.to_table("access").as_(a))
        .join(
            exp.to_table(pairs).as_(p),
            on=exp.and_(
                exp.EQ(this=exp.column("actor", table=p), expression=exp.column(actor, table=a)),
                exp.EQ(this=exp.column("subject", table=p), expression=exp.column("subject", table=a)),
                exp.GTE(this=at, expression=exp.column("valid_from", table=p)),
                exp.LT(this=at.copy(), expression=exp.column("valid_to", table=p)),
            ),
        )
        .join(exp.to_table(besides).as_("o"), on=_same("o", a), join_type="anti")
        .where(*_within(Lookback(before=timedelta(0), after=timedelta(0))))
    )


def rows_of(accesses: str, columns: Sequence[str], numbers: str) -> exp.Select:
    """Return these columns of the accesses whose numbers are in the table `numbers`, each once."""
    wanted = [exp.column(name, table="a", quoted=True) for name in columns]
    few = exp.to_table(numbers).as_("q")
    return exp.select(*wanted).from_(exp.to_table(accesses).as_("a")).join(few, on=_same("q", "a"))


def residual_before(templates: Sequence[Template], among: str) -> exp.Query:
    """Return, of the accesses in the table `among`, those that the first pass of the earlier run left without an explanation.

    They are those that are not explained, and those that a template of the second pass explains.
    """
    later = [exp.Literal.string(one.id) for one in templates if one.after is After.EXPLAINED]
    open_ = exp.NEQ(this=exp.column("state", table="b"), expression=exp.Literal.string(State.EXPLAINED))
    left = _before(f"{BASE}access_state", among).where(open_)
    if not later:
        return left
    second = exp.In(this=exp.column("template", table="b"), expressions=later)
    return exp.union(left, _before(f"{BASE}explanation", among).where(second), distinct=True)


def _before(relation: str, among: str) -> exp.Select:
    """The accesses of the earlier run's relation; an inner join, so that its many rows are looked up by the few numbers."""
    few = exp.to_table(among).as_("q")
    return (
        exp.select(exp.column("access", table="b")).from_(exp.to_table(relation).as_("b")).join(few, on=_same("q", "b"))
    )


def left_open(asked: str, open_before: str) -> exp.Select:
    """Return the accesses asked for that the first pass left open before (a table) and is not made again for."""
    return (
        exp.select(exp.column("access", table="q"))
        .distinct()
        .from_(exp.to_table(asked).as_("q"))
        .join(exp.to_table(open_before).as_("o"), on=_same("o", "q"), join_type="semi")
        .join(exp.to_table("first_again").as_("f"), on=_same("f", "q"), join_type="anti")
    )


def stood(columns: Sequence[str]) -> exp.Select:
    """Return the accesses of `first_again` that the earlier run holds, as it holds them."""
    wanted = [exp.column(name, table="a", quoted=True) for name in columns]
    again = exp.to_table("first_again").as_("f")
    return exp.select(*wanted).from_(exp.to_table(f"{BASE}access").as_("a")).join(again, on=_same("f", "a"))


def turned(columns: Sequence[str]) -> exp.Query:
    """Return the looks of `first_again` that the first pass explains and did not before, or the other way round.

    Those that stood, and what the first pass left open of them, lie in `stood_access` and `stood_open`; how they are now, in
    `asked_access` and `first_state`.
    """
    now = _explained("asked_access", columns, "first_state")
    before = _explained("stood_access", columns, f"{BASE}access_state", "stood_open")
    lost = exp.except_(before, now.copy(), distinct=True)
    won = exp.except_(now, before.copy(), distinct=True)
    return exp.union(
        exp.select("*").from_(won.subquery("w")), exp.select("*").from_(lost.subquery("l")), distinct=False
    )


def near(columns: Sequence[str], span: Lookback) -> exp.Select:
    """Return the accesses outside `first_again` within reach of those from $first to $last."""
    wanted = [exp.column(name, table="a", quoted=True) for name in columns]
    again = exp.to_table("first_again").as_("f")
    query = exp.select(*wanted).from_(exp.to_table("access").as_("a")).join(again, on=_same("f", "a"), join_type="anti")
    return query.where(*_within(span))


def explained_within(columns: Sequence[str], span: Lookback) -> exp.Query:
    """Return the relation `explained_access`, as far as accesses from $first to $last can reach.

    Those outside `first_again`, and what the first pass left open of them, lie in `near_access` and `near_open`.
    """
    now = _explained("asked_access", columns, "first_state").where(*_within(span))
    before = _explained("near_access", columns, f"{BASE}access_state", "near_open")
    return exp.union(now, before, distinct=False)


def first_pass_kept(templates: Sequence[Template]) -> exp.Select:
    """Return the rows of the earlier run's first pass for the accesses of `second_again`."""
    first = [exp.Literal.string(one.id) for one in templates if one.after is After.NOTHING]
    kept = rows_of(
        f"{BASE}explanation", ("access", "template", "evidence_group", "strength", "rests_on"), "second_again"
    )
    return kept.where(exp.In(this=exp.column("template", table="a"), expressions=first))


def settled_states() -> exp.Select:
    """Return the states of the earlier run that stand whatever has come in meanwhile: those that rest on a strength."""
    return standing("access_state").where(_open(negated=True))


def open_before() -> exp.Select:
    """Return the accesses not explained again that were pending or unexplained: whether they still are hangs on what has come in."""
    return exp.select("access").from_(standing("access_state").where(_open()).subquery("o"))


def _open(*, negated: bool = False) -> exp.Expr:
    states = [exp.Literal.string(one) for one in (State.PENDING, State.UNEXPLAINED)]
    found = exp.In(this=exp.column("state", table="b"), expressions=states)
    return exp.not_(found) if negated else found


def standing(relation: str) -> exp.Select:
    """Return the rows of the earlier run's relation for the accesses that are still there and are not explained again."""
    table, again, there = exp.to_table(BASE + relation).as_("b"), exp.to_table("again").as_("r"), "access"
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("b")))
        .from_(table)
        .join(again, on=_same("r", "b"), join_type="anti")
        .join(exp.to_table(there).as_("a"), on=_same("a", "b"), join_type="semi")
    )


def _explained(accesses: str, columns: Sequence[str], states: str, without: str | None = None) -> exp.Select:
    """Accesses whose state in the table `states` is explained, with that strength."""
    query = (
        exp.select(*(exp.column(name, table="a", quoted=True) for name in columns), exp.column("strength", table="s"))
        .from_(exp.to_table(accesses).as_("a"))
        .join(exp.to_table(states).as_("s"), on=_same("s", "a"))
        .where(exp.EQ(this=exp.column("state", table="s"), expression=exp.Literal.string(State.EXPLAINED)))
    )
    if without is not None:
        query = query.join(exp.to_table(without).as_("n"), on=_same("n", "a"), join_type="anti")
    return query


def _within(span: Lookback) -> list[exp.Expr]:
    first, last = (exp.cast(exp.Parameter(this=exp.var(one)), "TIMESTAMP") for one in (FIRST, LAST))
    at = exp.column("occurred_at", table="a")
    found: list[exp.Expr] = [exp.LTE(this=first, expression=last)]
    for edge, most, compare, move in ((first, span.before, exp.GTE, exp.Sub), (last, span.after, exp.LTE, exp.Add)):
        if most is not None:
            reach = move(this=edge.copy(), expression=compiler.interval(max(most, timedelta(0))))
            found.append(compare(this=at.copy(), expression=reach))
    return found


def _same(left: str, right: str) -> exp.Expr:
    return exp.EQ(this=exp.column("access", table=left), expression=exp.column("access", table=right))


def _changed(relation: str) -> str:
    return _LOOKED[relation][0] if relation in _LOOKED else f"changed_{relation}"


def _ever(relation: str) -> str:
    return _LOOKED[relation][1] if relation in _LOOKED else f"ever_{relation}"
