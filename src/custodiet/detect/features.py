"""The features of an episode: what signals may speak of, and the queries that compute them, one noun each.

A feature is NULL where it cannot be told: because a source was not delivered, a field is not known, or a question does not
arise. No condition holds of an absent feature, so that a missing fact is never evidence.
No feature says how much or how fast a person works, and none is a protected characteristic of staff.
"""

from __future__ import annotations

from sqlglot import exp

from custodiet.relations.query import Query
from custodiet.relations.relation import Column, Relation, Type

_T, _I, _N, _B = Type.TEXT, Type.INTEGER, Type.NUMBER, Type.TRUTH


def _counts(name: str, meaning: str) -> Column:
    return Column(name, _I, meaning)


def _likely(name: str, meaning: str) -> tuple[Column, Column]:
    return (
        Column(f"{name}_probability", _N, f"probability that {meaning}, cut to hundredths; NULL below the threshold"),
        Column(f"{name}_reasons", _T, "what speaks for it, in words"),
    )


#: The features by the noun they are about; each noun has one `.sql` file.
NOUNS: dict[str, tuple[Column, ...]] = {
    "actor": (Column("actor_name", _T, "rank and staff number of the actor, for sentences"),),
    "shape": (
        _counts("looks", "accesses of the episode that are unexplained or weakly explained"),
        _counts("days", "distinct days (UTC) of those looks"),
        _counts("span_days", "days from the first look to the last"),
        _counts("printed", "looks by print or export"),
        _counts("searched", "looks by search or result list only"),
        _counts("unexplained", "accesses of the episode that are unexplained"),
        _counts("weak", "accesses of the episode that are weakly explained"),
        _counts("pending", "accesses of the episode that await facts"),
        _counts("explained", "accesses of the episode that are explained"),
    ),
    "tie": (
        Column("is_self", _B, "actor and subject are one person: names and date of birth, or names and address"),
        Column("same_surname", _B, "one surname"),
        Column("same_address", _B, "one address"),
        Column("same_surname_and_address", _B, "one surname and one address"),
        Column("same_postcode", _B, "one postcode"),
        Column("same_phone", _B, "one private telephone number"),
        _counts("people_at_address", "people on record at the address they share"),
        Column("surname_per_10000", _N, "people of the shared surname among 10,000 on record; NULL below 1,000 people"),
    ),
    "former_home": (
        Column("shared_former_home", _B, "they once lived at one address at the same time"),
        Column("at_former_home", _B, "the subject's address was once the actor's"),
    ),
    "linked": (
        *_likely("self", "the subject is the actor"),
        *_likely("household", "the subject lives in the actor's home"),
        *_likely("kin", "the subject is kin of the actor by home and surname"),
        *_likely("next_of_kin", "the subject is a person whom the actor named as next of kin"),
        *_likely("former_household", "the subject once lived in the actor's home"),
        *_likely("former_address", "the subject lives where the actor once did"),
        *_likely("neighbour", "the subject lives at most two doors away"),
        _likely("phone", "the subject has the actor's telephone number")[0],
        _likely("vehicle", "the subject has the actor's vehicle")[0],
        *_likely("colleague", "the subject is another member of the workforce"),
    ),
    "declared": (
        Column("declared_nature", _T, "the tie that the actor declared to the subject"),
        Column(
            "lives_with_declared", _B, "the subject lives at the address of someone to whom the actor declared a tie"
        ),
    ),
    "colleague": (
        Column(
            "colleague", _T, "the staff number of the subject, where the subject is another member of the workforce"
        ),
        Column("colleague_in_unit", _B, "that colleague serves in the actor's own unit"),
    ),
    "former_unit": (
        Column("former_unit", _T, "a unit at work on the subject that the actor had left within the year before"),
        _counts("looks_after_leaving", "looks at a subject of such a unit"),
    ),
    "duty": (
        _counts("duty_known", "looks of which the roster tells whether the actor was on duty"),
        _counts("off_duty", "of those, looks while not on duty"),
        _counts("absent", "of those, looks during leave or sickness"),
        _counts("suspended", "of those, looks during suspension"),
        Column("off_duty_as", _T, "what the roster says of the looks off duty"),
    ),
    "involvement": (
        _counts("matters", "matters that name the subject from 28 days before a look to 7 days after"),
        Column("matters_elsewhere", _B, "all those matters lie outside the actor's area"),
    ),
    "reason": (
        _counts("vague_reasons", "looks whose stated reason says nothing"),
        Column("vague_reason", _T, "such a reason"),
        _counts("reasons_missing", "looks without any reason in a system that takes one"),
    ),
    "reference": (
        _counts("references_fitting", "references quoted of matters in which the subject has a part"),
        _counts("references_unknown", "references quoted that are of no matter on record"),
        Column("reference_unknown", _T, "such a reference"),
        _counts("references_unrelated", "references quoted of matters in which the subject has no part"),
        Column("reference_unrelated", _T, "such a reference"),
        _counts("reference_subjects", "subjects for which the actor quoted one reference that does not fit"),
        Column("reference_reused", _T, "that reference"),
    ),
    "attention": (
        Column("public_figure", _B, "the records mark the subject as a public figure"),
        Column("restricted", _B, "the records mark the subject as restricted"),
        _counts("unexplained_readers", "actors with unexplained looks at the subject within a week of a look"),
    ),
    "trawl": (
        _counts("unexplained_subjects_that_day", "subjects that the actor opened without explanation on the worst day"),
        Column("unexplained_share_that_day", _N, "their share of all subjects the actor opened that day"),
    ),
    "peers": (
        Column(
            "peers_unexplained_share",
            _N,
            "share of the accesses of the actor's unit, his own left out, that is unexplained",
        ),
    ),
    "household": (
        _counts(
            "household_work", "looks within a day of explained work of the actor with someone at the subject's address"
        ),
    ),
    "weakness": (
        Column("strongest_weak", _N, "strength of the strongest reason that does not suffice"),
        Column("weak_template", _T, "the template of that reason"),
        Column("awaits", _T, "kinds of fact that are awaited, and from which source"),
    ),
}

FEATURE = Relation(
    "feature",
    "one episode with everything that signals may speak of",
    (
        Column("finding", _T, "the episode's finding", nullable=False),
        *(c for columns in NOUNS.values() for c in columns),
    ),
)

#: Pending accesses that a hard rule speaks of; computed before episodes are.
URGENT_ACCESS = Query("custodiet.detect", "urgent_access.sql")

#: What each relation is computed by, in order; `feature` joins the nouns.
FEATURE_STEPS: tuple[tuple[str, Query], ...] = tuple(
    (name, Query("custodiet.detect", f"{name}.sql"))
    for name in ("look", "staff_then", "subject_then", "reference_known", *(f"feature_{noun}" for noun in NOUNS))
)


def feature_query() -> exp.Select:
    """Return the query that writes `feature`: each episode with the columns of every noun, in their declared types."""
    query = exp.select(exp.column("finding", table="feature_shape")).from_("feature_shape")
    for noun, columns in NOUNS.items():
        table = f"feature_{noun}"
        query = query.select(
            *(exp.alias_(exp.cast(exp.column(c.name, table=table), c.type.value), c.name) for c in columns), copy=False
        )
        if noun != "shape":
            same = exp.column("finding", table=table).eq(exp.column("finding", table="feature_shape"))
            query = query.join(table, on=same, join_type="left", copy=False)
    return query
