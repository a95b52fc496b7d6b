"""Rows of a log become a ProcessLog: names become numbers, texts become instants, and what was left out is counted."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from custodiet.errors import BadInput
from custodiet.model.process_log import ABSENT, ProcessLog
from custodiet.sources.process_logs.attributes import chosen
from custodiet.sources.process_logs.machines import NOBODY, machines
from custodiet.sources.process_logs.mapping import LogMapping
from custodiet.sources.process_logs.times import Moment, Order, moment, order_of

#: A larger share of rows without a readable time is a mistake of the mapping, not of a few rows.
_MOST_UNREAD = 0.02
#: A log in which a larger share of events stands at midnight knows only the day of those.
_MANY_AT_MIDNIGHT = 0.05
_DAY = 86_400_000_000


@dataclass(slots=True)
class Names:
    """Names and their numbers, in the order in which they were met."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str | None) -> int:
        """Return the name's number; ABSENT for what stands for nothing."""
        text = (name or "").strip()
        if text.casefold() in NOBODY:
            return ABSENT
        return self.numbers.setdefault(text, len(self.numbers))


class Gathered:
    """Takes rows one by one."""

    def __init__(self, file: str, mapping: LogMapping, row_attributes: Iterable[str] = ()) -> None:
        """Start with nothing; `row_attributes` are columns of rows that tell of the case."""
        self._file, self._mapping = file, mapping
        self._names = {part: Names() for part in ("case", "activity", "resource", "team")}
        self._columns = {part: array("q") for part in self._names}
        self._rows = {name: (Names(), array("q")) for name in row_attributes}
        self._texts: dict[str, int] = {}
        self._time, self._line = array("q"), array("q")
        self._told: dict[str, dict[int, str]] = {}
        self._without_case = self._other_transition = 0
        self.notes: list[str] = []

    def add(self, line: int, parts: Mapping[str, str | None]) -> None:
        """Take in one event: case, activity, resource, team, time and row attributes as texts, by name."""
        wanted = self._mapping.transitions
        if wanted and (parts.get("transition") or "").strip().casefold() not in {one.casefold() for one in wanted}:
            self._other_transition += 1
            return
        case = self._names["case"].number(parts["case"])
        if case == ABSENT:
            self._without_case += 1
            return
        for part, column in self._columns.items():
            column.append(case if part == "case" else self._names[part].number(parts.get(part)))
        for name, (names, column) in self._rows.items():
            column.append(names.number(parts.get(name)))
        self._time.append(self._texts.setdefault((parts.get("time") or "").strip(), len(self._texts)))
        self._line.append(line)

    def tell(self, case: str | None, attributes: Mapping[str, str]) -> None:
        """Take in attributes that stand on the case itself."""
        number = self._names["case"].number(case)
        if number != ABSENT:
            for name, value in attributes.items():
                self._told.setdefault(name, {})[number] = value

    def known_resources(self) -> int:
        """Return how many events have a resource."""
        return sum(one != ABSENT for one in self._columns["resource"])

    def finished(self) -> ProcessLog:
        """Return the log; raises BadInput naming file and line where the times cannot be read."""
        moments, rows = self._moments(), array("q")
        for row, text in enumerate(self._time):
            if moments[text] is not None:
                rows.append(row)
        if not rows:
            raise BadInput("There is no event in it.", file=self._file, expected="events with a case and a time")
        self._check_read(len(rows), moments)
        day_only = self._at_midnight(rows, moments)
        columns = {part: array("q", (column[row] for row in rows)) for part, column in self._columns.items()}
        at, known = array("q"), array("q")
        for row in rows:
            found = moments[self._time[row]]
            assert found is not None
            at.append(found.at)
            known.append(found.at + _DAY - 1 if day_only and found.midnight else found.at)
        self._note_left_out()
        return self._log(columns, at, known, rows)

    def _log(
        self, columns: Mapping[str, array[int]], at: array[int], known: array[int], rows: array[int]
    ) -> ProcessLog:
        actors = list(self._names["resource"].numbers)
        values, cases = self._case_values(columns["case"], at, rows), len(self._names["case"].numbers)
        told = chosen(values, cases, actors, self._mapping, of_case=bool(self._told))
        left_out = machines(actors, columns["resource"], at, self._mapping.not_people, self._mapping.people)
        self._note_machines(actors, left_out)
        return ProcessLog(
            cases=list(self._names["case"].numbers),
            activities=list(self._names["activity"].numbers),
            actors=actors,
            teams=list(self._names["team"].numbers),
            case=columns["case"],
            activity=columns["activity"],
            actor=columns["resource"],
            team=columns["team"],
            at=at,
            known=known,
            attributes=told.attributes,
            naming=told.naming,
            attributes_of_case=bool(self._told),
            machines=left_out,
            notes=[*self.notes, *told.notes],
        )

    def _moments(self) -> list[Moment | None]:
        form, zone = self._mapping.time_format, self._mapping.zone
        order = Order.EITHER if form else order_of(self._texts)
        if order is Order.BOTH:
            raise BadInput(
                "Some times have the day first and some the month first.",
                file=self._file,
                field="time",
                expected='a mapping that says which, e.g. time_format = "%d/%m/%Y %H:%M:%S"',
            )
        found = [moment(text, zone, order, form) for text in self._texts]
        two_ways = order is Order.EITHER and not form and any(_either_way(text) for text in self._texts)
        if two_ways:
            self.notes.append(
                "Times were read with the day first; say time_format in the mapping if the month is first."
            )
        return found

    def _check_read(self, read: int, moments: list[Moment | None]) -> None:
        unread = len(self._time) - read
        if not unread:
            return
        row = next(row for row, text in enumerate(self._time) if moments[text] is None)
        text = list(self._texts)[self._time[row]]
        if unread > _MOST_UNREAD * len(self._time):
            raise BadInput(
                f"{unread:,} of {len(self._time):,} times cannot be read; this is the first.",
                file=self._file,
                line=self._line[row] or None,
                field=self._mapping.time or "time",
                found=repr(text[:60]),
                expected='a date and time, or a mapping with time_format, e.g. "%d-%m-%Y %H:%M"',
            )
        where = f" (the first is in line {self._line[row]:,})" if self._line[row] else ""
        self.notes.append(f"{unread:,} events were left out: their time cannot be read{where}.")

    def _at_midnight(self, rows: array[int], moments: list[Moment | None]) -> bool:
        """Tell whether so many events stand at midnight that midnight only means that day."""
        midnight = sum(1 for row in rows if (found := moments[self._time[row]]) is not None and found.midnight)
        many = midnight > _MANY_AT_MIDNIGHT * len(rows)
        if many:
            self.notes.append(
                f"{midnight:,} events have a day and no time: each counts as earlier only from the next day on."
            )
        return many

    def _case_values(self, case: array[int], at: array[int], rows: array[int]) -> dict[str, dict[int, str]]:
        """Return attribute, case and value: told of the case, or from its earliest row."""
        if self._told or not self._rows:
            return self._told
        earliest: dict[int, int] = {}
        for place, number in enumerate(case):
            if number not in earliest or at[place] < at[earliest[number]]:
                earliest[number] = place
        found: dict[str, dict[int, str]] = {}
        for name, (names, column) in self._rows.items():
            words = list(names.numbers)
            values = {number: column[rows[place]] for number, place in earliest.items()}
            found[name] = {number: words[value] for number, value in values.items() if value != ABSENT}
        return found

    def _note_left_out(self) -> None:
        if self._without_case:
            self.notes.append(f"{self._without_case:,} rows without a case were left out.")
        if self._other_transition:
            self.notes.append(
                f"{self._other_transition:,} events of other transitions were left out, as the mapping says."
            )
        missing = len(self._time) - self.known_resources()
        if missing:
            self.notes.append(f"{missing:,} events have no resource: they tell how cases stood, and are no accesses.")

    def _note_machines(self, actors: list[str], left_out: Mapping[int, str]) -> None:
        if not left_out:
            return
        shown = [f"{actors[number]} ({why})" for number, why in sorted(left_out.items())]
        more = f" and {len(shown) - 6:,} more" if len(shown) > 6 else ""
        self.notes.append(
            f"Taken for no people, so that what they do is no access: {', '.join(shown[:6])}{more}."
            " The mapping's `people` and `not_people` overrule this."
        )


def _either_way(text: str) -> bool:
    return len(text) > 4 and not text[:4].isdigit() and text[:2].strip("-/. ").isdigit()
