"""Two passes: what may rest on what operations explain, and why no look is ever its own reason. `after`."""

from __future__ import annotations

from support.runs import Run, outcomes, pack_of
from support.spec_templates import HEAD

TASK = (
    HEAD.replace('"t"', '"task"')
    + """
[[path]]
relation = "tasking"
alias = "k"
match = { subject = "access.subject", person = "access.actor" }

[[window]]
from = "k.valid_from"
until = "k.valid_to"

[strength]
base = 0.95
"""
)
REPEAT = (
    HEAD.replace('"t"', '"repeat"')
    + """after = "explained"
keep = "strongest"

[[path]]
relation = "explained_access"
alias = "e"
match = { actor = "access.actor", subject = "access.subject" }

[[window]]
from = "e.occurred_at"
until = "e.occurred_at + 2d"

[strength]
base = 0.93
"""
)
REQUESTED = (
    HEAD.replace('"t"', '"requested"')
    + """after = "explained"
differs = [["r.requester", "access.actor"]]

[[path]]
relation = "explained_request"
alias = "r"
match = { access = "access.access", requester = "access.requester" }

[strength]
base = 0.94
"""
)
TASKS = """
tasking
fact | person | subject | valid_from       | valid_to
1    | p1     | n1      | 2026-03-02 08:00 | 2026-03-02 10:00
"""


def states(run: Run, accesses: str) -> dict[int, tuple[str, str | None]]:
    """Return state and best template of each access."""
    told = outcomes(run, pack_of(TASK, REPEAT, REQUESTED), accesses + TASKS)
    return {access: (one.state, one.template) for access, one in told.items()}


def test_a_look_may_rest_on_an_earlier_one_that_facts_explain(run: Run) -> None:
    """09:00 is the task's; 11:00 and the next day repeat it; after two days it is over. Before it there was nothing."""
    told = states(
        run,
        """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 09:00
901    | p1    | n1      | 2026-03-02 11:00
902    | p1    | n1      | 2026-03-03 11:00
903    | p1    | n1      | 2026-03-04 09:00
904    | p1    | n1      | 2026-03-02 07:00
""",
    )
    repeated = ("explained", "repeat")
    assert told == {
        900: ("explained", "task"),
        901: repeated,
        902: repeated,
        903: ("unexplained", None),
        904: ("unexplained", None),
    }


def test_a_row_of_looks_that_nothing_explains_stays_unexplained(run: Run) -> None:
    """A repeat explains no further repeat: what it rests on was explained by facts, and that look is long ago."""
    told = states(
        run,
        """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 09:00
901    | p1    | n1      | 2026-03-04 08:59
902    | p1    | n1      | 2026-03-05 08:59
903    | p2    | n1      | 2026-03-02 09:00
904    | p2    | n1      | 2026-03-02 09:30
""",
    )
    assert told[901] == ("explained", "repeat")
    assert told[902] == ("unexplained", None)
    assert told[903] == told[904] == ("unexplained", None)


def test_a_look_for_another_rests_on_the_others_own_reason(run: Run) -> None:
    """p1 has the task; p2 looks for p1, p1 for p2, and p2 for nobody; what p1 repeats is no reason to ask for."""
    told = states(
        run,
        """
access
access | actor | requester | subject | occurred_at
900    | p2    | p1        | n1      | 2026-03-02 09:00
901    | p1    | p2        | n2      | 2026-03-02 09:00
902    | p2    |           | n1      | 2026-03-02 09:00
903    | p2    | p2        | n1      | 2026-03-02 09:00
904    | p2    | p1        | n1      | 2026-03-02 11:00
905    | p1    |           | n1      | 2026-03-02 09:00
""",
    )
    nothing = ("unexplained", None)
    assert told == {
        900: ("explained", "requested"),
        901: nothing,
        902: nothing,
        903: nothing,
        904: nothing,
        905: ("explained", "task"),
    }


def test_what_the_first_pass_explained_is_not_tried_again(run: Run) -> None:
    """Two looks in the time of the task: both are explained by it, and neither by the other."""
    told = outcomes(
        run,
        pack_of(TASK, REPEAT),
        """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 09:00
901    | p1    | n1      | 2026-03-02 09:30
"""
        + TASKS,
    )
    assert {one.found for one in told.values()} == {(("task", 0.95),)}
