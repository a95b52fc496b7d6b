"""An access: who opened whose record, where, when, how and with what stated reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from custodiet.model.instants import as_utc


class Action(StrEnum):
    """The six operations that a log must show: Data Protection Act 2018 s.62(1)."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"


class Channel(StrEnum):
    """How the action was done."""

    SEARCH = "search"
    LIST = "list"
    VIEW = "view"
    EDIT = "edit"
    PRINT = "print"
    EXPORT = "export"
    API = "api"


class SubjectKind(StrEnum):
    """What sort of thing was looked at; only a living person is a data subject."""

    PERSON = "person"
    VEHICLE = "vehicle"
    ADDRESS = "address"
    EVENT = "event"
    ITEM = "item"
    TABLE = "table"  # a statement whose records could not be told stays visible as an access to a table


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look by one actor at one subject, as the source told it.

    At least one of requester, operator and account is known: an access by nobody is not an access.
    Texts are kept as delivered (after the mapping's own clean-up); absent is None, never "".
    """

    occurred_at: datetime
    occurred_at_text: str
    system: str
    action: Action
    channel: Channel
    subject: str
    subject_kind: SubjectKind = SubjectKind.PERSON
    requester: str | None = None  # who asked for the check
    operator: str | None = None  # who typed it
    account: str | None = None  # the login used
    device: str | None = None  # where
    search_terms: str | None = None
    record: str | None = None  # the record opened, where it is not the subject itself
    session: str | None = None
    outcome: str | None = None  # as the source says it: success, denied ...
    recipient: str | None = None  # to whom, for a disclosure: s.62(3)(c)
    stated_purpose: str | None = None
    purpose_code: str | None = None
    quoted_reference: str | None = None
    source_event_id: str | None = None
    sequence: int | None = None  # the source's own running number
    extra: str | None = None  # canonical JSON of fields that no column holds

    def __post_init__(self) -> None:
        """Refuse a naive time, an access by nobody, and empty strings in place of absence."""
        as_utc(self.occurred_at)
        if self.requester is None and self.operator is None and self.account is None:
            msg = "an access needs a requester, an operator or an account"
            raise ValueError(msg)
        if not self.subject or not self.system:
            msg = "an access needs a subject and a system"
            raise ValueError(msg)
