"""Learns collaboration groups: ties by DuckDB, communities by Louvain's method (networkx), split again inside each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt

import pyarrow as pa

from custodiet.engines.duckdb import Session
from custodiet.explain.groups import Membership, Pair, Settings, modularity
from custodiet.relations.query import Query

COLLABORATION = Query("custodiet.engines", "collaboration.sql")
#: Louvain's method visits actors in an order that this number fixes.
_SEED = 4


def ties(session: Session, settings: Settings) -> dict[Pair, int]:
    """Return the ties between actors from the session's relations `touch` and `judged`, in order."""
    found = session.rows(
        COLLABORATION,
        {
            "most_actors": settings.most_actors,
            "least_subjects": settings.least_subjects,
            "most_colleagues": settings.most_colleagues,
        },
    )
    return {(one, other): weight for one, other, weight in found}


def ties_of(touch: pa.Table, judged: pa.Table, settings: Settings) -> dict[Pair, int]:
    """Return the ties between actors from two tables with the columns actor and subject."""
    with Session() as session:
        session.bind_arrow("touch", touch)
        session.bind_arrow("judged", judged)
        return ties(session, settings)


def groups(tied: Mapping[Pair, int], settings: Settings) -> list[Membership]:
    """Return who belongs to which group at which depth; equal ties give equal groups, whatever their order."""
    weights = _normal(tied)
    members = sorted({actor for pair in weights for actor in pair})
    found: list[Membership] = []
    _split(weights, members, "", 1, settings, found)
    return sorted(found)


def _normal(tied: Mapping[Pair, int]) -> dict[Pair, float]:
    """Return the ties in relation to how much each of the two works with others at all: a hub is everybody's colleague a little."""
    whole: dict[int, int] = {}
    for (one, other), weight in tied.items():
        whole[one] = whole.get(one, 0) + weight
        whole[other] = whole.get(other, 0) + weight
    return {(one, other): tied[one, other] / (sqrt(whole[one]) * sqrt(whole[other])) for one, other in sorted(tied)}


def _split(  # noqa: PLR0913 - what is split, where in the tree, by what, into what
    weights: Mapping[Pair, float],
    members: Iterable[int],
    above: str,
    depth: int,
    settings: Settings,
    found: list[Membership],
) -> None:
    """Add the groups inside these members, and those inside each of them."""
    parts = _communities(weights, members)
    group_of = {actor: number for number, part in enumerate(parts) for actor in part}
    worth = round(modularity(weights, group_of), 6)
    if len(parts) < 2 or worth < settings.least_modularity:
        return
    for number, part in enumerate(parts):
        name = f"{above}.{number + 1}" if above else f"{number + 1}"
        found += [Membership(depth, name, actor, worth) for actor in part]
        if depth < settings.most_depth and len(part) >= settings.least_members:
            inside = {
                pair: weight for pair, weight in weights.items() if group_of[pair[0]] == group_of[pair[1]] == number
            }
            _split(inside, part, name, depth + 1, settings, found)


def _communities(weights: Mapping[Pair, float], members: Iterable[int]) -> list[list[int]]:
    """Return the communities, the one with the smallest actor first."""
    import networkx as nx  # here, and not above: it takes longer to load than most commands to run

    graph = nx.Graph()
    graph.add_nodes_from(members)
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in weights.items())
    parts = nx.community.louvain_communities(graph, weight="weight", seed=_SEED)
    return sorted(sorted(part) for part in parts)
