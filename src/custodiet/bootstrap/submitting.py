"""Bringing the newest checkpoint of a log before the witnesses of its policy, and storing what they sign."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

from custodiet.errors import Locked
from custodiet.ledger.note import Note, own_lines
from custodiet.logstore.cosigned import Witnesses, add_cosignatures, last_cosigned, witnessing
from custodiet.logstore.layout import Layout
from custodiet.logstore.log import Log
from custodiet.model.witnessing import Witnessing
from custodiet.witnessing.client import Addressed, Asked, Submission, ask_all

#: Seconds for which the writer's lock is waited for, when something has come that must be stored.
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What came of asking the witnesses of a policy for the newest checkpoint."""

    size: int
    asked: Sequence[Asked]
    witnessing: Witnessing


def submit(log: Log, witnesses: Witnesses) -> Witnessed:
    """Return what the witnesses said of the log's checkpoint; their cosignatures are stored with it.

    Raises Locked if another process writes for longer than 20 seconds: then the cosignatures are lost, and can be asked for again.
    """
    note = own_note(log)
    submission = Submission(note=note, size=log.size, proof=lambda old: log.consistency_proof(old, log.size))
    asked = ask_all(addressed(log.layout, witnesses), submission)
    signatures = [each.signature for each in asked if each.signature is not None]
    if signatures:
        when_unlocked(lambda: add_cosignatures(log.layout, log.size, signatures))
    return Witnessed(size=log.size, asked=asked, witnessing=witnessing(log.layout, log.checkpoint, witnesses))


def addressed(layout: Layout, witnesses: Witnesses) -> list[Addressed]:
    """Return the policy's witnesses with their addresses, and how far each has come as the stored notes tell."""
    sizes = last_cosigned(layout, witnesses)
    return [
        Addressed(name=each.name, url=each.url, verifier=witnesses.verifiers[each.name], old=sizes.get(each.name, 0))
        for each in witnesses.policy.witnesses
    ]


def own_note(log: Log) -> Note:
    """Return the log's checkpoint as a note that bears the log's own signatures and no others."""
    path = log.layout.past_checkpoint(log.size)
    return own_lines(Note.parse((path if path.exists() else log.layout.checkpoint).read_bytes()))


def when_unlocked(store: Callable[[], None]) -> None:
    """Store what has come, once no other process writes; raises Locked after 20 seconds."""
    until = monotonic() + _PATIENCE
    while True:
        try:
            store()
            return
        except Locked:
            if monotonic() > until:
                raise
            sleep(0.1)
