"""The whole world of one force: who there is, what happens, and every access that follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from custodiet.simulator.accesses import Accesses, made, merged_at, with_former_numbers
from custodiet.simulator.cases import Case, Plot, planted
from custodiet.simulator.clock import Clock
from custodiet.simulator.desks import briefed, queue_work
from custodiet.simulator.figures import Figures
from custodiet.simulator.incidents import Scene, happenings
from custodiet.simulator.matters import Book, bound, stacked
from custodiet.simulator.ongoing import intelligence_logs, managed_offenders, notorious_event, open_crimes, operations
from custodiet.simulator.population import settle
from custodiet.simulator.roster import draw_up
from custodiet.simulator.streams import Ints, Streams
from custodiet.simulator.ties import Moves, Namesakes, Ties, moves, tied
from custodiet.simulator.work import Agenda, working
from custodiet.simulator.workforce import recruit


@dataclass(frozen=True, slots=True)
class World:
    """A force, its fortnight, and the truth about it."""

    scene: Scene
    agenda: Agenda
    ties: Ties
    moves: Moves
    famous: Ints
    merged: Ints
    cases: list[Case]
    accesses: Accesses

    @property
    def book(self) -> Book:
        """Return the matters with their people and workers."""
        return self.agenda.book


def imagined(streams: Streams, scale: float, clock: Clock, tell: Callable[[int], None]) -> World:
    """Return a world: first its people and what happens, then planted cases, then the looking that follows."""
    figures = Figures.frozen()
    tell(0)
    force = recruit(streams, scale)
    people = settle(streams, force, figures, scale)
    scene = Scene(streams, force, people, draw_up(streams, force, clock, figures), figures, scale)
    tell(1)
    makers = (happenings, open_crimes, managed_offenders, intelligence_logs, operations, notorious_event)
    book = bound([maker(scene) for maker in makers])
    ties, moved, famous = tied(scene, Namesakes.of(people)), moves(scene), _public_figures(scene)
    plot = Plot(scene, book, ties, moved, famous, streams.named("cases"))
    cases, misuse = planted(plot)
    tell(2)
    agenda = Agenda(book, queue_work(scene), briefed(scene))
    merged = merged_at(scene)
    accesses = made(scene, book, stacked([working(scene, agenda), misuse]))
    return World(scene, agenda, ties, moved, famous, merged, cases, with_former_numbers(scene, accesses, merged))


def _public_figures(scene: Scene) -> Ints:
    rng = scene.streams.named("public figures")
    return scene.people.grown(rng.integers(0, scene.people.people, max(4, round(8 * scene.scale))))
