"""The state of each access: strength by noisy-or over evidence groups, and what is still awaited. Reference and query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from custodiet.explain.awaiting import Awaited, compiled_awaits
from custodiet.explain.reference import Instance
from custodiet.explain.settling import settled, settled_query
from custodiet.explain.template import Template
from custodiet.model.explanations import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """From which strength on an access counts as explained, and from which as weakly so."""

    explained: float = 0.9
    weak: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessState:
    """A row of the relation `access_state`."""

    access: int
    state: State
    strength: float
    template: str | None
    awaits: str | None


def combined(found: Sequence[Instance]) -> float:
    """Return 1 minus the product, over evidence groups in alphabetical order, of 1 minus the strongest in the group."""
    strongest: dict[str, float] = {}
    for one in found:
        strongest[one.evidence_group] = max(one.strength, strongest.get(one.evidence_group, 0.0))
    doubt = 1.0
    for group in sorted(strongest):
        doubt *= 1.0 - strongest[group]
    return settled(1.0 - doubt)


def state_of(access: int, awaited: str | None, found: Sequence[Instance], thresholds: Thresholds) -> AccessState:
    """Return the state of one access from its instances; `awaited` names what is still awaited for it, if anything."""
    strength = combined(found)
    best = min(found, key=lambda one: (-one.strength, one.template), default=None)
    if strength >= thresholds.explained:
        state = State.EXPLAINED
    elif strength >= thresholds.weak:
        state = State.WEAK
    else:
        state = State.UNEXPLAINED if awaited is None else State.PENDING
    return AccessState(
        access=access,
        state=state,
        strength=strength,
        template=best.template if best else None,
        awaits=awaited if state is State.PENDING else None,
    )


def compiled_states(
    templates: Sequence[Template],
    thresholds: Thresholds,
    behind: Sequence[Awaited],
    *,
    accesses: str = "access",
    found: str = "explanation",
) -> exp.Select:
    """Return the query that writes `access_state` from the relations `accesses` and `found`; `behind` may be awaited."""
    per_access = _per_access(templates, found).subquery("e")
    strength = exp.func("coalesce", _doubt_removed(_groups(templates)), exp.cast(exp.Literal.number(0), "DOUBLE"))
    source = (
        exp.select(
            exp.column("access", table="a"),
            compiled_awaits(behind, "a").as_("awaited"),
            strength.as_("strength"),
            exp.column("best", table="e"),
        )
        .from_(exp.to_table(accesses).as_("a"))
        .join(
            per_access,
            on=exp.EQ(this=exp.column("access", table="e"), expression=exp.column("access", table="a")),
            join_type="left",
        )
    )
    with_state = exp.select(
        "access", _state(thresholds).as_("state"), "strength", _decoded(templates).as_("template"), "awaited"
    ).from_(source.subquery("s"))
    is_pending = exp.EQ(this=exp.column("state"), expression=exp.Literal.string(State.PENDING))
    awaits = exp.Case().when(is_pending, exp.column("awaited")).as_("awaits")
    return exp.select("access", "state", "strength", "template", awaits).from_(with_state.subquery("t"))


def _groups(templates: Sequence[Template]) -> list[str]:
    return sorted({template.evidence_group for template in templates})


def _order(templates: Sequence[Template]) -> list[str]:
    return sorted({template.id for template in templates})


def _per_access(templates: Sequence[Template], found: str) -> exp.Select:
    """Per access: the strongest in each group, and the best template as one number (strength first, then its place)."""
    columns: list[exp.Expr] = [exp.column("access")]
    for number, group in enumerate(_groups(templates)):
        own = exp.Where(this=exp.EQ(this=exp.column("evidence_group"), expression=exp.Literal.string(group)))
        columns.append(exp.Filter(this=exp.Max(this=exp.column("strength")), expression=own).as_(f"g{number}"))
    micro = exp.cast(
        exp.func("round", exp.Mul(this=exp.column("strength"), expression=exp.Literal.number(1_000_000))), "BIGINT"
    )
    place = exp.Case(this=exp.column("template"))
    names = _order(templates)
    for number, name in enumerate(names):
        place = place.when(exp.Literal.string(name), exp.Literal.number(len(names) - number))
    weight = exp.Add(this=exp.Mul(this=micro, expression=exp.Literal.number(len(names) + 1)), expression=place)
    columns.append(exp.Max(this=weight).as_("best"))
    query = exp.select(*columns).from_(found).group_by("access")
    shadows = [exp.Literal.string(template.id) for template in templates if template.shadow]
    counted = exp.not_(exp.In(this=exp.column("template"), expressions=shadows))
    return query.where(counted) if shadows else query


def _doubt_removed(groups: Sequence[str]) -> exp.Expr:
    doubt: exp.Expr | None = None
    for number in range(len(groups)):
        zero = exp.cast(exp.Literal.number(0), "DOUBLE")
        left = exp.paren(
            exp.Sub(
                this=exp.cast(exp.Literal.number(1), "DOUBLE"),
                expression=exp.func("coalesce", exp.column(f"g{number}", table="e"), zero),
            )
        )
        doubt = left if doubt is None else exp.Mul(this=doubt, expression=left)
    assert doubt is not None
    return settled_query(exp.Sub(this=exp.cast(exp.Literal.number(1), "DOUBLE"), expression=doubt))


def _decoded(templates: Sequence[Template]) -> exp.Expr:
    names = _order(templates)
    place = exp.Mod(this=exp.column("best"), expression=exp.Literal.number(len(names) + 1))
    case = exp.Case(this=place)
    for number, name in enumerate(names):
        case = case.when(exp.Literal.number(len(names) - number), exp.Literal.string(name))
    return case


def _state(thresholds: Thresholds) -> exp.Expr:
    is_awaited = exp.Not(this=exp.Is(this=exp.column("awaited"), expression=exp.null()))
    case = exp.Case()
    for state, condition in (
        (State.EXPLAINED, _at_least(thresholds.explained)),
        (State.WEAK, _at_least(thresholds.weak)),
        (State.PENDING, is_awaited),
    ):
        case = case.when(condition, exp.Literal.string(state))
    return case.else_(exp.Literal.string(State.UNEXPLAINED))


def _at_least(threshold: float) -> exp.Expr:
    return exp.GTE(this=exp.column("strength"), expression=exp.cast(exp.Literal.number(repr(threshold)), "DOUBLE"))
