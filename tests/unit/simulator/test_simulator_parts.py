"""The parts of the invented force: streams of chance, clock, lines, workforce, roster, population, matters."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from custodiet.errors import BadInput
from custodiet.simulator.clock import Clock
from custodiet.simulator.figures import Figures
from custodiet.simulator.incidents import Scene, happenings
from custodiet.simulator.lines import Oddity, Stamps, among, file_bytes, joined, numbered, padded, quoted, texts, where
from custodiet.simulator.matters import CRIME, CUSTODY, INCIDENT, WORKS, Book, bound, recast
from custodiet.simulator.ongoing import notorious_event, open_crimes
from custodiet.simulator.population import ADDRESS, DOORS, FORMER, PERSON, VEHICLE, settle
from custodiet.simulator.roster import BEFORE, CODE, draw_up
from custodiet.simulator.streams import DAY, HOUR, NONE, Streams, by_day, chosen
from custodiet.simulator.ties import Namesakes, tied
from custodiet.simulator.wording import worded
from custodiet.simulator.workforce import OFFICER, PCSO, RANK, SPECIAL, recruit

FORTNIGHT = Clock.of(date(2026, 3, 2), 14)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Return a small world without its looking."""
    streams, figures = Streams(7), Figures.frozen()
    force = recruit(streams, 0.1)
    people = settle(streams, force, figures, 0.1)
    return Scene(streams, force, people, draw_up(streams, force, FORTNIGHT, figures), figures, 0.1)


@pytest.fixture
def book(scene: Scene) -> Book:
    """Return its matters, fresh for each test."""
    return bound([happenings(scene), open_crimes(scene), notorious_event(scene)])


def test_a_named_stream_starts_anew_each_time_and_differs_from_others() -> None:
    """The same name gives the same numbers, another name or seed gives others."""
    draws = [Streams(seed).named(name).integers(0, 2**40) for seed, name in ((1, "a"), (1, "a"), (1, "b"), (2, "a"))]

    assert draws[0] == draws[1]
    assert len(set(draws)) == 3


def test_choosing_by_weight_never_takes_what_weighs_nothing() -> None:
    """Rows of weight nought are never drawn, and heavy rows are drawn most."""
    rows = np.bincount(chosen(Streams(1).named("x"), np.array([0.0, 1.0, 0.0, 9.0]), 2000), minlength=4)

    assert rows[0] == rows[2] == 0
    assert rows[3] > 5 * rows[1] > 0


def test_paperwork_by_day_stays_on_its_day_within_office_hours() -> None:
    """The instant is moved, not its day."""
    instant = np.array([0, DAY - 1, 5 * DAY + 3 * HOUR])

    assert (by_day(instant) // DAY == instant // DAY).all()
    assert ((by_day(instant) % DAY >= 9 * HOUR) & (by_day(instant) % DAY < 16 * HOUR)).all()


def test_the_clock_knows_that_the_last_sunday_of_march_has_23_hours() -> None:
    """Local midnights are an hour nearer over the change, and local time is an hour ahead after it."""
    clock = Clock.of(date(2026, 3, 27), 5)
    midnights = clock.midnight(np.arange(4))

    assert np.diff(midnights).tolist() == [DAY, DAY, DAY - HOUR]
    noon = int(datetime(2026, 3, 30, 12, tzinfo=UTC).timestamp() * 1000)
    assert clock.local(np.array([noon]))[0] == noon + HOUR
    assert clock.day_of(np.array([noon]))[0] == 3


def test_stamps_write_local_and_utc_times() -> None:
    """One instant in July reads an hour later by the local clock."""
    stamps = Stamps(Clock.of(date(2026, 7, 1), 3))
    at = np.array([int(datetime(2026, 7, 2, 13, 5, 9, 250_000, tzinfo=UTC).timestamp() * 1000)])

    assert stamps.iso(at).to_pylist() == ["2026-07-02T14:05:09"]
    assert stamps.plain(at).to_pylist() == ["02/07/2026 14:05:09"]
    assert stamps.zulu(at).to_pylist() == ["2026-07-02T13:05:09.250Z"]
    assert stamps.plain(np.array([0])).to_pylist() == [""]


def test_lines_are_columns_put_together_with_odd_lines_at_their_rows() -> None:
    """Odd lines stand before the rows they name; one past the end stands last."""
    lines = joined(numbered(np.arange(3), 2), "|", among(texts(["x", "y"]), np.array([1, NONE, 0])), "\n")

    assert file_bytes(lines, "H\n", "T\n") == b"H\n00|y\n01|\n02|x\nT\n"
    odd = (Oddity(9, "last\n"), Oddity(1, "odd\n"))
    assert file_bytes(lines, odd=odd) == b"00|y\nodd\n01|\n02|x\nlast\n"
    assert file_bytes(texts([]), "H\n", "T\n", (Oddity(0, "o\n"),)) == b"H\no\nT\n"


def test_texts_are_quoted_padded_and_chosen_row_by_row() -> None:
    """Empty texts get no quotes, long texts are cut, and the condition picks."""
    column = texts(["a, b", ""])

    assert quoted(column).to_pylist() == ['"a, b"', ""]
    assert padded(column, 3).to_pylist() == ["a, ", "   "]
    assert where(np.array([True, False]), "yes", "no").to_pylist() == ["yes", "no"]


def test_an_unknown_figure_is_refused_by_name() -> None:
    """The figures are a closed list."""
    assert Figures.frozen()["population"] == 779_770
    with pytest.raises(BadInput, match="no such figure"):
        Figures.frozen()["dragons"]


def test_the_workforce_has_the_size_of_the_force_it_is_modelled_on() -> None:
    """At scale 1 there are about 3,000 people: officers, specials and PCSOs near the published numbers."""
    force, figures = recruit(Streams(2016), 1.0), Figures.frozen()
    count = np.bincount(force.employment)

    assert 2700 <= force.size <= 3300
    assert count[OFFICER] == pytest.approx(figures["officers"], rel=0.05)
    assert count[SPECIAL] == pytest.approx(figures["special_constables"], rel=0.1)
    assert count[PCSO] == pytest.approx(figures["pcso"], rel=0.1)
    assert len(np.unique(force.number)) == force.size
    assert force.units.size.min() >= 6
    assert force.units.size.max() <= 12


def test_crew_mates_are_mates_of_one_another(scene: Scene) -> None:
    """Partnership is mutual, within the unit, and leaders have none."""
    staff = np.arange(scene.force.size)
    mate = scene.force.partner(staff)
    paired = mate != NONE

    assert (scene.force.partner(mate[paired]) == staff[paired]).all()
    assert (scene.force.unit[mate[paired]] == scene.force.unit[staff[paired]]).all()
    assert (mate[scene.force.place == 0] == NONE).all()
    assert np.isin(scene.force.rank[scene.force.place == 0][:5], [RANK["PS"], RANK["DS"]]).all()


def test_absence_takes_the_published_share_of_working_days(scene: Scene) -> None:
    """About 27 % of the days that the pattern would have people work are leave, sickness, training or court."""
    planned = scene.roster.planned
    away = np.isin(planned, [CODE[name] for name in ("AL", "SK", "TR", "CT")]).sum()
    at_work = (~np.isin(planned, [CODE[name] for name in ("AL", "SK", "TR", "CT", "RD")])).sum()

    assert away / (away + at_work) == pytest.approx(0.27, abs=0.04)


def test_two_in_a_hundred_roster_cells_are_wrong(scene: Scene) -> None:
    """What the roster shows differs from what was planned in about 2 % of its cells."""
    assert 0.008 < (scene.roster.shown != scene.roster.planned).mean() < 0.025


def test_who_is_picked_is_at_work(scene: Scene) -> None:
    """A pick is a member of the pool who is on duty, or nobody."""
    pool = scene.force.in_role("response")
    at = FORTNIGHT.opens + np.arange(0, 13 * DAY, 5 * HOUR)
    picked = scene.roster.pick(np.random.default_rng(1), pool, at)
    some = picked != NONE

    assert some.mean() > 0.9
    assert np.isin(picked[some], pool).all()
    assert scene.roster.on_duty(picked[some], at[some]).all()


def test_a_moment_lies_in_its_span_and_in_a_worked_spell(scene: Scene) -> None:
    """Moments are within the span and on duty; where there is no work in the span there is none."""
    staff = np.repeat(np.arange(scene.force.size), 3)
    low = np.full(len(staff), FORTNIGHT.opens + 2 * DAY)
    high = low + 4 * DAY
    at = scene.roster.moment(np.random.default_rng(3), staff, (low, high))
    some = at != NONE

    assert ((at[some] >= low[some]) & (at[some] < high[some])).all()
    assert scene.roster.on_duty(staff[some], at[some]).all()
    idle = (scene.roster.starts[:, BEFORE + 2 : BEFORE + 6] == 0).all(axis=1) & (
        scene.roster.starts[:, BEFORE + 1] == 0
    )
    assert (at[idle[staff]] == NONE).all()


def test_every_member_of_staff_is_one_adult_in_a_home_of_his_own(scene: Scene) -> None:
    """Staff live among the population, no two in one home."""
    people = scene.people
    homes = people.household[people.staff_person]

    assert len(np.unique(homes)) == scene.force.size
    assert (people.born[people.staff_person] < (date(2008, 3, 1) - date(1970, 1, 1)).days).all()


def test_subjects_have_one_numbering_with_kinds_and_homes(scene: Scene) -> None:
    """Persons, vehicles, addresses and former numbers follow one another, and each has a home."""
    people = scene.people
    vehicle, home = people.vehicle(np.array([5]))[0], people.address(np.array([9]))[0]
    some = np.array([3, vehicle, home, people.size - 1])

    assert people.kind(some).tolist() == [PERSON, VEHICLE, ADDRESS, FORMER]
    assert people.person_of(some)[[0, 3]].tolist() == [3, people.former_of[-1]]
    assert (people.person_of(some)[1:3] == NONE).all()
    assert people.home(some).tolist() == [
        people.household[3], people.household[people.keeper[5]], 9, people.household[people.former_of[-1]],
    ]  # fmt: skip


def test_neighbours_live_in_the_same_street_and_are_not_oneself(scene: Scene) -> None:
    """A neighbour's home is one to three doors away."""
    home = np.arange(scene.people.households)
    other = scene.people.neighbour(np.random.default_rng(1), home)
    near = other // DOORS == home // DOORS

    assert near.mean() > 0.99
    assert (other != home).all()
    assert (abs(other - home) <= 3).all()


def test_namesakes_and_kin_bear_the_name(scene: Scene) -> None:
    """A namesake has the family name asked for, and so have parents and siblings elsewhere."""
    people, index = scene.people, Namesakes.of(scene.people)
    surname = people.surname[:200]
    ties = tied(scene, index)
    kin = ties.of("parent")

    assert (people.surname[index.draw(np.random.default_rng(2), surname)] == surname).all()
    assert (people.surname[ties.subject[kin]] == people.surname[people.staff_person[ties.staff[kin]]]).all()


def test_crimes_and_custody_records_come_of_an_incident(book: Book) -> None:
    """A crime or custody record of the fortnight has an incident as its parent and opens after it."""
    matters = book.matters
    came = np.flatnonzero(matters.parent != NONE)

    assert np.isin(matters.kind[came], [CRIME, CUSTODY]).all()
    assert (matters.kind[matters.parent[came]] == INCIDENT).all()
    assert (matters.opened[came] > matters.began[matters.parent[came]]).all()


def test_a_call_is_taken_before_the_incident_has_its_number(book: Book) -> None:
    """The call handler's work starts before the incident is opened."""
    works = book.works
    calls = works.work == WORKS["call_handler"]

    assert calls.sum() > 100
    assert (works.starts[calls] < book.matters.opened[works.matter[calls]]).all()


def test_crews_sent_are_at_work(scene: Scene, book: Book) -> None:
    """Nearly everyone sent to an incident was on duty when sent (a few are sent as their shift ends)."""
    works = book.works
    sent = works.work == WORKS["attending"]

    assert scene.roster.on_duty(works.staff[sent], works.starts[sent]).mean() > 0.97


def test_recasting_changes_the_incident_and_all_that_came_of_it(book: Book) -> None:
    """The new subject stands wherever the old one stood, in the incident, its crime and its custody record."""
    custody = int(np.flatnonzero(book.matters.kind == CUSTODY)[0])
    incident = int(book.matters.parent[custody])
    old = int(book.parts.subject[book.parts.matter == custody][0])
    before = int((book.parts.subject == 77).sum())
    stood = int((np.isin(book.parts.matter, [incident, custody]) & (book.parts.subject == old)).sum())
    recast(book, incident, (old, 77))

    assert stood >= 2
    assert int((book.parts.subject == 77).sum()) >= before + stood
    assert not (np.isin(book.parts.matter, [incident, custody]) & (book.parts.subject == old)).any()


def test_no_two_things_have_one_number(scene: Scene, book: Book) -> None:
    """Identifiers of subjects, numbers of matters and plates are all different."""
    words, people = worded(scene, book), scene.people

    assert len(set(words.subject(np.arange(people.size)).to_pylist())) == people.size
    assert len(set(words.matters.to_pylist())) == len(book.matters.kind)
    assert len(set(words.plate(np.arange(len(people.keeper))).to_pylist())) == len(people.keeper)
    assert len(set(words.address(np.arange(people.households)).to_pylist())) == people.households


def test_a_mistyped_reference_differs_from_the_true_one_by_two_digits(scene: Scene, book: Book) -> None:
    """Two neighbouring digits are swapped, nothing else; the length stays."""
    words = worded(scene, book)
    matter = np.arange(200)
    right = words.reference(matter, np.zeros(200, np.bool_)).to_pylist()
    wrong = words.reference(matter, np.ones(200, np.bool_)).to_pylist()

    assert all(sorted(a) == sorted(b) for a, b in zip(right, wrong, strict=True))
    assert sum(a != b for a, b in zip(right, wrong, strict=True)) > 100
