"""The cosignatures that lie with the checkpoints, and what they amount to under a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, unverified
from custodiet.ledger.cosignature import cosigned_at, with_cosignatures
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.note import Note, Signature
from custodiet.ledger.policy import Policy
from custodiet.ledger.ports import Verifier
from custodiet.logstore.files import disk, replace, sync_folder
from custodiet.logstore.layout import Layout, stored_sizes
from custodiet.logstore.levels import Levels
from custodiet.logstore.lock import writing
from custodiet.model.witnessing import Witnessing

#: Notes looked through for a witness's last cosignature; it tells the size itself if it is asked with a wrong one.
_LOOKED_BACK = 256
#: The last second that a date can name.
_LATEST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """A policy with what checks the cosignatures of its witnesses, by their names in it."""

    policy: Policy
    verifiers: Mapping[str, Verifier]

    def vouching(self, note: Note) -> dict[str, int]:
        """Return when each witness cosigned the note, newest first; raises VerificationFailed if one did not hold."""
        times = {name: cosigned_at(note, verifier) for name, verifier in self.verifiers.items()}
        found = [(name, time) for name, time in times.items() if time is not None]
        return dict(sorted(found, key=lambda pair: -pair[1]))

    def quorum(self, note: Note) -> tuple[tuple[str, ...], int] | None:
        """Return the witnesses that vouch for the note and since when a quorum of them does; None without a quorum."""
        vouching = self.vouching(note)
        names: list[str] = []
        for name, time in vouching.items():
            names.append(name)
            if self.policy.met_by(names):
                return tuple(sorted(vouching)), time
        return None


def add_cosignatures(layout: Layout, size: int, added: Iterable[Signature]) -> None:
    """Put the signatures under the stored checkpoint of that size, on the disk. Raises Locked while another writes.

    They are not checked here: whoever adds one has checked it, and whoever reads one checks it again.
    """
    with writing(layout.lock), disk("cosignatures were stored"):
        note = with_cosignatures(Note.parse(_stored(layout, size)), added)
        replace(layout.past_checkpoint(size), note.signed)


def _stored(layout: Layout, size: int) -> bytes:
    """Return the checkpoint's note; a writer that was cut short between commit and copy has left it in one place only."""
    if not layout.past_checkpoint(size).exists() and unverified(layout.checkpoint.read_bytes()).size == size:
        sync_folder(layout.folder)  # the copy must not outlive the checkpoint itself: that would look set back
        return layout.checkpoint.read_bytes()
    return layout.past_checkpoint(size).read_bytes()


def last_cosigned(layout: Layout, witnesses: Witnesses) -> dict[str, int]:
    """Return the largest size that each witness has cosigned, as far as the newest stored notes tell."""
    sizes: dict[str, int] = {}
    for size in reversed(stored_sizes(layout.checkpoints)[-_LOOKED_BACK:]):
        if len(sizes) == len(witnesses.verifiers):
            break
        try:
            vouching = witnesses.vouching(Note.parse(layout.past_checkpoint(size).read_bytes()))
        except (BadInput, VerificationFailed):
            continue  # it is for verification to say so
        sizes |= {name: size for name in vouching if name not in sizes}
    return sizes


def witnessing(layout: Layout, checkpoint: Checkpoint, witnesses: Witnesses) -> Witnessing:
    """Return what the policy's quorum vouches for, newest first; raises LogDamaged for a cosignature that is forged."""
    quorum = witnesses.policy.quorum if witnesses.policy.demands else None
    for size, names, time in _witnessed(layout, witnesses, checkpoint.size):
        at = datetime.fromtimestamp(min(time, _LATEST), UTC)
        return Witnessing(size=checkpoint.size, quorum=quorum, witnessed=size, by=names, at=at)
    return Witnessing(size=checkpoint.size, quorum=quorum)


def last_witnessed(layout: Layout, witnesses: Witnesses, below: int) -> int | None:
    """Return the largest size up to `below` that a quorum vouches for; notes that are damaged are passed over."""
    sizes = (size for size, _, _ in _witnessed(layout, witnesses, below, strict=False))
    return next(sizes, None)


def _witnessed(
    layout: Layout, witnesses: Witnesses, below: int, *, strict: bool = True
) -> Iterator[tuple[int, tuple[str, ...], int]]:
    if not witnesses.policy.demands:
        return
    for size in reversed(stored_sizes(layout.checkpoints)):
        if size > below:
            continue
        try:
            found = _quorum_at(layout, witnesses, size)
        except (BadInput, VerificationFailed) as error:
            if strict:
                fault = Fault(part=Part.CHECKPOINT, sentence=str(error), file=f"checkpoints/{size}")
                raise LogDamaged(fault) from error
            continue
        if found is not None:
            yield size, *found


def _quorum_at(layout: Layout, witnesses: Witnesses, size: int) -> tuple[tuple[str, ...], int] | None:
    note = Note.parse(layout.past_checkpoint(size).read_bytes())
    found = witnesses.quorum(note)
    if found is None:
        return None
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.size != size or Levels(layout).root(size) != checkpoint.root:
        raise VerificationFailed("Witnesses cosigned this checkpoint, and the log does not extend it.")
    return found
