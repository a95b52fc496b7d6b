"""The sentence of a path, drafted step by step in the template language; whoever reviews it may write it better.

In a phrase `X` is the step's alias and `@` what it leads to. A phrase goes on from what the step before leads to.
"""

from __future__ import annotations

from custodiet_mining.domains import Domain
from custodiet_mining.path import Path, Step

_QUEUE = "of the {words:X.queue} queue"
_PHRASES: dict[tuple[str, str, str], str] = {
    ("posting", "person", ""): "served in @",
    ("posting", "unit", "person"): "in which @ served",
    ("posting", "unit", "area"): "which served @",
    ("posting", "area", "unit"): "which @ served",
    ("posting", "area", "person"): "in which @ served",
    ("supervision", "person", ""): "was supervised by @",
    ("supervision", "supervisor", ""): "supervised @",
    ("duty", "person", ""): "was duty supervisor of @",
    ("duty", "supervisor_for", ""): "of which @ was duty supervisor",
    ("incident", "incident", "parent"): "which belongs to @",
    ("incident", "parent", "incident"): "to which @ belongs",
    ("incident", "incident", "area"): "which happened in @",
    ("incident", "parent", "area"): "to which an incident in @ belongs",
    ("incident", "area", "incident"): "in which @ happened",
    ("incident", "area", "parent"): "in which an incident of @ happened",
    ("involvement", "incident", ""): "in which @ is recorded as {an:X.role}",
    ("involvement", "subject", ""): "recorded as {an:X.role} in @",
    ("assignment", "person", "incident"): "was {words:X.role} on @",
    ("assignment", "person", "unit"): "was assigned with @",
    ("assignment", "person", "crew"): "worked in @",
    ("assignment", "incident", "person"): "on which @ was {words:X.role}",
    ("assignment", "incident", "unit"): "to which @ was assigned",
    ("assignment", "incident", "crew"): "on which @ worked",
    ("assignment", "unit", "person"): "with which @ was assigned",
    ("assignment", "unit", "incident"): "which was assigned to @",
    ("assignment", "unit", "crew"): "with which @ was assigned",
    ("assignment", "crew", "person"): "in which @ worked",
    ("assignment", "crew", "incident"): "which worked on @",
    ("assignment", "crew", "unit"): "which worked with @",
    ("tasking", "person", "task"): f"was given @ {_QUEUE}",
    ("tasking", "person", "subject"): f"was given task {{X.task}} {_QUEUE}, which is about @",
    ("tasking", "person", "unit"): "was given task {X.task} with @",
    ("tasking", "task", "subject"): "which is about @",
    ("tasking", "task", ""): "which was given to @",
    ("tasking", "unit", "task"): f"which was given @ {_QUEUE}",
    ("tasking", "unit", "subject"): f"which was given task {{X.task}} {_QUEUE}, about @",
    ("tasking", "unit", "person"): "with which @ was given task {X.task}",
    ("tasking", "subject", "task"): "whom @ is about",
    ("tasking", "subject", ""): "about whom task {X.task} was given to @",
    ("briefing", "briefing", "subject"): "which shows @",
    ("briefing", "briefing", ""): "which was given to @",
    ("briefing", "unit", "subject"): "whose briefing {X.briefing} shows @",
    ("briefing", "area", "subject"): "whose briefing {X.briefing} shows @",
    ("briefing", "unit", "briefing"): "which was given @",
    ("briefing", "area", "briefing"): "which was given @",
    ("briefing", "unit", "area"): "which was briefed with @",
    ("briefing", "area", "unit"): "which was briefed with @",
    ("briefing", "subject", "briefing"): "shown on @",
    ("briefing", "subject", ""): "shown on briefing {X.briefing} of @",
    ("subject", "subject", ""): "recorded at @",
    ("subject", "address", ""): "at which @ is recorded",
    ("subject_identifier", "subject", ""): "known by @",
    ("subject_identifier", "identifier", ""): "by which @ is known",
}
_NOUNS: dict[Domain, str] = {
    Domain.PERSON: "{person:X.%s}",
    Domain.SUBJECT: "another subject ({X.%s})",
    Domain.INCIDENT: "incident {X.%s}",
    Domain.UNIT: "unit {X.%s}",
    Domain.AREA: "area {X.%s}",
    Domain.CREW: "crew {X.%s}",
    Domain.TASK: "task {X.%s}",
    Domain.BRIEFING: "briefing {X.%s}",
    Domain.PLACE: "an address",  # never the address itself
    Domain.IDENTIFIER: "a further identifier",
}


def sentence(path: Path) -> str:
    """Return a sentence that tells the path from the actor to the subject, and when its anchor was."""
    clauses = [
        _clause(step, alias, is_last=place == len(path.steps))
        for place, (step, alias) in enumerate(zip(path.steps, path.aliases, strict=True), 1)
    ]
    told = ", ".join(
        f"who {clause}" if place and step.enters is Domain.PERSON else clause
        for place, (step, clause) in enumerate(zip(path.steps, clauses, strict=True))
    )
    anchor = path.anchor
    when = "" if anchor is None else f", {{when:{path.aliases[anchor]}.valid_from}}"
    return f"{{actor}} {told}{when}."


def _clause(step: Step, alias: str, *, is_last: bool) -> str:
    key = (step.relation, step.entry, step.exit)
    phrase = _PHRASES.get(key) or _PHRASES[(step.relation, step.entry, "")]
    noun = "the subject" if is_last else _noun(step)
    return phrase.replace("@", noun).replace("X.", f"{alias}.")


def _noun(step: Step) -> str:
    noun = _NOUNS[step.leaves]
    return noun % step.exit if "%" in noun else noun
