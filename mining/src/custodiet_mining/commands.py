"""The command `custodiet mine`, which the core's command line finds where this distribution is installed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.app.permissions import Look
from custodiet.bootstrap.vaults import zone_of
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.errors import UsageError
from custodiet_mining.story import APPROVALS, Stage, Story

HELP = """Mine templates from what nothing explains, and let people decide on them. Off unless a named person allowed it in the vault.

A US patent (8,745,085 B2) touches the automatic mining of explanation templates: read this distribution's README first.
"""
mine = App(name="mine", help=HELP, help_format="markdown")

Number = Annotated[int, Parameter(help="The proposal's number, as `mine list` shows it.", show_default=False)]
OpenReason = Annotated[
    str, Parameter(help="Why, in one line that stands in the open for ever: a decision's number; never a name.")
]


@mine.default
def search(vault: VaultFolder, /, *, purpose: Purpose = None, reason: Reason = None, as_json: Json = False) -> int:
    """Search the accesses that the latest audit left unexplained for paths that would account for them.

    Your look is recorded first. What is proposed changes no pack and closes nothing.

    Example: `custodiet mine wessex --purpose lawfulness`
    """
    from custodiet_mining import proposals, sheet

    done = proposals.mine(vault, Look(purpose=purpose, reason=reason))
    if as_json:
        print_json(
            "mining/1",
            {
                "run": done.run,
                "residue": done.mined.residue,
                "sampled": done.mined.sampled,
                "pool": done.mined.pool,
                "walked": done.mined.walked,
                "proposals": [sheet.summary(one) for one in done.stories],
                "dropped": done.mined.dropped,
            },
        )
        return 0
    out = console()
    out.print(
        f"Run {done.run}: {done.mined.residue:,} accesses are unexplained; {done.mined.sampled:,} of them were sampled,"
        f" and {times(done.mined.walked, 'path', 'paths')} lead from their actors to their subjects."
    )
    _print_list(done.stories)
    for dropped in done.mined.dropped:
        out.print(shown(f"not proposed: {dropped.path}: {dropped.because}"))
    return 0


@mine.command
def allow(vault: VaultFolder, /, *, reason: OpenReason, as_json: Json = False) -> int:
    """Let templates be mined in this vault. Your word and its reason enter the ledger.

    Needs the role administrator or data_protection.

    Example: `custodiet mine allow wessex --reason "counsel's opinion 2026/31"`
    """
    return _decided(vault, reason, allowed=True, as_json=as_json)


@mine.command
def forbid(vault: VaultFolder, /, *, reason: OpenReason, as_json: Json = False) -> int:
    """Shut mining out of this vault again. Your word and its reason enter the ledger; proposals stay as they are.

    Example: `custodiet mine forbid wessex --reason "decision 2027/4"`
    """
    return _decided(vault, reason, allowed=False, as_json=as_json)


@mine.command(name="list")
def list_proposals(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """List all proposals, retired ones included: how far each has come, and who approved it.

    Example: `custodiet mine list wessex`
    """
    from custodiet_mining import proposals, sheet

    found = proposals.listed(vault)
    if as_json:
        print_json("mined_templates/1", {"proposals": [sheet.summary(one) for one in found]})
    else:
        _print_list(found)
    return 0


@mine.command
def show(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    number: Number,
    /,
    *,
    template: Annotated[bool, Parameter(negative=(), help="Print the template's file and nothing else.")] = False,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Show the sheet of one proposal in Markdown: its figures, its price, its template, and sentences to judge blind.

    Your look is recorded before anything is shown. Sentences about yourself, kin, declared associates or your own team are not shown.

    Example: `custodiet mine show wessex 5120 --purpose lawfulness`
    """
    from custodiet_mining import proposals, sheet

    found = proposals.show(vault, number, Look(purpose=purpose, reason=reason))
    if as_json:
        print_json("mined_template/1", sheet.body(found))
    else:
        _print_text(found.story.template if template else sheet.sheet(found, zone_of(vault)))
    return 0


@mine.command
def mark(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    number: Number,
    /,
    *,
    accept: Annotated[
        str, Parameter(help="Sentences that you would take as a reason: numbers and ranges, e.g. 1,3-9.")
    ] = "",
    doubt: Annotated[str, Parameter(help="Sentences that you would not.")] = "",
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Record how you judge the sentences of a proposal; only then are you told which of them were fakes.

    Example: `custodiet mine mark wessex 5120 --accept 1-9,11-24 --doubt 10,25 --purpose lawfulness`
    """
    from custodiet_mining import proposals, sheet

    look = Look(purpose=purpose, reason=reason)
    found = proposals.mark(vault, number, _numbers("accept", accept), _numbers("doubt", doubt), look)
    if as_json:
        print_json("mined_template/1", sheet.body(found))
        return 0
    marks, answers = found.story.marks[-1], found.answers
    assert answers is not None
    fakes = ", ".join(str(one) for one in sorted(answers.fakes))
    console().print(
        f"Recorded (entry {marks.entry}). Fakes were {fakes}; you accepted {marks.fakes_accepted} of the {marks.fakes} that you"
        f" marked, and {marks.accepted - marks.fakes_accepted} of {marks.of - marks.fakes} real sentences."
    )
    return 0


@mine.command
def shadow(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    number: Number,
    /,
    *,
    days: Annotated[int, Parameter(help="How long it stays in shadow before it may be approved.")] = 28,
    template: Annotated[
        Path | None,
        Parameter(help="The template as you edited it: words, windows, filters, strength.", show_default=False),
    ] = None,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Put a proposal that was judged into shadow, where it counts and closes nothing; or count it again on the latest audit.

    Example: `custodiet mine shadow wessex 5120 --days 28 --purpose lawfulness`
    """
    from custodiet_mining import proposals

    story, shade = proposals.shadow(vault, number, days, template, Look(purpose=purpose, reason=reason))
    if as_json:
        print_json(
            "mined_shadow/1",
            {
                "proposal": number,
                "until": story.shadow_until,
                "run": story.counts[-1].run,
                "residue": shade.residue,
                "matched": shade.matched,
                "would_close": shade.would_close,
                "prices": shade.weighed.prices,
            },
        )
        return 0
    console().print(
        f"In shadow until {story.shadow_until}. Run {story.counts[-1].run}: it would match {shade.matched:,} of"
        f" {shade.residue:,} unexplained accesses and close {shade.would_close:,}. It closes nothing."
    )
    return 0


@mine.command
def approve(
    vault: VaultFolder,
    number: Number,
    /,
    *,
    into: Annotated[
        Path | None,
        Parameter(help="Folder that the second approval writes the template's file into.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> int:
    """Approve a template whose shadow has ended. Two different people must; the second has it written as a file.

    Needs the role appropriate_authority, investigator or data_protection, and a staff number. No pack is changed by it.

    Example: `custodiet mine approve wessex 5120 --into approved`
    """
    from custodiet_mining import proposals

    done = proposals.approve(vault, number, into)
    if as_json:
        print_json(
            "mined_approval/1",
            {"proposal": number, "stage": done.story.stage, "approvals": done.story.approvals, "file": done.file},
        )
        return 0
    if done.file is None:
        console().print(f"Approved by {len(done.story.approvals)} of {APPROVALS}: somebody else must approve it too.")
    else:
        console().print(
            shown(
                f"Approved by {APPROVALS} people and written to {done.file}. Put it into your pack's templates/ folder."
            )
        )
    return 0


@mine.command
def retire(vault: VaultFolder, number: Number, /, *, reason: OpenReason, as_json: Json = False) -> int:
    """Retire a proposal or an approved template. Its file in a pack is taken out by whoever runs the vault.

    Example: `custodiet mine retire wessex 5120 --reason "superseded by task_person version 2"`
    """
    from custodiet_mining import proposals, sheet

    story = proposals.retire(vault, number, reason)
    if as_json:
        print_json("mined_templates/1", {"proposals": [sheet.summary(story)]})
    else:
        console().print(f"Proposal {number} is retired.")
    return 0


def _decided(vault: Path, reason: str, *, allowed: bool, as_json: bool) -> int:
    from custodiet_mining import permission

    word = permission.decide(vault, reason, allowed=allowed)
    if as_json:
        print_json(
            "mining_permission/1", {"allowed": word.allowed, "by": word.by, "at": word.at, "reason": word.reason}
        )
    else:
        console().print(f"Mining is {'allowed' if allowed else 'forbidden'} in this vault, on the word of {word.by}.")
    return 0


def _print_list(stories: Sequence[Story]) -> None:
    rows = [
        (
            one.number,
            one.stage.value,
            f"{one.figures['support']:,} of {one.figures['residue']:,}",
            _waits(one),
            one.figures["path"],
        )
        for one in stories
    ]
    head = ("number", "stage", "matches (accesses)", "next", "path")
    console().print(table(times(len(rows), "proposal", "proposals"), head, rows))


def _waits(story: Story) -> str:
    return {
        Stage.MINED: "to be judged",
        Stage.PROPOSED: "to be put into shadow",
        Stage.SHADOW: f"{APPROVALS - len(story.approvals)} to approve from {story.shadow_until}",
        Stage.APPROVED: "to be put into a pack",
        Stage.RETIRED: "nothing",
    }[story.stage]


def _print_text(text: str) -> None:
    for each in text.splitlines():
        console().print(shown(each), soft_wrap=True)


def _numbers(option: str, text: str) -> list[int]:
    """Return the numbers that the text lists; raises UsageError."""
    found: list[int] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        first, dash, last = word.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise UsageError(f"--{option} takes numbers and ranges with commas, e.g. 1,3-9, not {word!r}")
        found += range(int(first), int(last or first) + 1)
    return found
