"""What was expected where a record has a problem: one sentence for each reason, the same in every engine."""

from __future__ import annotations

from custodiet.ingest.mapping import FieldRule
from custodiet.ingest.targets import ACTORS, TargetField

EXPECTED = {
    "missing": "a value",
    "bad_interval": "an end that is not before the start",
    "bad_number": "a whole number of at most 15 digits",
    "bad_truth": "true or false",
    "no_such_time": "a local time that the clocks showed once",
    "ambiguous_time": "a local time that the clocks showed once",
}


def expected_of(reason: str, rule: FieldRule, target: TargetField) -> str:
    """Return what the rule expected where this is the reason."""
    if reason == "no_match":
        return f"a text like {rule.pattern}"
    if reason == "unknown_code":
        known = (
            [code for code, _ in rule.codes or ()] if rule.otherwise is None and rule.codes else list(target.allowed)
        )
        return "one of " + ", ".join(known)
    if reason == "bad_time":
        return "a time like " + " or ".join(rule.formats)
    return EXPECTED[reason]


def somebody() -> str:
    """Return what is expected of an access that nobody made."""
    return "one of " + ", ".join(ACTORS)
