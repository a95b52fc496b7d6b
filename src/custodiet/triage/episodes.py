"""Episodes: one actor and one subject, until 30 days pass without access; the relations they are kept in."""

from __future__ import annotations

from custodiet.relations.query import Query
from custodiet.relations.relation import Column, Relation, Type

#: Days without access after which the next access opens a new episode: `[last, last + 30 days)` joins the open one.
GAP_DAYS = 30

EPISODE_ACCESS = Relation(
    "episode_access",
    "one access of an episode that has one that is unexplained or only weakly explained, or that a hard rule speaks of",
    (
        Column("access", Type.INTEGER, "ledger index of the access", nullable=False),
        Column("finding", Type.TEXT, "the episode's finding", nullable=False),
        Column("actor", Type.TEXT, "the actor", nullable=False),
        Column("subject", Type.TEXT, "the subject", nullable=False),
        Column("occurred_at", Type.INSTANT, "when", nullable=False),
        Column("state", Type.TEXT, "explained, weak, pending or unexplained", nullable=False),
    ),
)

TABLE_USE = Relation(
    "table_use",
    "one actor's accesses to one table of one system whose records could not be told; they make no episode",
    (
        Column("actor", Type.TEXT, "the actor", nullable=False),
        Column("system", Type.TEXT, "the system", nullable=False),
        Column("relation", Type.TEXT, "the table", nullable=False),
        Column("accesses", Type.INTEGER, "how often", nullable=False),
        Column("unexplained", Type.INTEGER, "of which unexplained", nullable=False),
        Column("first_at", Type.INSTANT, "first access", nullable=False),
        Column("last_at", Type.INSTANT, "last access", nullable=False),
    ),
)

#: What each relation is computed by, in order.
EPISODE_STEPS: tuple[tuple[str, Query], ...] = (
    ("episode_access", Query("custodiet.triage", "episode_access.sql")),
    ("episode", Query("custodiet.triage", "episode.sql")),
    ("table_use", Query("custodiet.triage", "table_use.sql")),
)
