"""Ties between members of the workforce and subjects: the relation, the natures, and the queries that find them, in order.

Ties rest on descriptions that hold at one time. Two questions about a pair of descriptions are asked by linkage where the
library for it is installed, and word for word where it is not: is it the same person, and is it the same home. All that is
built on these two (kin, neighbour, former address, colleague, what is shared or declared) is SQL.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path

from custodiet.detect.tie_model import QUESTIONS, TieModel, read_model
from custodiet.errors import BadPack
from custodiet.relations.query import Query

#: The natures of a tie, and what each says of the subject.
NATURES: dict[str, str] = {
    "same_person": "is the member of staff himself",
    "household": "lives in his home",
    "former_household": "once lived in his home while he did",
    "former_address": "lives where he once did",
    "kin": "shares or shared a home and a surname with him",
    "neighbour": "lives at most two doors away, or in another flat of his house",
    "shared_phone": "has his telephone number",
    "shared_vehicle": "has his vehicle",
    "declared": "is tied to him by his own declaration",
    "next_of_kin": "was named by him as next of kin",
    "colleague": "is another member of the workforce",
}

_SQL = "custodiet.detect"
SOURCE = Query(_SQL, "tie_source.sql")
RECORD = Query(_SQL, "tie_record.sql")
LEFT = Query(_SQL, "tie_left.sql")
RIGHT = Query(_SQL, "tie_right.sql")
FREQUENCY = Query(_SQL, "tie_frequency.sql")
EXACT = Query(_SQL, "tie_exact.sql")
TIE = Query(_SQL, "tie.sql")

#: What is computed from `tie_pair`, in order, and the rules that each asks for.
STEPS: tuple[tuple[str, Query, tuple[str, ...]], ...] = (
    ("tie_person", Query(_SQL, "tie_person.sql"), ()),
    ("tie_home", Query(_SQL, "tie_home.sql"), ("crowd",)),
    ("tie_kin", Query(_SQL, "tie_kin.sql"), ("kin_share",)),
    ("tie_neighbour", Query(_SQL, "tie_neighbour.sql"), ("slip",)),
    ("tie_vehicle", Query(_SQL, "tie_vehicle.sql"), ()),
    ("tie_shared", Query(_SQL, "tie_shared.sql"), ("bearers",)),
    ("tie_colleague", Query(_SQL, "tie_colleague.sql"), ()),
    ("tie_declared", Query(_SQL, "tie_declared.sql"), ()),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRules:
    """The judgements that the rules rest on, the short forms of names, and the models for linkage; all from the pack."""

    kin_share: float = 0.75
    slip: float = 0.95
    crowd: int = 12
    bearers: int = 8
    nicknames: tuple[tuple[str, str], ...] = ()  # (name, root)
    models: tuple[TieModel, ...] = ()

    def parameters(self, names: tuple[str, ...]) -> dict[str, float]:
        """Return the numbers of those names."""
        return {name: getattr(self, name) for name in names}


def read_rules(folder: Path) -> TieRules:
    """Return what a pack says of ties in its folder `ties`, the defaults where it has none; raises BadPack."""
    path = folder / "rules.toml"
    if not path.exists():
        return TieRules()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadPack("The file is not TOML.", file=path.name, found=str(error), expected="TOML 1.0") from error
    return TieRules(
        kin_share=_number(table, "kin_share", path.name, most=1.0),
        slip=_number(table, "slip", path.name, most=1.0),
        crowd=int(_number(table, "crowd", path.name)),
        bearers=int(_number(table, "bearers", path.name)),
        nicknames=_nicknames(folder / "nicknames.csv"),
        models=_models(folder),
    )


def _models(folder: Path) -> tuple[TieModel, ...]:
    found = {path: read_model(path.read_text(encoding="utf-8"), path.name) for path in sorted(folder.glob("*.json"))}
    asked = [model.question for model in found.values()]
    if found and sorted(asked) != sorted(QUESTIONS):
        raise BadPack("Each question needs one model.", file="ties", found=", ".join(asked), expected=str(QUESTIONS))
    return tuple(found.values())


def _nicknames(path: Path) -> tuple[tuple[str, str], ...]:
    if not path.exists():
        return ()
    rows = [tuple(row) for row in list(csv.reader(path.read_text(encoding="utf-8").splitlines()))[1:]]
    names = [row[0] for row in rows]
    if len(set(names)) != len(names) or any(len(row) != 2 for row in rows):
        raise BadPack("Each name is the short form of one other.", file=path.name, expected="name,root; no name twice")
    return tuple((row[0], row[1]) for row in rows)


def _number(table: dict[str, object], key: str, file: str, *, most: float = 10_000) -> float:
    found = table.get(key)
    if not isinstance(found, int | float) or isinstance(found, bool) or not 0 < found <= most:
        raise BadPack(
            "A number is needed.", file=file, field=key, found=repr(found), expected=f"above 0, up to {most:g}"
        )
    return float(found)
