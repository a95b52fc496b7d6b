"""The invented force as a folder of exports: same bytes for a seed, every record accounted for, and no giveaways."""

from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from collections import Counter
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from custodiet.errors import UsageError
from custodiet.ingest.mapping_file import load_mapping
from custodiet.ingest.reference import Raw, Row
from custodiet.ingest.reference_records import read_records
from custodiet.simulator import Simulated, simulate
from custodiet.simulator.clock import Clock
from custodiet.simulator.items import CAUSE, SYSTEM
from custodiet.simulator.streams import Streams
from custodiet.simulator.world import World, imagined
from custodiet.sources.files.readers import reader_for

SCALE, SEED = 0.01, 11


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """Return a small force, made once."""
    return simulate(tmp_path_factory.mktemp("made") / "force", scale=SCALE, seed=SEED)


@pytest.fixture(scope="module")
def expected(made: Simulated) -> dict[str, Any]:
    """Return what the folder says must become of it."""
    told: dict[str, Any] = json.loads((made.folder / "expected.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def world() -> World:
    """Return a larger world without its exports."""
    return imagined(Streams(3), 0.1, Clock.of(date(2026, 3, 2), 14), lambda _done: None)


@dataclass
class Read:
    """One file as read: received records, and its rows."""

    received: int
    unreadable: int
    rows: list[Row]

    @property
    def quarantined(self) -> int:
        """Return how many of the file's records are in quarantine."""
        return self.unreadable + len({row.position for row in self.rows if row.problem is not None})


@pytest.fixture(scope="module")
def read(made: Simulated) -> dict[str, Read]:
    """Return every file of the manifest, read by its mapping with the plain reference."""
    manifest = tomllib.loads(made.manifest.read_text("utf-8"))
    return {
        str(path.relative_to(made.folder)): _read(made.folder / line["mapping"], path)
        for line in manifest["delivery"]
        for path in sorted(made.folder.glob(line["files"]))
    }


def _read(mapping_path: Path, path: Path) -> Read:
    mapping = load_mapping(mapping_path)
    raws: list[Raw] = []
    unreadable = 0
    with path.open("rb") as stream:
        for batch in reader_for(mapping.reading)(stream, path.name):
            unreadable += len(batch.unreadable)
            for record in pa.table(batch.table).to_pylist():
                fields = {**dict.fromkeys(mapping.used_columns), **record}
                raws.append(Raw(fields.pop("position"), {k: v for k, v in fields.items() if k != "original"}))
    return Read(len(raws) + unreadable, unreadable, read_records(mapping, raws))


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes(made: Simulated, tmp_path: Path) -> None:
    """Every file of a second force with the same arguments is the same to the byte."""
    simulate(tmp_path / "again", scale=SCALE, seed=SEED)

    assert _digests(tmp_path / "again") == _digests(made.folder)


def test_another_seed_gives_another_force_under_the_same_mappings(made: Simulated, tmp_path: Path) -> None:
    """Exports differ; mappings and manifest do not depend on the seed."""
    other = simulate(tmp_path / "other", scale=SCALE, seed=SEED + 1)
    mine, theirs = _digests(made.folder), _digests(other.folder)
    same = {name for name in mine if mine[name] == theirs.get(name)}

    assert same == {name for name in mine if name.startswith("mappings/") and name in theirs} | (
        same & {"manifest.toml"}
    )
    assert len(same) > 20


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """Nothing is ever overwritten."""
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="not empty"):
        simulate(tmp_path, scale=SCALE)


def test_a_short_force_in_summer_can_be_made(tmp_path: Path) -> None:
    """Start and length are free; local times are an hour ahead of UTC then."""
    made = simulate(tmp_path / "june", scale=SCALE, days=3, start=date(2026, 6, 1))

    assert made.accesses == pytest.approx(3 * 1000, rel=0.15)
    line = (made.folder / "exports/intelligence/events_20260601.jsonl").read_text("utf-8").splitlines()[0]
    assert json.loads(line)["event"]["time"].startswith(("2026-05-31T23", "2026-06-01"))


def test_the_force_has_the_size_it_was_asked_for(made: Simulated, expected: dict[str, Any]) -> None:
    """Accesses are near 100,000 a day times the scale, and the counts told are those of the files."""
    assert made.accesses == pytest.approx(100_000 * SCALE * 14, rel=0.1)
    assert made.records == sum(file["received"] for file in expected["files"])
    assert made.files == len(expected["files"])
    assert made.cases >= 8


def test_every_file_is_delivered_by_exactly_one_line_of_the_manifest(made: Simulated, read: dict[str, Read]) -> None:
    """No export is forgotten, none is named twice."""
    written = {str(path.relative_to(made.folder)) for path in (made.folder / "exports").rglob("*") if path.is_file()}

    assert set(read) == written


def test_every_record_of_every_file_is_accounted_for(read: dict[str, Read], expected: dict[str, Any]) -> None:
    """Each file has the records that it should have, and exactly the awkward ones among them cannot be read."""
    found = {name: (file.received, file.quarantined) for name, file in read.items()}

    assert found == {file["path"]: (file["received"], file["quarantined"]) for file in expected["files"]}
    assert sum(file.quarantined for file in read.values()) >= 12


def test_no_file_is_handed_over_without_a_record(expected: dict[str, Any]) -> None:
    """A day on which a small force's system did nothing makes no file."""
    assert min(file["received"] for file in expected["files"]) > 0


def test_a_file_is_delivered_twice(made: Simulated, expected: dict[str, Any]) -> None:
    """One delivery is an exact copy of an earlier one, and all its records are expected as duplicates."""
    (again,) = [file for file in expected["files"] if file["duplicate"]]
    first = (made.folder / again["path"].replace("_resent", "")).read_bytes()

    assert (made.folder / again["path"]).read_bytes() == first
    assert again["duplicate"] == again["received"]


def test_the_planted_accesses_arrive_in_the_exports(made: Simulated, read: dict[str, Read]) -> None:
    """Each planted access is found in its system's export, by second, subject and who did it."""
    arrived: Counter[tuple[str, str, str]] = Counter()
    for file in read.values():
        for row in file.rows:
            if "occurred_at" in row.values and row.problem is None:
                at = row.values["occurred_at"].strftime("%Y-%m-%dT%H:%M:%S")  # type: ignore[union-attr]
                arrived[str(row.values["system"]), at, str(row.values["subject"])] += 1
    with (made.folder / "answers_accesses.csv").open(encoding="utf-8") as stream:
        planted = [(row["system"], row["occurred_at"][:19], row["subject"]) for row in csv.DictReader(stream)]

    assert len(planted) > 50
    assert [key for key in planted if key not in arrived] == []


def test_answers_are_in_no_export_and_no_mapping(made: Simulated) -> None:
    """The words of the answer file stand nowhere else in the folder."""
    with made.answers.open(encoding="utf-8") as stream:
        notes = {row["note"] for row in csv.DictReader(stream)}
    for path in [*(made.folder / "exports").rglob("*.csv"), *(made.folder / "mappings").glob("*")]:
        text = path.read_text("utf-8-sig")
        assert not any(note in text for note in notes)
        assert "misuse" not in text


def test_shares_of_causes_are_those_of_the_figures(world: World) -> None:
    """About 60 % direct, 20 % around it, 13 % queues, and at most 7 % that no record explains."""
    share = np.bincount(world.accesses.cause, minlength=len(CAUSE)) / len(world.accesses)
    around = sum(share[CAUSE[name]] for name in ("team", "supervision", "briefing", "area"))

    assert share[CAUSE["direct"]] == pytest.approx(0.6, abs=0.04)
    assert around == pytest.approx(0.2, abs=0.03)
    assert share[CAUSE["queue"]] == pytest.approx(0.13, abs=0.02)
    assert sum(share[CAUSE[name]] for name in ("unrecorded", "prefetch", "namesake", "misuse")) < 0.07


def test_systems_have_their_shares(world: World) -> None:
    """The records system has the most accesses, then command and control; every system has some."""
    share = np.bincount(world.accesses.system, minlength=len(SYSTEM)) / len(world.accesses)

    assert 0.38 < share[SYSTEM["RMS"]] < 0.52
    assert 0.2 < share[SYSTEM["CAD"]] < 0.34
    assert share.min() > 0.008


def test_every_role_looks_without_a_record(world: World) -> None:
    """Honest looking without explanation happens in every role where misuse is planted, so that role is no giveaway."""
    role, accesses = world.scene.force.role, world.accesses
    honest = set(role[accesses.staff[accesses.cause == CAUSE["unrecorded"]]].tolist())
    misused = set(role[accesses.staff[accesses.cause == CAUSE["misuse"]]].tolist())

    assert misused <= honest


def test_returning_to_a_person_is_no_giveaway(world: World) -> None:
    """More honest pairs than misuse pairs are looked at on several days without any record."""
    accesses, clock = world.accesses, world.scene.roster.clock

    def on_several_days(cause: str) -> int:
        rows = accesses.cause == CAUSE[cause]
        pair = accesses.staff[rows] * 10_000_000 + accesses.subject[rows]
        days = np.unique(np.stack([pair, clock.day_of(accesses.at[rows])]), axis=1)
        return int((np.bincount(np.unique(days[0], return_inverse=True)[1]) > 1).sum())

    assert on_several_days("unrecorded") > 3 * on_several_days("misuse") > 0


def test_being_off_duty_is_no_giveaway(world: World) -> None:
    """More honest accesses than misuse happen off duty, and most misuse happens on duty."""
    accesses = world.accesses
    off = ~world.scene.roster.on_duty(accesses.staff, accesses.at)
    misuse = accesses.cause == CAUSE["misuse"]

    assert (off & ~misuse).sum() > 3 * (off & misuse).sum()
    assert off[misuse].mean() < 0.5


def test_no_value_of_a_column_gives_misuse_away(world: World) -> None:
    """No operation, system, phrase, terminal kind, session digit or second of the clock is mostly misuse."""
    accesses = world.accesses
    misuse = accesses.cause == CAUSE["misuse"]
    columns = {
        "operation": accesses.operation,
        "system": accesses.system,
        "phrase": accesses.phrase,
        "mobile": accesses.mobile.astype(np.int64),
        "session digit": accesses.session % 10,
        "second": accesses.at // 1000 % 60,
        "quoted": (accesses.reference >= 0).astype(np.int64),
    }
    for name, column in columns.items():
        values, place = np.unique(column, return_inverse=True)
        share = np.bincount(place, weights=misuse) / np.bincount(place)
        assert share.max() < 0.08, (name, values[share.argmax()])


def test_session_numbers_of_misuse_are_like_all_others(world: World) -> None:
    """The numbers of sessions with misuse lie evenly among all numbers."""
    accesses = world.accesses
    sessions = np.unique(accesses.session[accesses.cause == CAUSE["misuse"]]) / accesses.session.max()

    assert 0.35 < sessions.mean() < 0.65
    assert sessions.min() < 0.2
    assert sessions.max() > 0.8


def test_event_numbers_run_on_without_regard_to_cause(read: dict[str, Read]) -> None:
    """Event numbers of the records system and the national computer rise by one through all files."""
    for folder, field in (("exports/rms/", "source_event_id"), ("exports/pnc/", "source_event_id")):
        numbers = [
            int(str(row.values[field]))
            for name, file in sorted(read.items())
            if name.startswith(folder) and "resent" not in name
            for row in file.rows
            if row.problem is None
        ]
        assert all(b == a + 1 for a, b in pairwise(sorted(numbers)))


def test_identifiers_of_subjects_tell_nothing_of_their_past(world: World) -> None:
    """Many subjects of misuse are met in honest work as well: not every one of them stands in the exports for it alone."""
    accesses = world.accesses
    misuse = accesses.cause == CAUSE["misuse"]
    once = np.unique(accesses.subject[misuse])
    also = np.isin(once, accesses.subject[~misuse]).mean()

    assert also > 0.15
