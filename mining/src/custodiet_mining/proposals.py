"""The use cases of mining, one function each: what may be done is checked, then it is entered in the ledger, then shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from custodiet.app.permissions import Look
from custodiet.errors import UsageError
from custodiet.explain.template import Template
from custodiet.explain.template_file import read
from custodiet.logstore.lock import writing
from custodiet_mining import blind, duties
from custodiet_mining.clock import now
from custodiet_mining.drawing import drawn
from custodiet_mining.fakes import draw_fakes
from custodiet_mining.figures import figures_of
from custodiet_mining.folder import Drawn
from custodiet_mining.limits import Limits
from custodiet_mining.mining import mined as mined_of
from custodiet_mining.proposal import Mined
from custodiet_mining.room import Room
from custodiet_mining.shadowing import Shadow, checked_edit, counted
from custodiet_mining.story import APPROVALS, Stage, Story
from custodiet_mining.telling import Told, told
from custodiet_mining.template_text import template_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mining:
    """One mining, and the proposals that it put into the ledger or found there."""

    run: str
    mined: Mined
    stories: Sequence[Story]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A proposal with the sentences that this principal may judge, and, once he has, the answers."""

    story: Story
    sentences: Sequence[Told]
    withheld: int
    answers: blind.Answers | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """A proposal after an approval; the file that it was written to once two people had approved."""

    story: Story
    file: Path | None


def mine(folder: Path, look: Look, limits: Limits | None = None) -> Mining:
    """Mine the run that the queue is read from; what is proposed is in the ledger, with sentences to judge beside it.

    The look is recorded first. A path that stands in the ledger already and is not retired is not proposed a second time.
    """
    room, bounds = Room.opened(folder), limits or Limits()
    room.looks("mine", None, look)
    run, pack = room.run(), room.pack
    room.ledger.keys.unlock()  # now, and not after minutes of work: a passphrase may have to be typed
    with writing(room.desk.vault.derived / "lock"), room.relations(run) as session:
        draw_fakes(session, bounds)
        mined = mined_of(session, pack, bounds)
        known = {story.name: story for story in room.stories().values() if story.stage is not Stage.RETIRED}
        records: list[dict[str, object]] = [_searched(run.name, mined)]
        for proposal in mined.proposals:
            story, place = known.get(proposal.template.id), Drawn.of(room.desk.vault, proposal.template.id)
            if story is not None and (place.are_of(story.sample) or story.stage not in {Stage.MINED, Stage.PROPOSED}):
                continue
            looks, answers = drawn(session, proposal.template)
            place.lay_down(looks, answers)
            again = {"act": "sampled", "of": story.number, "run": run.name} if story is not None else None
            first = {
                "act": "mined",
                "run": run.name,
                "name": proposal.template.id,
                "template": template_text(proposal.template),
                "figures": figures_of(proposal, mined),
            }
            records.append({**(again or first), "sample": answers.digest})
        room.enter(records)
    names = {proposal.template.id for proposal in mined.proposals}
    return Mining(
        run=run.name,
        mined=mined,
        stories=[one for one in room.stories().values() if one.name in names and one.stage is not Stage.RETIRED],
    )


def listed(folder: Path) -> list[Story]:
    """Return all proposals, retired ones included, in the order in which they were mined; they hold nothing of any access."""
    return list(Room.entered(folder).stories().values())


def show(folder: Path, number: int, look: Look) -> Shown:
    """Return one proposal with its sentences; the look is recorded first. The answers only for who has marked them."""
    room = Room.opened(folder)
    room.looks("mine show", str(number), look)
    return _shown(room, room.story(number))


def mark(folder: Path, number: int, accepted: Sequence[int], doubted: Sequence[int], look: Look) -> Shown:
    """The marks are in the ledger, and the proposal is returned with the answers.

    Raises Refused for who has marked these sentences before, BadInput unless each that he may see is marked once.
    """
    room = Room.opened(folder)
    room.looks("mine mark", str(number), look)
    story = room.story(number)
    duties.check_markable(story, room.principal.login)
    before = _shown(room, story)
    answers = Drawn.of(room.desk.vault, story.name).answers(story.sample)
    judged = blind.judged(answers, accepted, doubted, [one.number for one in before.sentences])
    record = {
        "act": "marked",
        "of": number,
        "sample": story.sample,
        "accepted": sorted(accepted),
        "doubted": sorted(doubted),
        "fakes": judged.fakes,
        "fakes_accepted": judged.fakes_accepted,
    }
    room.enter([record])
    return Shown(story=room.story(number), sentences=before.sentences, withheld=before.withheld, answers=answers)


def shadow(folder: Path, number: int, days: int, edited: Path | None, look: Look) -> tuple[Story, Shadow]:
    """The proposal stands in shadow for so many days, as it was mined or as the file tells it, and is counted on the latest run.

    One that stands in shadow already is counted again. Raises Refused for one that nobody has judged.
    """
    room = Room.opened(folder)
    room.looks("mine shadow", str(number), look)
    story = room.story(number)
    duties.check_shadowable(story)
    if not 1 <= days <= 365:
        raise UsageError(f"a shadow lasts from 1 to 365 days, not {days}")
    if edited is not None and story.stage is Stage.SHADOW:
        raise UsageError(f"proposal {number} is in shadow as it stands; retire it and mine again to change it")
    template = _template(story, edited)
    run = room.run()
    with room.relations(run) as session:
        draw_fakes(session, Limits())
        shade = counted(session, room.pack, template, Limits())
    records: list[dict[str, object]] = []
    if story.stage is Stage.PROPOSED:
        until = (now() + timedelta(days=days)).date().isoformat()
        records.append({"act": "shadowed", "of": number, "until": until, "template": _text(story, edited)})
    records.append(
        {
            "act": "counted",
            "of": number,
            "run": run.name,
            "residue": shade.residue,
            "matched": shade.matched,
            "would_close": shade.would_close,
            "swallowed": round(shade.weighed.swallowed * 1_000_000),
        }
    )
    room.enter(records)
    return room.story(number), shade


def approve(folder: Path, number: int, into: Path | None) -> Approved:
    """The approval is in the ledger; by the second of two different people the template is written into the folder `into`.

    No pack is changed: whoever runs the vault puts the file into his own. Raises Refused before the shadow has ended.
    """
    room = Room.opened(folder)
    story = room.story(number)
    earlier = room.known(story.approvals[0].by) if story.approvals else None
    duties.check_approver(story, room.principal, earlier, now())
    last = len(story.approvals) + 1 == APPROVALS
    file = _free_file(into, story) if last else None
    room.enter([{"act": "approved", "of": number, "post": duties.post_of(room.principal)}])
    after = room.story(number)
    if file is not None:
        with file.open("x", encoding="utf-8") as written:
            written.write(file_text(after, room.ledger.read().log.checkpoint.origin))
    return Approved(story=after, file=file)


def retire(folder: Path, number: int, reason: str) -> Story:
    """The proposal is retired, for a reason that stands in the open; its file in a pack is taken out by whoever runs the vault."""
    room = Room.entered(folder)
    duties.check_retirer(room.story(number), room.principal)
    room.enter([{"act": "retired", "of": number, "reason": duties.checked_reason(reason)}])
    return room.story(number)


def file_text(story: Story, origin: str) -> str:
    """Return the text of the approved template, with where its approvals are to be found; by post, never by name."""
    entries = " and ".join(str(one.entry) for one in story.approvals)
    posts = ", ".join(f'"{post}"' for post in sorted({one.post for one in story.approvals}))
    head = (
        f"# Mined as proposal {story.number} of {origin}, from run {story.run}.",
        f"# In shadow until {story.shadow_until}; approved by two people in entries {entries}.",
        'status = "approved"',
        f"approved_by = [{posts}]",
        f"approved_on = {story.approvals[-1].at.date()}",
    )
    return "\n".join((*head, story.template))


def _searched(run: str, mined: Mined) -> dict[str, object]:
    return {
        "act": "searched",
        "run": run,
        "residue": mined.residue,
        "sampled": mined.sampled,
        "pool": dict(mined.pool),
        "walked": mined.walked,
        "dropped": [{"path": one.path, "because": one.because} for one in mined.dropped],
    }


def _shown(room: Room, story: Story) -> Shown:
    if story.stage not in {Stage.MINED, Stage.PROPOSED}:
        return Shown(story=story, sentences=[], withheld=0, answers=None)
    place = Drawn.of(room.desk.vault, story.name)
    looks = place.looks()
    with room.relations(room.run()) as session:
        sentences = told(session, read(story.template, f"{story.name}.toml"), looks, room.walls(session))
    answers = place.answers(story.sample) if story.marked_by(room.principal.login) else None
    return Shown(story=story, sentences=sentences, withheld=len(looks) - len(sentences), answers=answers)


def _template(story: Story, edited: Path | None) -> Template:
    mined = read(story.template, f"{story.name}.toml")
    return mined if edited is None else checked_edit(_text(story, edited), edited.name, mined)


def _text(story: Story, edited: Path | None) -> str:
    if edited is None:
        return story.template
    if not edited.is_file():
        raise UsageError(f"there is no file {edited.name}")
    return edited.read_text(encoding="utf-8")


def _free_file(into: Path | None, story: Story) -> Path:
    """Return the file that the template will be written to; raises UsageError where it cannot be."""
    if into is None or not into.is_dir():
        raise UsageError("yours is the second approval: name a folder for the template's file (--into)")
    file = into / f"{read(story.template, story.name).id}.toml"
    if file.exists():
        raise UsageError(f"{file.name} is in that folder already")
    return file
