"""Collaboration: the query against the plain loops, and modularity against a library's."""

from __future__ import annotations

import networkx as nx
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.engines import grouping
from custodiet.explain.groups import Settings, modularity, ties

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=60)
SMALL = Settings(most_actors=4, least_subjects=2, most_colleagues=3, least_members=3)


def table(pairs: list[tuple[int, int]]) -> pa.Table:
    """Return the pairs of actor and subject as a table."""
    return pa.table(
        {
            "actor": pa.array([one[0] for one in pairs], pa.int64()),
            "subject": pa.array([one[1] for one in pairs], pa.int64()),
        }
    )


@settings(max_examples=60, deadline=None)
@given(PAIRS, PAIRS)
def test_ties_are_what_the_loops_say(pairs: list[tuple[int, int]], judged: list[tuple[int, int]]) -> None:
    """Weights, the cap on crowded subjects, the least number of subjects and the strongest colleagues agree."""
    assert grouping.ties_of(table(pairs), table(judged), SMALL) == ties(pairs, set(judged), SMALL)


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_rows(pairs: list[tuple[int, int]], chance: object) -> None:
    """Equal facts give equal groups, and each actor is in one group at each depth, inside his wider one."""
    tied = ties(pairs, (), SMALL)
    shuffled = list(tied.items())
    chance.shuffle(shuffled)

    found = grouping.groups(tied, SMALL)

    assert grouping.groups(dict(shuffled), SMALL) == found
    assert len({(one.depth, one.actor) for one in found}) == len(found)
    named = {(one.depth, one.actor): one.group for one in found}
    assert all(one.depth == 1 or one.group.startswith(named[one.depth - 1, one.actor] + ".") for one in found)


@settings(max_examples=60, deadline=None)
@given(PAIRS, st.lists(st.integers(0, 2), min_size=10, max_size=10))
def test_modularity_is_newmans(pairs: list[tuple[int, int]], group_of: list[int]) -> None:
    """The plain formula gives what the library gives."""
    weights = {(one, other): 1.0 + other for one, other in pairs if one < other <= 9}
    if not weights:
        return
    graph = nx.Graph()
    graph.add_weighted_edges_from((one, other, weight) for (one, other), weight in weights.items())
    parts = [{actor for actor in graph if group_of[actor] == group} for group in range(3)]

    wanted = nx.community.modularity(graph, [part for part in parts if part], weight="weight")
    assert abs(modularity(weights, dict(enumerate(group_of))) - wanted) < 1e-9
