"""Which tables a statement touches, in what role, and which columns it holds to known values there."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from custodiet.sources.pgaudit.bounds import Scope, alias_of, bounds_of, folded
from custodiet.sources.pgaudit.terms import Term, terms_of


class Role(StrEnum):
    """What the statement does with a table."""

    READ = "read"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"
    COPY_IN = "copy_in"
    COPY_OUT = "copy_out"
    DEFINE = "define"  # named by a statement that defines or empties things: CREATE, DROP, GRANT, TRUNCATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """One occurrence of a table in a statement; an INSERT has one for each row."""

    schema: str | None
    name: str
    role: Role
    bounds: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    row: tuple[tuple[Term, ...] | None, ...] | None = None  # an INSERT without a list of columns
    condition: str | None = None  # the WHERE clause
    verb: str | None = None  # of a definition: CREATE TABLE, GRANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a function, with the terms of its arguments."""

    name: str
    arguments: tuple[tuple[Term, ...] | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a statement's text tells of what it touches."""

    touches: tuple[Touch, ...] = ()
    calls: tuple[Call, ...] = ()


def _silent(record: logging.LogRecord) -> bool:
    return "unsupported syntax" not in record.msg


# SQLGlot quotes a statement that it cannot take apart in a warning; statements hold personal data, and logs must not.
logging.getLogger("sqlglot").addFilter(_silent)

_STATEMENTS = (exp.Select, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy)
_DEFINITIONS = (exp.Create, exp.Drop, exp.Alter, exp.Grant, exp.Revoke, exp.TruncateTable, exp.Comment)


def plan_of(form: str) -> Plan | None:
    """Return what a statement touches, or None where the text cannot be taken apart."""
    try:
        trees = sqlglot.parse(form, read="postgres")
    except (SqlglotError, RecursionError):
        return None
    known = [tree for tree in trees if tree is not None]
    if not known or any(isinstance(tree, exp.Command) for tree in known):
        return None
    touches = tuple(touch for tree in known for touch in _touches(tree))
    calls = tuple(call for tree in known for call in _calls(tree))
    return Plan(touches=touches, calls=calls)


def _touches(tree: exp.Expr) -> Iterator[Touch]:
    named = {folded(cte.args["alias"].this) for cte in tree.find_all(exp.CTE) if cte.args.get("alias")}
    for node in tree.find_all(*_STATEMENTS, *_DEFINITIONS):
        if not _of_tables(node):
            continue
        tables = [table for table in _own_tables(node) if table.args.get("db") or folded(table.this) not in named]
        if isinstance(node, exp.Insert):
            yield from _insert_touches(node, tables)
        elif tables:
            yield from _statement_touches(node, tables)


def _of_tables(node: exp.Expr) -> bool:
    """Tell whether what a definition names is a table or lies on one: CREATE DATABASE names neither."""
    kind = str(node.args.get("kind") or "TABLE").upper()
    return not isinstance(node, _DEFINITIONS) or kind.split()[-1] in {"TABLE", "VIEW", "INDEX"}


def _own_tables(node: exp.Expr) -> list[exp.Table]:
    """Return the tables that the statement itself names, without those of statements inside it and of FOR UPDATE OF."""
    return [
        table
        for table in node.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and table.find_ancestor(exp.Lock, *_STATEMENTS, *_DEFINITIONS) is node
    ]


def _statement_touches(node: exp.Expr, tables: list[exp.Table]) -> Iterator[Touch]:
    bounds = bounds_of(Scope(node=node, tables=tuple(tables)))
    where = node.args.get("where")
    condition = where.this.sql(dialect="postgres", comments=False) if where is not None else None
    for table in tables:
        yield Touch(
            schema=_schema(table),
            name=folded(table.this),
            role=_role(node, table),
            bounds=bounds.get(alias_of(table), {}),
            condition=condition,
            verb=_verb(node),
        )


def _verb(node: exp.Expr) -> str | None:
    """Return how pgAudit's command for the definition begins, or None for what is no definition."""
    if not isinstance(node, _DEFINITIONS):
        return None
    if isinstance(node, exp.TruncateTable):
        return "TRUNCATE TABLE"
    if isinstance(node, exp.Create | exp.Drop | exp.Alter):
        return f"{node.key.upper()} {str(node.args.get('kind') or 'TABLE').upper()}"
    return node.key.upper()


def _schema(table: exp.Table) -> str | None:
    schema = table.args.get("db")
    return folded(schema) if isinstance(schema, exp.Identifier) else None


def _role(node: exp.Expr, table: exp.Table) -> Role:
    if isinstance(node, _DEFINITIONS):
        return Role.DEFINE
    if isinstance(node, exp.Copy):
        return Role.COPY_IN if node.args.get("kind") else Role.COPY_OUT
    target = node.this.this if isinstance(node.this, exp.Schema) else node.this
    if isinstance(node, exp.Select) or table is not target:
        return Role.COPY_OUT if node.find_ancestor(exp.Copy) else Role.READ
    if isinstance(node, exp.Delete):
        return Role.DELETE
    return Role.UPDATE


def _insert_touches(node: exp.Insert, tables: list[exp.Table]) -> Iterator[Touch]:
    target = node.this.this if isinstance(node.this, exp.Schema) else node.this
    columns = [folded(name) for name in node.this.expressions] if isinstance(node.this, exp.Schema) else None
    for table in tables:
        if table is not target:
            yield Touch(schema=_schema(table), name=folded(table.this), role=Role.READ)
            continue
        for row in _rows(node):
            yield _row_touch(table, columns, row)


def _row_touch(table: exp.Table, columns: list[str] | None, row: tuple[tuple[Term, ...] | None, ...]) -> Touch:
    bounds = {name: terms for name, terms in zip(columns or (), row, strict=False) if terms is not None}
    return Touch(
        schema=_schema(table),
        name=folded(table.this),
        role=Role.INSERT,
        bounds=bounds,
        row=row if columns is None else None,
    )


def _rows(node: exp.Insert) -> list[tuple[tuple[Term, ...] | None, ...]]:
    """Return the rows of VALUES, or the one row of a SELECT's constants; a row without known values is empty."""
    source = node.expression
    if isinstance(source, exp.Values):
        return [tuple(terms_of(value) for value in _cells(row)) for row in source.expressions]
    if isinstance(source, exp.Select):
        return [tuple(terms_of(value.unalias()) for value in source.expressions)]
    return [()]


def _cells(row: exp.Expr) -> list[exp.Expr]:
    return row.expressions if isinstance(row, exp.Tuple) else [row]


def _calls(tree: exp.Expr) -> Iterator[Call]:
    for function in tree.find_all(exp.Anonymous):
        name = function.this if isinstance(function.this, str) else function.name
        yield Call(name=name.lower(), arguments=tuple(terms_of(argument) for argument in function.expressions))
