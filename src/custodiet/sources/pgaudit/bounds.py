"""Which columns of a statement's tables can only have known values: equality, IN and ANY, carried across joins.

A *place* is a column under the name of its table in the statement, or under None where the statement names no table. Such a
column belongs to one table of the scope (the server refused the statement otherwise), or to several that a join makes equal on it,
so its values are handed to every table; the settings say whose key it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from custodiet.sources.pgaudit.terms import Term, list_terms, terms_of

Place = tuple[str | None, str]
Bounds = dict[Place, tuple[Term, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One statement (not those inside it) and the tables that it names."""

    node: exp.Expr
    tables: tuple[exp.Table, ...]

    def names(self) -> list[str]:
        """Return the names that the tables go by, in order."""
        return [alias_of(table) for table in self.tables]


@dataclass(slots=True)
class _Facts:
    """What the conditions say: places with their values, and pairs from the first of which values flow to the second."""

    bounds: Bounds = field(default_factory=dict)
    flows: list[tuple[Place, Place]] = field(default_factory=list)


def folded(identifier: exp.Expr) -> str:
    """Return the identifier as the server reads it: in lower case unless quoted."""
    name = identifier.name
    return name if identifier.args.get("quoted") else name.lower()


def bounds_of(scope: Scope) -> Mapping[str, Mapping[str, tuple[Term, ...]]]:
    """Return, for each table by its name in the scope, the columns that only have known values."""
    facts = _Facts()
    for condition, held in _conditions(scope):
        _learn(facts, condition, held)
    for place, terms in _rows_of_values(scope):
        _keep(facts.bounds, place, terms)
    for name, column, others in _using(scope):
        facts.flows += [((other, column), (name, column)) for other in others]
    _spread(facts)
    loose = {column: terms for (name, column), terms in facts.bounds.items() if name is None}
    return {
        name: loose | {column: terms for (owner, column), terms in facts.bounds.items() if owner == name}
        for name in scope.names()
    }


def _conditions(scope: Scope) -> Iterator[tuple[exp.Expr, frozenset[str] | None]]:
    """Yield each condition with the tables that it holds down; None: all of them."""
    node = scope.node
    where = node.args.get("where")
    if where is not None:
        yield where.this, None
    if isinstance(node, exp.Merge):
        yield node.args["on"], None
    before: set[str] = {alias_of(table) for table in scope.tables}
    joins = _joins(scope)
    before -= {name for _, names in joins for name in names}
    for join, names in joins:
        held = _held(join, frozenset(names), frozenset(before))
        if join.args.get("on") is not None:
            yield join.args["on"], held
        before |= names


def _rows_of_values(scope: Scope) -> Iterator[tuple[Place, tuple[Term, ...]]]:
    """Yield the columns of `(VALUES ...) AS name (column, ...)` whose values are all known."""
    for values in scope.node.find_all(exp.Values):
        alias = values.args.get("alias")
        if alias is None or alias.this is None or values.find_ancestor(exp.Select, type(scope.node)) is not scope.node:
            continue
        for number, column in enumerate(alias.columns):
            cells = [row.expressions[number] for row in values.expressions if len(row.expressions) > number]
            if (terms := list_terms(cells)) is not None:
                yield (folded(alias.this), folded(column)), terms


def _joins(scope: Scope) -> list[tuple[exp.Join, set[str]]]:
    """Return the scope's own joins in order, each with the names that it brings in."""
    own = {id(table) for table in scope.tables}
    found = []
    for join in scope.node.find_all(exp.Join):
        if join.find_ancestor(exp.Select, type(scope.node)) is not scope.node:
            continue
        names = {alias_of(table) for table in join.this.find_all(exp.Table) if id(table) in own}
        found.append((join, names or {join.this.alias_or_name.lower()}))
    return found


def _held(join: exp.Join, joined: frozenset[str], before: frozenset[str]) -> frozenset[str] | None:
    """Return the tables whose rows the join's condition limits; an outer join keeps the other side's rows whatever it says."""
    side = (join.args.get("side") or "").upper()
    if side == "LEFT":
        return joined
    if side == "RIGHT":
        return before
    return frozenset() if side == "FULL" else None


def _using(scope: Scope) -> Iterator[tuple[str, str, list[str]]]:
    names = scope.names()
    for join, joined in _joins(scope):
        held = _held(join, frozenset(joined), frozenset(names) - joined)
        for identifier in join.args.get("using") or ():
            column = folded(identifier)
            for name in names if held is None else sorted(held):
                yield name, column, [other for other in names if other != name]


def _learn(facts: _Facts, condition: exp.Expr, held: frozenset[str] | None) -> None:
    """Add what the condition says of the tables that it holds down."""
    for part in _conjuncts(condition):
        for place, terms in _known(part).items():
            if held is None or place[0] in held:
                _keep(facts.bounds, place, terms)
        if isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and isinstance(part.expression, exp.Column):
            left, right = _place(part.this), _place(part.expression)
            facts.flows += [
                (source, target)
                for source, target in ((left, right), (right, left))
                if held is None or target[0] in held
            ]


def _conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    pending = [condition]
    while pending:
        node = pending.pop()
        while isinstance(node, exp.Paren):
            node = node.this
        if isinstance(node, exp.And):
            pending += [node.expression, node.this]
        else:
            yield node


def _known(node: exp.Expr) -> Bounds:
    """Return the places that have known values wherever the condition is true."""
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.Or):
        return _either(node)
    if isinstance(node, exp.And):
        bounds: Bounds = {}
        for part in _conjuncts(node):
            for place, terms in _known(part).items():
                _keep(bounds, place, terms)
        return bounds
    if isinstance(node, exp.In):
        return _listed(node)
    if isinstance(node, exp.EQ | exp.NullSafeEQ) or (
        isinstance(node, exp.Operator) and str(node.args.get("operator")).endswith(".=")
    ):
        return _equal(node.this, node.expression)
    return {}


def _either(node: exp.Or) -> Bounds:
    branches = [_known(branch) for branch in node.flatten()]
    shared = set(branches[0]).intersection(*branches[1:])
    return {place: tuple(term for branch in branches for term in branch[place]) for place in sorted(shared, key=str)}


def _listed(node: exp.In) -> Bounds:
    rows = node.expressions
    if isinstance(node.this, exp.Tuple) and all(isinstance(row, exp.Tuple) for row in rows):
        columns = node.this.expressions
        cells = [
            [row.expressions[number] for row in rows if len(row.expressions) > number] for number in range(len(columns))
        ]
    else:
        columns, cells = [node.this], [rows]
    known = [(column, list_terms(values)) for column, values in zip(columns, cells, strict=True) if _is_column(column)]
    return {_place(column): terms for column, terms in known if terms is not None}


def _equal(left: exp.Expr, right: exp.Expr) -> Bounds:
    if isinstance(left, exp.Tuple) and isinstance(right, exp.Tuple):
        bounds: Bounds = {}
        for one, other in zip(left.expressions, right.expressions, strict=False):
            bounds |= _equal(one, other)
        return bounds
    column, value = (left, right) if _is_column(left) else (right, left)
    if not _is_column(column) or isinstance(value, exp.Tuple):
        return {}
    terms = terms_of(value)
    return {} if terms is None else {_place(column): terms}


def _is_column(node: exp.Expr) -> bool:
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return isinstance(node, exp.Column)


def _spread(facts: _Facts) -> None:
    """Carry values along the flows until nothing changes.

    A column named without its table is the one that the statement elsewhere names with it: only one table can have it.
    """
    places = {place for flow in facts.flows for place in flow}
    facts.flows += [((None, column), (name, column)) for name, column in sorted(places, key=str) if name is not None]
    changed = True
    while changed:
        changed = False
        for source, target in facts.flows:
            if target not in facts.bounds and source in facts.bounds:
                facts.bounds[target] = facts.bounds[source]
                changed = True


def _keep(bounds: Bounds, place: Place, terms: tuple[Term, ...]) -> None:
    """Keep the shorter of two lists for one place: both hold."""
    if place not in bounds or len(terms) < len(bounds[place]):
        bounds[place] = terms


def _place(column: exp.Expr) -> Place:
    while isinstance(column, exp.Cast | exp.Paren):
        column = column.this
    table = column.args.get("table")
    return (folded(table) if table is not None else None, folded(column.this))


def alias_of(table: exp.Table) -> str:
    """Return the name that the statement gives the table: its alias, or its own without the schema."""
    alias = table.args.get("alias")
    return folded(alias.this) if alias is not None and alias.this is not None else folded(table.this)
