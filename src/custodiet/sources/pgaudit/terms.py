"""Where the value of a key comes from: a parameter, plain or as an array, perhaps with its sign changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from custodiet.sources.pgaudit.statement import PARAMETER


@dataclass(frozen=True, slots=True)
class Term:
    """One source of values; `literal` where the text itself holds it, else a parameter's number."""

    literal: str | None = None
    parameter: int = 0
    array: bool = False
    negative: bool = False

    def values(self, parameter: Callable[[int], str | None]) -> tuple[str, ...] | None:
        """Return the values that the term stands for, or None where the log does not tell them."""
        text = self.literal if self.literal is not None else parameter(self.parameter)
        if text is None or text == "":
            return None
        if self.array:
            return array_elements(text)
        return (f"-{text}" if self.negative else text,)


def terms_of(node: exp.Expr) -> tuple[Term, ...] | None:
    """Return the terms of one value or a list of values, or None where it is computed."""
    node = _bare(node)
    if isinstance(node, exp.Any):
        return _array_terms(_bare(node.this))
    if isinstance(node, exp.Tuple):
        return list_terms(node.expressions)
    term = _term(node)
    return None if term is None else (term,)


def list_terms(nodes: list[exp.Expr]) -> tuple[Term, ...] | None:
    """Return the terms of all values of a list, or None where one is computed or there are none."""
    terms = [_term(_bare(node)) for node in nodes]
    known = tuple(term for term in terms if term is not None)
    return known if known and len(known) == len(terms) else None


def _array_terms(node: exp.Expr) -> tuple[Term, ...] | None:
    if isinstance(node, exp.Array):
        return list_terms(node.expressions)
    term = _term(node)
    return None if term is None else (Term(literal=term.literal, parameter=term.parameter, array=True),)


def _bare(node: exp.Expr) -> exp.Expr:
    """Return the node inside casts and parentheses."""
    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return node


def _term(node: exp.Expr) -> Term | None:
    if isinstance(node, exp.Neg):
        inner = _term(_bare(node.this))
        return None if inner is None else Term(literal=inner.literal, parameter=inner.parameter, negative=True)
    if isinstance(node, exp.Placeholder) and node.name.startswith(PARAMETER):
        return Term(parameter=int(node.name.removeprefix(PARAMETER)))
    if isinstance(node, exp.Literal):
        return Term(literal=str(node.this))
    return None


_ELEMENT = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^",{}]+))\s*(?P<end>,|\Z)', re.DOTALL)


def array_elements(text: str) -> tuple[str, ...] | None:
    """Return the elements of a one-dimensional array literal without its NULLs, or None where it is none."""
    text = text.strip()
    if not (text.startswith("{") and text.endswith("}")):
        return None
    inside, elements, position = text[1:-1], list[str](), 0
    while position < len(inside):
        match = _ELEMENT.match(inside, position)
        if match is None:
            return None
        if match["quoted"] is not None:
            elements.append(re.sub(r"\\(.)", r"\1", match["quoted"], flags=re.DOTALL))
        elif match["plain"].strip().upper() != "NULL":
            elements.append(match["plain"].strip())
        position = match.end()
    return tuple(elements)
