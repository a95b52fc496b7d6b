"""From a template to its links: what it would say of each pair of actor and subject, and in which period.

A template that reads nothing of an access but its actor, its subject and its time says the same of every access of a pair,
but for the moment. So it is joined once for each pair, not for each access, and a link keeps what the moment decides. Its
columns are those of `LINK`.
"""

from __future__ import annotations

from datetime import timedelta

from sqlglot import exp

from custodiet.explain import compiler
from custodiet.explain.template import Keep, Moment, Reference, Strength, Template, Term
from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Column, Relation, Type

LINK = Relation(
    "link",
    "what a template says of every access of a pair in a period",
    (
        Column("actor", Type.TEXT, "the actor", nullable=False),
        Column("subject", Type.TEXT, "the subject", nullable=False),
        Column("place", Type.INTEGER, "place of the template among the names of all, from 0", nullable=False),
        Column("valid_from", Type.INSTANT, "the access is at this moment or later", nullable=False),
        Column("valid_to", Type.INSTANT, "the access is before this moment", nullable=False),
        Column("base", Type.NUMBER, "the base of the strength", nullable=False),
        Column("half_life", Type.NUMBER, "microseconds in which the strength halves; NULL where it does not fade"),
        Column("fades_before", Type.INTEGER, "microseconds since 1970: it is weaker before"),
        Column("fades_after", Type.INTEGER, "microseconds since 1970: it is weaker after"),
        Column("own", Type.NUMBER, "factor of rows that the actor recorded himself, else 1", nullable=False),
        Column("late", Type.NUMBER, "factor of rows recorded long after the access, else 1", nullable=False),
        Column("late_to", Type.INSTANT, "rows count as late for accesses up to here; NULL: for none"),
        Column("crowded", Type.NUMBER, "factor of a row that would excuse too many, else 1", nullable=False),
        Column("rests_on", Type.INTEGERS, "the rows used, in the order of the path", nullable=False),
    ),
)

#: Of the rows that would excuse more people than a template's fan-out allows, how many.
CROWD = Relation(
    "crowd",
    "a row of context that would excuse more people than the template lets it excuse in full",
    (
        Column("template", Type.TEXT, "identifier of the template", nullable=False),
        Column("fact", Type.INTEGER, "ledger index of the row", nullable=False),
        Column("people", Type.INTEGER, "how many it would excuse", nullable=False),
    ),
)

#: The relations that hold facts of context.
FACTS = {kind.name for kind in KINDS}
_KEY = ("actor", "subject")
_AT = Moment((Term(reference=Reference("access", "occurred_at")),))
_OPEN = ("0001-01-01 00:00:00", "9999-12-31 00:00:00")


def linkable(template: Template) -> bool:
    """Tell whether the template reads nothing of an access but actor, subject and, as a window's instant, its time."""
    read = [found for hop in template.path for _, found in hop.match]
    read += [found for pair in template.differs for found in pair]
    if any(found.alias == "access" and found.column not in _KEY for found in read):
        return False
    if any(hop.relation not in FACTS for hop in template.path):
        return False
    return not times_access(template)


def times_access(template: Template) -> bool:
    """Tell whether a moment other than a window's instant hangs on the access."""
    return any(term.reference.alias == "access" for moment in _moments(template) for term in moment.terms)


def links(template: Template, place: int, pairs: str = "pair") -> exp.Select:
    """Return the query that writes the rows of `LINK` of one template for the relation `pairs` (actor, subject).

    The template must be linkable. Links that end before $first or begin after $last may be left out. A template that keeps the
    strongest instance keeps, of links that no moment tells apart, the one with the smallest rows.
    """
    query = exp.select(*_pair(), exp.Literal.number(place).as_("place"), *_named_period(template))
    query = query.select(*_strength(template.strength), compiler.rests_on(template.path).as_("rests_on"))
    query = query.from_(exp.to_table(pairs).as_("access"))
    for hop in template.path:
        query = query.join(
            exp.to_table(hop.relation).as_(hop.alias), on=exp.and_(*compiler.joined(hop), copy=False), copy=False
        )
    if template.strength.fanout is not None:
        query = query.join(exp.to_table(CROWD.name).as_("_crowd"), on=_of_crowd(template), join_type="left", copy=False)
    query = query.where(*conditions(template), *meanwhile(template))
    held = exp.LT(this=exp.column("valid_from"), expression=exp.column("valid_to"))
    found = exp.select("*").from_(query.subquery("found")).where(held)
    return _smallest(found) if template.keep is Keep.STRONGEST else found


def ranked(found: str) -> exp.Select:
    """Return the rows of `LINK` in the table `found`, each with its `rank`: a smaller one where its rows are smaller."""
    order = exp.Order(expressions=[exp.Ordered(this=exp.column("rests_on"), nulls_first=False)])
    rank = exp.Window(this=exp.RowNumber(), order=order)
    return exp.select("*", rank.as_("rank")).from_(found)


def crowds(template: Template, among: str | None = None) -> exp.Select:
    """Return the query that writes the rows of `CROWD` of a template that has a fan-out; `among` the facts of that table."""
    fanout = template.strength.fanout
    assert fanout is not None
    too_many = exp.GT(this=exp.column("people"), expression=exp.Literal.number(fanout.most))
    counting = compiler.fanout_query(template)
    if among is not None:
        through = compiler.column_of(Reference(fanout.through, "fact"))
        counting = counting.where(exp.In(this=through, query=exp.select("fact").from_(among).subquery()))
    counted = counting.subquery("c")
    return exp.select(exp.Literal.string(template.id).as_("template"), "fact", "people").from_(counted).where(too_many)


def _of_crowd(template: Template) -> exp.Expr:
    assert template.strength.fanout is not None
    through = compiler.column_of(Reference(template.strength.fanout.through, "fact"))
    return exp.and_(
        exp.EQ(this=exp.column("template", table="_crowd"), expression=exp.Literal.string(template.id)),
        exp.EQ(this=exp.column("fact", table="_crowd"), expression=through),
    )


def _moments(template: Template) -> list[Moment]:
    found = [moment for window in template.windows for moment in (window.start, window.until) if moment is not None]
    found += [window.instant for window in template.windows if window.instant != _AT]
    fading = template.strength.fading
    return found if fading is None else [*found, fading.start, fading.until]


def _pair() -> list[exp.Column]:
    return [compiler.column_of(Reference("access", name)) for name in _KEY]


def period(template: Template) -> tuple[exp.Expr, exp.Expr]:
    """Return the last start and the first end of the windows about the access; an open one where there is none."""
    return _most("greatest", starts(template), 0), _most("least", ends(template), 1)


def starts(template: Template) -> list[exp.Expr]:
    """Return the starts of the windows about the access."""
    own = [window.start for window in template.windows if window.instant == _AT]
    return [compiler.moment_of(start) for start in own if start is not None]


def ends(template: Template) -> list[exp.Expr]:
    """Return the ends of the windows about the access."""
    own = [window.until for window in template.windows if window.instant == _AT]
    return [compiler.moment_of(until) for until in own if until is not None]


def _named_period(template: Template) -> list[exp.Expr]:
    return [bound.as_(name) for bound, name in zip(period(template), ("valid_from", "valid_to"), strict=True)]


#: The parameters of the queries that find links: the first and the last moment of the accesses that are asked about.
FIRST, LAST = "first", "last"


def meanwhile(template: Template) -> list[exp.Expr]:
    """Return what holds of every link whose period touches the time from $first to $last.

    Each window is held against that time apart, so that of a relation that holds years only the rows of that time are joined.
    That the time itself has a first and a last moment is asked for too: a statement must read each of its parameters.
    """
    first, last = (exp.cast(exp.Parameter(this=exp.var(one)), "TIMESTAMP") for one in (FIRST, LAST))
    found: list[exp.Expr] = [exp.LTE(this=first, expression=last)]
    found += [exp.LTE(this=one, expression=last.copy()) for one in starts(template)]
    return found + [exp.GT(this=one, expression=first.copy()) for one in ends(template)]


def _most(function: str, moments: list[exp.Expr], side: int) -> exp.Expr:
    if not moments:
        return exp.cast(exp.Literal.string(_OPEN[side]), "TIMESTAMP")
    return moments[0] if len(moments) == 1 else exp.func(function, *moments)


def conditions(template: Template) -> list[exp.Expr]:
    """Return what does not hang on the moment of the access.

    An absent bound holds of no access: it is asked for, since `greatest` passes over what is absent.
    """
    found: list[exp.Expr] = list(compiler.differing(template.differs))
    for window in template.windows:
        if window.instant != _AT:
            found += compiler.bounds(window)
            continue
        moments = [compiler.moment_of(one) for one in (window.start, window.until) if one is not None]
        found += [exp.not_(exp.Is(this=moment, expression=exp.null())) for moment in moments]
    return found


def _strength(strength: Strength) -> list[exp.Expr]:
    return [
        _number(strength.base).as_("base"),
        *_fading(strength),
        _own(strength).as_("own"),
        *_late(strength),
        _crowded(strength).as_("crowded"),
    ]


def _fading(strength: Strength) -> list[exp.Expr]:
    fading = strength.fading
    if fading is None:
        return [exp.cast(exp.null(), kind).as_(name) for name, kind in _FADING]
    start, until = (exp.func("epoch_us", compiler.moment_of(one)) for one in (fading.start, fading.until))
    known = exp.not_(exp.Is(this=exp.Add(this=start.copy(), expression=until.copy()), expression=exp.null()))
    half_life = exp.Case().when(known, _number(fading.half_life / timedelta(microseconds=1)))
    return [value.as_(name) for value, (name, _) in zip((half_life, start, until), _FADING, strict=True)]


_FADING = (("half_life", "DOUBLE"), ("fades_before", "BIGINT"), ("fades_after", "BIGINT"))


def _own(strength: Strength) -> exp.Expr:
    own = strength.self_authored
    if own is None:
        return _number(1.0)
    actor = compiler.column_of(Reference("access", "actor"))
    written = [
        exp.EQ(this=compiler.column_of(Reference(alias, "recorded_by")), expression=actor.copy()) for alias in own.of
    ]
    return exp.Case().when(exp.or_(*written), _number(own.factor)).else_(_number(1.0))


def _late(strength: Strength) -> list[exp.Expr]:
    late = strength.recorded_after
    if late is None:
        return [_number(1.0).as_("late"), exp.cast(exp.null(), "TIMESTAMP").as_("late_to")]
    recorded: list[exp.Expr] = [compiler.column_of(Reference(alias, "recorded_at")) for alias in late.of]
    last = recorded[0] if len(recorded) == 1 else exp.func("greatest", *recorded)
    limit = exp.Sub(this=last, expression=compiler.interval(late.beyond))
    return [_number(late.factor).as_("late"), limit.as_("late_to")]


def _crowded(strength: Strength) -> exp.Expr:
    if strength.fanout is None:
        return _number(1.0)
    people = exp.column("people", table="_crowd")
    share = exp.Div(this=_number(float(strength.fanout.most)), expression=exp.cast(people, "DOUBLE"))
    known = exp.not_(exp.Is(this=people.copy(), expression=exp.null()))
    return exp.Case().when(known, share).else_(_number(1.0))


def _smallest(found: exp.Select) -> exp.Select:
    """Of links alike in all but their rows, the one with the smallest rows: the same would be kept of each access."""
    alike = [exp.column(column.name) for column in LINK.columns if column.name != "rests_on"]
    smallest = exp.func("min", exp.column("rests_on")).as_("rests_on")
    return exp.select(*alike, smallest).from_(found.subquery("l")).group_by(*(one.copy() for one in alike))


def _number(value: float) -> exp.Expr:
    return exp.cast(exp.Literal.number(repr(value)), "DOUBLE")
