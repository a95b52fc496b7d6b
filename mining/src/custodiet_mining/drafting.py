"""From a candidate to a template: the same path in the language that templates are written in, and so with its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from custodiet.explain.template import (
    Fanout,
    Hop,
    Moment,
    RecordedAfter,
    Reference,
    SelfAuthored,
    Strength,
    Template,
    Term,
    Window,
)
from custodiet_mining.candidate import Candidate, Lag
from custodiet_mining.domains import Domain
from custodiet_mining.limits import Limits
from custodiet_mining.path import Path
from custodiet_mining.phrases import sentence

#: What a draft weighs where its price allows it to close an access, and where it does not.
CLOSES, NUDGES = 0.93, 0.5
_OWN, _LATE, _LATE_BEYOND = 0.3, 0.3, timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a draft says of itself besides its path."""

    closes: bool = False
    evidence_group: str = "mined"


def drafted(candidate: Candidate, limits: Limits, standing: Standing | None = None) -> Template:
    """Return the candidate as a template, without examples; only one that is put to people counts whom it would excuse."""
    path, stands = candidate.path, standing or Standing()
    events = tuple(alias for step, alias in zip(path.steps, path.aliases, strict=True) if step.is_event)
    return Template(
        id=path.name,
        version=1,
        title=_title(path),
        owner="professional standards",
        evidence_group=stands.evidence_group,
        sentence=sentence(path),
        path=_hops(candidate),
        windows=_windows(candidate, limits),
        differs=_differs(path),
        strength=Strength(
            base=CLOSES if stands.closes else NUDGES,
            self_authored=SelfAuthored(of=events, factor=_OWN) if events else None,
            recorded_after=RecordedAfter(of=events, beyond=_LATE_BEYOND, factor=_LATE) if events else None,
            fanout=Fanout(through=path.aliases[-1], most=limits.fanout) if standing else None,
        ),
        needs=tuple(sorted({step.relation for step in path.steps if step.is_event})),
        file=f"{path.name}.toml",
    )


def group_among(templates: Sequence[Template], path: Path) -> str:
    """Return the evidence group of the template that goes over most of the same relations, so that nothing adds up twice."""
    own = {step.relation for step in path.steps}

    def likeness(template: Template) -> float:
        others = {hop.relation for hop in template.path}
        return len(own & others) / len(own | others)

    nearest = max(sorted(templates, key=lambda one: one.id), key=likeness, default=None)
    return nearest.evidence_group if nearest is not None and likeness(nearest) >= 0.5 else "mined"


def _title(path: Path) -> str:
    names = [name.replace("_", " ") for name in dict.fromkeys(step.relation for step in path.steps)]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"Mined: from the actor over {listed} to the subject"


def _hops(candidate: Candidate) -> tuple[Hop, ...]:
    path, hops = candidate.path, []
    for place, (step, alias) in enumerate(zip(path.steps, path.aliases, strict=True)):
        match = [(step.entry, _led_from(path, place))]
        if place == len(path.steps) - 1:
            match.append((step.exit, Reference("access", "subject")))
        where = tuple(sieve.filter for sieve in candidate.sieves if sieve.place == place)
        hops.append(Hop(relation=step.relation, alias=alias, match=tuple(match), where=where))
    return tuple(hops)


def _led_from(path: Path, place: int) -> Reference:
    if place == 0:
        return Reference("access", "actor")
    return Reference(path.aliases[place - 1], path.steps[place - 1].exit)


def _windows(candidate: Candidate, limits: Limits) -> tuple[Window, ...]:
    path, windows = candidate.path, []
    wide = Lag(-limits.before, limits.after)
    for place, (step, alias) in enumerate(zip(path.steps, path.aliases, strict=True)):
        if step.is_event:
            lag = candidate.lag if candidate.lag and place == path.anchor else wide
            windows.append(_window(_moment(alias, "valid_from", lag.start), _moment(alias, "valid_from", lag.until)))
        else:
            windows.append(_window(_moment(alias, "valid_from"), _moment(alias, "valid_to")))
    return tuple(windows)


def _window(start: Moment, until: Moment) -> Window:
    return Window(instant=_moment("access", "occurred_at"), start=start, until=until)


def _moment(alias: str, column: str, shift: timedelta = timedelta(0)) -> Moment:
    return Moment((Term(reference=Reference(alias, column), shift=shift),))


def _differs(path: Path) -> tuple[tuple[Reference, Reference], ...]:
    """A person on the way is not the actor, and a subject on the way is not the one looked at."""
    ends = {Domain.PERSON: Reference("access", "actor"), Domain.SUBJECT: Reference("access", "subject")}
    return tuple(
        (Reference(alias, step.exit), ends[step.leaves])
        for step, alias in zip(path.steps[:-1], path.aliases, strict=False)
        if step.leaves in ends
    )
