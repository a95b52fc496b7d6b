"""The log's own records of its keys, read from its segments, and held against what is kept beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.errors import BadInput, Refused, VerificationFailed
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.key_history import Compromise, KeyHistory, Record, compromises_of, steps_of
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.ports import Verifier
from custodiet.logstore.layout import Layout
from custodiet.logstore.segments import ENTRY, INDEX

TYP = "key/1"


def key_records(layout: Layout, manifest: Manifest) -> Iterator[tuple[int, Record]]:
    """Yield the log's records of keys with their indices, in order."""
    for segment in manifest.of(TYP):
        try:
            rows = pq.read_table(layout.segment(segment), columns=[INDEX, ENTRY]).to_pylist()
            found = [(row[INDEX], json.loads(row[ENTRY])) for row in rows]
        except (OSError, ValueError, TypeError, pa.ArrowException) as error:
            raise VerificationFailed(f"The log's records of its keys cannot be read ({segment.file}).") from error
        yield from found


def check_signs(layout: Layout, manifest: Manifest, verifier: Verifier) -> None:
    """Return if the key is the log's newest; raises Refused for one that was retired: it may not sign what comes now."""
    steps = steps_of(key_records(layout, manifest))
    if steps and steps[-1][1] != verifier.key.text:
        raise Refused(
            f"The key {verifier.key.key_id.hex()} was retired at {steps[-1][0]} entries; another signs this log now."
        )


def check_keys(layout: Layout, manifest: Manifest, verifier: Verifier) -> tuple[Compromise, ...]:
    """Return what the log declares compromised, if its records of keys are the history that checkpoints were held to.

    Each step of a history must have its record and its checkpoint, which both keys signed; raises LogDamaged otherwise.
    """
    records = list(key_records(layout, manifest))
    try:
        steps = steps_of(records)
    except BadInput as error:
        raise LogDamaged(Fault(part=Part.DATA, sentence=str(error))) from error
    if isinstance(verifier, KeyHistory):
        _check_steps(steps, verifier, layout, manifest.size)
    return compromises_of(records)


def _check_steps(steps: Sequence[tuple[int, str]], history: KeyHistory, layout: Layout, size: int) -> None:
    known = [(step.start, step.verifier.key.text) for step in history.steps]
    ahead = [start for start, _ in steps[len(known) :]]
    # a handover that was committed a moment ago, or whose writer was cut short: nothing came after it yet
    if list(steps[: len(known)]) != known or ahead not in ([], [size]):
        said = "The history of keys (keys/log.vkeys, or keys/log.vkey) is not that of the log's own records of keys."
        raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said))
    for step in history.steps[1:]:
        if not layout.past_checkpoint(step.start).exists():
            said = f"The checkpoint of {step.start} entries, by which one key handed over to the next, is missing."
            raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said, file=f"checkpoints/{step.start}"))
