"""Making a force: the folder with exports, mappings and manifest, and beside them the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np

from custodiet.errors import EnvironmentFault, UsageError
from custodiet.simulator.answers import accesses_file, cases_file, expectations
from custodiet.simulator.clock import Clock
from custodiet.simulator.exports import documents, operations, personnel, systems
from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.streams import Streams
from custodiet.simulator.wording import Wording, worded
from custodiet.simulator.world import World, imagined

Progress = Callable[[str, int, int | None], None]

#: Files, mapping and what they yield, in the order of delivery.
_DELIVERIES = (
    ("exports/hr/staff.csv", "hr_staff", "staff"),
    ("exports/hr/accounts.csv", "hr_accounts", "account"),
    ("exports/hr/posting_changes.csv", "hr_postings", "posting"),
    ("exports/hr/supervision.csv", "hr_supervision", "supervision"),
    ("exports/hr/training.csv", "hr_training", "training"),
    ("exports/hr/associations.csv", "hr_associations", "association"),
    ("exports/duty/roster_w*.csv", "duty_roster", "duty"),
    ("exports/duty/booked_on.jsonl", "duty_worked", "duty"),
    ("exports/records/subjects.csv", "records_subjects", "subject"),
    ("exports/records/identifiers.csv", "records_identifiers", "subject_identifier"),
    ("exports/records/merges.csv", "records_merges", "subject_merge"),
    ("exports/ops/incidents.csv", "ops_incidents", "incident"),
    ("exports/ops/involvements.csv", "ops_involvements", "involvement"),
    ("exports/ops/assignments.csv", "ops_assignments", "assignment"),
    ("exports/ops/tasks.jsonl", "ops_tasks", "tasking"),
    ("exports/ops/briefings.csv", "ops_briefings", "briefing"),
    ("exports/rms/*.csv", "rms", "access"),
    ("exports/command/*.txt", "command", "access"),
    ("exports/pnc/*.dat", "pnc", "access"),
    ("exports/custody/*.xml", "custody", "access"),
    ("exports/intelligence/*.jsonl", "intelligence", "access"),
    ("exports/dems/*.parquet", "dems", "access"),
    ("exports/anpr/*.tsv", "anpr", "access"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What was made."""

    folder: Path
    manifest: Path
    answers: Path
    files: int
    accesses: int
    records: int  # of all exports, accesses and facts
    staff: int
    cases: int


def simulate(  # noqa: PLR0913 - the six are what a force is made to
    folder: Path,
    *,
    scale: float = 1.0,
    seed: int = 2016,
    days: int = 14,
    start: date = date(2026, 3, 2),
    progress: Progress | None = None,
) -> Simulated:
    """Make an invented force in the folder: exports in several shapes, mappings, a manifest, and separate answers.

    Scale 1 is about 3,000 people and 100,000 accesses a day. Equal arguments give equal bytes. The folder must be new
    or empty.
    """
    _check(folder, scale, days)
    tell = progress if progress is not None else _silent
    world = imagined(Streams(seed), scale, Clock.of(start, days), lambda done: tell("world", done, 3))
    words = worded(world.scene, world.book)
    made = _written(folder, _exports(world, words), tell)
    settings: dict[str, object] = {
        "scale": scale,
        "seed": seed,
        "days": days,
        "start": start.isoformat(),
        "staff": world.scene.force.size,
        "accesses": len(world.accesses),
    }
    _write(folder / "expected.json", expectations(world, made, settings))
    _write(folder / "answers.csv", cases_file(world, words))
    _write(folder / "answers_accesses.csv", accesses_file(world, words))
    _hand_over_mappings(folder)
    return Simulated(
        folder=folder,
        manifest=folder / "manifest.toml",
        answers=folder / "answers.csv",
        files=len(made),
        accesses=len(world.accesses),
        records=sum(file.received for file in made),
        staff=world.scene.force.size,
        cases=sum(1 for case in world.cases if case.label == "misuse"),
    )


def _written(folder: Path, exports: Iterator[ExportFile], tell: Progress) -> list[ExportFile]:
    """Write the files one after another, and return them without their bytes, which are on disk.

    A file without a record is not handed over: no system sends a day on which nothing was done.
    """
    made: list[ExportFile] = []
    for file in exports:
        if file.received == 0:
            continue
        _write(folder / file.path, file.data)
        made.append(replace(file, data=b""))
        tell("exports", len(made), None)
    return made


def _silent(_stage: str, _done: int, _total: int | None) -> None:
    """Say nothing."""


def _check(folder: Path, scale: float, days: int) -> None:
    if not 0.01 <= scale <= 10:
        raise UsageError(f"A force of scale {scale} cannot be made. Expected a scale from 0.01 to 10.")
    if not 3 <= days <= 90:
        raise UsageError(f"A force cannot be made for {days} days. Expected 3 to 90 days.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("The folder for the invented force is not empty. Expected a new or empty folder.")


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise EnvironmentFault(f"The file {path.name} cannot be written: {error.strerror}.") from error


def _exports(world: World, words: Wording) -> Iterator[ExportFile]:
    yield personnel.staff_list(words, world.ties)
    yield personnel.accounts(words)
    yield personnel.posting_changes(words, world.moves)
    yield personnel.supervision(words)
    yield personnel.training(words)
    yield personnel.declared_ties(words, world.ties)
    yield from personnel.roster(words)
    yield personnel.booked_on(words)
    agenda = world.agenda
    others = (
        agenda.tasks.subject,
        agenda.briefings.subject,
        operations.tied_subjects(world.ties),
        world.famous,
    )
    subjects = operations.referred(world.accesses, world.book, others)
    survivors = world.scene.people.person_of(subjects)
    subjects = np.unique(np.concatenate([subjects, survivors[survivors >= 0]]))
    yield operations.subject_index(words, subjects, world.famous)
    yield operations.identifiers(words, subjects)
    yield operations.merges(words, subjects, world.merged)
    yield operations.incidents(words, world.book)
    yield operations.involvements(words, world.book)
    yield operations.assignments(words, world.book)
    yield operations.taskings(words, agenda.tasks)
    yield operations.briefings(words, agenda.briefings)
    yield from systems.records_system(world.accesses, words)
    yield from systems.control_room(world.accesses, words, world.book)
    yield from systems.national_computer(world.accesses, words)
    yield from documents.custody_suites(world.accesses, words, world.book)
    yield from documents.intelligence_system(world.accesses, words)
    yield from documents.digital_evidence(world.accesses, words)
    yield from systems.plate_readers(world.accesses, words)


def _hand_over_mappings(folder: Path) -> None:
    source = files("custodiet.simulator").joinpath("mappings")
    lines = ["# Deliveries of the invented force, in order", 'force = "Wessex Vale Police (invented)"', ""]
    for pattern, mapping, yields in _DELIVERIES:
        if not any(folder.glob(pattern)):
            continue
        _write(folder / "mappings" / f"{mapping}.toml", source.joinpath(f"{mapping}.toml").read_bytes())
        lines += [
            "[[delivery]]",
            f'files = "{pattern}"',
            f'mapping = "mappings/{mapping}.toml"',
            f'yields = "{yields}"',
            "",
        ]
    _write(folder / "manifest.toml", "\n".join(lines).encode())
