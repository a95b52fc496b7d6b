"""Alibis: what an actor wrote for himself, or what was written after the fact, does not explain; of the police pack.

Each table shows work that explains the look of p1 at n1 as it stands. The rows marked so are then written by p1 himself, or
ten days after the look; then it must not be explained any more, by no template and by no sum of several.
"""

from __future__ import annotations

import re

from custodiet.explain.included import shipped
from custodiet.explain.pack import load
from support.runs import Outcome, Run, outcomes

#: What each table has of its own where several are drawn together.
NAMES = re.compile(r"\b(?:p1|p2|n1|i1|i2|i7|u1|k1|A10)\b")
PACK = load(shipped("uk_police"))
ACCESS = """
access
access | actor | subject | occurred_at      | quoted_reference
900    | p1    | n1      | 2026-03-02 10:00 | i1
"""
#: Work that explains the look. `?` marks who wrote a row and when: somebody else in time, or the actor, or somebody too late.
WORK = {
    "his own assignment, and the subject's part": """
involvement
incident | subject | role    | recorded_by
i1       | n1      | witness | ?

assignment
incident | person | role      | valid_from
i1       | p1     | attending | 2026-03-02 09:00
""",
    "his own assignment itself": """
involvement
incident | subject | role
i1       | n1      | witness

assignment
incident | person | role      | valid_from       | recorded_by
i1       | p1     | attending | 2026-03-02 09:00 | ?
""",
    "a crew mate's assignment, and the subject's part": """
involvement
incident | subject | role    | recorded_by
i1       | n1      | witness | ?

assignment
incident | person | role      | crew | valid_from
i1       | p2     | attending | A10  | 2026-03-02 09:00
i2       | p1     | attending | A10  | 2026-03-02 08:00
""",
    "a crew mate's assignment that he wrote": """
involvement
incident | subject | role
i1       | n1      | witness

assignment
incident | person | role      | crew | valid_from       | recorded_by
i1       | p2     | attending | A10  | 2026-03-02 09:00 | ?
i2       | p1     | attending | A10  | 2026-03-02 08:00 |
""",
    "his own place in the crew": """
involvement
incident | subject | role
i1       | n1      | witness

assignment
incident | person | role      | crew | valid_from       | recorded_by
i1       | p2     | attending | A10  | 2026-03-02 09:00 |
i2       | p1     | attending | A10  | 2026-03-02 08:00 | ?
""",
    "a subordinate's assignment, and the subject's part": """
involvement
incident | subject | role    | recorded_by
i1       | n1      | witness | ?

assignment
incident | person | role      | valid_from
i1       | p2     | attending | 2026-03-02 09:00

supervision
person | supervisor
p2     | p1
""",
    "a case that he owns, and the subject's part": """
involvement
incident | subject | role    | recorded_by
i1       | n1      | suspect | ?

assignment
incident | person | role            | valid_from
i1       | p1     | officer_in_case | 2026-03-01 09:00
""",
    "a call that he took, and the caller": """
involvement
incident | subject | role   | recorded_by
i1       | n1      | caller | ?

assignment
incident | person | role         | valid_from
i1       | p1     | call_handler | 2026-03-02 09:50
""",
    "a call that he says he took": """
involvement
incident | subject | role
i1       | n1      | caller

assignment
incident | person | role         | valid_from       | recorded_by
i1       | p1     | call_handler | 2026-03-02 09:50 | ?
""",
    "a custody record, and the detainee": """
involvement
incident | subject | role     | recorded_by
i1       | n1      | detainee | ?

assignment
incident | person | role             | valid_from
i1       | p1     | custody_sergeant | 2026-03-02 09:50
""",
    "an arrest that he says he made": """
involvement
incident | subject | role
i1       | n1      | detainee

assignment
incident | person | role              | valid_from       | recorded_by
i1       | p1     | arresting_officer | 2026-03-02 09:50 | ?
""",
    "a tie between two incidents": """
involvement
incident | subject | role
i1       | n1      | witness

incident
incident | parent | recorded_by
i1       | i7     | ?

assignment
incident | person | role      | valid_from
i7       | p1     | attending | 2026-03-02 09:00
""",
    "the subject's part in the parent of his incident": """
involvement
incident | subject | role    | recorded_by
i7       | n1      | witness | ?

incident
incident | parent
i1       | i7

assignment
incident | person | role      | valid_from
i1       | p1     | attending | 2026-03-02 09:00
""",
    "a task given to him": """
tasking
task | subject | person | queue        | valid_from       | recorded_by
k1   | n1      | p1     | intelligence | 2026-03-02 08:00 | ?
""",
    "a task given to his unit": """
tasking
task | subject | unit | queue        | valid_from       | recorded_by
k1   | n1      | u1   | intelligence | 2026-03-02 08:00 | ?

posting
person | unit
p1     | u1
""",
}


def written(tables: str, by: str, at: str) -> str:
    """Return the tables with the marked rows written by that person at that time."""
    marked = tables.replace("| recorded_by", "| recorded_by | recorded_at").replace("| ?", f"| {by} | {at}")
    lines = marked.splitlines()
    for number, line in enumerate(lines):  # rows of such a table that are not marked have one cell more, too
        if line.endswith("|") and "|" in line:
            lines[number] = line + " |"
    return "\n".join(lines) + "\n"


def told(run: Run, tables: str) -> Outcome:
    """Return what is said of the look."""
    return outcomes(run, PACK, ACCESS + tables)[900]


def all_told(run: Run, by: str, at: str) -> dict[str, str]:
    """Return the state of each look where the marked rows were written by `by`; each has people and matters of its own."""
    drawing = ""
    for number, tables in enumerate(WORK.values()):
        own = (ACCESS + written(tables, by, at)).replace("900 ", f"{900 + number} ")
        drawing += NAMES.sub(lambda found, number=number: f"{found[0]}x{number}", own) + "\n"
    told_of = outcomes(run, PACK, drawing)
    return {work: told_of[900 + number].state for number, work in enumerate(WORK)}


def test_what_others_wrote_in_time_explains(run: Run) -> None:
    """Written by a colleague the hour before, the work is a reason."""
    assert all_told(run, "p9", "2026-03-02 09:00") == dict.fromkeys(WORK, "explained")


def test_what_the_actor_wrote_himself_does_not(run: Run) -> None:
    """Written by the actor in time, the same rows are weak or less."""
    states = all_told(run, "p1", "2026-03-02 09:00")
    assert {work for work, state in states.items() if state not in {"weak", "unexplained"}} == set()


def test_what_was_written_long_after_the_fact_does_not(run: Run) -> None:
    """Written by anybody ten days after the look, they are weak or less."""
    states = all_told(run, "p9", "2026-03-12 10:00")
    assert {work for work, state in states.items() if state not in {"weak", "unexplained"}} == set()


def test_a_reference_that_nobody_ties_to_the_subject_explains_nothing(run: Run) -> None:
    """He typed the number of the incident that he attends; the subject has no part in it."""
    tables = """
involvement
incident | subject | role
i1       | n2      | witness

assignment
incident | person | role      | valid_from
i1       | p1     | attending | 2026-03-02 09:00
"""
    assert told(run, tables).state == "unexplained"


def test_a_reference_does_not_lift_what_he_wrote_himself(run: Run) -> None:
    """The number that he typed and the part that he wrote fit one another: both are his word."""
    tables = written(WORK["his own assignment, and the subject's part"], "p1", "2026-03-02 09:00")
    one = told(run, tables)
    without = outcomes(run, PACK, ACCESS.replace("| i1\n", "|\n") + tables)[900]
    assert (one.state, one.strength) == (without.state, without.strength)


EVERYTHING = """
involvement
incident | subject | role    | recorded_by | recorded_at
i1       | n1      | missing | {by}        | 2026-03-02 09:30

incident
incident | incident_kind | area | parent | valid_from
i1       | incident      | A1   | i7     | 2026-03-02 08:00
i8       | incident      | A1   | i1     | 2026-03-02 08:00

assignment
incident | person | unit | role            | crew | valid_from
i1       | p1     | u1   | attending       | A10  | 2026-03-02 09:00
i1       | p1     |      | officer_in_case |      | 2026-03-02 09:00
i1       | p1     |      | call_handler    |      | 2026-03-02 09:00
i1       | p1     |      | interviewing_officer | | 2026-03-02 09:00
i1       | p2     | u1   | attending       | A10  | 2026-03-02 09:00
i1       | p2     |      | dispatcher      |      | 2026-03-02 09:00
i7       | p1     |      | attending       |      | 2026-03-02 09:00
i8       | p1     |      | attending       |      | 2026-03-02 09:00

posting
person | unit | area | role
p1     | u1   | A1   | custody
p2     | u1   | A1   | response

supervision
person | supervisor
p2     | p1

duty
person | duty | supervisor_for | valid_from       | valid_to
p1     | duty | u1             | 2026-03-02 06:00 | 2026-03-02 14:00
"""


def test_one_row_that_he_wrote_does_not_add_up_to_a_reason(run: Run) -> None:
    """Fifteen templates speak through the part that he wrote, own work and others' alike: their sum stays below 0.9."""
    honest, alibi = (told(run, EVERYTHING.format(by=by)) for by in ("p9", "p1"))
    assert honest.state == "explained"
    assert len({template for template, _ in honest.found}) >= 14
    assert {template for template, _ in alibi.found} == {template for template, _ in honest.found} | {"recorded_it"}
    assert alibi.state == "weak"
    assert alibi.strength < PACK.thresholds.explained


def test_a_task_that_somebody_else_gave_still_counts_beside_an_alibi(run: Run) -> None:
    """What rests on other rows is independent of what he wrote."""
    task = "\ntasking\ntask | subject | person | queue | valid_from\nk1 | n1 | p1 | records | 2026-03-02 08:00\n"
    assert told(run, EVERYTHING.format(by="p1") + task).state == "explained"
