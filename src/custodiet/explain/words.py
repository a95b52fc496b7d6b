"""The words in which a pack says what it calls things, and what it says where nothing explains a look.

The kinds of fact are shared by all packs; what people in a field call an `incident` or an `assignment` is the pack's to say.
A pack that says nothing has the plain words that stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

SLOT = re.compile(r"\{([^{}]*)\}")

#: The sentences that a pack may word, with what they are where it does not.
PLAIN: Mapping[str, str] = {
    "lack": "No work on record links {actor} to this {subject} within {span}.",
    "own": "Nothing that {actor} was doing at the time explains this look.",
    "none": "No work on record names this {subject}.",
    "nearest": "Nearest: {miss}.",
    "assignment": "{owner} {did} {matter}, in which this {subject} is recorded as {an:part}, {when}",
    "incident": "{matter}, in which this {subject} is recorded as {an:part}, was opened {when}",
    "tasking": "task {number} of the {queue} queue, which is about this {subject}, was given to {owner} {when}",
    "briefing": "this {subject} was on list {number} of {unit} {when}",
    "other_team": "a colleague of another team, {person} of {unit},",
    "same_team": "a colleague of the same team, {person},",
    "worked": "was {work} of",
    "awaited": (
        "Facts of the kind {kind} from {source} up to this time have not all come in yet; until they have, nothing can be said"
        " for certain."
    ),
}
_MATTER = ("owner", "did", "work", "matter", "number", "subject", "part", "an:part", "when")
#: The slots that each sentence may have.
SLOTS: Mapping[str, tuple[str, ...]] = {
    "lack": ("actor", "subject", "span"),
    "own": ("actor", "subject"),
    "none": ("actor", "subject"),
    "nearest": ("miss",),
    "assignment": _MATTER,
    "incident": ("matter", "number", "subject", "part", "an:part", "when"),
    "tasking": ("number", "queue", "subject", "owner", "when"),
    "briefing": ("number", "subject", "unit", "when"),
    "other_team": ("person", "unit"),
    "same_team": ("person", "unit"),
    "worked": ("work",),
    "awaited": ("kind", "source"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a pack calls things: each map has the pack's word beside the code that the facts hold."""

    matter: str = "matter"  # one whose kind is not known or has no word below
    unit: str = "another unit"  # one that is not known
    involved: str = "involved"  # a part in a matter that is not known
    subjects: Mapping[str, str] = field(default_factory=dict)  # subject_kind: "patient" for person
    matters: Mapping[str, str] = field(default_factory=dict)  # incident_kind: "custody record" for custody
    did: Mapping[str, str] = field(default_factory=dict)  # role of an assignment: "attended" for attending
    kinds: Mapping[str, str] = field(default_factory=dict)  # kind of fact: "ward stay" for assignment
    sentences: Mapping[str, str] = field(default_factory=dict)

    def subject(self, kind: str) -> str:
        """Return what a subject of that kind is called."""
        return self.subjects.get(kind, kind)

    def matter_called(self, kind: str | None, number: str) -> str:
        """Return the matter with its number: "custody record K-5"."""
        return f"{self.matters.get(kind or '', self.matter)} {number}"

    def kind(self, name: str) -> str:
        """Return what facts of that kind are called."""
        return self.kinds.get(name, name.replace("_", " "))

    def worked(self, role: str | None) -> str:
        """Return what somebody with that role in a matter did: "attended", "was custody sergeant of"."""
        words = (role or self.involved).replace("_", " ")
        return self.did.get(role or "", self.say("worked", {"work": words}))

    def say(self, name: str, values: Mapping[str, str]) -> str:
        """Return the sentence of that name with its slots filled; the values hold each slot that it may have."""
        text = self.sentences.get(name, PLAIN[name])
        return SLOT.sub(lambda found: values[found.group(1)], text)
