"""The hops that are known at a place of a template's file, and what a reference there may name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from custodiet.explain.moments import MOMENT_FORM, REFERENCE_FORM, moment, reference
from custodiet.explain.reading import Table
from custodiet.explain.template import Moment, Reference
from custodiet.relations.catalogue import ACCESS
from custodiet.relations.relation import Relation, Type


class Scope:
    """The aliases known so far, each with its relation, and the hops that come later, for errors."""

    def __init__(self, hops: Sequence[Table], *, second: bool) -> None:
        """Begin with the access alone; `second`: a template of the second pass."""
        self.second = second
        self.relations: dict[str, Relation] = {"access": ACCESS}
        self._hops = {str(table.peek("alias")): table for table in reversed(hops)}
        self._current: str | None = None

    def enter(self, alias: str) -> None:
        """Say which hop is being read: references in it that name it name itself."""
        self._current = alias

    def leave(self, relation: Relation) -> None:
        """Say that the hop was read and has that relation: from here on it may be named."""
        assert self._current is not None
        self.relations[self._current], self._current = relation, None

    def reference(self, table: Table, key: str, text: str, item: int | None = None) -> Reference:
        """Return the reference after checking that alias and column exist."""
        try:
            found = reference(text)
        except ValueError:
            table.fail(key, "is not a reference", found=text, expected=REFERENCE_FORM, item=item)
        return self.checked(table, key, found, item)

    def checked(self, table: Table, key: str, found: Reference, item: int | None = None) -> Reference:
        """Return the reference after checking that alias and column exist."""
        if found.alias not in self.relations:
            self._no_hop(table, key, found, item)
        relation = self.relations[found.alias]
        if found.column not in relation.names:
            table.unknown(key, f"names no column of {relation.name}", found.column, relation.names, item=item)
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
                instants = [
                    column.name
                    for column in self.relations[term.reference.alias].columns
                    if column.type is Type.INSTANT
                ]
                expected = "a column that holds an instant: " + ", ".join(instants)
                table.fail(key, "is no instant", found=str(term.reference), expected=expected)
        return found

    def _no_hop(self, table: Table, key: str, found: Reference, item: int | None) -> NoReturn:
        if self._current is None or found.alias not in self._hops:
            table.unknown(key, "names no earlier hop", found.alias, self.relations, item=item)
        expected = "a column of " + " or ".join(self.relations)
        if found.alias == self._current:
            remedy = "A hop is joined to what stands before it: match it with the access or with an earlier hop."
            table.fail(key, "matches the hop with itself", found=str(found), expected=expected, remedy=remedy)
        later = self._hops[found.alias]
        self._circle(table, key, found, later, expected)
        remedy = f"Move hop {found.alias} (line {later.line()}) above this one, or match it with this one instead."
        table.fail(key, "matches a hop that comes later", found=str(found), expected=expected, remedy=remedy)

    def _circle(self, table: Table, key: str, found: Reference, later: Table, expected: str) -> None:
        """Refuse two hops that wait for one another: no order of the file would help."""
        way = self._way(found.alias, str(self._current), ())
        if not way:
            return
        circle = " -> ".join((str(self._current), *way))
        remedy = f"Hops are joined one after the other: take one of these matches out (hop {found.alias} is on line {later.line()})."
        table.fail(key, f"closes a circle of hops ({circle})", found=str(found), expected=expected, remedy=remedy)

    def _way(self, start: str, goal: str, seen: tuple[str, ...]) -> tuple[str, ...]:
        """Return the hops from one to the other along what they match, both ends included; empty where there is no way."""
        if start == goal:
            return (start,)
        for alias in _matched(self._hops.get(start)):
            if alias not in (*seen, start):
                way = self._way(alias, goal, (*seen, start))
                if way:
                    return (start, *way)
        return ()


def _matched(hop: Table | None) -> list[str]:
    """Return the aliases that the hop's matches name, as far as they can be read."""
    match = hop.peek("match") if hop is not None else None
    if not isinstance(match, dict):
        return []
    return [str(one).partition(".")[0] for one in match.values()]
