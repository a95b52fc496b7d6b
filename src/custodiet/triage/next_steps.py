"""What to look at next on a finding: neutral checks of records, before anybody is asked anything. A pack says them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from custodiet.errors import BadPack
from custodiet.model.findings import Finding

_MOST = 3
_BEFORE = (
    "make sure that nobody looks into the matter already. Once suspicion is recorded, informal questions must stop: whoever"
    " looks into it decides what the person is told, and when."
)
_ALWAYS = (
    "Ask the actor's supervisor or the actor only while nothing points to misconduct."
    " Once suspicion is there, record it and stop: an informal question could warn somebody."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSteps:
    """The checks by a word in a signal's identifier, and the rule about asking people; plain words where a pack says none."""

    before: str = _BEFORE  # goes on after "Before anyone is asked,"
    always: str = _ALWAYS
    checks: tuple[tuple[str, str], ...] = ()

    def of(self, finding: Finding) -> tuple[str, ...]:
        """Return the checks that fit the finding's signals, heaviest signal first, and the rule about asking; never empty."""
        steps: list[str] = []
        for signal in sorted(finding.signals, key=lambda one: (-one.points, one.signal)):
            steps += [check for word, check in self.checks if word in signal.signal and check not in steps][:1]
        return (*steps[:_MOST], self.always)


def read_next_steps(found: object, file: str) -> NextSteps:
    """Return what the table `[next_steps]` of a pack's triage.toml says; raises BadPack naming file and key."""
    if not isinstance(found, Mapping):
        raise BadPack("A table is needed.", file=file, field="next_steps", found=repr(found), expected="[next_steps]")
    for key in sorted(set(found) - {"before", "always", "checks"}):
        raise BadPack("This key is not known.", file=file, field=f"next_steps.{key}", expected="before, always, checks")
    checks = found.get("checks", {})
    if not isinstance(checks, Mapping):
        raise BadPack("A table is needed.", file=file, field="next_steps.checks", expected="[next_steps.checks]")
    return NextSteps(
        before=_text(found, "before", file, _BEFORE),
        always=_text(found, "always", file, _ALWAYS),
        checks=tuple((word, _text(checks, word, file, place="checks.")) for word in checks),
    )


def _text(table: Mapping[str, object], key: str, file: str, default: str | None = None, place: str = "") -> str:
    found = table.get(key, default)
    if not isinstance(found, str) or not found.strip():
        at = f"next_steps.{place}{key}"
        raise BadPack("A text is needed.", file=file, field=at, found=repr(found), expected="a text that is not empty")
    return found
