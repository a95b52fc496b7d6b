"""What operations hand over: matters with their people and workers, tasks, briefings, and the index of subjects."""

from __future__ import annotations

import numpy as np

from custodiet.simulator.accesses import Accesses
from custodiet.simulator.desks import QUEUES, Briefings, Tasks
from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.lines import Text, among, file_bytes, joined, numbered, quoted, texts, upper, where
from custodiet.simulator.matters import CATEGORIES, KINDS, PARTS, WORK, Book, taken
from custodiet.simulator.population import ADDRESS, FORMER, VEHICLE
from custodiet.simulator.population import KINDS as SUBJECT_KINDS
from custodiet.simulator.streams import DAY, NONE, Ints, by_day, delays
from custodiet.simulator.ties import Ties
from custodiet.simulator.wording import Wording

_END = "\r\n"


def _table(name: str, mapping: str, head: str, lines: Text) -> ExportFile:
    data = file_bytes(lines, head + _END)
    return ExportFile(path=f"exports/{name}.csv", data=data, mapping=mapping, received=len(lines))


def _told(words: Wording, recorded: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell what was written down before the exports were made, a day after the fortnight; the rest is still to come."""
    return recorded < words.stamps.clock.closes + DAY


def incidents(words: Wording, book: Book) -> ExportFile:
    """Return the matters; those that opened after the exports were made are not in it."""
    matters, stamps = book.matters, words.stamps
    rows = np.flatnonzero(_told(words, matters.opened))
    some = taken(matters, rows)
    lines = joined(
        among(words.matters, rows), ",", among(texts(KINDS), some.kind), ",", words.area(some.area), ",",
        among(texts(name for name, *_ in CATEGORIES), some.category), ",", among(words.matters, some.parent), ",",
        stamps.plain(some.opened), ",", stamps.plain(some.closed), ",", stamps.plain(some.opened), _END,
    )  # fmt: skip
    return _table("ops/incidents", "ops_incidents", "Number,Kind,Area,Category,Parent,Opened,Closed,Recorded", lines)


def involvements(words: Wording, book: Book) -> ExportFile:
    """Return the parts of people in matters; some were never written down."""
    stamps, parts = words.stamps, book.parts
    rng = words.scene.streams.named("lost parts")
    kept = _told(words, parts.recorded) & (rng.random(len(parts.matter)) > 0.007)
    some = taken(parts, kept)
    opened = book.matters.opened[some.matter]
    lines = joined(
        among(words.matters, some.matter), ",", words.subject(some.subject), ",", among(texts(PARTS), some.part), ",",
        stamps.plain(opened), ",", stamps.plain(some.recorded), _END,
    )  # fmt: skip
    return _table("ops/involvements", "ops_involvements", "Number,Subject,Part,From,Recorded", lines)


def assignments(words: Wording, book: Book) -> ExportFile:
    """Return the work of people and units on matters; some was never written down."""
    stamps = words.stamps
    rng = words.scene.streams.named("lost works")
    kept = _told(words, book.works.recorded) & ((rng.random(len(book.works.matter)) > 0.01) | (book.works.unit != NONE))
    some = taken(book.works, kept)
    named = some.staff != NONE
    crew = where(some.crew != NONE, words.call_sign(some.staff, some.crew), "")
    lines = joined(
        among(words.matters, some.matter), ",", where(named, among(words.collars, some.staff), ""), ",",
        among(words.units, some.unit), ",", among(texts(WORK), some.work), ",", crew, ",", stamps.plain(some.starts), ",",
        stamps.plain(some.ends), ",", stamps.plain(some.recorded), ",", _recorder(words, rng, some.staff), _END,
    )  # fmt: skip
    head = "Number,Collar,Team,Role,CallSign,From,To,Recorded,RecordedBy"
    return _table("ops/assignments", "ops_assignments", head, lines)


def _recorder(words: Wording, rng: np.random.Generator, staff: Ints) -> Text:
    """Return who wrote the work down: in one case of fifty the person himself, else someone in the control room."""
    room = words.scene.force.in_role("control_room")
    other = room[rng.integers(0, len(room), len(staff))]
    return among(words.collars, np.where((rng.random(len(staff)) < 0.02) & (staff != NONE), staff, other))


def taskings(words: Wording, tasks: Tasks) -> ExportFile:
    """Return the tasks of the queues, one JSON object a line."""
    force, stamps = words.scene.force, words.stamps
    some = taken(tasks, np.flatnonzero(_told(words, tasks.recorded)))
    number = numbered(300_000 + np.arange(len(some.queue)), 0, "T-")
    to = where(
        some.to_unit,
        joined('"team":"', among(words.units, force.unit[some.staff]), '"'),
        joined('"collar":"', among(words.collars, some.staff), '"'),
    )
    lines = joined(
        '{"task":"', number, '","queue":"', among(texts(name for name, *_ in QUEUES), some.queue), '","about":"',
        words.subject(some.subject), '","to":{', to, '},"issued":"', stamps.zulu(some.issued), '","done":"',
        stamps.zulu(some.done), '","recorded":"', stamps.zulu(some.recorded), '"}\n',
    )  # fmt: skip
    return ExportFile(path="exports/ops/tasks.jsonl", data=file_bytes(lines), mapping="ops_tasks", received=len(lines))


def briefings(words: Wording, briefed: Briefings) -> ExportFile:
    """Return what is on the briefings, of an area or of one team."""
    stamps = words.stamps
    whole = briefed.unit == NONE
    lines = joined(
        numbered(50_000 + np.arange(len(briefed.subject)), 0, "B-"), ",", words.subject(briefed.subject), ",",
        among(words.units, briefed.unit), ",", where(whole, words.area(briefed.area), ""), ",",
        stamps.plain(briefed.starts), ",", stamps.plain(briefed.ends), _END,
    )  # fmt: skip
    return _table("ops/briefings", "ops_briefings", "Item,Subject,Team,Area,From,To", lines)


def referred(accesses: Accesses, book: Book, others: tuple[Ints, ...]) -> Ints:
    """Return every subject that any export names, in order."""
    return np.unique(np.concatenate([accesses.subject, book.parts.subject, *others]))


def subject_index(words: Wording, subjects: Ints, famous: Ints) -> ExportFile:
    """Return the subjects as the records describe them."""
    people, stamps = words.scene.people, words.stamps
    rng = words.scene.streams.named("subject index")
    kind, person, home = people.kind(subjects), people.person_of(subjects), people.home(subjects)
    since = by_day(stamps.clock.opens - 2 * DAY - delays(rng, len(subjects), 1500 * DAY))
    lines = joined(
        words.subject(subjects), ",", among(texts(SUBJECT_KINDS), kind), ",", upper(words.family_name(person)), ",",
        upper(words.given_name(person)), ",", words.born(person), ",",
        quoted(upper(words.address(home))), ",", words.postcode(home), ",",
        where(np.isin(subjects, famous), "public_figure", ""), ",", stamps.plain(since), _END,
    )  # fmt: skip
    head = "Ref,Kind,Surname,Forename,DOB,Address,Postcode,Marker,From"
    return _table("records/subjects", "records_subjects", head, lines)


def identifiers(words: Wording, subjects: Ints) -> ExportFile:
    """Return other identifiers: registration marks of vehicles, and national numbers of some people."""
    people, stamps = words.scene.people, words.stamps
    kind = people.kind(subjects)
    known = (kind == VEHICLE) | ((kind != ADDRESS) & (kind != FORMER) & (subjects % 7 == 0))
    subjects, kind = subjects[known], kind[known]
    car = kind == VEHICLE
    mark = words.plate(np.where(car, subjects - people.people, 0))
    national = joined("ZZ/", numbered(subjects * 31 % 999_983, 6), "Q")
    since = np.full(len(subjects), stamps.clock.opens - 100 * DAY)
    lines = joined(
        words.subject(subjects),
        ",",
        where(car, mark, national),
        ",",
        where(car, "vrm", "pnc"),
        ",",
        stamps.plain(since),
        _END,
    )
    return _table("records/identifiers", "records_identifiers", "Ref,Identifier,Scheme,From", lines)


def merges(words: Wording, subjects: Ints, merged: Ints) -> ExportFile:
    """Return which numbers of persons were merged into which, of those that any export names."""
    people, stamps = words.scene.people, words.stamps
    first = people.size - len(people.former_of)
    former = subjects[subjects >= first]
    at = merged[former - first]
    some = at < stamps.clock.closes
    former, at = former[some], at[some]
    lines = joined(
        words.subject(former), ",", words.subject(people.former_of[former - first]), ",", stamps.plain(at), ",",
        stamps.plain(at), _END,
    )  # fmt: skip
    return _table("records/merges", "records_merges", "Merged,Survivor,From,Recorded", lines)


def tied_subjects(ties: Ties) -> Ints:
    """Return the subjects of declared ties."""
    return ties.subject[ties.declared]
