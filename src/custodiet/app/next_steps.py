"""What to look at next on a finding: neutral checks of records, before anybody is asked anything."""

from __future__ import annotations

from custodiet.model.findings import Finding

#: By a word in a signal's identifier: what settles it either way.
_CHECKS: tuple[tuple[str, str], ...] = (
    ("self", "Check whether the actor is on the record in an official role, as officer in the case or as a witness."),
    ("surname", "Check the declared associations and next of kin; a shared name alone is no tie."),
    ("address", "Check the address history of both, and whether the actor was sent to that address."),
    ("postcode", "Check how far apart the two addresses are, and whether the actor polices the area they live in."),
    ("former", "Check when the actor lived there, and who else did."),
    ("phone", "Check whose number it was at the time."),
    ("declared", "Check what was declared, when, and what advice was given on it."),
    (
        "colleague",
        "Check whether the colleague was a victim or witness on duty, or whether the actor works for standards or vetting.",
    ),
    ("duty", "Check the booked-on times, overtime and on-call claims of those days; the roster may be wrong."),
    ("absent", "Check when the absence was keyed, and whether the actor was working in part."),
    ("suspended", "Check when the restriction was served and when the account was closed."),
    ("matter", "Check for enquiries at the counter, by telephone or on the street that no system records."),
    ("reason", "Read the stated reasons of all the looks one after another."),
    ("reference", "Compare the quoted reference with the incident log, and with numbers that differ by a digit."),
    ("printed", "Check what the print or export was for, and where the paper or file is."),
    ("trawl", "Check whether a research task or a list was being worked through."),
    ("reader", "Check the briefing and tasking lists of the matter; ask-everyone exercises treat all readers alike."),
    ("public_figure", "Check for protection, licensing or event work on those days."),
    ("days", "Set the looks beside the incidents, moves and events in the life of the subject."),
)
_ALWAYS = (
    "Ask the actor's supervisor or the actor only while nothing points to misconduct or crime."
    " Once suspicion is there, record it and stop: an informal question could tip off and is barred."
)


def next_steps(finding: Finding) -> tuple[str, ...]:
    """Return the checks that fit the finding's signals, heaviest signal first, and the rule about asking; never empty."""
    steps: list[str] = []
    for signal in sorted(finding.signals, key=lambda one: (-one.points, one.signal)):
        steps += [check for word, check in _CHECKS if word in signal.signal and check not in steps][:1]
    return (*steps[:3], _ALWAYS)
