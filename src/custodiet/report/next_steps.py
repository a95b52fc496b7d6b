"""What a reader of a finding can do next, in neutral words: records first, people last, the person concerned never here.

Asking the person concerned is a decision of the investigator or the appropriate authority, not a step of triage.
"""

from __future__ import annotations

from collections.abc import Iterable

FIRST = "Check that no recorded suspicion and no covert matter touches this relationship before anyone is asked."
RECORDS = "Check for an incident, call or task about the subject that was recorded late, elsewhere, or closed without a number."
LAST = (
    "If the records leave it open, ask the duty supervisor of that day, in neutral words and without naming a finding,"
    " whether there was work that the systems do not show."
)


def next_steps(answers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the steps for signals given as title and known innocent answers; equal answers make one step.

    Signals that take points away need no step: leave them out.
    """
    titles: dict[str, list[str]] = {}
    for title, innocent in answers:
        titles.setdefault(innocent, []).append(f"“{title}”")
    own = (
        f"Check the known innocent answers to {' and '.join(named)}: {innocent}" for innocent, named in titles.items()
    )
    return (FIRST, RECORDS, *own, LAST)
