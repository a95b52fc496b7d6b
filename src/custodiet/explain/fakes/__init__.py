"""Fake accesses that nobody made: what a reason must not explain, so that what it does explain means something.

Six families, from the easiest to the hardest. Each fake has the time, the system and (but for the first) the actor of a real
access, and the subject of something else. All chance is the MD5 of a seed text and the access' number, so that equal seeds
give equal fakes on every machine. Reads the relations of a run; `reference` says in plain loops what the queries mean.
"""

from __future__ import annotations

from enum import StrEnum

from custodiet.relations.query import Query


class Family(StrEnum):
    """A family of fakes; the value is how commands and files name it."""

    UNIFORM = "F1"
    PERMUTED = "F2"
    SAME_TEAM = "F3"
    SAME_DAY = "F3d"
    SAME_AREA = "F3a"
    RELATED = "F4"
    COINCIDENT = "F5"


#: What a fake of the family is, for people.
TITLES: dict[Family, str] = {
    Family.UNIFORM: "any actor, any subject",
    Family.PERMUTED: "a subject of the same hour and system",
    Family.SAME_TEAM: "a subject of a colleague in his unit, within 3 days",
    Family.SAME_DAY: "a subject of a colleague in his unit, the same day",
    Family.SAME_AREA: "a subject of another unit of his area, within 3 days",
    Family.RELATED: "a subject tied to the actor",
    Family.COINCIDENT: "a subject of a fresh incident in his area, not his own",
}
#: The families that look like misuse; the first only says that a reason is not always there.
MISUSE_LIKE = tuple(family for family in Family if family is not Family.UNIFORM)


def _query(name: str) -> Query:
    return Query("custodiet.explain.fakes", f"{name}.sql")


SAMPLED = _query("sampled")  # $seed, $count
SERVING = _query("serving")
TIE = _query("fake_tie")  # $bearers
#: A surname that more people on record bear ties nobody to anybody.
RARE = 50
FAKE_ACCESS = _query("fake_access")  # $offset, which is added to the number of the access that a fake is made from
#: The draw of each family, and what it asks for besides $seed.
DRAWS: dict[Family, tuple[Query, dict[str, int]]] = {
    Family.UNIFORM: (_query("uniform"), {}),
    Family.PERMUTED: (_query("permuted"), {}),
    Family.SAME_TEAM: (_query("same_team"), {"reach": 3}),
    Family.SAME_DAY: (_query("same_team"), {"reach": 0}),
    Family.SAME_AREA: (_query("same_area"), {"reach": 3}),
    Family.RELATED: (_query("related"), {}),
    Family.COINCIDENT: (_query("coincident"), {}),
}
