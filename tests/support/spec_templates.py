"""The template and the look that most tables of the spec are about: a person at work on a matter that the subject is in."""

HEAD = """id = "t"
version = 1
title = "T"
owner = "o"
evidence_group = "g"
sentence = "S."
"""
PATH = """
[[path]]
relation = "involvement"
alias = "s"
match = { subject = "access.subject" }

[[path]]
relation = "assignment"
alias = "a"
match = { incident = "s.incident", person = "access.actor" }
"""
STRENGTH = "\n[strength]\nbase = 0.8\n"
ACCESS = """
access
access | actor | subject | occurred_at
900    | p1    | n1      | 2026-03-02 10:00

involvement
fact | incident | subject | role    | recorded_at      | recorded_by
1    | i1       | n1      | witness | 2026-03-02 12:00 | p1
"""


def window(**bounds: str) -> str:
    """Return a window with these bounds; `start` stands for `from`."""
    lines = [f'{"from" if key == "start" else key} = "{value}"\n' for key, value in bounds.items()]
    return "\n[[window]]\n" + "".join(lines)


def assignments(*rows: str) -> str:
    """Return the look with these assignments of p1 on i1: `fact | valid_from | valid_to`."""
    table = [f"{fact} | i1 | p1 | {rest}" for fact, _, rest in (row.partition("|") for row in rows)]
    return ACCESS + "\nassignment\nfact | incident | person | valid_from | valid_to\n" + "\n".join(table) + "\n"
