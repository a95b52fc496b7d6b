"""The relations that the second pass reads, as queries over what the first pass wrote."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from custodiet.model.explanations import State


def explained_access(accesses: str, states: str) -> exp.Select:
    """Return the accesses that the first pass explained, with their strength: the relation `explained_access`."""
    return _of_state(accesses, states, exp.EQ).select(exp.column("strength", table="s"))


def residual_access(accesses: str, states: str) -> exp.Select:
    """Return the accesses that the first pass did not explain: the only ones that the second pass looks at."""
    return _of_state(accesses, states, exp.NEQ)


def found_of(found: str, accesses: str) -> exp.Select:
    """Return the rows of the relation `found` that are about these accesses."""
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("f")))
        .from_(exp.to_table(found).as_("f"))
        .join(exp.to_table(accesses).as_("a"), on=_same("access", "a", "f"), join_type="semi")
    )


def final_state(first: str, residual: str) -> exp.Query:
    """Return the relation `access_state`: what the first pass explained stays so, the second pass decides on the rest."""
    explained = exp.EQ(this=exp.column("state"), expression=exp.Literal.string(State.EXPLAINED))
    rest = exp.select("*").from_(residual)
    return exp.union(exp.select("*").from_(first).where(explained), rest, distinct=False)


def requested_access(accesses: str, columns: Sequence[str]) -> exp.Select:
    """Return the accesses made for somebody else, with the requester in the actor's place."""
    requester, actor = exp.column("requester", quoted=True), exp.column("actor", quoted=True)
    kept = [requester.as_("actor") if name == "actor" else exp.column(name, quoted=True) for name in columns]
    return exp.select(*kept).from_(accesses).where(exp.NEQ(this=requester.copy(), expression=actor))


def explained_request(accesses: str, states: str, found: str) -> exp.Select:
    """Return the requests whose requester has a reason of his own: the relation `explained_request`.

    Its rows are those of the strongest instance of the strongest template; among equals the smallest rows.
    """
    rows = exp.Ordered(this=exp.column("rests_on", table="f"), nulls_first=False)
    strongest = exp.Ordered(this=exp.column("strength", table="f"), desc=True, nulls_first=False)
    number = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column("access", table="a")],
        order=exp.Order(expressions=[strongest, rows]),
    )
    return (
        exp.select(
            exp.column("access", table="a"),
            exp.column("requester", table="a", quoted=True),
            exp.column("template", table="s"),
            exp.column("strength", table="s"),
            exp.column("rests_on", table="f"),
        )
        .from_(exp.to_table(accesses).as_("a"))
        .join(exp.to_table(states).as_("s"), on=_same("access", "s", "a"))
        .join(exp.to_table(found).as_("f"), on=exp.and_(_same("access", "f", "a"), _same("template", "f", "s")))
        .where(exp.EQ(this=exp.column("state", table="s"), expression=exp.Literal.string(State.EXPLAINED)))
        .qualify(exp.EQ(this=number, expression=exp.Literal.number(1)))
    )


def _of_state(accesses: str, states: str, compare: type[exp.Binary]) -> exp.Select:
    return (
        exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("a")))
        .from_(exp.to_table(accesses).as_("a"))
        .join(exp.to_table(states).as_("s"), on=_same("access", "s", "a"))
        .where(compare(this=exp.column("state", table="s"), expression=exp.Literal.string(State.EXPLAINED)))
    )


def _same(column: str, left: str, right: str) -> exp.Expr:
    return exp.EQ(this=exp.column(column, table=left), expression=exp.column(column, table=right))
