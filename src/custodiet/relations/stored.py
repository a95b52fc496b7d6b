"""The stored relations: accesses, facts and deeds as they lie in the ledger's segments.

A column belongs to a disclosure group of its entry type (`access/1`, `fact/1`, `deed/1`), or is kept beside the entry (group None):
`index` and `delivery` follow from the log, `original` is bound by `original_digest`, and `identity` and `content` are
derived for de-duplication. The grouping is for ever: see docs/specs/entry.md.
"""

from __future__ import annotations

from custodiet.relations.relation import Column, Relation, Type

_T, _I, _TS, _B = Type.TEXT, Type.INTEGER, Type.INSTANT, Type.BYTES

#: Kept beside each stored row and outside its entry's groups.
BESIDE = (
    Column(
        "identity", _B, "16 bytes: what makes this record the same record when it is delivered again", nullable=False
    ),
    Column(
        "content", _B, "16 bytes: digest of the canonical content, to tell a duplicate from a conflict", nullable=False
    ),
    Column("original", _B, "the record's bytes as delivered, without its line end; NULL once redacted"),
)

ACCESS = Relation(
    "stored_access",
    "one access as the source told it",
    (
        # actor
        Column("requester", _T, "who asked for the check (staff number)"),
        Column("operator", _T, "who typed it (staff number)"),
        Column("account", _T, "the login used"),
        Column("device", _T, "the terminal or device"),
        # subject
        Column("subject", _T, "identifier of what was looked at", nullable=False),
        Column("subject_kind", _T, "person, vehicle, address, event, item or table", nullable=False),
        Column("search_terms", _T, "what was typed to search"),
        # context
        Column("occurred_at", _TS, "when, in UTC", nullable=False),
        Column("system", _T, "the system used", nullable=False),
        Column("action", _T, "one of the six of DPA 2018 s.62", nullable=False),
        Column("channel", _T, "search, list, view, edit, print, export or api", nullable=False),
        Column("record", _T, "the record opened, where it is not the subject itself"),
        Column("session", _T, "the source's session"),
        Column("outcome", _T, "as the source says it"),
        Column("recipient", _T, "to whom it was disclosed"),
        # purpose
        Column("stated_purpose", _T, "free words given as the reason"),
        Column("purpose_code", _T, "the reason code chosen"),
        Column("quoted_reference", _T, "the incident or case number typed as the reason"),
        # origin
        Column("source", _T, "the name of the source in its mapping", nullable=False),
        Column("source_event_id", _T, "the source's own identifier of the event"),
        Column("sequence", _I, "the source's own running number"),
        Column("occurred_at_text", _T, "the time as the source wrote it", nullable=False),
        Column("delivery", _T, "the delivery it came in", nullable=False),
        Column("position", _I, "first line (or record number) in the delivered file, from 1", nullable=False),
        Column("part", _I, "number among the accesses that one record yielded, from 0", nullable=False),
        Column("original_digest", _T, "hex SHA-256 of the record's bytes as delivered", nullable=False),
        Column("extra", _T, "canonical JSON object of fields that no column holds"),
        *BESIDE,
    ),
)

ACCESS_GROUPS: dict[str, tuple[str, ...]] = {
    "actor": ("requester", "operator", "account", "device"),
    "subject": ("subject", "subject_kind", "search_terms"),
    "context": ("occurred_at", "system", "action", "channel", "record", "session", "outcome", "recipient"),
    "purpose": ("stated_purpose", "purpose_code", "quoted_reference"),
    "origin": (
        "source",
        "source_event_id",
        "sequence",
        "occurred_at_text",
        "delivery",
        "position",
        "part",
        "original_digest",
        "extra",
    ),
}

FACT = Relation(
    "stored_fact",
    "one fact of operations as a source told it; which columns and attributes it has follows from its kind",
    (
        # who
        Column("person", _T, "staff number of the person the fact is about"),
        Column("subject", _T, "identifier of the subject the fact is about"),
        Column("counterpart", _T, "the other one: supervisor, survivor of a merge, ..."),
        # what
        Column("kind", _T, "one of the kinds in the catalogue", nullable=False),
        Column("key", _T, "the matter: incident, custody, crime or operation number"),
        Column("attributes", _T, "canonical JSON object of the kind's other fields (all texts)", nullable=False),
        Column(
            "withdrawn",
            Type.TRUTH,
            "true: the source takes back what it said under this source_fact_id",
            nullable=False,
        ),
        # validity
        Column("valid_from", _TS, "true from, in UTC; NULL: since ever"),
        Column("valid_to", _TS, "true until (not including), in UTC; NULL: until further notice"),
        # origin
        Column("source", _T, "the name of the source in its mapping", nullable=False),
        Column("source_fact_id", _T, "the source's own identifier of the fact"),
        Column("recorded_at", _TS, "when the source recorded it, in UTC"),
        Column("recorded_by", _T, "staff number of who recorded it"),
        Column("delivery", _T, "the delivery it came in", nullable=False),
        Column("position", _I, "first line (or record number) in the delivered file, from 1", nullable=False),
        Column("part", _I, "number among the facts that one record yielded, from 0", nullable=False),
        Column("original_digest", _T, "hex SHA-256 of the record's bytes as delivered", nullable=False),
        *BESIDE,
    ),
)

FACT_GROUPS: dict[str, tuple[str, ...]] = {
    "who": ("person", "subject", "counterpart"),
    "what": ("kind", "key", "attributes", "withdrawn"),
    "validity": ("valid_from", "valid_to"),
    "origin": (
        "source",
        "source_fact_id",
        "recorded_at",
        "recorded_by",
        "delivery",
        "position",
        "part",
        "original_digest",
    ),
}

DEED = Relation(
    "stored_deed",
    "one look or act of a principal of this software",
    (
        Column("principal", _T, "who looked or acted", nullable=False),
        Column("object", _T, "a finding, an event number, a file's digest; never a name"),
        Column("act", _T, "the command: show, why, queue, report, ingest ...", nullable=False),
        Column("purpose", _T, "one of the four of DPA 2018 s.62(4); NULL for acts that show no record"),
        Column("reason", _T, "free words of the principal"),
        Column("at", _TS, "when, in UTC", nullable=False),
    ),
)

DEED_GROUPS: dict[str, tuple[str, ...]] = {
    "principal": ("principal",),
    "object": ("object",),
    "act": ("act",),
    "reason": ("purpose", "reason"),
    "origin": ("at",),
}
