"""From a template to the query that writes its rows of the relation `explanation`: inner joins on equal keys, no text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache

from sqlglot import exp

from custodiet.explain.opened import only_there, opened
from custodiet.explain.passes import evidence_column, is_learned
from custodiet.explain.settling import settled_query
from custodiet.explain.template import (
    After,
    Fading,
    Fanout,
    Filter,
    Hop,
    Keep,
    Moment,
    RecordedAfter,
    Reference,
    SelfAuthored,
    Strength,
    Template,
    Term,
    Window,
)

#: The name of the table that counts people; no hop can bear it.
FANOUT = "_fanout"
_OPEN = ("0001-01-01 00:00:00", "9999-12-31 00:00:00")


def compiled(template: Template, accesses: str = "access") -> exp.Select:
    """Return the query of one template over the relation `accesses` (columns of `access`): rows of `explanation`."""
    query = exp.select(
        column_of(Reference("access", "access")).as_("access"),
        exp.Literal.string(template.id).as_("template"),
        exp.Literal.string(template.evidence_group).as_("evidence_group"),
        settled_query(_strength(template.strength)).as_("strength"),
        rests_on(template.path).as_("rests_on"),
    ).from_(exp.to_table(accesses).as_("access"))
    for hop in template.path:
        query = query.join(exp.to_table(hop.relation).as_(hop.alias), on=exp.and_(*joined(hop), copy=False), copy=False)
    if template.strength.fanout is not None:
        same = exp.EQ(this=exp.column("fact", table=FANOUT), expression=_through(template.strength.fanout))
        query = query.join(fanout_query(template).subquery(FANOUT), on=same)
    conditions = [*differing(template.differs), *windows_hold(template.windows)]
    if conditions:
        query = query.where(*conditions)
    return _strongest(query) if template.keep is Keep.STRONGEST else query


def fanout_query(template: Template) -> exp.Select:
    """Return the query that counts, for each row (`fact`) of the hop `through`, the `people` whom it would excuse.

    The template must have a fan-out. Every row that an instance goes through is there, with one person at least.
    """
    fanout, path = template.strength.fanout, opened(template)
    assert fanout is not None
    people = exp.Count(this=exp.Distinct(expressions=[column_of(path.person)]))
    query = exp.select(_through(fanout).as_("fact"), people.as_("people"))
    first, *rest = path.path
    query = query.from_(exp.to_table(first.relation).as_(first.alias))
    there = only_there(path, fanout.through)
    for hop in rest:
        kind = "semi" if hop.alias in there else None
        query = query.join(exp.to_table(hop.relation).as_(hop.alias), on=exp.and_(*joined(hop)), join_type=kind)
    conditions = [*joined(first), *differing(path.differs), *windows_hold(path.windows)]
    return query.where(*conditions).group_by(_through(fanout)) if conditions else query.group_by(_through(fanout))


def _through(fanout: Fanout) -> exp.Column:
    return column_of(Reference(fanout.through, "fact"))


def together(templates: tuple[Template, ...], accesses: str = "access") -> exp.Query:
    """Return the union of the templates' queries: all rows of `explanation` for one pass."""
    return exp.union(*(compiled(template, accesses) for template in templates), distinct=False)


@lru_cache(maxsize=32)
def columns_read(templates: tuple[Template, ...]) -> tuple[str, ...]:
    """Return the columns of `access` that these templates read, so that the rest need not be carried along."""
    wanted = {"access", "occurred_at", "actor", "requester", "subject"}
    for template in templates:
        for column in compiled(template).find_all(exp.Column):
            if column.table == "access":
                wanted.add(column.name)
    return tuple(sorted(wanted))


def of_pass(templates: tuple[Template, ...], after: After) -> tuple[Template, ...]:
    """Return the templates that are tried in that pass; what is retired is not."""
    return tuple(template for template in templates if template.after is after and not template.retired)


def differing(pairs: Sequence[tuple[Reference, Reference]]) -> list[exp.Expr]:
    """Return the conditions that these pairs of columns differ."""
    return [exp.NEQ(this=column_of(left), expression=column_of(right)) for left, right in pairs]


def windows_hold(windows: Sequence[Window]) -> list[exp.Expr]:
    """Return the conditions under which all of these windows hold."""
    return [condition for window in windows for condition in bounds(window)]


def joined(hop: Hop) -> list[exp.Expr]:
    """Return the conditions under which a row of the hop goes with the rows of the hops before it."""
    keys: list[exp.Expr] = [
        exp.EQ(this=column_of(Reference(hop.alias, column)), expression=column_of(found)) for column, found in hop.match
    ]
    return keys + [_filter(hop.alias, one) for one in hop.where]


def _filter(alias: str, one: Filter) -> exp.Expr:
    column = column_of(Reference(alias, one.column))
    listed = exp.In(this=column, expressions=[exp.Literal.string(value) for value in one.values])
    if not one.negated:
        return listed
    return exp.paren(exp.or_(exp.Is(this=column.copy(), expression=exp.Null()), exp.not_(listed)))


def bounds(window: Window) -> list[exp.Expr]:
    """Return the conditions that hold the window's instant within its bounds."""
    found: list[exp.Expr] = []
    if window.start is not None:
        found.append(exp.GTE(this=moment_of(window.instant), expression=moment_of(window.start)))
    if window.until is not None:
        found.append(exp.LT(this=moment_of(window.instant), expression=moment_of(window.until)))
    return found


def moment_of(moment: Moment) -> exp.Expr:
    """Return the expression of the moment: the first of its terms that is known, else the last."""
    if len(moment.terms) == 1:
        return _term(moment.terms[0])
    case = exp.Case()
    for term in moment.terms[:-1]:
        case = case.when(_is_known(term.reference), _term(term))
    return case.else_(_term(moment.terms[-1]))


def _is_known(found: Reference) -> exp.Expr:
    column = column_of(found)
    opens = [exp.cast(exp.Literal.string(one), "TIMESTAMP") for one in _OPEN]
    return exp.and_(
        exp.not_(exp.Is(this=column, expression=exp.Null())),
        *(exp.NEQ(this=column.copy(), expression=one) for one in opens),
    )


def _term(term: Term) -> exp.Expr:
    column = column_of(term.reference)
    if not term.shift:
        return column
    span = interval(abs(term.shift))
    if term.shift < timedelta(0):
        return exp.Sub(this=column, expression=span)
    return exp.Add(this=column, expression=span)


def interval(span: timedelta) -> exp.Expr:
    """Return the span as an interval in its largest whole unit; no fraction of a second is kept."""
    seconds = span.days * 86_400 + span.seconds
    for unit, size in (("DAY", 86_400), ("HOUR", 3_600), ("MINUTE", 60)):
        if seconds % size == 0:
            return exp.Interval(this=exp.Literal.string(str(seconds // size)), unit=exp.var(unit))
    return exp.Interval(this=exp.Literal.string(str(seconds)), unit=exp.var("SECOND"))


def _strength(strength: Strength) -> exp.Expr:
    weight: exp.Expr = _number(strength.base)
    if strength.fading is not None:
        weight = exp.Mul(this=weight, expression=_faded(strength.fading))
    if strength.self_authored is not None:
        weight = exp.Mul(this=weight, expression=_self_authored(strength.self_authored))
    if strength.recorded_after is not None:
        weight = exp.Mul(this=weight, expression=_recorded_after(strength.recorded_after))
    if strength.fanout is not None:
        weight = exp.Mul(this=weight, expression=fanned_out(strength.fanout))
    return weight


def fanned_out(fanout: Fanout) -> exp.Expr:
    """Return the factor for the people whom the instance's row would excuse, counted in the table `FANOUT`."""
    people, most = exp.column("people", table=FANOUT), exp.Literal.number(fanout.most)
    share = exp.Div(this=exp.cast(most, "DOUBLE"), expression=exp.cast(people.copy(), "DOUBLE"))
    return exp.Case().when(exp.GT(this=people, expression=most.copy()), share).else_(_number(1.0))


def _faded(fading: Fading) -> exp.Expr:
    at = exp.func("epoch_us", column_of(Reference("access", "occurred_at")))
    start, until = (exp.func("epoch_us", moment_of(one)) for one in (fading.start, fading.until))
    outside = exp.func(
        "greatest",
        exp.Literal.number(0),
        exp.Sub(this=start, expression=at),
        exp.Sub(this=at.copy(), expression=until),
    )
    halvings = exp.Div(this=outside, expression=_number(fading.half_life / timedelta(microseconds=1)))
    known = exp.not_(exp.Is(this=exp.Add(this=start.copy(), expression=until.copy()), expression=exp.Null()))
    power = exp.func("pow", _number(2.0), exp.Neg(this=exp.paren(halvings)))
    return exp.Case().when(known, power).else_(_number(1.0))


def _self_authored(own: SelfAuthored) -> exp.Expr:
    actor = column_of(Reference("access", "actor"))
    return _factor(
        [exp.EQ(this=column_of(Reference(alias, "recorded_by")), expression=actor) for alias in own.of], own.factor
    )


def _recorded_after(late: RecordedAfter) -> exp.Expr:
    limit = exp.Add(this=column_of(Reference("access", "occurred_at")), expression=interval(late.beyond))
    return _factor(
        [exp.GTE(this=column_of(Reference(alias, "recorded_at")), expression=limit.copy()) for alias in late.of],
        late.factor,
    )


def _factor(conditions: list[exp.Expr], factor: float) -> exp.Expr:
    return exp.Case().when(exp.or_(*conditions), _number(factor)).else_(_number(1.0))


def rests_on(path: tuple[Hop, ...]) -> exp.Expr:
    """Return the list of the ledger rows that an instance uses, in the order of the path."""
    path = tuple(hop for hop in path if not is_learned(hop.relation))
    plain = [hop for hop in path if evidence_column(hop.relation) != "rests_on"]
    numbers = exp.Array(expressions=[_evidence(hop) for hop in plain])
    listed = [_evidence(hop) for hop in path if evidence_column(hop.relation) == "rests_on"]
    if not listed:
        return numbers
    return exp.func("list_concat", numbers, *listed) if plain else listed[0]


def _evidence(hop: Hop) -> exp.Column:
    return column_of(Reference(hop.alias, evidence_column(hop.relation)))


def _strongest(query: exp.Select) -> exp.Select:
    order = exp.Order(
        expressions=[
            exp.Ordered(this=exp.column("strength"), desc=True, nulls_first=False),
            exp.Ordered(this=exp.column("rests_on"), nulls_first=False),
        ]
    )
    number = exp.Window(this=exp.RowNumber(), partition_by=[exp.column("access")], order=order)
    inner = query.subquery("found")
    return exp.select("*").from_(inner).qualify(exp.EQ(this=number, expression=exp.Literal.number(1)))


def column_of(found: Reference) -> exp.Column:
    """Return the column of the hop (or of the access) in the query."""
    return exp.column(found.column, table=found.alias, quoted=True)


def _number(value: float) -> exp.Expr:
    return exp.cast(exp.Literal.number(repr(value)), "DOUBLE")
