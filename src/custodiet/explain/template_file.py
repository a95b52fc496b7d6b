"""Reads a template from its TOML file and checks it against the catalogue; docs/reference/templates.md is its manual."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TypeVar

from custodiet.errors import BadPack
from custodiet.explain.moments import MOMENT_FORM, REFERENCE_FORM, SPAN_FORM, moment, reference, span
from custodiet.explain.opened import opened
from custodiet.explain.passes import readable, readable_names
from custodiet.explain.reading import Table
from custodiet.explain.slots import slots
from custodiet.explain.template import (
    After,
    Approval,
    Example,
    Fading,
    Fanout,
    Filter,
    Hop,
    Keep,
    Moment,
    RecordedAfter,
    Reference,
    SelfAuthored,
    Status,
    Strength,
    Template,
    Window,
)
from custodiet.relations.catalogue import ACCESS
from custodiet.relations.relation import Relation, Type

_ALIAS = re.compile(r"^[a-z][a-z0-9_]*$")
_NOW = "access.occurred_at"
_SLOT_FORM = "e.g. {actor}, {a.incident}, {an:s.role} or {when:a.valid_from}"
_Choice = TypeVar("_Choice", After, Keep, Status)


def read(text: str, file: str) -> Template:
    """Return the template that the file's text holds; raises BadPack naming file, line and key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPack(f"is not TOML: {error}.", file=file) from error
    top = Table(values, file=file, text=text)
    after = _choice(top, "after", After, After.NOTHING)
    scope = _Scope(second=after is After.EXPLAINED)
    path = tuple(_hop(table, scope) for table in top.tables("path", required=True))
    template = Template(
        id=top.text("id"),
        version=top.count("version"),
        title=top.text("title"),
        owner=top.text("owner"),
        evidence_group=top.text("evidence_group"),
        sentence=top.text("sentence"),
        path=path,
        windows=tuple(_window(table, scope) for table in top.tables("window")),
        differs=tuple(_differs(top, scope, pair) for pair in top.pairs("differs")),
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
    _check_whole(top, template, scope)
    return template


@dataclass(slots=True)
class _Scope:
    """The aliases known so far, each with its relation."""

    second: bool
    relations: dict[str, Relation] = field(default_factory=lambda: {"access": ACCESS})

    def reference(self, table: Table, key: str, text: str) -> Reference:
        """Return the reference after checking that alias and column exist."""
        try:
            found = reference(text)
        except ValueError:
            table.fail(key, "is not a reference", found=text, expected=REFERENCE_FORM)
        return self.checked(table, key, found)

    def checked(self, table: Table, key: str, found: Reference) -> Reference:
        """Return the reference after checking that alias and column exist."""
        if found.alias not in self.relations:
            table.fail(key, "names no earlier hop", found=str(found), expected="one of " + ", ".join(self.relations))
        relation = self.relations[found.alias]
        if found.column not in relation.names:
            table.fail(key, f"is no column of {relation.name}", found=str(found), expected=", ".join(relation.names))
        return found

    def type_of(self, found: Reference) -> Type:
        """Return the type of the column."""
        return self.relations[found.alias].column(found.column).type

    def moment(self, table: Table, key: str, default: str | None = None) -> Moment:
        """Return the moment under the key; each of its columns must hold an instant."""
        found = table.parsed(key, moment, MOMENT_FORM, default)
        for term in found.terms:
            self.checked(table, key, term.reference)
            if self.type_of(term.reference) is not Type.INSTANT:
                table.fail(key, "is no instant", found=str(term.reference), expected="a column that holds an instant")
        return found


def _hop(table: Table, scope: _Scope) -> Hop:
    name, alias = table.text("relation"), table.text("alias")
    relation = readable(name, second=scope.second)
    if relation is None:
        table.fail(
            "relation",
            "cannot be on a path here",
            found=name,
            expected="one of " + ", ".join(readable_names(second=scope.second)),
        )
    if alias in scope.relations or _ALIAS.match(alias) is None:
        table.fail("alias", "cannot be used", found=alias, expected="a short lower-case name of its own")
    match = tuple(_match(table.table("match"), scope, relation))
    where = tuple(_filters(table.table("where", {}), relation))
    table.done()
    scope.relations[alias] = relation
    return Hop(relation=name, alias=alias, match=match, where=where)


def _match(table: Table, scope: _Scope, relation: Relation) -> list[tuple[str, Reference]]:
    pairs = []
    for column in table.names():
        if column not in relation.names:
            table.fail(column, f"is no column of {relation.name}", found=column, expected=", ".join(relation.names))
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
        if column not in relation.names or relation.column(column).type is not Type.TEXT:
            table.fail(column, f"is no text of {relation.name}", found=column, expected=", ".join(relation.names))
        if isinstance(table.peek(column), dict):
            inner = table.table(column)
            filters.append(Filter(column=column, values=inner.texts("not"), negated=True))
            inner.done()
        else:
            filters.append(Filter(column=column, values=table.texts(column)))
    return filters


def _window(table: Table, scope: _Scope) -> Window:
    instant = scope.moment(table, "instant", _NOW)
    start = scope.moment(table, "from") if table.has("from") else None
    until = scope.moment(table, "until") if table.has("until") else None
    if start is None and until is None:
        table.fail("from", "is missing, and so is until", expected="at least one bound")
    table.done()
    return Window(instant=instant, start=start, until=until)


def _differs(top: Table, scope: _Scope, pair: tuple[str, str]) -> tuple[Reference, Reference]:
    left, right = (scope.reference(top, "differs", one) for one in pair)
    if scope.type_of(left) is not scope.type_of(right):
        top.fail("differs", "compares unlike columns", found=f"{left}, {right}", expected="two columns of one type")
    return left, right


def _strength(table: Table, scope: _Scope) -> Strength:
    strength = Strength(
        base=table.number("base", low=0.000001, high=1.0),
        fading=_fading(table.table("fading"), scope) if table.has("fading") else None,
        self_authored=_self_authored(table.table("self_authored"), scope) if table.has("self_authored") else None,
        recorded_after=_recorded_after(table.table("recorded_after"), scope) if table.has("recorded_after") else None,
        fanout=_fanout(table.table("fanout"), scope) if table.has("fanout") else None,
    )
    table.done()
    return strength


def _fading(table: Table, scope: _Scope) -> Fading:
    start = scope.moment(table, "from")
    until = scope.moment(table, "until") if table.has("until") else start
    half_life = table.parsed("half_life", span, SPAN_FORM)
    if not half_life:
        table.fail("half_life", "is nothing", found="0", expected=SPAN_FORM)
    table.done()
    return Fading(half_life=half_life, start=start, until=until)


def _self_authored(table: Table, scope: _Scope) -> SelfAuthored:
    found = SelfAuthored(of=_aliases(table, scope, "recorded_by"), factor=table.number("factor", low=0.0, high=1.0))
    table.done()
    return found


def _recorded_after(table: Table, scope: _Scope) -> RecordedAfter:
    found = RecordedAfter(
        of=_aliases(table, scope, "recorded_at"),
        beyond=table.parsed("beyond", span, SPAN_FORM),
        factor=table.number("factor", low=0.0, high=1.0),
    )
    table.done()
    return found


def _fanout(table: Table, scope: _Scope) -> Fanout:
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


def _aliases(table: Table, scope: _Scope, column: str) -> tuple[str, ...]:
    names = table.texts("of")
    for name in names:
        scope.checked(table, "of", Reference(name, column))
    return names


def _example(table: Table) -> Example:
    example = Example(
        name=table.text("name"),
        tables=table.text("tables"),
        strength=table.number("strength", low=0.0, high=1.0) if table.has("strength") else None,
    )
    table.done()
    return example


def _check_whole(top: Table, template: Template, scope: _Scope) -> None:
    matched = {str(found) for hop in template.path for _, found in hop.match}
    if "access.access" not in matched and not (
        "access.subject" in matched and matched & {"access.actor", "access.requester"}
    ):
        top.fail(
            "path",
            "does not lead from the actor to the subject: it would explain everybody",
            found=", ".join(sorted(one for one in matched if one.startswith("access."))) or None,
            expected="matches with access.actor and with access.subject",
        )
    requests = [hop.relation for hop in template.path[:-1] if hop.relation == "explained_request"]
    if requests:
        top.fail("path", "has hops after explained_request", expected="explained_request as the last hop")
    if template.strength.fanout is not None:
        _check_fanout(top.table("strength").table("fanout"), template)
    for kind in template.needs:
        if readable(kind, second=False) is None:
            top.fail("needs", "names no kind of fact", found=kind, expected="kinds of fact")
    for slot in top.parsed("sentence", slots, _SLOT_FORM):
        if slot.reference is not None:
            scope.checked(top, "sentence", slot.reference)


def _check_fanout(table: Table, template: Template) -> None:
    fanout = template.strength.fanout
    if template.after is not After.NOTHING:
        table.fail(
            "through", "cannot be counted in the second pass", expected='no [strength.fanout] where after = "explained"'
        )
    try:
        opened(template)
    except ValueError as error:
        table.fail("through", f"cannot be counted: {error}", found=fanout.through if fanout else None,
                   expected="a hop that is matched with access.subject, on a path whose hops meet one another")  # fmt: skip


def _choice(table: Table, key: str, kind: type[_Choice], default: _Choice) -> _Choice:
    text = table.text(key, default.value)
    if text not in {one.value for one in kind}:
        table.fail(key, "is not known", found=text, expected="one of " + ", ".join(one.value for one in kind))
    return kind(text)
