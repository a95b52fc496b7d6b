"""What the coverage map means, in sentences: no data is told apart from no reason, and each gap by its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from custodiet.model.explanations import State
from custodiet.report.coverage_map import (
    OF_ACTOR,
    OF_SUBJECT,
    Figures,
    KindLine,
    Line,
    ShareLine,
    TemplateReads,
    possible,
)
from custodiet.report.wording import counted, day, number, share

#: Of fewer accesses than this nothing is said in words: three looks without a tasking are no gap.
LEAST = 100
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
#: Most templates that a sentence names.
_NAMED = 3


def notes(
    total: Figures,
    systems: Sequence[Line],
    kinds: Sequence[KindLine],
    shares: Sequence[ShareLine],
    templates: Sequence[TemplateReads],
) -> tuple[str, ...]:
    """Return the sentences, the gravest first; of the newest month where a thing changes from month to month."""
    held = frozenset(line.kind for line in kinds if line.source is not None)
    return (
        *_no_data(total),
        *(sentence for line in systems for sentence in _of_system(line, templates, held)),
        *_without_source(kinds),
        *_silent(kinds),
        *_behind(kinds),
        *_drifted(shares),
    )


def of_access(
    system: Line, held_then: Mapping[str, bool], kinds: Sequence[KindLine], templates: Sequence[TemplateReads]
) -> tuple[str, ...]:
    """Return what was not there to be seen for one access: of its subject, its actor, its system in that month, at all.

    `system` is named with its month, and holds its figures in it; `kinds` are those of the month.
    """
    held = frozenset(line.kind for line in kinds if line.source is not None)
    return (
        *_nothing_held(held_then),
        *_of_system(system, templates, held),
        *_without_source(kinds),
        *_silent(kinds),
    )


def _nothing_held(held_then: Mapping[str, bool]) -> Iterator[str]:
    sides = ((OF_SUBJECT, "work that concerns this subject"), (OF_ACTOR, "this actor's post or work"))
    for kinds, what in sides:
        if not any(held_then[kind] for kind in kinds):
            yield (
                f"Nothing about {what} was on record by then (no {_listed(kinds, 'or')}): what is held could not have"
                " explained this look, whatever its reason was."
            )


def named_month(month: str) -> str:
    """Return "2026-03" as "March 2026"."""
    year, number_of = month.split("-")
    return f"{_MONTHS[int(number_of) - 1]} {year}"


def _no_data(total: Figures) -> Iterator[str]:
    unexplained, lacking = total.states[State.UNEXPLAINED], total.unexplained_no_data
    if lacking:
        parts = []
        if total.unexplained_no_subject:
            parts.append(
                f"{number(total.unexplained_no_subject)} concern a subject of whom no work was on record by then"
            )
        if total.unexplained_no_actor:
            parts.append(f"{number(total.unexplained_no_actor)} are by an actor of whom no posting, duty or work was")
        yield (
            f"Of {counted(unexplained, 'unexplained access', 'unexplained accesses')} {number(lacking)}"
            f" ({share(lacking, unexplained)}) lie where there is no data: {', and '.join(parts)}."
            " What is held could not have explained these, whatever the reason was."
        )


def _of_system(line: Line, templates: Sequence[TemplateReads], held: frozenset[str]) -> Iterator[str]:
    figures = line.figures
    if figures.accesses < LEAST:
        return
    lacking = [kind for kind in (*OF_SUBJECT, *OF_ACTOR) if not figures.reached[kind] and kind in held]
    if not lacking and figures.of_subject:
        return
    if not figures.of_subject or not figures.of_actor:
        side = "its subjects" if not figures.of_subject else "its users"
        yield (
            f"{line.name}: no source delivers anything about {side} ({counted(figures.accesses, 'access', 'accesses')}):"
            " nothing that is done there can be explained."
        )
        return
    yield (
        f"{line.name}: no source delivers {_listed(lacking, 'or')} for it (of {counted(figures.accesses, 'access', 'accesses')}"
        f" not one has such a fact in reach). {_only_by(line, templates, held)}"
    )


def _only_by(line: Line, templates: Sequence[TemplateReads], held: frozenset[str]) -> str:
    left = possible(templates, line.figures, held)
    if not left:
        return "Accesses there cannot be explained by any template."
    if len(left) <= _NAMED:
        return f"Accesses there can only be explained by: {'; '.join(one.title for one in left)}."
    through = [kind for kind in OF_SUBJECT if line.figures.reached[kind]]
    return (
        f"Accesses there can only be explained by {_listed(through, 'or')} ({len(left)} of {len(templates)} templates)."
    )


def _without_source(kinds: Sequence[KindLine]) -> Iterator[str]:
    lacking = [line for line in _newest(kinds) if line.standing == "none" and line.templates]
    if lacking:
        words = [f"{_words(line.kind)} ({counted(line.templates, 'template')})" for line in lacking]
        yield f"No source delivers {_joined(words, 'or')}: a template that rests on it cannot match."


def _silent(kinds: Sequence[KindLine]) -> Iterator[str]:
    for line in _newest(kinds):
        if line.standing == "silent" and line.delivered_to is not None:
            yield (
                f"{line.source} has been silent about {_words(line.kind)} since {_day(line.delivered_to)} and is taken as ended:"
                f" nothing waits for it, and {counted(line.beyond, 'access', 'accesses')} of {named_month(line.month)} were"
                " judged without it."
            )


def _behind(kinds: Sequence[KindLine]) -> Iterator[str]:
    behind = sorted((line for line in _newest(kinds) if line.standing == "behind"), key=lambda line: -line.beyond)
    if not behind:
        return
    furthest = behind[0]
    upto = "" if furthest.delivered_to is None else f", which came in up to {_day(furthest.delivered_to)}"
    others = len({(line.kind, line.source) for line in behind}) - 1
    yield (
        f"{counted(furthest.beyond, 'access', 'accesses')} of {named_month(furthest.month)} may still be explained by what is"
        f" under way: {_words(furthest.kind)} from {furthest.source}{upto}"
        f"{f', and {others} less far behind (--by kind)' if others else ''}."
    )


def _drifted(shares: Sequence[ShareLine]) -> Iterator[str]:
    newest = max((line.month for line in shares), default=None)
    for line in shares:
        if line.month == newest and line.outside and line.low is not None and line.high is not None:
            yield (
                f"“{line.title}” explained {share(line.accesses, line.of_accesses)} of the accesses of {named_month(line.month)},"
                f" where {line.low:.1%} to {line.high:.1%} was to be expected after the earlier months: a source or a habit"
                " changed."
            )


def _newest(kinds: Sequence[KindLine]) -> list[KindLine]:
    newest = max((line.month for line in kinds), default=None)
    return [line for line in kinds if line.month == newest]


def _listed(kinds: Sequence[str], last: str) -> str:
    return _joined([_words(kind) for kind in kinds], last)


def _joined(words: Sequence[str], last: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _day(instant: datetime) -> str:
    return day(instant.date())
