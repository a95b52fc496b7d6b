"""The sheet of one proposal for the people who decide on it, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from custodiet.explain.fakes import TITLES, Family
from custodiet.explain.template_file import read
from custodiet_mining.proposals import Shown
from custodiet_mining.story import APPROVALS, Stage, Story
from custodiet_mining.telling import Told

_BAR = 30


def sheet(shown: Shown, zone: ZoneInfo) -> str:
    """Return the whole sheet; times are of the zone."""
    story = shown.story
    parts = (_head(story), _figures(story), _prices(story), _fanout(story), _weeks(story), _trusts(story),
             _sentences(shown, zone), _judged(shown), _shadow(story), _template(story))  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(story: Story) -> Iterator[str]:
    template = read(story.template, story.name)
    yield f"# Proposal {story.number}: {template.title}"
    yield ""
    yield f"Stage: **{story.stage.value}**. Mined by {story.by} on {story.at:%Y-%m-%d} from run {story.run}."
    yield ""
    yield f"> {template.sentence}"
    yield ""
    yield f"Path: `{story.figures['path']}`"
    yield ""
    yield "Nothing here says that any look was right: a path is a reason only once two people have said so."


def _figures(story: Story) -> Iterator[str]:
    known = story.figures
    yield from ("", "## What it would account for", "")
    yield f"Accesses, by time of access, of run {story.run}; the population is the {known['residue']:,} that nothing explained."
    yield ""
    yield "| figure | accesses |"
    yield "|---|--:|"
    yield f"| matched by the path | {known['support']:,} |"
    yield f"| of these, not matched by a better proposal of the same mining | {known['adds']:,} |"
    yield f"| of these matched, which it would close by itself | {known['would_close']:,} |"
    yield ""
    yield f"These figures overlap and must not be added. Likelihood ratio {known['ratio_hundredths'] / 100:,.1f}:"
    yield f"a match is so much commoner among {known['sampled']:,} sampled accesses of the residue than among fakes ({', '.join(known['against'])})."
    yield f"Score {known['score']:,} nats: matched accesses times the logarithm of the ratio, less what the path costs to write down."


def _prices(story: Story) -> Iterator[str]:
    known = story.figures
    yield from ("", "## Its price", "", "| family | fakes that it matches | of |", "|---|--:|--:|")
    for family, share in known["prices"].items():
        yield f"| {family}: {TITLES[Family(family)]} | {share / 1_000_000:.2%} | {known['fakes'][family]:,} |"
    swallowed = known["swallowed"] / 1_000_000
    yield ""
    yield f"Of the misuse-like fakes ({', '.join(known['misuse_like'])}) it matches {swallowed:.2%}; at more than 1% it would not be proposed."


def _fanout(story: Story) -> Iterator[str]:
    yield from ("", "## Whom else the same rows would excuse", "")
    yield f"Median {story.figures['fanout_median']} people, of a probe of the sampled accesses that it matches."
    yield ""
    yield from _bars("people", [(str(people), accesses) for people, accesses in _grouped(story.figures["fanout"])])


def _weeks(story: Story) -> Iterator[str]:
    yield from ("", "## Week by week", "", "| week from | residue | matched | share |", "|---|--:|--:|--:|")
    for begins, residue, matched in story.figures["weeks"]:
        yield f"| {begins} | {residue:,} | {matched:,} | {matched / residue:.1%} |"


def _trusts(story: Story) -> Iterator[str]:
    yield from (
        "",
        "## What it trusts",
        "",
        "| relation | source | matched accesses that rest on it |",
        "|---|---|--:|",
    )
    for relation, source, accesses in story.figures["trusts"]:
        yield f"| {relation} | {source} | {accesses:,} |"


def _sentences(shown: Shown, zone: ZoneInfo) -> Iterator[str]:
    if not shown.sentences:
        return
    yield from ("", "## Sentences to judge", "")
    yield "Some of these looks never happened. Check each against the records: is that a reason? Mark all of them with"
    yield f"`custodiet mine mark VAULT {shown.story.number} --accept ... --doubt ...`; then you are told which were fakes."
    yield ""
    yield from (f"{one.number}. {line(one, zone)}" for one in shown.sentences)
    if shown.withheld:
        yield from ("", f"{shown.withheld} more are not shown to you.")


def line(one: Told, zone: ZoneInfo) -> str:
    """Return a look and the reason given for it, in one line."""
    return f"{one.subject}, {one.at.astimezone(zone):%a %d %b %Y %H:%M}: {one.sentence}"


def _judged(shown: Shown) -> Iterator[str]:
    if shown.story.marks:
        yield from ("", "## How it was judged", "")
    for marks in shown.story.marks:
        real, accepted = marks.of - marks.fakes, marks.accepted - marks.fakes_accepted
        yield (
            f"- {marks.by}, {marks.at:%Y-%m-%d}: accepted {accepted} of {real} real sentences"
            f" and {marks.fakes_accepted} of {marks.fakes} fakes (entry {marks.entry})."
        )
    if shown.answers is not None:
        fakes = ", ".join(f"{number} ({family})" for number, family in sorted(shown.answers.fakes.items()))
        yield from ("", f"Fakes were: {fakes}.")


def _shadow(story: Story) -> Iterator[str]:
    if story.shadow_until is None:
        return
    yield from ("", "## In shadow", "", f"Until {story.shadow_until}; put there by {story.shadowed_by}.", "")
    for count in story.counts:
        yield (
            f"- Run {count.run}: would match {count.matched:,} of {count.residue:,} unexplained accesses,"
            f" and close {count.would_close:,} (entry {count.entry})."
        )
    who = ", ".join(f"{one.by} (entry {one.entry})" for one in story.approvals) or "nobody yet"
    yield from ("", f"Approved by {who}; {APPROVALS} different people must.")
    if story.stage is Stage.RETIRED:
        yield f"Retired by {story.retired_by}: {story.retired_for}."


def _template(story: Story) -> Iterator[str]:
    yield from ("", "## Template", "", "```toml", story.template.rstrip(), "```")


def _grouped(histogram: Sequence[Sequence[int]]) -> list[tuple[str, int]]:
    """Return the histogram in at most a dozen steps: single values up to 5, then doubling."""
    steps: dict[tuple[int, int], int] = {}
    for people, accesses in histogram:
        low = people if people <= 5 else 6
        high = low if people <= 5 else 10
        while people > high:
            low, high = high + 1, high * 2
        steps[(low, high)] = steps.get((low, high), 0) + accesses
    return [(str(low) if low == high else f"{low} to {high}", count) for (low, high), count in sorted(steps.items())]


def _bars(what: str, rows: Sequence[tuple[str, int]]) -> Iterator[str]:
    most = max((count for _, count in rows), default=1)
    yield from (f"| {what} | accesses | |", "|---|--:|---|")
    for name, count in rows:
        yield f"| {name} | {count:,} | {'#' * max(1, round(count / most * _BAR))} |"


def body(shown: Shown) -> Mapping[str, Any]:
    """Return the sheet as `--json` writes it."""
    story = shown.story
    return {
        **summary(story),
        "figures": story.figures,
        "template_text": story.template,
        "sentences": [
            {"number": one.number, "subject": one.subject, "at": one.at, "sentence": one.sentence}
            for one in shown.sentences
        ],
        "withheld": shown.withheld,
        "marks": story.marks,
        "counts": story.counts,
        "fakes": None
        if shown.answers is None
        else {str(n): family for n, family in sorted(shown.answers.fakes.items())},
    }


def summary(story: Story) -> dict[str, Any]:
    """Return one proposal in a list, as `--json` writes it."""
    return {
        "proposal": story.number,
        "name": story.name,
        "stage": story.stage,
        "mined_by": story.by,
        "mined_at": story.at,
        "run": story.run,
        "path": story.figures["path"],
        "support": story.figures["support"],
        "residue": story.figures["residue"],
        "shadow_until": story.shadow_until,
        "approvals": story.approvals,
        "retired_by": story.retired_by,
        "retired_for": story.retired_for,
    }
