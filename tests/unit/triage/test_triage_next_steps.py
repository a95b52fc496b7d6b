"""The next steps on a finding are the pack's checks, and the rule about asking people is never left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from custodiet.errors import BadPack
from custodiet.model.findings import Finding, Signal
from custodiet.triage.next_steps import NextSteps, read_next_steps
from custodiet.triage.ranking import shipped

AT = datetime(2026, 3, 2, tzinfo=UTC)
CHECKS = {
    "surname": "Check next of kin.",
    "address": "Check addresses.",
    "duty": "Check the rota.",
    "days": "Set them beside.",
}


def finding(*signals: tuple[str, int]) -> Finding:
    """Return a finding with these signals."""
    return Finding(
        finding="F-ABCDEFGH",
        rank=1,
        actor="4127",
        subject="N1",
        first_at=AT,
        last_at=AT,
        accesses=1,
        unexplained=1,
        systems=("RMS",),
        signals=tuple(Signal(signal=name, points=points, sentence="") for name, points in signals),
        nearest_miss="",
    )


def test_the_checks_of_the_heaviest_signals_come_first_and_once() -> None:
    """At most three checks stand there, each once, and the rule about asking is last."""
    steps = read_next_steps({"checks": CHECKS, "always": "Ask nobody yet."}, "triage.toml")
    seen = finding(
        ("many_days", 1), ("off_duty", 3), ("own_surname_and_address", 7), ("own_address", 6), ("mostly_off_duty", 5)
    )
    assert steps.of(seen) == ("Check next of kin.", "Check addresses.", "Check the rota.", "Ask nobody yet.")


def test_a_pack_that_says_none_has_the_rule_about_asking() -> None:
    """A finding is never without a next step."""
    assert read_next_steps({}, "triage.toml") == NextSteps()
    assert NextSteps().of(finding(("off_duty", 3))) == (NextSteps().always,)


def test_the_police_pack_knows_what_settles_its_signals() -> None:
    """Who looks at his own record is checked for a role in it, in the words of the pack."""
    assert shipped().next_steps.of(finding(("self", 8)))[0].endswith("as officer in the case or as a witness.")
    assert "appropriate authority" in shipped().next_steps.before


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ("none", r"triage\.toml, field next_steps: A table is needed"),
        ({"check": {}}, r"triage\.toml, field next_steps\.check: This key is not known"),
        ({"checks": ["self"]}, r"triage\.toml, field next_steps\.checks: A table is needed"),
        ({"checks": {"self": ""}}, r"triage\.toml, field next_steps\.checks\.self: A text is needed"),
        ({"always": 3}, r"triage\.toml, field next_steps\.always: A text is needed\. Found 3"),
    ],
)
def test_what_is_no_next_step_is_refused(found: object, message: str) -> None:
    """The error names the file and the key."""
    with pytest.raises(BadPack, match=message):
        read_next_steps(found, "triage.toml")
