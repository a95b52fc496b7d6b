"""The answers: which accesses were planted, as which case. Nothing but a benchmark may read them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.items import CAUSES, SYSTEMS
from custodiet.simulator.lines import among, file_bytes, joined, numbered, quoted, texts
from custodiet.simulator.matters import taken
from custodiet.simulator.streams import Ints
from custodiet.simulator.wording import Wording
from custodiet.simulator.world import World

_END = "\n"


def cases_file(world: World, words: Wording) -> bytes:
    """Return a row for each case: pattern, label, who, whom, when, how many accesses, and a note."""
    rows = [_rows(world, n) for n in range(len(world.cases))]
    kept = [n for n, row in enumerate(rows) if len(row)]
    at = world.accesses.at
    first = np.array([at[rows[n][0]] for n in kept], np.int64)
    last = np.array([at[rows[n][-1]] for n in kept], np.int64)
    actors = np.array([world.cases[n].actor for n in kept], np.int64)
    subjects = [";".join(map(str, words.subject(np.unique(world.cases[n].subjects)))) for n in kept]
    lines = joined(
        numbered(np.array(kept, np.int64) + 1, 3, "C"), ",", texts(world.cases[n].pattern for n in kept), ",",
        texts(world.cases[n].label for n in kept), ",", among(words.collars, actors), ",", texts(subjects), ",",
        words.stamps.zulu(first), ",", words.stamps.zulu(last), ",",
        numbered(np.array([len(rows[n]) for n in kept], np.int64)), ",", quoted(texts(world.cases[n].note for n in kept)), _END,
    )  # fmt: skip
    return file_bytes(lines, f"case,pattern,label,actor,subjects,first_at,last_at,accesses,note{_END}")


def accesses_file(world: World, words: Wording) -> bytes:
    """Return a row for each access of each case, with what identifies it in its system's export."""
    rows = [_rows(world, n) for n in range(len(world.cases))]
    some = taken(world.accesses, np.concatenate([*rows, np.zeros(0, np.int64)]))
    case = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    lines = joined(
        numbered(case + 1, 3, "C"), ",", texts(world.cases[n].label for n in case.tolist()), ",",
        among(texts(SYSTEMS), some.system), ",", words.stamps.zulu(some.at), ",", among(words.collars, some.staff), ",",
        words.subject(some.subject), _END,
    )  # fmt: skip
    return file_bytes(lines, f"case,label,system,occurred_at,actor,subject{_END}")


def _rows(world: World, case: int) -> Ints:
    """Return the accesses of a case: those planted, or for a benign one all of that person to those subjects."""
    accesses, told = world.accesses, world.cases[case]
    if told.label == "misuse":
        return np.flatnonzero(accesses.case == case)
    return np.flatnonzero((accesses.staff == told.actor) & np.isin(accesses.subject, told.subjects))


def expectations(world: World, files: Sequence[ExportFile], settings: dict[str, object]) -> bytes:
    """Return what must become of every file, and from which causes the accesses come; only tests read it."""
    causes = np.bincount(world.accesses.cause, minlength=len(CAUSES)).tolist()
    rows = [
        {
            "path": file.path,
            "mapping": file.mapping,
            "received": file.received,
            "accepted": file.received - file.duplicate - file.quarantined,
            "duplicate": file.duplicate,
            "quarantined": file.quarantined,
            "other_lines": file.other_lines,
        }
        for file in files
    ]
    told = {**settings, "causes": dict(zip(CAUSES, causes, strict=True)), "files": rows}
    return (json.dumps(told, indent=1) + "\n").encode()
