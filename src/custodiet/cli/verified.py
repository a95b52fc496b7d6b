"""How much a verification looked at, and what that is worth, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from custodiet.cli.printing import plain, times
from custodiet.errors import UsageError

if TYPE_CHECKING:
    from custodiet.logstore.selection import Sample
    from custodiet.logstore.verification import Verified

#: For how many altered rows the chance to miss them all is told.
_TOLD_FOR = (1, 10, 100)


def share(text: str) -> float:
    """Return the share that `5%` or `0.05` says; raises UsageError for what is no share."""
    try:
        found = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        found = Decimal(0)
    if not found.is_finite() or not 0 < found <= 1:
        msg = f"{text} is no share: say 5%, or 0.05"
        raise UsageError(msg)
    return float(found)


def verification_shape(verified: Verified) -> dict[str, object]:
    """Return what the key `verified` of `verify/1` holds."""
    shape = plain(verified)
    assert isinstance(shape, dict)
    if verified.sample is not None:
        missed = [{"altered": each, "chance": verified.sample.chance_to_miss(each)} for each in _TOLD_FOR]
        shape["sample"] |= {"missed": missed}
    return shape


def no_longer_held(verified: Verified) -> Iterator[str]:
    """Yield, in sentences, what was erased or dropped and so cannot be read again."""
    gone = verified.gone
    if gone.redacted:
        yield (
            f"Groups of {times(gone.redacted, 'entry', 'entries')} were erased under {times(gone.redactions, 'redaction', 'redactions')}:"
            " their kept digests stand for them."
        )
    if gone.dropped:
        yield (
            f"{times(gone.dropped, 'entry', 'entries')} were dropped under the retention policy and cannot be read again:"
            " their stored leaf hashes stand for them."
        )


def declared_compromised(verified: Verified) -> Iterator[str]:
    """Yield, in sentences, which earlier keys the log itself says not to trust above a size."""
    for each in verified.compromised:
        yield (
            f"The log declares this key compromised: {each.key}. Its signatures above {each.above:,} entries prove nothing"
            " by themselves; what came after rests on the key that followed it, and on outside witnesses."
        )


def left_unread(verified: Verified) -> Iterator[str]:
    """Yield, in sentences, what a verification that did not read every row rests on instead."""
    if verified.left_out and not verified.full:
        yield (
            f"The log is lean: of {times(verified.left_out, 'entry', 'entries')} the leaf hashes are left out,"
            " and the tree was checked from their tiles' roots up."
        )
    if verified.sample is not None:
        yield from _of_sample(verified.sample, verified.rows)
    elif verified.since is not None:
        yield (
            f"The tree was checked whole, and {times(verified.rows, 'row', 'rows')} after the checkpoint of {verified.since:,} entries"
            " were read. The rows before it were not: that they are as they were signed rests on an earlier check of them."
        )
    elif not verified.full:
        yield "The tree was checked whole. No row was read: a row that was altered would not have been seen."


def _of_sample(sample: Sample, rows: int) -> Iterator[str]:
    yield (
        f"The tree was checked whole, and a sample of {times(rows, 'row', 'rows')}: {sample.checked:,} of {times(sample.tiles, 'tile', 'tiles')}"
        f" of 256 rows (seed {sample.seed})."
    )
    chances = ", ".join(f"{_percent(sample.chance_to_miss(each))} for {each}" for each in _TOLD_FOR)
    yield f"The chance that such a sample misses altered rows: {chances}, if each lies in another tile; rows in one tile count as one."


def _percent(chance: float) -> str:
    if chance == 0:
        return "none"
    return f"{chance:.1%}" if chance >= 0.001 else "under 0.1%"
