"""Reads a template from its TOML file and checks it against the catalogue; docs/reference/templates.md is its manual."""

from __future__ import annotations

import re
from typing import TypeVar

from custodiet.explain.moments import SPAN_FORM, span
from custodiet.explain.passes import readable, readable_names
from custodiet.explain.path_checks import check_whole
from custodiet.explain.reading import Table
from custodiet.explain.scope import Scope
from custodiet.explain.template import (
    After,
    Approval,
    Example,
    Fading,
    Fanout,
    Filter,
    Hop,
    Keep,
    RecordedAfter,
    Reference,
    SelfAuthored,
    Status,
    Strength,
    Template,
    Window,
)
from custodiet.relations.relation import Relation, Type

_ALIAS = re.compile(r"^[a-z][a-z0-9_]*$")
_NOW = "access.occurred_at"
_Choice = TypeVar("_Choice", After, Keep, Status)


def read(text: str, file: str) -> Template:
    """Return the template that the file's text holds; raises BadPack naming file, line and key."""
    top = Table.of_text(text, file)
    after = _choice(top, "after", After, After.NOTHING)
    hops = top.tables("path", required=True)
    scope = Scope(hops, second=after is After.EXPLAINED)
    path = tuple(_hop(table, scope) for table in hops)
    template = Template(
        id=top.text("id"),
        version=top.count("version"),
        title=top.text("title"),
        owner=top.text("owner"),
        evidence_group=top.text("evidence_group"),
        sentence=top.text("sentence"),
        path=path,
        windows=tuple(_window(table, scope) for table in top.tables("window")),
        differs=tuple(_differs(top, scope, pair, item) for item, pair in enumerate(top.pairs("differs"))),
        strength=_strength(top.table("strength"), scope),
        needs=top.texts("needs", ()),
        keep=_choice(top, "keep", Keep, Keep.ALL),
        after=after,
        approval=_approval(top),
        explains=tuple(_example(table) for table in top.tables("explains")),
        near_misses=tuple(_example(table) for table in top.tables("near_miss")),
        file=file,
    )
    top.done()
    check_whole(top, template, scope)
    return template


def _hop(table: Table, scope: Scope) -> Hop:
    name, alias = table.text("relation"), table.text("alias")
    relation = _relation(table, name, scope)
    _check_alias(table, alias, scope)
    scope.enter(alias)
    match = tuple(_match(table.table("match"), scope, relation))
    where = tuple(_filters(table.table("where", {}), relation))
    table.done()
    scope.leave(relation)
    return Hop(relation=name, alias=alias, match=match, where=where)


def _relation(table: Table, name: str, scope: Scope) -> Relation:
    relation = readable(name, second=scope.second)
    names = readable_names(second=scope.second)
    if relation is None and readable(name, second=True) is not None:
        remedy = 'What the first pass explained is known in the second: say after = "explained" at the top.'
        table.fail("relation", "cannot be on a path of the first pass", found=name, expected="one of " + ", ".join(names), remedy=remedy)  # fmt: skip
    if relation is None:
        table.unknown("relation", "is no relation that a path may have", name, names)
    return relation


def _check_alias(table: Table, alias: str, scope: Scope) -> None:
    if _ALIAS.match(alias) is None:
        table.fail("alias", "cannot be used", found=alias, expected="a short name of a-z, 0-9 and _, e.g. a")
    if alias in scope.relations:
        table.fail("alias", "is taken", found=alias, expected="a name that is none of " + ", ".join(scope.relations))


def _match(table: Table, scope: Scope, relation: Relation) -> list[tuple[str, Reference]]:
    pairs = []
    for column in table.names():
        if column not in relation.names:
            table.unknown(column, f"is no column of {relation.name}", column, relation.names)
        found = scope.reference(table, column, table.text(column))
        kind = relation.column(column).type
        if kind is not scope.type_of(found) or kind not in {Type.TEXT, Type.INTEGER}:
            table.fail(column, "cannot be matched", found=str(found), expected=f"a column of texts like {column}")
        pairs.append((column, found))
    if not pairs:
        table.fail("", "matches nothing: every hop is joined by equality", expected='e.g. { person = "access.actor" }')
    return pairs


def _filters(table: Table, relation: Relation) -> list[Filter]:
    filters = []
    for column in table.names():
        texts = [one.name for one in relation.columns if one.type is Type.TEXT]
        if column not in texts:
            table.unknown(column, f"is no text of {relation.name}", column, texts)
        if isinstance(table.peek(column), dict):
            inner = table.table(column)
            filters.append(Filter(column=column, values=inner.texts("not"), negated=True))
            inner.done()
        else:
            filters.append(Filter(column=column, values=table.texts(column)))
    return filters


def _window(table: Table, scope: Scope) -> Window:
    instant = scope.moment(table, "instant", _NOW)
    start = scope.moment(table, "from") if table.has("from") else None
    until = scope.moment(table, "until") if table.has("until") else None
    if start is None and until is None:
        table.fail("from", "is missing, and so is until", expected="at least one bound")
    table.done()
    return Window(instant=instant, start=start, until=until)


def _differs(top: Table, scope: Scope, pair: tuple[str, str], item: int) -> tuple[Reference, Reference]:
    left, right = (scope.reference(top, "differs", one, item) for one in pair)
    if scope.type_of(left) is not scope.type_of(right):
        top.fail("differs", "compares unlike columns", found=f"{left}, {right}", expected="two columns of one type", item=item)  # fmt: skip
    return left, right


def _strength(table: Table, scope: Scope) -> Strength:
    strength = Strength(
        base=table.number("base", low=0.000001, high=1.0),
        fading=_fading(table.table("fading"), scope) if table.has("fading") else None,
        self_authored=_self_authored(table.table("self_authored"), scope) if table.has("self_authored") else None,
        recorded_after=_recorded_after(table.table("recorded_after"), scope) if table.has("recorded_after") else None,
        fanout=_fanout(table.table("fanout"), scope) if table.has("fanout") else None,
    )
    table.done()
    return strength


def _fading(table: Table, scope: Scope) -> Fading:
    start = scope.moment(table, "from")
    until = scope.moment(table, "until") if table.has("until") else start
    half_life = table.parsed("half_life", span, SPAN_FORM)
    if not half_life:
        table.fail("half_life", "is nothing", found="0", expected=SPAN_FORM)
    table.done()
    return Fading(half_life=half_life, start=start, until=until)


def _self_authored(table: Table, scope: Scope) -> SelfAuthored:
    found = SelfAuthored(of=_aliases(table, scope, "recorded_by"), factor=table.number("factor", low=0.0, high=1.0))
    table.done()
    return found


def _recorded_after(table: Table, scope: Scope) -> RecordedAfter:
    found = RecordedAfter(
        of=_aliases(table, scope, "recorded_at"),
        beyond=table.parsed("beyond", span, SPAN_FORM),
        factor=table.number("factor", low=0.0, high=1.0),
    )
    table.done()
    return found


def _fanout(table: Table, scope: Scope) -> Fanout:
    through = table.text("through")
    scope.checked(table, "through", Reference(through, "fact"))
    found = Fanout(through=through, most=table.count("most"))
    table.done()
    return found


def _approval(top: Table) -> Approval:
    return Approval(
        status=_choice(top, "status", Status, Status.APPROVED),
        by=top.texts("approved_by", ()),
        on=top.date("approved_on"),
        shadow_until=top.date("shadow_until"),
        review_by=top.date("review_by"),
    )


def _aliases(table: Table, scope: Scope, column: str) -> tuple[str, ...]:
    names = table.texts("of")
    hops = [alias for alias in scope.relations if alias != "access"]
    for item, name in enumerate(names):
        if name not in hops:
            table.unknown("of", "names no hop", name, hops, item=item)
        scope.checked(table, "of", Reference(name, column), item)
    return names


def _example(table: Table) -> Example:
    example = Example(
        name=table.text("name"),
        tables=table.text("tables"),
        strength=table.number("strength", low=0.0, high=1.0) if table.has("strength") else None,
    )
    table.done()
    return example


def _choice(table: Table, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
    text = table.text(key, default.value)
    if text not in {one.value for one in kind}:
        table.unknown(key, "is not known", text, [one.value for one in kind])
    return kind(text)
