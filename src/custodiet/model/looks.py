"""Looks and deeds of principals: the auditors are audited in the same log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Purpose(StrEnum):
    """The only uses these logs may be put to: Data Protection Act 2018 s.62(4)."""

    LAWFULNESS = "lawfulness"  # verifying the lawfulness of processing
    SELF_MONITORING = "self_monitoring"  # self-monitoring, including internal disciplinary proceedings
    INTEGRITY = "integrity"  # ensuring the integrity and security of personal data
    CRIMINAL = "criminal_proceedings"  # the purposes of criminal proceedings


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A principal's look or act, as it is entered in the ledger (`deed/1`)."""

    principal: str  # the signed-in user; on the command line the operating-system user
    act: str  # the command: show, why, queue, report, ingest ...
    object: str | None  # a finding, an event number, a file digest; never a name
    purpose: Purpose | None  # None for acts that show no record (init, ingest)
    reason: str | None  # free words of the principal, e.g. a case reference
    at: datetime
