"""An earlier checkpoint of a log, from its own copies or from a file that somebody kept elsewhere."""

from __future__ import annotations

from pathlib import Path

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, verified
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.ports import Verifier
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.levels import Levels


def checkpoint_at(layout: Layout, verifier: Verifier, size: int) -> Checkpoint:
    """Return the checkpoint of that size, its signature checked; raises BadInput where the log has kept none of it."""
    sizes = stored_sizes(layout.checkpoints)
    if size not in sizes:
        below = max((each for each in sizes if each < size), default=None)
        expected = "a size in ledger/checkpoints" + ("" if below is None else f"; the nearest below is {below}")
        raise BadInput("No checkpoint of this size is kept.", found=str(size), expected=expected)
    return _read(layout.past_checkpoint(size), verifier)


def checkpoint_in(file: Path, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint in the file, its signature checked; raises BadInput or VerificationFailed."""
    if not file.is_file():
        raise BadInput("There is no such file.", file=str(file), expected="a checkpoint, or the size of one")
    return _read(file, verifier)


def check_extends(levels: Levels, now: Checkpoint, earlier: Checkpoint) -> None:
    """Return if the log is the earlier one with entries added; raises LogDamaged otherwise."""
    if earlier.origin != now.origin:
        raise BadInput("This checkpoint is another log's.", found=earlier.origin, expected=now.origin)
    if earlier.size > now.size:
        said = f"The log was set back: it has {now.size} entries, and a checkpoint of {earlier.size} was signed."
    elif levels.root(earlier.size) != earlier.root:
        said = f"The log does not extend the checkpoint of {earlier.size} entries: its history was rewritten."
    else:
        return
    raise LogDamaged(Fault(part=Part.CHECKPOINT, sentence=said))


def _read(file: Path, verifier: Verifier) -> Checkpoint:
    try:
        return verified(file.read_bytes(), verifier)
    except BadInput as error:
        raise BadInput(f"This is no checkpoint. {error}", file=file.name) from error
    except VerificationFailed as error:
        raise VerificationFailed(f"{file.name}: {error}") from error
