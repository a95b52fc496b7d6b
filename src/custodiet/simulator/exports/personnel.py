"""What the personnel side hands over: staff, postings as a log of changes, supervision, logins, training, declared ties, duties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.lines import Oddity, Text, among, file_bytes, joined, numbered, quoted, texts, where
from custodiet.simulator.roster import BEFORE, CODES
from custodiet.simulator.streams import DAY, HOUR, NONE, Ints, by_day
from custodiet.simulator.ties import NATURES, Moves, Ties
from custodiet.simulator.wording import Wording
from custodiet.simulator.workforce import EMPLOYMENTS, RANK, RANKS, ROLES

_END = "\r\n"

Grid = np.ndarray[tuple[int, int], np.dtype[np.bool_]]


def _table(name: str, mapping: str, head: str, lines: Text) -> ExportFile:
    data = file_bytes(lines, head + _END)
    return ExportFile(path=f"exports/hr/{name}.csv", data=data, mapping=mapping, received=len(lines))


def staff_list(words: Wording, ties: Ties) -> ExportFile:
    """Return the staff with their homes; who once lived with a former partner has that home as an earlier one."""
    force, people, stamps = words.scene.force, words.scene.people, words.stamps
    rng = words.scene.streams.named("joined")
    since = by_day(stamps.clock.opens - 2 * DAY - (rng.random(force.size) * 9000 * DAY).astype(np.int64))
    everyone = np.arange(force.size)
    rows = ties.of("ex_partner")
    rows = rows[rng.random(len(rows)) < 0.6]
    moved = ties.at[rows]
    began = np.concatenate([since, np.minimum(since[ties.staff[rows]], moved - 400 * DAY)])
    began[ties.staff[rows]] = moved
    staff = np.concatenate([everyone, ties.staff[rows]])
    home = np.concatenate([people.household[people.staff_person], people.household[ties.subject[rows]]])
    ended = np.concatenate([np.zeros(force.size, np.int64), moved])
    person = people.staff_person[staff]
    order = np.lexsort((began, staff))
    staff, home, person, began, ended = (column[order] for column in (staff, home, person, began, ended))
    lines = joined(
        numbered(force.number[staff], 6), ",", among(texts(EMPLOYMENTS), force.employment[staff]), ",",
        among(texts(RANKS), force.rank[staff]), ",", words.family_name(person), ",", words.given_name(person), ",",
        words.born(person), ",", quoted(words.address(home)), ",", words.postcode(home), ",", stamps.plain(began), ",",
        stamps.plain(ended), _END,
    )  # fmt: skip
    head = "StaffNo,Employment,Rank,Surname,Forename,DOB,Address,Postcode,From,To"
    return _table("staff", "hr_staff", head, lines)


def posting_changes(words: Wording, moves: Moves) -> ExportFile:
    """Return the log of postings: one row for each change of one field, from the day that each came to the force."""
    force, stamps = words.scene.force, words.stamps
    rng = words.scene.streams.named("postings")
    everyone = np.arange(force.size)
    came = stamps.clock.midnight(np.zeros(force.size, np.int64)) - (1 + rng.integers(20, 2000, force.size)) * DAY
    came = came // DAY * DAY + 9 * HOUR
    earlier = np.flatnonzero(rng.random(force.size) < 0.2)
    before = rng.integers(0, len(force.units.name), len(earlier))
    staff = np.concatenate([everyone, earlier, moves.staff])
    unit = np.concatenate([force.unit, before, moves.unit])
    at = np.concatenate([came, came[earlier] - 300 * DAY, moves.at])
    order = np.lexsort((staff, at))
    staff, unit, at = staff[order], unit[order], at[order]
    areas = words.area(force.units.area[unit])
    roles = among(texts(ROLES), force.units.role[unit])
    clerk = words.logins[int(force.in_role("corporate")[0])].as_py()
    values = [("UNIT", among(words.units, unit)), ("AREA", areas), ("ROLE", roles)]
    columns = [
        joined(
            numbered(force.number[staff], 6), f",{field},", value, ",", stamps.plain(at), f",{clerk}", _END
        ).to_pylist()
        for field, value in values
    ]
    lines = texts(line for three in zip(*columns, strict=True) for line in three)
    return _table("posting_changes", "hr_postings", "StaffNo,Field,NewValue,ChangedAt,ChangedBy", lines)


def supervision(words: Wording) -> ExportFile:
    """Return who supervises whom: leaders their units, inspectors the leaders."""
    force, stamps = words.scene.force, words.stamps
    inspectors = np.flatnonzero(force.rank == RANK["Insp"])
    everyone = np.arange(force.size)
    leader = force.leader(everyone)
    over = np.where(leader == everyone, inspectors[force.unit % len(inspectors)], leader)
    staff = everyone[over != everyone]
    since = np.full(len(staff), stamps.clock.opens - 200 * DAY)
    lines = joined(
        numbered(force.number[staff], 6), ",", numbered(force.number[over[staff]], 6), ",", stamps.plain(since), _END
    )
    return _table("supervision", "hr_supervision", "StaffNo,SupervisorNo,From", lines)


def accounts(words: Wording) -> ExportFile:
    """Return the logins and whose they are; shared accounts of the custody suites have no holder and are not listed."""
    force, stamps = words.scene.force, words.stamps
    since = np.full(force.size, stamps.clock.opens - 400 * DAY)
    lines = joined(words.logins, ",", numbered(force.number, 6), ",", stamps.plain(since), _END)
    return _table("accounts", "hr_accounts", "Login,StaffNo,From", lines)


def training(words: Wording) -> ExportFile:
    """Return the data protection course of each, valid two years; one in nine has none in date."""
    force, stamps = words.scene.force, words.stamps
    rng = words.scene.streams.named("training")
    at = by_day(stamps.clock.opens - DAY - (rng.random(force.size) * 820 * DAY).astype(np.int64))
    staff = np.flatnonzero(rng.random(force.size) < 0.97)
    lines = joined(
        numbered(force.number[staff], 6), ",Data protection and acceptable use,", stamps.plain(at[staff]), ",",
        stamps.plain(at[staff] + 730 * DAY), _END,
    )  # fmt: skip
    return _table("training", "hr_training", "StaffNo,Course,From,To", lines)


def declared_ties(words: Wording, ties: Ties) -> ExportFile:
    """Return the ties that were declared."""
    force, stamps = words.scene.force, words.stamps
    rows = np.flatnonzero(ties.declared)
    lines = joined(
        numbered(force.number[ties.staff[rows]], 6), ",", words.subject(ties.subject[rows]), ",",
        among(texts(NATURES), ties.nature[rows]), ",", stamps.plain(ties.at[rows]), _END,
    )  # fmt: skip
    return _table("associations", "hr_associations", "StaffNo,Subject,Nature,DeclaredAt", lines)


def roster(words: Wording) -> Iterator[ExportFile]:
    """Yield the planned duties: a file a week, a row a person, a column a day; the first begins the evening before."""
    force, clock, shown = words.scene.force, words.stamps.clock, words.scene.roster.shown
    for week, first in enumerate(range(-BEFORE, clock.days, 7), start=1):
        days = range(first, min(first + 7, clock.days))
        heads = [(clock.start + timedelta(days=day)).strftime("%d/%m/%Y") for day in days]
        cells = [among(texts(CODES), shown[:, day + BEFORE]) for day in days]
        spaced = [piece for cell in cells for piece in (",", cell)]
        unit = among(words.units, force.unit)
        lines = joined(words.collars, ",", unit, *spaced, _END)
        odd = _unknown_codes(len(days)) if week == 2 else ()
        data = file_bytes(lines, f"Collar,Team,{','.join(heads)}{_END}", odd=odd)
        path, received = f"exports/duty/roster_w{week}.csv", len(lines) + len(odd)
        yield ExportFile(path=path, data=data, mapping="duty_roster", received=received, quarantined=len(odd))


def _unknown_codes(days: int) -> tuple[Oddity, ...]:
    """Return rows with a code that the roster's key does not hold."""
    cells = ",".join(["RD"] * (days - 1) + ["X9"])
    return tuple(Oddity(7 * n, f"999{n},RSP-01,{cells}{_END}") for n in range(2))


def booked_on(words: Wording) -> ExportFile:
    """Return the duties in truth worked, as the booking system kept them; two in a hundred were never booked."""
    force, rota = words.scene.force, words.scene.roster
    rng = words.scene.streams.named("booked on")
    kept = (rota.starts > 0) & (rng.random(rota.starts.shape) > 0.02)
    staff, column = np.nonzero(kept)
    leads = _acting_leader(words, kept)[staff, column]
    starts, ends = rota.starts[staff, column], rota.ends[staff, column]
    unit = among(words.units, np.where(leads, force.unit[staff], NONE))
    duty = where(rota.overtime[staff, column], "overtime", "duty")
    over = where(leads, joined('"', unit, '"'), "null")
    stamps = words.stamps
    lines = joined(
        '{"staff":{"collar":"', among(words.collars, staff), '"},"on":"', stamps.zulu(starts), '","off":"',
        stamps.zulu(ends), '","kind":"', duty, '","supervising":', over, "}\n",
    )  # fmt: skip
    return ExportFile(
        path="exports/duty/booked_on.jsonl", data=file_bytes(lines), mapping="duty_worked", received=len(lines)
    )


def _acting_leader(words: Wording, kept: Grid) -> Grid:
    """Tell who leads the unit each day: its leader, or the next one in place when that one is away."""
    force = words.scene.force
    leader: Ints = force.leader(np.arange(force.size))
    there = kept[leader]
    second = (force.place == 1)[:, None] & ~there
    leads: Grid = kept & ((force.place == 0)[:, None] | second)
    return leads
