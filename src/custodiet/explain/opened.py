"""A template's path with the access left open: whom a row of the path would excuse, whoever looked and whenever.

The access's own columns go: where several hops meet the access in one column, they meet one another instead. Windows that
speak of the access go too; what the records say of one another stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from custodiet.explain.template import Hop, Moment, Reference, Template, Window

#: The columns of the access that a template whose fan-out is counted may speak of, beside its time.
_MET = {"actor", "requester", "subject"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The path without its access: hops that meet only one another, and the column that says who is excused."""

    path: tuple[Hop, ...]
    windows: tuple[Window, ...]
    differs: tuple[tuple[Reference, Reference], ...]
    person: Reference


def person_column(template: Template) -> str:
    """Return the column of the access by which the path reaches a person: `actor`, or `requester`."""
    return "actor" if "actor" in _columns_met(template) else "requester"


def opened(template: Template) -> Opened:
    """Return the path with the access left open; raises ValueError saying why its fan-out cannot be counted."""
    _check(template)
    met: dict[Reference, Reference] = {}
    path = tuple(_opened_hop(hop, met) for hop in template.path)
    for hop in path[1:]:
        if not hop.match:
            msg = f"hop {hop.alias} meets the path only in the access, so everybody would count"
            raise ValueError(msg)
    return Opened(
        path=path,
        windows=tuple(window for window in template.windows if not _speaks_of_access(window)),
        differs=tuple((met.get(left, left), met.get(right, right)) for left, right in template.differs),
        person=met[Reference("access", person_column(template))],
    )


def only_there(path: Opened, through: str) -> frozenset[str]:
    """Return the hops whose rows nothing reads but their own match: that there is one is all that matters.

    The hop `through`, whose rows are counted by, is never among them, nor is the first.
    """
    moments: list[Moment | None] = [
        one for window in path.windows for one in (window.instant, window.start, window.until)
    ]
    read = [term.reference for moment in moments if moment is not None for term in moment.terms]
    read += [found for hop in path.path for _, found in hop.match]
    read += [found for pair in path.differs for found in pair] + [path.person]
    return frozenset(hop.alias for hop in path.path[1:]) - {found.alias for found in read} - {through}


def _opened_hop(hop: Hop, met: dict[Reference, Reference]) -> Hop:
    match = []
    for column, found in hop.match:
        if found.alias != "access":
            match.append((column, found))
        elif found in met:
            match.append((column, met[found]))
    for column, found in hop.match:
        if found.alias == "access":
            met.setdefault(found, Reference(hop.alias, column))
    return replace(hop, match=tuple(match))


def _check(template: Template) -> None:
    columns = _columns_met(template)
    columns |= {one.column for pair in template.differs for one in pair if one.alias == "access"}
    if not columns <= _MET or {"actor", "requester"} <= columns:
        found = ", ".join(f"access.{column}" for column in sorted(columns - {"subject"}))
        msg = f"the path meets the access in more than its subject and one person ({found})"
        raise ValueError(msg)
    fanout = template.strength.fanout
    if fanout is not None and ("subject" not in _own_columns(template.hop(fanout.through))):
        msg = f"hop {fanout.through} does not say which subject it is about"
        raise ValueError(msg)


def _columns_met(template: Template) -> set[str]:
    return {column for hop in template.path for column in _own_columns(hop)}


def _own_columns(hop: Hop) -> set[str]:
    return {found.column for _, found in hop.match if found.alias == "access"}


def _speaks_of_access(window: Window) -> bool:
    return any(_about_access(one) for one in (window.instant, window.start, window.until) if one is not None)


def _about_access(moment: Moment) -> bool:
    return any(term.reference.alias == "access" for term in moment.terms)


def sides_meet(template: Template) -> bool:
    """Tell whether matches lead from the person who looked to the subject, so that not only the time ties them."""
    person, subject = Reference("access", person_column(template)), Reference("access", "subject")
    sides: list[set[str]] = []
    for hop in template.path:
        ends = {str(found) if found.alias == "access" else found.alias for _, found in hop.match}
        touched = {hop.alias, *(end for end in ends if end not in _TIED_BY_NOBODY)}
        joined = [side for side in sides if side & touched]
        sides = [side for side in sides if not side & touched] + [touched.union(*joined)]
    return any({str(person), str(subject)} <= side or "access.access" in side for side in sides)


#: Columns of the access that say nothing of who looked at whom.
_TIED_BY_NOBODY = {"access.source", "access.system", "access.action", "access.channel", "access.subject_kind"}
