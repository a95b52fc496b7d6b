"""Every relation that a query may name: what the stages read and what they write."""

from __future__ import annotations

from custodiet.relations.kinds import KINDS
from custodiet.relations.relation import Column, Relation, Type

_T, _I, _N, _TS = Type.TEXT, Type.INTEGER, Type.NUMBER, Type.INSTANT

ACCESS = Relation(
    "access",
    "one access, with its actor and subject resolved as known at the ledger size in hand",
    (
        Column("access", _I, "ledger index of the event", nullable=False),
        Column("occurred_at", _TS, "when, in UTC", nullable=False),
        Column(
            "actor",
            _T,
            "who is accountable: the operator, else the account's holder then, else the requester",
            nullable=False,
        ),
        Column("requester", _T, "who asked for the check"),
        Column("operator", _T, "who typed it"),
        Column("account", _T, "the login used"),
        Column("device", _T, "where"),
        Column("subject", _T, "the subject; a merged number resolved to its survivor", nullable=False),
        Column("subject_as_used", _T, "the number used on the day", nullable=False),
        Column("subject_kind", _T, "person, vehicle, address, event, item or table", nullable=False),
        Column("system", _T, "the system used", nullable=False),
        Column("action", _T, "one of the six of s.62", nullable=False),
        Column("channel", _T, "search, list, view, edit, print, export or api", nullable=False),
        Column("record", _T, "the record opened"),
        Column("session", _T, "the source's session"),
        Column("search_terms", _T, "what was typed to search"),
        Column("stated_purpose", _T, "free words given as the reason"),
        Column("purpose_code", _T, "the reason code chosen"),
        Column("quoted_reference", _T, "the reference typed as the reason"),
        Column("source", _T, "the source", nullable=False),
    ),
)

WATERMARK = Relation(
    "watermark",
    "up to when a kind of fact is known to have been delivered",
    (
        Column("kind", _T, "the kind of fact", nullable=False),
        Column("source", _T, "the source", nullable=False),
        Column("delivered_to", _TS, "facts recorded up to here have come in", nullable=False),
    ),
)

EXPLANATION = Relation(
    "explanation",
    "one instance of a template found for one access",
    (
        Column("access", _I, "ledger index of the access", nullable=False),
        Column("template", _T, "identifier of the template", nullable=False),
        Column("evidence_group", _T, "templates of one group do not add to one another", nullable=False),
        Column("strength", _N, "0 to 1, rounded to six decimals", nullable=False),
        Column("rests_on", Type.INTEGERS, "ledger indices of the rows used, in the order of the path", nullable=False),
    ),
)

ACCESS_STATE = Relation(
    "access_state",
    "the state of one access",
    (
        Column("access", _I, "ledger index of the access", nullable=False),
        Column("state", _T, "explained, weak, pending or unexplained", nullable=False),
        Column(
            "strength",
            _N,
            "noisy-or over evidence groups of the strongest in each, rounded to six decimals",
            nullable=False,
        ),
        Column("template", _T, "the strongest template, NULL where none matched"),
        Column(
            "awaits", _T, "for pending: the kind and source furthest behind of those awaited, e.g. duty from roster"
        ),
    ),
)

SOURCE_REACH = Relation(
    "source_reach",
    "a source of a kind of fact: how far it has delivered, and whether accesses wait for it",
    (
        Column("kind", _T, "the kind of fact", nullable=False),
        Column("source", _T, "the source", nullable=False),
        Column("delivered_to", _TS, "facts recorded up to here have come in", nullable=False),
        Column("grace", _I, "seconds for which facts of the kind are waited for", nullable=False),
        Column("awaited_from", _TS, "accesses from here on may still be explained by what comes", nullable=False),
        Column("standing", _T, "awaited, silent (taken as ended) or unneeded (no template needs it)", nullable=False),
    ),
)

COVERAGE = Relation(
    "coverage",
    "one month (UTC), system, action and unit of the actor at the access: what context was there",
    (
        Column("month", _T, "YYYY-MM", nullable=False),
        Column("system", _T, "the system used", nullable=False),
        Column("action", _T, "one of the six of s.62", nullable=False),
        Column("unit", _T, "the unit the actor was posted to; NULL where no posting says"),
        Column("accesses", _I, "accesses", nullable=False),
        Column("subjects", _I, "distinct subjects; of several rows these must not be added", nullable=False),
        Column("explained", _I, "accesses in this state", nullable=False),
        Column("weak", _I, "accesses in this state", nullable=False),
        Column("pending", _I, "accesses in this state", nullable=False),
        Column("unexplained", _I, "accesses in this state", nullable=False),
        Column("involvement", _I, "accesses to a subject of whom such a fact had begun by then", nullable=False),
        Column("tasking", _I, "the same", nullable=False),
        Column("briefing", _I, "the same", nullable=False),
        Column("posting", _I, "accesses by an actor of whom such a fact had begun by then", nullable=False),
        Column("duty", _I, "the same", nullable=False),
        Column("assignment", _I, "the same", nullable=False),
        Column("of_subject", _I, "accesses with a fact of any of the first three kinds", nullable=False),
        Column("of_actor", _I, "accesses with a fact of any of the last three kinds", nullable=False),
        Column("of_neither", _I, "accesses with a fact of none of the six", nullable=False),
        Column("unexplained_no_subject", _I, "unexplained, and no such fact about the subject", nullable=False),
        Column("unexplained_no_actor", _I, "unexplained, and no such fact about the actor", nullable=False),
        Column("unexplained_no_data", _I, "unexplained, and either of the two is lacking", nullable=False),
    ),
)

COVERAGE_KIND = Relation(
    "coverage_kind",
    "one month (UTC), one kind of fact and one source of it, or none",
    (
        Column("month", _T, "YYYY-MM", nullable=False),
        Column("kind", _T, "the kind of fact", nullable=False),
        Column("source", _T, "the source; NULL where no source ever delivered the kind"),
        Column("templates", _I, "templates that read the kind", nullable=False),
        Column(
            "standing",
            _T,
            "held; behind: accesses of the month wait for it; silent: it had ended; none",
            nullable=False,
        ),
        Column("delivered_to", _TS, "facts recorded up to here have come in"),
        Column("accesses", _I, "accesses of the month", nullable=False),
        Column("beyond", _I, "of which later than the source delivered, less the grace", nullable=False),
    ),
)

TEMPLATE_SHARE = Relation(
    "template_share",
    "one month (UTC) and one template: what it explained",
    (
        Column("month", _T, "YYYY-MM", nullable=False),
        Column("template", _T, "identifier of the template", nullable=False),
        Column("shadow", Type.TRUTH, "whether it is tried without effect", nullable=False),
        Column("accesses", _I, "accesses it matched; templates overlap, so these must not be added", nullable=False),
        Column("strong", _I, "of which with a strength of its own that explains", nullable=False),
        Column(
            "only_by_it",
            _I,
            "accesses that no other template in force matched; of those in force these may be added",
            nullable=False,
        ),
        Column("first", _I, "matched accesses that are the first of their actor and subject", nullable=False),
        Column("of_accesses", _I, "accesses of the month", nullable=False),
        Column("of_first", _I, "first accesses of the month", nullable=False),
        Column("low", _N, "least share to be expected after the earlier months; NULL with fewer than two"),
        Column("high", _N, "largest share to be expected"),
        Column("outside", Type.TRUTH, "whether the share left that interval"),
    ),
)

GROUP_MEMBER = Relation(
    "group_member",
    "a person in a group of people who worked on the same subjects, learned: no row of it is a fact",
    (
        Column("person", _T, "the staff number", nullable=False),
        Column(
            "member_of",
            _T,
            "the group: the day from which it holds, and its place in the tree of groups",
            nullable=False,
        ),
        Column("depth", _T, "how deep in the tree, from 1; a person is in one group at each depth", nullable=False),
        Column("narrowest", _T, "yes where the person is in no deeper group, else no", nullable=False),
        Column("modularity", _N, "what the split that made the group is worth, from 0"),
        Column("learned_from", _TS, "learned from the explained accesses from here up to valid_from"),
        Column("valid_from", _TS, "holds from", nullable=False),
        Column("valid_to", _TS, "holds until, not including", nullable=False),
    ),
)

TIE = Relation(
    "tie",
    "one tie between a member of the workforce and a subject whose record he opened, while it holds",
    (
        Column("person", _T, "staff number", nullable=False),
        Column("subject", _T, "the subject", nullable=False),
        Column("nature", _T, "same_person, household, former_household, former_address, kin ...", nullable=False),
        Column("probability", _N, "0 to 1, rounded to six decimals; 1 where nothing is estimated", nullable=False),
        Column("reasons", _T, "what speaks for it, in words", nullable=False),
        Column(
            "waterfall",
            _T,
            "JSON list of [comparison, words, bits]; the bits are NULL where nothing is estimated",
            nullable=False,
        ),
        Column("valid_from", _TS, "holds from", nullable=False),
        Column("valid_to", _TS, "holds until, not including", nullable=False),
        Column("basis", Type.INTEGERS, "ledger indices of the facts it rests on", nullable=False),
        Column(
            "method", _T, "the rule and its version, or the question, version and digest of the model", nullable=False
        ),
    ),
)

EPISODE = Relation(
    "episode",
    "one actor and one subject, until 30 days pass without access",
    (
        Column("finding", _T, "'F-' and eight letters", nullable=False),
        Column("actor", _T, "the actor", nullable=False),
        Column("subject", _T, "the subject", nullable=False),
        Column("first_at", _TS, "first access", nullable=False),
        Column("last_at", _TS, "last access", nullable=False),
        Column("accesses", _I, "accesses in the episode", nullable=False),
        Column("unexplained", _I, "of which unexplained", nullable=False),
        Column("weak", _I, "of which weak", nullable=False),
        Column("days", _I, "distinct days (UTC) with an access that is not explained", nullable=False),
    ),
)

SIGNAL = Relation(
    "signal",
    "one named piece of evidence on one episode",
    (
        Column("finding", _T, "the episode's finding", nullable=False),
        Column("signal", _T, "identifier of the signal", nullable=False),
        Column("points", _I, "points added, may be negative", nullable=False),
        Column("facts", _T, "JSON object of the values its sentence names", nullable=False),
    ),
)

FINDING = Relation(
    "finding",
    "an episode with an access that is unexplained or weakly explained, or that a hard rule speaks of, ranked",
    (
        Column("finding", _T, "'F-' and eight letters", nullable=False),
        Column("rank", _I, "from 1", nullable=False),
        Column("score", _I, "the sum of its signals' points", nullable=False),
        *EPISODE.columns[1:],
    ),
)

RELATIONS: dict[str, Relation] = {
    relation.name: relation
    for relation in (
        ACCESS,
        WATERMARK,
        EXPLANATION,
        ACCESS_STATE,
        SOURCE_REACH,
        COVERAGE,
        COVERAGE_KIND,
        TEMPLATE_SHARE,
        GROUP_MEMBER,
        TIE,
        EPISODE,
        SIGNAL,
        FINDING,
        *(kind.relation for kind in KINDS),
    )
}
