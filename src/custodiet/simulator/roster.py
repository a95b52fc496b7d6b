"""The roster: what was planned, who was away, and when each person in truth came and went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.clock import Clock
from custodiet.simulator.figures import Figures
from custodiet.simulator.streams import HOUR, MINUTE, NONE, Ints, Streams, Truths, delays
from custodiet.simulator.workforce import PATTERNS, Workforce

#: The codes in a cell of the roster, with the local hours they stand for (an end past 24 is on the next day).
CODES = ("RD", "E", "L", "N", "OH", "DD", "DL", "D12", "N12", "SV", "AL", "SK", "TR", "CT")
CODE = {code: n for n, code in enumerate(CODES)}
HOURS = ((0, 24), (7, 17), (15, 25), (22, 32), (8, 16), (8, 18), (13, 23), (7, 19), (19, 31), (18, 26),
         (0, 24), (0, 24), (9, 17), (9, 17))  # fmt: skip
_WORKING = np.array([code not in {"RD", "AL", "SK", "TR", "CT"} for code in CODES])
_ABSENCES = (("AL", 0.45), ("SK", 0.2), ("TR", 0.25), ("CT", 0.1))
_AWAY_DAYS = 4.0  # mean length of an absence
BEFORE = 1  # days before day 0 that the roster starts with: its night shift runs into day 0


@dataclass(frozen=True, slots=True)
class Roster:
    """Planned codes, and worked spells as UTC milliseconds. Column 0 is the day before day 0."""

    clock: Clock
    planned: Ints  # [staff, day]: a code, absences included
    shown: Ints  # what the roster system says: 2 % of its cells are wrong
    starts: Ints  # [staff, day]: 0 where nothing was worked
    ends: Ints
    overtime: Truths  # [staff, day]: worked on a rest day
    following: Ints  # [staff, day]: the next column with work, from this one on; NONE where there is none
    preceding: Ints  # [staff, day]: the last column with work, up to this one; NONE where there is none

    def on_duty(self, staff: Ints, instant: Ints) -> Truths:
        """Tell whether each was in truth at work at the instant beside it; the arrays may broadcast."""
        day = np.clip(self.clock.day_of(instant) + BEFORE, 0, self.starts.shape[1] - 1)
        eve = np.maximum(day - 1, 0)
        today = (self.starts[staff, day] <= instant) & (instant < self.ends[staff, day])
        yesterday = (self.starts[staff, eve] <= instant) & (instant < self.ends[staff, eve])
        return today | yesterday

    def moment(self, rng: np.random.Generator, staff: Ints, span: tuple[Ints, Ints]) -> Ints:
        """Return an instant within each span at which that person is at work, NONE where there is none to be had."""
        low, high = span
        column = np.zeros(len(staff), np.int64)
        idle = np.ones(len(staff), np.bool_)
        beyond = rng.random(len(staff)) * (high - low) + low >= self.clock.closes  # after the story ends
        for _ in range(4):  # aim anew at another day rather than heap the looks of days off on the days beside them
            aim = low + (rng.random(len(staff)) * (high - low)).astype(np.int64)
            day = np.clip(self.clock.day_of(aim) + BEFORE, 0, self.starts.shape[1] - 1)
            column = np.where(idle, day, column)
            idle &= self.starts[staff, column] == 0
        after, before = self.following[staff, column], self.preceding[staff, column]
        late = (after == NONE) | (self.starts[staff, after] >= high)
        spell = np.where(late, before, after)
        first = np.maximum(low, self.starts[staff, spell])
        last = np.minimum(high, self.ends[staff, spell])
        at = first + (rng.random(len(staff)) * (last - first)).astype(np.int64)
        return np.where((spell != NONE) & (first < last) & ~beyond, at, NONE)

    def pick(self, rng: np.random.Generator, pool: Ints, instant: Ints) -> Ints:
        """Return for each instant one of its row of the pool who is at work then, NONE where there is none."""
        members = pool if pool.ndim == 2 else np.broadcast_to(pool, (len(instant), len(pool)))
        chance = rng.random(members.shape) + 1.0
        chance *= self.on_duty(members, instant[:, None]) & (members != NONE)
        best = np.argmax(chance, axis=1)
        rows = np.arange(len(instant))
        return np.where(chance[rows, best] > 0, members[rows, best], NONE)


def draw_up(streams: Streams, force: Workforce, clock: Clock, figures: Figures) -> Roster:
    """Return the roster of all days, from the day before the first."""
    rng = streams.named("roster")
    days = np.arange(-BEFORE, clock.days)
    pattern = _pattern_codes(force, clock, days)
    away = _absences(rng, pattern.shape, figures["abstraction_rate"])
    planned = np.where((away != NONE) & _WORKING[pattern], away, pattern)
    extra = (pattern == CODE["RD"]) & (rng.random(pattern.shape) < 0.02)
    code = np.where(extra, CODE["DD"], planned)
    starts, ends = _worked(rng, clock, days, code)
    wrong = rng.random(planned.shape) < 0.02
    misread = np.array([CODE["L"], CODE["RD"], CODE["E"], CODE["RD"]])[rng.integers(0, 4, planned.shape)]
    following, preceding = _nearest(starts > 0)
    shown = np.where(wrong, misread, planned)
    return Roster(clock, planned, shown, starts, ends, extra, following, preceding)


def _nearest(worked: Truths) -> tuple[Ints, Ints]:
    columns = np.arange(worked.shape[1])
    behind = np.maximum.accumulate(np.where(worked, columns, NONE), axis=1)
    far = worked.shape[1]
    ahead = np.minimum.accumulate(np.where(worked, columns, far)[:, ::-1], axis=1)[:, ::-1]
    return np.where(ahead == far, NONE, ahead), behind


def _pattern_codes(force: Workforce, clock: Clock, days: Ints) -> Ints:
    weekday = (clock.start.weekday() + days) % 7
    number = clock.start.toordinal() + days  # a running day, so that patterns go on from one fortnight to the next
    unit = force.units
    cycle = np.array([CODE[c] for c in ("E", "E", "L", "L", "N", "N", "RD", "RD", "RD", "RD")])
    twelve = np.array([CODE[c] for c in ("D12", "D12", "N12", "N12", "RD", "RD", "RD", "RD")])
    office = np.where(weekday < 5, CODE["OH"], CODE["RD"])
    late_week = (number[None, :] // 7 + np.arange(force.size)[:, None]) % 3 == 0
    detective = np.where(late_week, CODE["DL"], CODE["DD"])
    off = (number[None, :] + np.arange(force.size)[:, None] * 3) % 7 >= 5
    weekend = np.where((weekday >= 4) & (weekday <= 5), CODE["SV"], CODE["RD"])
    options = {
        "response": cycle[(number[None, :] + 2 * unit.team[force.unit][:, None]) % 10],
        "office": np.broadcast_to(office, (force.size, len(days))),
        "detective": np.where(off, CODE["RD"], detective),
        "twelve": twelve[(number[None, :] + 2 * unit.team[force.unit][:, None]) % 8],
        "weekend": np.broadcast_to(weekend, (force.size, len(days))),
    }
    kind = unit.pattern[force.unit][:, None]
    return np.select([kind == n for n in range(len(PATTERNS))], [options[p] for p in PATTERNS])


def _absences(rng: np.random.Generator, shape: tuple[int, ...], rate: float) -> Ints:
    """Return a code of absence or NONE for each day: spells of some days, `rate` of all days in the long run."""
    leave = 1.0 / _AWAY_DAYS
    fall = leave * rate / (1.0 - rate)
    names = np.array([CODE[name] for name, _ in _ABSENCES])
    shares = np.cumsum([share for _, share in _ABSENCES])
    away = np.full(shape, NONE, np.int64)
    now = np.where(rng.random(shape[0]) < rate, names[np.searchsorted(shares, rng.random(shape[0]))], NONE)
    for day in range(shape[1]):
        away[:, day] = now
        chance = rng.random(shape[0])
        fresh = names[np.searchsorted(shares, rng.random(shape[0]))]
        now = np.where(now == NONE, np.where(chance < fall, fresh, NONE), np.where(chance < leave, NONE, now))
    return away


def _worked(rng: np.random.Generator, clock: Clock, days: Ints, code: Ints) -> tuple[Ints, Ints]:
    hours = np.array(HOURS, np.int64)
    midnight = clock.midnight(days)[None, :]
    early = (rng.random(code.shape) * 20 * MINUTE).astype(np.int64)
    late = (rng.random(code.shape) * 12 * MINUTE).astype(np.int64)
    overrun = delays(rng, code.size, 1.4 * HOUR).reshape(code.shape) * (rng.random(code.shape) < 0.12)
    working = _WORKING[code]
    starts = midnight + hours[code, 0] * HOUR - early
    ends = midnight + hours[code, 1] * HOUR + late + np.minimum(overrun, 5 * HOUR)
    return np.where(working, starts, 0), np.where(working, ends, 0)
