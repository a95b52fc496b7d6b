"""Sentences to be judged blind: real accesses and fakes in one order, and apart from them the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from custodiet.errors import BadInput

REAL, FAKES = 20, 5
#: A fake that no family gave: a real look, told with the rows of somebody else's.
BORROWED = "borrowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One look as it is told to the reviewer; nothing in it says whether it was real."""

    actor: str
    subject: str
    at: int  # microseconds since 1970 UTC
    rests_on: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Which of the sentences are fakes, by number from 1, and of which family; the salt keeps the digest from being guessed."""

    salt: str
    fakes: Mapping[int, str]

    def written(self) -> bytes:
        """Return the bytes of the sealed file."""
        fakes = {str(number): family for number, family in sorted(self.fakes.items())}
        return json.dumps({"fakes": fakes, "salt": self.salt}, sort_keys=True).encode() + b"\n"

    @property
    def digest(self) -> str:
        """Return what the ledger keeps of them, so that they cannot be changed after."""
        return sha256(self.written()).hexdigest()


def mixed(real: Sequence[Shown], fakes: Sequence[tuple[str, Shown]], salt: str) -> tuple[list[Shown], Answers]:
    """Return the sentences in an order that the salt settles, and the answers."""
    whole = [("", one) for one in real] + list(fakes)
    whole.sort(key=lambda each: sha256(f"{salt} {asdict(each[1])}".encode()).digest())
    answers = Answers(salt=salt, fakes={number: family for number, (family, _) in enumerate(whole, 1) if family})
    return [one for _, one in whole], answers


def borrowed(spare: Sequence[Shown], count: int) -> list[tuple[str, Shown]]:
    """Return so many fakes (fewer where there is too little): a real look told with the rows of another actor's and subject's.

    None of the looks is used twice, and the rows are those of the look next before it: what gives the fake away must be the
    records, and neither a look that stands there twice nor a moment that cannot be.
    """
    made: list[tuple[str, Shown]] = []
    left = sorted(spare, key=lambda look: (-look.at, look.rests_on))
    while left and len(made) < count:
        look = left.pop(0)
        donor = next((one for one in left if one.actor != look.actor and one.subject != look.subject), None)
        if donor is not None:
            left.remove(donor)
            fake = Shown(actor=look.actor, subject=look.subject, at=look.at, rests_on=donor.rests_on)
            made.append((BORROWED, fake))
    return made


def shown_text(looks: Sequence[Shown]) -> bytes:
    """Return the bytes of the file of sentences."""
    return json.dumps([asdict(one) for one in looks]).encode() + b"\n"


def read_shown(data: bytes) -> list[Shown]:
    """Return the sentences of the file; raises BadInput."""
    try:
        return [Shown(**{**one, "rests_on": tuple(one["rests_on"])}) for one in json.loads(data)]
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(
            "The sentences of this proposal cannot be read.", expected="as `custodiet mine` wrote them"
        ) from error


def read_answers(data: bytes, digest: str) -> Answers:
    """Return the answers of the sealed file; raises BadInput where they are not those that the ledger knows."""
    if sha256(data).hexdigest() != digest:
        raise BadInput("The sealed answers are not those that were laid down when the sentences were drawn.")
    body = json.loads(data)
    return Answers(salt=body["salt"], fakes={int(number): family for number, family in body["fakes"].items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What came of marks: how many of the real sentences and of the fakes were accepted."""

    real: int
    real_accepted: int
    fakes: int
    fakes_accepted: int


def judged(answers: Answers, accepted: Sequence[int], doubted: Sequence[int], visible: Sequence[int]) -> Judged:
    """Return what came of the marks; raises BadInput unless each sentence that was shown is marked once."""
    marked = [*accepted, *doubted]
    missing, unknown = sorted(set(visible) - set(marked)), sorted(set(marked) - set(visible))
    if missing or unknown or len(marked) != len(set(marked)):
        raise BadInput(
            "Mark each sentence that you were shown once, as accepted or as doubted.",
            found=f"missing {missing}, unknown {unknown}",
            expected=f"{len(visible)} numbers",
        )
    fakes = set(answers.fakes)
    return Judged(
        real=len(set(marked) - fakes),
        real_accepted=len(set(accepted) - fakes),
        fakes=len(set(marked) & fakes),
        fakes_accepted=len(set(accepted) & fakes),
    )
