"""The audits that the ledger knows of: when each was made, what it could know, and which of them is meant by a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from custodiet.app.ports import LedgerReader
from custodiet.app.runs import Run, Runs
from custodiet.errors import BadInput, Refused, UsageError, VerificationFailed
from custodiet.model.provenance import Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """A run as the ledger has it."""

    name: str
    provenance: Provenance
    digests: Sequence[Mapping[str, str]]  # of the relations' bytes; more than one where they came out otherwise again
    entry: int  # ledger index of its first record
    made_at: datetime | None  # None where an earlier version of this software made it
    known_at: datetime | None  # when the last of the entries that it could know was taken in
    looked_back: bool  # made when more was known already

    @property
    def size(self) -> int:
        """Return how many entries it could know."""
        return self.provenance.ledger_size


def known_runs(snapshot: LedgerReader) -> list[KnownRun]:
    """Return the runs in the order in which they were first entered."""
    deliveries = [(at, datetime.fromisoformat(body["received_at"])) for at, body in snapshot.records("delivery/1")]
    found: dict[str, KnownRun] = {}
    digests: dict[str, list[Mapping[str, str]]] = {}
    most = 0
    for entry, body in snapshot.records("run/1"):
        digests.setdefault(body["run"], []).append(body["relations"])
        if body["run"] not in found:
            provenance = Provenance(**body["provenance"])
            found[body["run"]] = KnownRun(
                name=body["run"],
                provenance=provenance,
                digests=digests[body["run"]],
                entry=entry,
                made_at=_instant(body.get("made_at")),
                known_at=_known_at(deliveries, provenance.ledger_size),
                looked_back=provenance.ledger_size < most,
            )
            most = max(most, provenance.ledger_size)
    return list(found.values())


def meant(runs: Sequence[KnownRun], word: str, snapshot: LedgerReader, beside: KnownRun | None = None) -> KnownRun:
    """Return the run of that name, or the one made last of what was known at that ledger size.

    One by the packs, code and linkage of the run `beside` comes before others. Raises UsageError for what is neither a name nor a
    size, and BadInput where the ledger knows no such run.
    """
    if word.startswith("R-"):
        found = [run for run in runs if run.name == word]
        hint = "`custodiet audit` makes one"
    else:
        size = _size(word, snapshot)
        found = [run for run in runs if run.size == size]
        hint = f"`custodiet audit --as-known {word}` makes it"
    if not found:
        msg = f"no audit {word if word.startswith('R-') else f'as known at {word}'} was made in this vault; {hint}"
        raise BadInput(msg)
    return next((run for run in reversed(found) if beside is not None and _alike(run, beside)), found[-1])


def before(runs: Sequence[KnownRun], later: KnownRun) -> KnownRun:
    """Return the audit made last before that one, looking back left out; raises BadInput where there is none."""
    earlier = takewhile(lambda run: run.name != later.name, runs)
    found = [run for run in earlier if not run.looked_back and run.size <= later.size]
    if not found:
        msg = f"no audit was made before {later.name}; `custodiet audit --as-known SIZE` makes one of an earlier size"
        raise BadInput(msg)
    return found[-1]


def check_at_hand(runs: Runs, run: KnownRun, snapshot: LedgerReader, only: Sequence[str] | None = None) -> None:
    """Raises Refused where rows it had are gone, BadInput where its files are, VerificationFailed where they are others."""
    gone = snapshot.gone_since(run.size)
    if gone:
        msg = f"the audit {run.name} can be shown no more: {'; '.join(gone)}"
        raise Refused(msg)
    if not runs.is_there(run.name):
        msg = f"the files of the audit {run.name} are not at hand; `custodiet audit --as-known {run.size}` makes them again"
        raise BadInput(msg)
    if not runs.is_as_written(run.name, run.digests, only):
        msg = f"the audit {run.name} is not what the ledger says of it; `custodiet audit --as-known {run.size}` makes it again"
        raise VerificationFailed(msg)


def is_at_hand(runs: Runs, run: KnownRun, snapshot: LedgerReader, only: Sequence[str]) -> bool:
    """Tell whether the run's files (`only` of these relations) are there and are what the ledger says."""
    there = not snapshot.gone_since(run.size) and runs.is_there(run.name)
    return there and runs.is_as_written(run.name, run.digests, only)


def run_of(run: KnownRun) -> Run:
    """Return the run as it was entered first."""
    return Run(name=run.name, provenance=run.provenance, relations=run.digests[0])


def known_size(snapshot: LedgerReader, size: int) -> int:
    """Return the size up to which entries count for an audit of that ledger size; raises UsageError where there is none.

    Accesses, facts and heartbeats do, and records by which rows were erased; what was appended after changes no result.
    """
    if not 0 < size <= snapshot.size:
        msg = f"the ledger has {snapshot.size} entries; --as-known {size} is none of its sizes"
        raise UsageError(msg)
    return min(size, last_size(snapshot))


def last_size(snapshot: LedgerReader) -> int:
    """Return the size up to which entries count for an audit of today."""
    return max(snapshot.size_of(("access/1", "fact/1", "heartbeat/1")), snapshot.last_erasure())


def _size(word: str, snapshot: LedgerReader) -> int:
    digits = word.replace(",", "").replace("_", "")
    if not digits.isdecimal():
        msg = f"an audit is named by its ledger size or its name (R-...), not by {word!r}"
        raise UsageError(msg)
    size = int(digits)
    if not 0 < size <= snapshot.size:
        msg = f"the ledger has {snapshot.size} entries; {word} is none of its sizes"
        raise UsageError(msg)
    return min(size, last_size(snapshot))


def _alike(one: KnownRun, other: KnownRun) -> bool:
    return replace(one.provenance, ledger_size=0, root="") == replace(other.provenance, ledger_size=0, root="")


def _known_at(deliveries: Sequence[tuple[int, datetime]], size: int) -> datetime | None:
    """A delivery's record stands behind its rows: the first at or behind the size is of the one that brought the last row."""
    behind = [at for entry, at in deliveries if entry >= size]
    return behind[0] if behind else deliveries[-1][1] if deliveries else None


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
