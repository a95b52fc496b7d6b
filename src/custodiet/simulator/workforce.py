"""The workforce: units of six to twelve, who serves in them, in what rank, and who supervises whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from custodiet.simulator.streams import NONE, Ints, Streams

#: What a unit does. The words are those of the posting's `role`.
ROLES = (
    "response", "neighbourhood", "investigation", "specials", "control_room", "custody", "roads", "armed_response",
    "safeguarding", "intelligence", "disclosure", "vetting", "records", "criminal_justice", "offender_management",
    "major_crime", "digital_forensics", "professional_standards", "corporate", "training", "command", "desk_investigation",
)  # fmt: skip
ROLE = {role: code for code, role in enumerate(ROLES)}

EMPLOYMENTS = ("officer", "pcso", "special", "staff", "contractor")
OFFICER, PCSO, SPECIAL, STAFF, CONTRACTOR = range(5)
RANKS = ("PC", "DC", "PS", "DS", "Insp", "PCSO", "SC", "Staff", "Supervisor", "Contractor")
RANK = {rank: code for code, rank in enumerate(RANKS)}

PATTERNS = ("response", "office", "detective", "twelve", "weekend")


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many units of a kind there are at scale 1, how large, by whom manned, on which pattern of shifts."""

    role: str
    prefix: str
    units: int
    size: int
    pattern: str
    employment: int
    teams: int = 1  # shift teams that relieve one another
    local: bool = False  # units for each area
    second: int = NONE  # employment of the latter half of a unit, where it is mixed


_PLANS = (
    _Plan("response", "RSP", 5, 12, "response", OFFICER, teams=5, local=True),
    _Plan("neighbourhood", "NHT", 1, 9, "detective", OFFICER, local=True, second=PCSO),
    _Plan("investigation", "CID", 1, 10, "detective", OFFICER, local=True),
    _Plan("specials", "SPC", 1, 7, "weekend", SPECIAL, local=True),
    _Plan("control_room", "FCR", 16, 11, "twelve", STAFF, teams=4),
    _Plan("custody", "CUS", 12, 6, "twelve", OFFICER, teams=4, second=STAFF),
    _Plan("roads", "RPU", 5, 9, "response", OFFICER, teams=5),
    _Plan("armed_response", "ARV", 5, 8, "response", OFFICER, teams=5),
    _Plan("safeguarding", "SGD", 10, 9, "office", OFFICER, second=STAFF),
    _Plan("intelligence", "INT", 12, 8, "office", STAFF),
    _Plan("disclosure", "DIS", 7, 8, "office", STAFF),
    _Plan("vetting", "VET", 3, 8, "office", STAFF),
    _Plan("records", "REC", 10, 9, "office", STAFF),
    _Plan("criminal_justice", "CJU", 10, 9, "office", STAFF),
    _Plan("offender_management", "OMU", 4, 8, "office", OFFICER),
    _Plan("major_crime", "MCT", 6, 9, "detective", OFFICER),
    _Plan("digital_forensics", "DFU", 4, 8, "office", STAFF),
    _Plan("professional_standards", "PSD", 2, 8, "office", OFFICER),
    _Plan("corporate", "HQS", 68, 9, "office", STAFF),
    _Plan("corporate", "EXT", 4, 8, "office", CONTRACTOR),
    _Plan("training", "LDV", 4, 8, "office", OFFICER),
    _Plan("command", "CMD", 3, 12, "office", OFFICER),
    _Plan("desk_investigation", "HUB", 12, 9, "detective", OFFICER),
)


@dataclass(frozen=True, slots=True)
class Units:
    """The units; their members stand together in the list of staff, the sergeant or supervisor first."""

    name: tuple[str, ...]
    role: Ints
    area: Ints  # NONE for a unit of the whole force
    pattern: Ints
    team: Ints
    first: Ints
    size: Ints


@dataclass(frozen=True, slots=True)
class Workforce:
    """The staff, with the unit each belongs to at the start."""

    units: Units
    unit: Ints
    place: Ints  # position in the unit; 0 leads it
    employment: Ints
    rank: Ints
    number: Ints  # the collar number
    weight: np.ndarray[tuple[int], np.dtype[np.float64]]  # how much of the unit's work the person does
    areas: int

    @property
    def size(self) -> int:
        """Return how many they are."""
        return len(self.unit)

    @property
    def role(self) -> Ints:
        """Return what each does."""
        return self.units.role[self.unit]

    @property
    def area(self) -> Ints:
        """Return the area each serves, NONE for the whole force."""
        return self.units.area[self.unit]

    def in_role(self, *roles: str) -> Ints:
        """Return the staff of those roles."""
        return np.flatnonzero(np.isin(self.role, [ROLE[role] for role in roles]))

    def partner(self, staff: Ints) -> Ints:
        """Return the crew mate of each, NONE for the leader and for an odd last one."""
        place = self.place[staff]
        mate = np.where(place % 2 == 1, place + 1, place - 1)
        fits = (place > 0) & (mate < self.units.size[self.unit[staff]])
        return np.where(fits, self.units.first[self.unit[staff]] + mate, NONE)

    def leader(self, staff: Ints) -> Ints:
        """Return the leader of each one's unit."""
        return self.units.first[self.unit[staff]]


def recruit(streams: Streams, scale: float) -> Workforce:
    """Return a workforce: about 3,000 people at scale 1."""
    areas = max(2, round(13 * scale))
    rows: list[tuple[_Plan, str, int, int]] = []  # plan, name, area, team
    for plan in _PLANS:
        count = areas * plan.units if plan.local else max(1, plan.teams, round(plan.units * scale))
        for n in range(count):
            area = n // plan.units if plan.local else NONE
            rows.append((plan, f"{plan.prefix}-{n + 1:02d}", area, n % plan.teams))
    return _manned(streams, rows, areas)


def _manned(streams: Streams, rows: list[tuple[_Plan, str, int, int]], areas: int) -> Workforce:
    size = np.array([plan.size for plan, *_ in rows], np.int64)
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    units = Units(
        name=tuple(name for _, name, _, _ in rows),
        role=np.array([ROLE[plan.role] for plan, *_ in rows], np.int64),
        area=np.array([area for *_, area, _ in rows], np.int64),
        pattern=np.array([PATTERNS.index(plan.pattern) for plan, *_ in rows], np.int64),
        team=np.array([team for *_, team in rows], np.int64),
        first=first.astype(np.int64),
        size=size,
    )
    unit = np.repeat(np.arange(len(rows)), size)
    place = np.arange(len(unit)) - first[unit]
    main = np.array([plan.employment for plan, *_ in rows])[unit]
    second = np.array([plan.second for plan, *_ in rows])[unit]
    employment = np.where((second != NONE) & (place >= (size[unit] + 1) // 2), second, main)
    rng = streams.named("workforce")
    number = rng.permutation(np.arange(1000, max(10_000, 1000 + 2 * len(unit))))[: len(unit)]
    weight = rng.lognormal(0.0, 0.5, len(unit))
    return Workforce(units, unit, place, employment, _ranks(units, unit, place, employment), number, weight, areas)


def _ranks(units: Units, unit: Ints, place: Ints, employment: Ints) -> Ints:
    detective = np.isin(units.role[unit], [ROLE["investigation"], ROLE["major_crime"], ROLE["desk_investigation"]])
    constable = np.where(detective, RANK["DC"], RANK["PC"])
    sergeant = np.where(detective, RANK["DS"], RANK["PS"])
    custody_sergeant = (units.role[unit] == ROLE["custody"]) & (employment == OFFICER)
    officer = np.where((place == 0) | custody_sergeant, sergeant, constable)
    officer = np.where(units.role[unit] == ROLE["command"], RANK["Insp"], officer)
    staff = np.where(place == 0, RANK["Supervisor"], RANK["Staff"])
    choices = [officer, np.full_like(unit, RANK["PCSO"]), np.full_like(unit, RANK["SC"]), staff]
    return np.select([employment == kind for kind in range(4)], choices, RANK["Contractor"])
