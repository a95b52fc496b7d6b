"""Fake accesses: what nobody did, drawn from the people, cases and times of the same log."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from custodiet.engines.process_logs.accesses import Accesses, Numbers, Pairs

#: How often a fake that turns out to be no fake is drawn anew before it is left out.
_TRIES = 40
_DAY = 86_400_000_000

Draw = Callable[[np.random.Generator, Numbers], Accesses]


class Fakes:
    """Draws the fakes of a stretch of time: as many as there are real accesses wanted, each with the case open."""

    def __init__(self, stretch: Accesses, pairs: Pairs, team_of: Numbers) -> None:
        """Draw from the people, cases and times of the stretch alone."""
        self.stretch, self.pairs = stretch, pairs
        self.actors = np.unique(stretch.actor)
        self.cases = np.unique(stretch.case)
        self.team_of = team_of
        self._days = stretch.at // _DAY
        self._mates = {
            int(team): self.actors[self.team_of[self.actors] == team] for team in np.unique(self.team_of[self.actors])
        }
        self._by_actor = np.argsort(stretch.actor, kind="stable")
        self._open = _OpenCases(self.cases, pairs)

    def families(self) -> Mapping[str, Draw]:
        """Return the families by name."""
        return {
            "uniform": self._uniform,
            "degree-preserving": self._degree,
            "same team": self._same_team,
            "related case": self._related,
        }

    def drawn(self, family: str, like: Numbers, chance: np.random.Generator, *, strangers: bool) -> Accesses:
        """Return a fake for each place in `like` for which one was found; `strangers` keeps out pairs that ever met."""
        draw = self.families()[family]
        left, found = like, []
        for _ in range(_TRIES):
            if not len(left):
                break
            one = draw(chance, left)
            good = self.pairs.is_open(one.case, one.at)
            if strangers:
                good &= ~self.pairs.met(one.actor, one.case)
            else:  # never the very access that it was drawn from
                good &= (one.case != self.stretch.case[left]) | (one.actor != self.stretch.actor[left])
            found.append(one.taken(good))
            left = left[~good]
        return Accesses(
            actor=np.concatenate([one.actor for one in found]),
            case=np.concatenate([one.case for one in found]),
            at=np.concatenate([one.at for one in found]),
        )

    def _uniform(self, chance: np.random.Generator, like: Numbers) -> Accesses:
        at = self.stretch.at[like]
        return Accesses(actor=chance.choice(self.actors, len(like)), case=self._open.drawn(chance, at), at=at)

    def _degree(self, chance: np.random.Generator, like: Numbers) -> Accesses:
        """Another access's case of the same day goes to this actor at this time."""
        start = np.searchsorted(self._days, self._days[like], side="left")
        end = np.searchsorted(self._days, self._days[like], side="right")
        place = start + (chance.random(len(like)) * (end - start)).astype(np.int64)
        return Accesses(actor=self.stretch.actor[like], case=self.stretch.case[place], at=self.stretch.at[like])

    def _same_team(self, chance: np.random.Generator, like: Numbers) -> Accesses:
        """A colleague of the actor's team opens the case at this time."""
        teams = self.team_of[self.stretch.actor[like]]
        actor = np.empty(len(like), dtype=np.int64)
        for team in np.unique(teams):
            here = teams == team
            actor[here] = chance.choice(self._mates[int(team)], int(here.sum()))
        return Accesses(actor=actor, case=self.stretch.case[like], at=self.stretch.at[like])

    def _related(self, chance: np.random.Generator, like: Numbers) -> Accesses:
        """The actor opens a case on which a colleague with whom he shares a case was at work about then."""
        near = chance.integers(-50, 51, len(like))
        case = self.stretch.case[np.clip(like + near, 0, len(self.stretch) - 1)]
        partner = self.stretch.actor[np.clip(like + near, 0, len(self.stretch) - 1)]
        own = self.pairs.met(partner, self.stretch.case[like])
        case = np.where(own, case, self.stretch.case[like])  # refused below: the actor was at it
        return Accesses(actor=self.stretch.actor[like], case=case, at=self.stretch.at[like])


class _OpenCases:
    """Draws a case that is open at a time, each with the same chance, without a list for every time."""

    def __init__(self, cases: Numbers, pairs: Pairs) -> None:
        self._cases = cases[np.argsort(pairs.opened[cases], kind="stable")]
        self._opened = pairs.opened[self._cases]

    def drawn(self, chance: np.random.Generator, at: Numbers) -> Numbers:
        """Return for each time a case that had begun; whether it is still open is for the caller to ask."""
        begun = np.maximum(np.searchsorted(self._opened, at, side="left"), 1)
        return np.asarray(self._cases[(chance.random(len(at)) * begun).astype(np.int64)])
