"""What was taken out of the rows, held against what the log's records say was to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custodiet.errors import BadInput
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.ledger.kept_digests import digest_of_kept
from custodiet.ledger.manifest import Segment
from custodiet.ledger.redaction import Redaction, carried_out, erased_groups, redactions
from custodiet.ledger.retention import dropped_ranges
from custodiet.logstore.kept import kept_of
from custodiet.logstore.log import Log

#: By entry, the digests of the groups that were erased from it.
_Kept = dict[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """How much is no longer held, and under how many records."""

    redacted: int  # entries of which groups were erased
    redactions: int
    dropped: int  # entries whose rows were dropped; their stored leaf hashes stand for them


def check_gone(log: Log) -> Gone:
    """Return how much is gone if every erased group was redacted, and every redacted one is erased; raises LogDamaged."""
    done = _redactions(log)
    wanted, kept = erased_groups(done), _kept(log)
    for index, digests in kept.items():
        for group in digests:
            if group not in wanted.get(index, ()):
                said = f"The group {group} of this entry was erased, and the log records no redaction of it."
                raise _damaged(log, index, said)
    for index, groups in wanted.items():
        missing = sorted(groups - set(kept.get(index, ())))
        if missing and log.manifest.holding(index).dropped is None:
            said = f"The group {missing[0]} of this entry was redacted by the log's records, and is not erased."
            raise _damaged(log, index, said)
    for redaction in done:
        _check_digest(log, redaction, kept)
    _check_dropped(log)
    dropped = sum(segment.end - segment.start for segment in log.manifest.dropped())
    return Gone(redacted=len(kept), redactions=len(done), dropped=dropped)


def _check_dropped(log: Log) -> None:
    """The manifest is not signed: that rows were dropped counts only if a record of the log says so of these very entries."""
    try:
        said = dropped_ranges(log.records("retention/1"))
    except BadInput as error:
        raise LogDamaged(Fault(part=Part.DATA, sentence=f"The records of retention make no sense. {error}")) from error
    for segment in log.manifest.dropped():
        if (segment.start, segment.end) not in said.get(segment.dropped or 0, ()):
            raise _in(segment, segment.start, "These rows were dropped, and the log records no such act.")
    for record, ranges in said.items():
        for start, end in ranges:
            if any(one.dropped is None and one.start < end and start < one.end for one in log.manifest.segments):
                raise _damaged(log, start, f"These rows were dropped by the log's record {record}, and are there.")


def _redactions(log: Log) -> list[Redaction]:
    try:
        return list(carried_out(redactions(log.records("redaction/1"))))
    except BadInput as error:
        raise LogDamaged(Fault(part=Part.DATA, sentence=f"The records of redactions make no sense. {error}")) from error


def _kept(log: Log) -> _Kept:
    found: _Kept = {}
    for segment in log.manifest.held():
        kept = kept_of(log.layout, segment)
        for index in kept.entries:
            if not segment.start <= index < segment.end:
                raise _in(segment, index, "Kept digests stand beside a segment that does not hold their entry.")
        found |= kept.entries
    return found


def _check_digest(log: Log, redaction: Redaction, kept: _Kept) -> None:
    """An approval binds the digests that were kept; where entries were dropped since, they cannot be told any more."""
    pairs = [(index, group) for index, groups in redaction.proposal.erased().items() for group in groups]
    if any(index not in kept for index, _ in pairs):
        return
    if digest_of_kept(pairs, kept) != redaction.kept:
        first = min(index for index, _ in pairs)
        raise _damaged(
            log, first, f"The digests kept under redaction {redaction.number} are not those it was approved with."
        )


def _damaged(log: Log, index: int, sentence: str) -> LogDamaged:
    if index >= log.size:
        return LogDamaged(Fault(part=Part.DATA, sentence=sentence, index=index))
    return _in(log.manifest.holding(index), index, sentence)


def _in(segment: Segment, index: int, sentence: str) -> LogDamaged:
    row = index - segment.start
    return LogDamaged(Fault(part=Part.DATA, sentence=sentence, index=index, file=segment.file, row=row))
