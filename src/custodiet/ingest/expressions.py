"""Small words of SQL as trees: what the compiler of mappings says again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

#: What is trimmed off every delivered text: space, tab, line ends and the no-break space.
TRIMMED = " \t\r\n\u00a0"
_UNTIDY = r"^[ \t\r\n\x{a0}]|[ \t\r\n\x{a0}]$"


def call(name: str, *arguments: exp.Expression) -> exp.Expression:
    """Return a call of DuckDB's function, by its own name and untranslated."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def col(name: str) -> exp.Column:
    """Return a column by its exact name."""
    return exp.column(name, quoted=True)


def text(value: str) -> exp.Expression:
    """Return a text constant."""
    return exp.Literal.string(value)


def number(value: int) -> exp.Expression:
    """Return a whole number."""
    return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))


def nothing(kind: str | None = None) -> exp.Expression:
    """Return NULL, of a type where one is given."""
    return exp.cast(exp.null(), kind, dialect="duckdb") if kind else exp.null()


def is_null(value: exp.Expression) -> exp.Expression:
    """Return the claim that there is no value."""
    return exp.Is(this=value.copy(), expression=exp.null())


def is_known(value: exp.Expression) -> exp.Expression:
    """Return the claim that there is a value."""
    return exp.Not(this=is_null(value))


def both(*claims: exp.Expression) -> exp.Expression:
    """Return the claim that all of these hold."""
    return exp.Paren(this=exp.and_(*(claim.copy() for claim in claims)))


def either(*claims: exp.Expression) -> exp.Expression:
    """Return the claim that one of these holds."""
    return exp.Paren(this=exp.or_(*(claim.copy() for claim in claims)))


def choose(
    branches: Iterable[tuple[exp.Expression, exp.Expression]], otherwise: exp.Expression | None = None
) -> exp.Expression:
    """Return the value of the first branch whose claim holds; without any branch, what is otherwise."""
    ifs = [exp.If(this=claim.copy(), true=value.copy()) for claim, value in branches]
    if not ifs:
        return nothing() if otherwise is None else otherwise
    return exp.Case(ifs=ifs, default=None if otherwise is None else otherwise.copy())


def first_of(values: Sequence[exp.Expression]) -> exp.Expression:
    """Return the first value that is known."""
    return values[0] if len(values) == 1 else call("coalesce", *(value.copy() for value in values))


def equal(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the claim that two values are equal."""
    return exp.EQ(this=left.copy(), expression=right.copy())


def among(value: exp.Expression, texts: Iterable[str]) -> exp.Expression:
    """Return the claim that the value is one of the texts."""
    return exp.In(this=value.copy(), expressions=[text(item) for item in texts])


def plus(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the sum."""
    return exp.Paren(this=exp.Add(this=left.copy(), expression=right.copy()))


def minus(left: exp.Expression, right: exp.Expression) -> exp.Expression:
    """Return the difference."""
    return exp.Paren(this=exp.Sub(this=left.copy(), expression=right.copy()))


def joined(*values: exp.Expression) -> exp.Expression:
    """Return the texts one after the other; nothing where one of them is nothing."""
    result = values[0].copy()
    for value in values[1:]:
        result = exp.DPipe(this=result, expression=value.copy(), safe=False)
    return exp.Paren(this=result)


def trimmed(value: exp.Expression) -> exp.Expression:
    """Return the text without the blanks around it; nothing where no more than blanks is there."""
    # looking for blanks is several times faster than trimming, and most texts have none
    untidy = call("regexp_matches", value.copy(), text(_UNTIDY))
    return call("nullif", choose([(untidy, call("trim", value.copy(), text(TRIMMED)))], value), text(""))


def fits(value: exp.Expression, pattern: str) -> exp.Expression:
    """Return the claim that the whole text matches the pattern (RE2)."""
    return call("regexp_full_match", value.copy(), text(pattern))


def extract(value: exp.Expression, pattern: str, group: int) -> exp.Expression:
    """Return the group of the first match of the pattern (RE2), or an empty text."""
    return call("regexp_extract", value.copy(), text(pattern), number(group))


def struct(**fields: exp.Expression) -> exp.Expression:
    """Return a struct of the fields."""
    return exp.Struct(
        expressions=[exp.PropertyEQ(this=exp.to_identifier(name), expression=value) for name, value in fields.items()]
    )


def array(values: Iterable[exp.Expression]) -> exp.Expression:
    """Return a list of the values."""
    return exp.Array(expressions=list(values))


def named(value: exp.Expression, name: str) -> exp.Expression:
    """Return the value under a name."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def layer(projections: Iterable[exp.Expression], below: exp.Expression, name: str) -> exp.Select:
    """Return a selection of these projections from the query or table below."""
    source = below.subquery(name) if isinstance(below, exp.Query) else below
    return exp.select(*projections).from_(source)
