"""The parts of the manual that are written from the signals themselves, so that they cannot fall behind them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from custodiet.detect.features import NOUNS
from custodiet.detect.signal_file import SignalFile
from custodiet.relations.relation import Type

_KINDS = {Type.TEXT: "text", Type.INTEGER: "number", Type.NUMBER: "number", Type.TRUTH: "true or false"}


def signal_table(signals: Iterable[SignalFile]) -> str:
    """Return a Markdown table of the signals, what each is worth, and how each errs; the heaviest first."""
    ordered = sorted(signals, key=lambda each: (-each.points, each.id))
    return "\n".join(
        _table(("Signal", "Points", "Group", "Says", "When it is wrong"), (_cells(each) for each in ordered))
    )


def feature_table() -> str:
    """Return a Markdown table of the features that signals may speak of, by the noun that they are about."""
    rows = (
        (noun, f"`{column.name}`", _KINDS[column.type], column.meaning)
        for noun, columns in NOUNS.items()
        for column in columns
    )
    return "\n".join(_table(("About", "Feature", "Kind", "Meaning"), rows))


def _cells(signal: SignalFile) -> tuple[str, ...]:
    says = signal.fires[0].sentence or signal.title
    return (f"`{signal.id}`", f"{signal.points:+d}", signal.group or "", says, signal.false_positive)


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(header) + " |"
    yield "|" + "---|" * len(header)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
