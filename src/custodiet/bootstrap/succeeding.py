"""A handover from one signing key to the next that was cut short, brought to its end."""

from __future__ import annotations

from pathlib import Path

from custodiet.ledger.key_history import steps_of
from custodiet.logstore.key_records import key_records
from custodiet.logstore.layout import Layout
from custodiet.logstore.lock import writing
from custodiet.logstore.log import Log
from custodiet.signing.key_folder import KeyFolder
from custodiet.signing.succession import install_next, next_verifier


def settle_keys(ledger: Path, keys: KeyFolder) -> None:
    """If the log names the key that lies ready as its next, it is in its place; otherwise nothing is changed.

    Raises Locked while another process writes.
    """
    if next_verifier(keys) is None:
        return
    layout = Layout(ledger)
    with writing(layout.lock):
        succeeding = next_verifier(keys)
        log = Log.open(ledger, keys.history())
        steps = steps_of(key_records(layout, log.manifest))
        if succeeding is not None and steps and steps[-1][1] == succeeding.key.text:
            install_next(keys, steps[-1][0])
