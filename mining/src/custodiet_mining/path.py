"""A path: steps over declared relations that lead from the actor of an access to its subject."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from custodiet_mining.domains import KEYS, TEMPO, Domain, Tempo


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A row of a relation that is entered by one key and left by another, in the direction from actor to subject."""

    relation: str
    entry: str
    exit: str

    @property
    def enters(self) -> Domain:
        """Return the domain of the key by which it is entered."""
        return KEYS[self.relation][self.entry]

    @property
    def leaves(self) -> Domain:
        """Return the domain of the key by which it is left."""
        return KEYS[self.relation][self.exit]

    @property
    def is_event(self) -> bool:
        """Tell whether its rows lie before or after an access, and need not hold at it."""
        return TEMPO[self.relation] is Tempo.EVENT

    def __str__(self) -> str:
        """Return it as people write it."""
        return f"{self.relation}({self.entry} > {self.exit})"


@dataclass(frozen=True, slots=True, order=True)
class Path:
    """Steps of which each is entered by the key that the one before is left by; from a person to a subject."""

    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """Return a name that stands for these steps and no others: the relations, and a digest."""
        words = "_".join(dict.fromkeys(step.relation for step in self.steps))
        return f"mined_{words}_{sha256(str(self).encode()).hexdigest()[:6]}"

    @property
    def aliases(self) -> tuple[str, ...]:
        """Return a short name for each step: the first letters of its relation and its place."""
        return tuple(f"{step.relation[0]}{place}" for place, step in enumerate(self.steps, 1))

    @property
    def anchor(self) -> int | None:
        """Return the place of the event nearest to the actor, whose lag the window is learned on."""
        events = [place for place, step in enumerate(self.steps) if step.is_event]
        return events[0] if events else None

    def __str__(self) -> str:
        """Return it as people write it."""
        return " > ".join(("actor", *(str(step) for step in self.steps), "subject"))
