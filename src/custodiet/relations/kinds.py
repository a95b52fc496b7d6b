"""The kinds of context fact, and the relation each kind makes.

A fact has few columns; what distinguishes one kind from another is which of its fields lie in which column. Each kind
becomes one relation with typed, well-named columns: that is what templates and signals speak of.
Every such relation has, besides the columns listed here: `fact` (ledger index), `valid_from`, `valid_to` (an open end is
9999-12-31, an open start 0001-01-01), `recorded_at`, `recorded_by`, `source`.
"""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.relations.relation import Column, Relation, Type


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind of fact: its name, the stored column that holds it ('attributes' for the rest), its meaning."""

    name: str
    held_in: str  # person | subject | counterpart | key | attributes
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class FactKind:
    """A kind of context fact."""

    name: str
    row: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """Return the field of that name; raises KeyError with the kind's name."""
        for field in self.fields:
            if field.name == name:
                return field
        msg = f"{self.name}.{name}"
        raise KeyError(msg)

    @property
    def relation(self) -> Relation:
        """Return the relation that the facts of this kind make."""
        own = tuple(Column(f.name, Type.TEXT, f.meaning, nullable=not f.required) for f in self.fields)
        return Relation(self.name, self.row, (*_COMMON_HEAD, *own, *_COMMON_TAIL))


_COMMON_HEAD = (Column("fact", Type.INTEGER, "ledger index of the fact", nullable=False),)
_COMMON_TAIL = (
    Column("valid_from", Type.INSTANT, "true from", nullable=False),
    Column("valid_to", Type.INSTANT, "true until, not including", nullable=False),
    Column("recorded_at", Type.INSTANT, "when the source recorded it"),
    Column("recorded_by", Type.TEXT, "staff number of who recorded it"),
    Column("source", Type.TEXT, "the source that said so", nullable=False),
)


def _kind(name: str, row: str, *fields: Field) -> FactKind:
    return FactKind(name, row, fields)


def _person(meaning: str, *, required: bool = True) -> Field:
    return Field("person", "person", meaning, required)


def _subject(meaning: str, *, required: bool = True) -> Field:
    return Field("subject", "subject", meaning, required)


def _incident(meaning: str = "number of the incident, crime, custody record, case or operation") -> Field:
    return Field("incident", "key", meaning, required=True)


def _more(name: str, meaning: str, *, required: bool = False) -> Field:
    return Field(name, "attributes", meaning, required)


KINDS: tuple[FactKind, ...] = (
    _kind(
        "staff",
        "a member of the workforce as the personnel system describes him in a period",
        _person("staff number"),
        _more("employment", "officer, special, pcso, staff, contractor, volunteer or partner", required=True),
        _more("rank", "rank or grade, e.g. PC, PS, Insp, Staff"),
        _more("surname", "family name"),
        _more("forename", "given name"),
        _more("date_of_birth", "YYYY-MM-DD"),
        _more("address", "home address as one normalised text"),
        _more("postcode", "home postcode"),
        _more("uprn", "unique property reference number of the home"),
        _more("phone", "private telephone number"),
        _more("vehicle", "registration marks of the vehicles that he keeps, separated by semicolons"),
    ),
    _kind(
        "account",
        "a login and whose it is in a period",
        Field("account", "key", "the login", required=True),
        _person("staff number of its holder"),
    ),
    _kind(
        "posting",
        "where a person serves in a period",
        _person("staff number"),
        _more("unit", "team or department", required=True),
        _more("area", "the area (beat, district) the unit serves, where it has one"),
        _more("role", "what the person does there, e.g. response, control_room, intelligence"),
    ),
    _kind(
        "supervision",
        "who supervises a person in a period",
        _person("staff number of the one supervised"),
        Field("supervisor", "counterpart", "staff number of the supervisor", required=True),
    ),
    _kind(
        "duty",
        "a planned or worked spell of duty, or an absence",
        _person("staff number"),
        _more("duty", "duty, overtime, on_call, court, training, leave, sick, rest_day, suspended", required=True),
        _more("status", "planned or worked", required=True),
        _more("supervisor_for", "the unit the person was duty supervisor of in this spell, if any"),
    ),
    _kind(
        "incident",
        "an incident, crime, custody record, case, operation or intelligence log, from opening to closing",
        _incident(),
        _more("incident_kind", "incident, crime, custody, case, operation or intelligence", required=True),
        _more("area", "the area it happened in"),
        _more("category", "what it is, e.g. domestic, burglary, missing_person"),
        _more("parent", "number of the incident it belongs to"),
    ),
    _kind(
        "involvement",
        "a subject's part in an incident",
        _incident(),
        _subject("identifier of the subject"),
        _more("role", "suspect, victim, witness, caller, detainee, missing, vehicle, location ...", required=True),
    ),
    _kind(
        "assignment",
        "a person's or unit's work on an incident in a period",
        _incident(),
        _person("staff number, where a person was assigned", required=False),
        _more("unit", "the unit, where a whole unit was assigned"),
        _more(
            "role",
            "attending, officer_in_case, call_handler, dispatcher, custody_sergeant, supervisor ...",
            required=True,
        ),
        _more("crew", "call sign of the crew that the person worked in"),
    ),
    _kind(
        "tasking",
        "a piece of queue work about a subject given to a person or unit",
        Field("task", "key", "number of the task", required=True),
        _subject("identifier of the subject it is about"),
        _person("staff number, where it was given to a person", required=False),
        _more("unit", "the unit, where it was given to a unit"),
        _more("queue", "intelligence, disclosure, safeguarding, vetting, records ...", required=True),
    ),
    _kind(
        "briefing",
        "a subject on the briefing of a unit or an area in a period",
        Field("briefing", "key", "number of the briefing item", required=True),
        _subject("identifier of the subject"),
        _more("unit", "the unit briefed"),
        _more("area", "the area briefed"),
    ),
    _kind(
        "subject",
        "a subject as the records describe it in a period",
        _subject("identifier of the subject"),
        _more("subject_kind", "person, vehicle, address, event or item", required=True),
        _more("surname", "family name"),
        _more("forename", "given name"),
        _more("date_of_birth", "YYYY-MM-DD"),
        _more("address", "address as one normalised text"),
        _more("postcode", "postcode"),
        _more("uprn", "unique property reference number of the address"),
        _more("phone", "telephone number"),
        _more("vehicle", "registration marks of the vehicles that he keeps, separated by semicolons"),
        _more("marker", "public_figure, restricted ... where the records mark it"),
    ),
    _kind(
        "subject_identifier",
        "another identifier of a subject in some scheme",
        _subject("identifier of the subject"),
        Field("identifier", "key", "the other identifier", required=True),
        _more("scheme", "pnc, crn, vrm, nhs ...", required=True),
    ),
    _kind(
        "subject_merge",
        "one subject number merged into another, the survivor",
        _subject("the number that was merged away"),
        Field("survivor", "counterpart", "the number that goes on", required=True),
    ),
    _kind(
        "association",
        "a declared tie between a member of the workforce and a subject",
        _person("staff number of who declared it"),
        _subject("identifier of the subject"),
        _more("nature", "spouse, ex_partner, parent, child, sibling, friend, neighbour, tenant ...", required=True),
    ),
    _kind(
        "next_of_kin",
        "a person whom a member of the workforce named to the personnel department as next of kin",
        _person("staff number of who named him"),
        _more("relationship", "spouse, partner, parent, child, sibling ... as it was named"),
        _more("surname", "family name", required=True),
        _more("forename", "given name"),
        _more("date_of_birth", "YYYY-MM-DD"),
        _more("address", "address as one normalised text"),
        _more("postcode", "postcode"),
        _more("uprn", "unique property reference number of the address"),
        _more("phone", "telephone number"),
    ),
    _kind(
        "training",
        "a course taken, valid in a period",
        _person("staff number"),
        _more("course", "name of the course or policy accepted", required=True),
    ),
)


def kind_named(name: str) -> FactKind:
    """Return the kind of that name; raises KeyError."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise KeyError(name)
