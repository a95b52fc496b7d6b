"""House rules that no linter of ours knows."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "custodiet"
#: The optional distribution keeps the same rules.
MINING = ROOT / "mining" / "src" / "custodiet_mining"
MODULES = sorted([*SOURCE.rglob("*.py"), *MINING.rglob("*.py")])
QUERIES = sorted([*SOURCE.rglob("*.sql"), *MINING.rglob("*.sql")])
#: A statement in a string: a verb, then what only SQL has after it.
SQL_TEXT = re.compile(
    r"(?is)^\s*(select\b.+\bfrom\b|insert\s+into\b|create\s+(or\s+replace\s+)?(temp\s+)?(table|view)\b|copy\s+\(|with\s+\w+\s+as\s*\()"
)
#: Names that say nothing about the noun a module holds.
DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
UNSTEADY = {
    "now",
    "current_timestamp",
    "current_date",
    "today",
    "random",
    "uuid",
    "gen_random_uuid",
    "setseed",
    "nextval",
}


def name_of(path: Path) -> str:
    """Return the path as people write it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_is_read_in_one_sitting(module: Path) -> None:
    """No module has more than 400 lines."""
    assert len(module.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_module_is_a_drawer(module: Path) -> None:
    """A thing lives where its noun lives."""
    assert not {part.removesuffix(".py") for part in module.relative_to(ROOT).parts} & DRAWERS


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_sql_text_stands_in_python(module: Path) -> None:
    """SQL is a packaged file or a tree, never a string."""
    tree = ast.parse(module.read_text("utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if SQL_TEXT.match(text)] == []


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_a_query_says_what_it_writes(query: Path) -> None:
    """The first line of a query is a comment with a sentence."""
    first = query.read_text("utf-8").splitlines()[0]

    assert first.startswith("-- ")
    assert len(first) > 15


@pytest.mark.parametrize("query", QUERIES, ids=name_of)
def test_a_query_is_steady(query: Path) -> None:
    """A query parses, and asks neither for the time of day nor for chance."""
    for statement in sqlglot.parse(query.read_text("utf-8"), dialect="duckdb"):
        assert statement is not None
        names = {node.sql_name().lower() for node in statement.find_all(exp.Func)} | {
            str(node.this).lower() for node in statement.find_all(exp.Anonymous)
        }
        assert names & UNSTEADY == set()


def test_the_rules_have_something_to_look_at() -> None:
    """The patterns above would find what they look for."""
    assert SQL_TEXT.match("SELECT a FROM b")
    assert SQL_TEXT.match("create or replace table x as select 1")
    assert not SQL_TEXT.match("Select a file from the list, please"[:6])
    assert len(MODULES) > 40
