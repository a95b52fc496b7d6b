"""Who vouches for a vault: its policy, its witnesses, what they saw, and what this client remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.policies import checked
from custodiet.bootstrap.submitting import Witnessed, addressed, submit
from custodiet.errors import BadInput, EnvironmentFault, UsageError, VerificationFailed
from custodiet.ledger.checkpoint import verified
from custodiet.ledger.ports import Verifier
from custodiet.logstore.cosigned import Witnesses, witnessing
from custodiet.logstore.files import disk, replace
from custodiet.logstore.log import Log
from custodiet.model.looks import Deed
from custodiet.model.witnessing import Witnessing
from custodiet.witnessing.client import Addressed, newest


class Agreement(StrEnum):
    """How the newest checkpoint that a witness serves stands to the vault."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    NOTHING = "nothing"  # it has cosigned nothing of this log
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one witness serves, held against the vault."""

    witness: str
    agreement: Agreement
    sentence: str
    note: str | None = None  # what it serves: with the vault's own checkpoint the proof, where they disagree


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInForce:
    """A vault's policy, and what it amounts to now."""

    file: Path
    witnesses: Witnesses
    witnessing: Witnessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The checkpoint that this client saw last, kept outside the vault."""

    file: Path
    size: int | None  # None: nothing is remembered
    problem: str | None  # why nothing can be remembered


def witness(folder: Path) -> Witnessed:
    """Ask each witness of the policy to cosign the newest checkpoint; returns what came of it."""
    ledger = _ledger(folder)
    log = ledger.read().log
    witnesses = ledger.witnesses()
    if not witnesses.policy.witnesses:
        raise UsageError(f"The policy of this vault names no witness; write {log.layout.policy} first.")
    return submit(log, witnesses)


def vouching(folder: Path, policy: Path | None = None) -> Witnessing:
    """Return who vouches for the vault, and up to which size, by its own policy or the one in the file."""
    ledger = _ledger(folder)
    log = ledger.read().log
    return witnessing(log.layout, log.checkpoint, ledger.witnesses(policy))


def remembered(folder: Path) -> Memory:
    """Return what this client remembers of the vault's log."""
    memory = _ledger(folder).memory
    last = memory.last()
    return Memory(file=memory.file, size=None if last is None else last.size, problem=memory.problem())


def policy(folder: Path) -> PolicyInForce:
    """Return the policy of the vault; raises BadInput where it is wrong."""
    ledger = _ledger(folder)
    log = ledger.read().log
    witnesses = ledger.witnesses()
    status = witnessing(log.layout, log.checkpoint, witnesses)
    return PolicyInForce(file=log.layout.policy, witnesses=witnesses, witnessing=status)


def set_policy(folder: Path, file: Path) -> PolicyInForce:
    """Put the policy in the file into force, once it was checked; the act is entered in the ledger."""
    ledger = _ledger(folder)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", file=file.name) from error
    checked(data, file.name, ledger.keys.history())
    principal = ledger.vault.principal(login())
    digest = hashlib.sha256(data).hexdigest()
    act = Deed(principal=principal.login, act="policy", object=digest, purpose=None, reason=None, at=datetime.now(UTC))
    with disk("the policy was stored"):
        replace(ledger.read().log.layout.policy, data)
    ledger.enter_deed(act)
    return policy(folder)


def compare(folder: Path) -> Sequence[Compared]:
    """Return how the newest checkpoint that each witness of the policy serves stands to the vault."""
    ledger = _ledger(folder)
    log = ledger.read().log
    return [_compared(each, ledger, log) for each in addressed(log.layout, ledger.witnesses())]


def _compared(witness: Addressed, ledger: VaultLedger, log: Log) -> Compared:
    try:
        note = newest(witness, log.checkpoint.origin)
    except EnvironmentFault as error:
        return Compared(witness=witness.name, agreement=Agreement.UNREACHABLE, sentence=str(error))
    except VerificationFailed as error:
        return Compared(witness=witness.name, agreement=Agreement.DISAGREES, sentence=str(error))
    if note is None:
        said = "It has cosigned nothing of this log."
        return Compared(witness=witness.name, agreement=Agreement.NOTHING, sentence=said)
    try:
        sentence = _agrees(note.signed, ledger.read().log, ledger.keys.history())  # others may have committed meanwhile
    except (BadInput, VerificationFailed) as error:
        text = note.signed.decode()
        return Compared(witness=witness.name, agreement=Agreement.DISAGREES, sentence=str(error), note=text)
    return Compared(witness=witness.name, agreement=Agreement.AGREES, sentence=sentence, note=note.signed.decode())


def _agrees(data: bytes, log: Log, verifier: Verifier) -> str:
    seen = verified(data, verifier)
    if seen.size > log.size:
        raise VerificationFailed(f"It has seen {seen.size} entries, and the vault holds {log.size}.")
    if seen.origin != log.checkpoint.origin or log.root_at(seen.size) != seen.root:
        raise VerificationFailed(f"It has seen another history of the first {seen.size} entries than the vault holds.")
    return f"It has seen the first {seen.size} entries of the vault as they are."


def _ledger(folder: Path) -> VaultLedger:
    vault = Vault(folder)
    vault.settings()
    return VaultLedger(vault)
