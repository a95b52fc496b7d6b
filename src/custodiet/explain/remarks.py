"""What is to be said of a pack's templates before they decide anything: of their approval, their width and what they trust.

A remark is advice. One that is `refused` is not: such a template would explain by itself what half a force could say, or
would let an actor explain himself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from custodiet.explain.opened import sides_meet
from custodiet.explain.states import Thresholds
from custodiet.explain.template import Hop, Status, Template

#: Kinds of fact that people write in the course of their work, and so may write for themselves.
WRITTEN_AT_WORK = ("assignment", "association", "briefing", "incident", "involvement", "subject", "tasking")
#: Descriptions are written anew whenever something changes: that they are younger than an access says nothing.
_WRITTEN_ANEW = "subject"
#: A match over one of these columns reaches everybody of a unit or an area.
_WIDE = ("unit", "area", "supervisor_for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing to be said of one template: which rule says it, what is so, and what would mend it."""

    file: str
    rule: str
    says: str
    remedy: str
    refused: bool = False


def remarks(templates: Sequence[Template], thresholds: Thresholds, on: date) -> list[Remark]:
    """Return all remarks on the templates as of that day, in the order of the templates; the retired are passed over."""
    used = [template for template in templates if not template.retired]
    found = [remark for template in used for remark in _of(template, thresholds, on)]
    return found + list(_own_words(used, thresholds))


def _of(template: Template, thresholds: Thresholds, on: date) -> Iterator[Remark]:
    yield from _approval(template)
    yield from _dates(template, on)
    yield from _examples(template)
    yield from _width(template, thresholds)
    yield from _trust(template)
    yield from _lateness(template)


def _approval(template: Template) -> Iterator[Remark]:
    approval = template.approval
    if approval.status is Status.APPROVED and not (approval.by and approval.on):
        yield Remark(
            file=template.file,
            rule="approval",
            says="is in force, and nobody is said to have approved it",
            remedy='Say approved_by (posts, not names) and approved_on, or try it first: status = "shadow".',
        )
    if approval.status is Status.SHADOW and approval.shadow_until is None:
        yield Remark(
            file=template.file,
            rule="approval",
            says="is in shadow without an end",
            remedy="Say until when: shadow_until = 2026-12-31.",
        )


def _dates(template: Template, on: date) -> Iterator[Remark]:
    until, review = template.approval.shadow_until, template.approval.review_by
    if template.shadow and until is not None and until <= on:
        yield Remark(
            file=template.file,
            rule="date",
            says=f"has been in shadow beyond its day, {until}",
            remedy="Approve it, retire it, or say why it needs longer.",
        )
    if template.in_force and review is not None and review <= on:
        yield Remark(
            file=template.file,
            rule="date",
            says=f"should have been reviewed by {review}",
            remedy="Look at what it explains and at what it lets pass, and set a new day.",
        )


def _examples(template: Template) -> Iterator[Remark]:
    for shown, what in ((template.explains, "example that it explains"), (template.near_misses, "near miss")):
        if not shown:
            yield Remark(
                file=template.file,
                rule="examples",
                says=f"has no {what}",
                remedy="Draw what it must catch in [[explains]] and what it must leave alone in [[near_miss]].",
            )


def _width(template: Template, thresholds: Thresholds) -> Iterator[Remark]:
    strength = template.strength
    if strength.base < thresholds.explained or strength.fanout is not None:
        return
    wide = [hop.alias for hop in template.path if _is_wide(hop)]
    if wide:
        yield Remark(
            file=template.file,
            rule="width",
            says=f"explains by itself (base {strength.base:g}) whoever a whole unit or area is (hop {', '.join(wide)})",
            remedy=f"Give it [strength.fanout], or a base below {thresholds.explained:g}.",
            refused=True,
        )
    elif not sides_meet(template):
        yield Remark(
            file=template.file,
            rule="width",
            says=f"explains by itself (base {strength.base:g}), though only the time ties the actor to the subject",
            remedy=f"Match a hop of the actor's with one of the subject's, or give it a base below {thresholds.explained:g}.",
            refused=True,
        )


def _is_wide(hop: Hop) -> bool:
    return any(column in _WIDE or found.column in _WIDE for column, found in hop.match)


def _trust(template: Template) -> Iterator[Remark]:
    named = template.strength.self_authored.of if template.strength.self_authored else ()
    trusted = [hop.alias for hop in template.path if hop.relation in WRITTEN_AT_WORK and hop.alias not in named]
    if trusted:
        yield Remark(
            file=template.file,
            rule="own words",
            says=f"does not say what a row weighs that the actor wrote himself (hop {', '.join(trusted)})",
            remedy="Name these hops in [strength.self_authored], with a factor that keeps his own word weak.",
        )


def _lateness(template: Template) -> Iterator[Remark]:
    late = template.strength.recorded_after.of if template.strength.recorded_after else ()
    kinds = set(WRITTEN_AT_WORK) - {_WRITTEN_ANEW}
    passed = [hop.alias for hop in template.path if hop.relation in kinds and hop.alias not in late]
    if passed and not _bound_to_recording(template):
        yield Remark(
            file=template.file,
            rule="after the fact",
            says=f"does not say what a row weighs that was recorded long after the access (hop {', '.join(passed)})",
            remedy="Name these hops in [strength.recorded_after].",
        )


def _bound_to_recording(template: Template) -> bool:
    """A window about `recorded_at` says it better than a factor."""
    moments = [moment for window in template.windows for moment in (window.start, window.until) if moment is not None]
    return any(term.reference.column == "recorded_at" for moment in moments for term in moment.terms)


def _own_words(templates: Sequence[Template], thresholds: Thresholds) -> Iterator[Remark]:
    """However many templates discount one row that the actor wrote, together they must not explain by it after all."""
    for kind in WRITTEN_AT_WORK:
        most: dict[str, float] = {}
        file: dict[str, str] = {}
        for template in templates:
            weight = _own_weight(template, kind)
            if template.in_force and weight > most.get(template.evidence_group, 0.0):
                most[template.evidence_group], file[template.evidence_group] = weight, template.file
        doubt = 1.0
        for weight in most.values():
            doubt *= 1.0 - weight
        if 1.0 - doubt >= thresholds.explained:
            strongest = max(most, key=lambda group: (most[group], group))
            yield Remark(
                file=file[strongest],
                rule="own words",
                says=f"explains, alone or with templates of other groups, by one row ({kind}) that the actor wrote himself",
                remedy=f"Lower the factors of [strength.self_authored]: together they reach {1.0 - doubt:.2f}.",
                refused=True,
            )


def _own_weight(template: Template, kind: str) -> float:
    """Return the most that a row of the kind weighs where the actor wrote it; of what is not discounted `_trust` speaks."""
    hops = [hop.alias for hop in template.path if hop.relation == kind]
    own = template.strength.self_authored
    if own is None or not hops or not set(hops) <= set(own.of):
        return 0.0
    return template.strength.base * own.factor
