"""What a verification holds a ledger to besides itself: the witnesses of a policy, and what this client saw before."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.timestamping import stamps
from custodiet.errors import VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.faults import LogDamaged
from custodiet.logstore.cosigned import Witnesses, last_witnessed, witnessing
from custodiet.logstore.layout import Layout
from custodiet.logstore.remembered import check_extends
from custodiet.model.witnessing import Witnessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a verification demands of witnesses."""

    policy: Path | None = None  # a policy file of the reader's own; None: the vault's
    max_age: timedelta | None = None  # since a quorum vouched last
    stamp_roots: Path | None = (
        None  # certificates of the time-stamping authorities; None: stored time-stamps are not checked
    )


#: The vault's own policy, and no age.
NO_DEMANDS = Trust()


def check_outside(ledger: VaultLedger, checkpoint: Checkpoint, last: Checkpoint | None, trust: Trust) -> None:
    """Return if the log extends what was seen here before, and cosignatures and time-stamps hold; else raises."""
    layout = Layout(ledger.vault.ledger)
    check_extends(layout, checkpoint, last, ledger.memory.file)
    _check_age(witnessing(layout, checkpoint, ledger.witnesses(trust.policy)), trust.max_age)
    stamps(ledger.vault.folder, trust.stamp_roots)
    ledger.memory.keep(layout, checkpoint)


@contextmanager
def telling_last_witnessed(layout: Layout, witnesses: Witnesses) -> Iterator[None]:
    """A fault found within the block also says up to where a quorum of witnesses vouches for the log."""
    try:
        yield
    except LogDamaged as error:
        below = sys.maxsize if error.fault.index is None else error.fault.index
        found = last_witnessed(layout, witnesses, below)
        raise LogDamaged(replace(error.fault, last_witnessed=found)) from error


def _check_age(vouching: Witnessing, most: timedelta | None) -> None:
    if most is None:
        return
    if vouching.at is None:
        raise VerificationFailed(f"{vouching.sentences[0]} Its age cannot be told.")
    age = datetime.now(UTC) - vouching.at
    if age > most:
        raise VerificationFailed(
            f"The witnesses vouched last {_hours(age)} ago (size {vouching.witnessed}), and {_hours(most)} are allowed:"
            " an old ledger may stand in the place of a newer one, or witnessing has stopped."
        )


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):,.1f} hours"
