"""Who may do what with proposals, and in which order; what may not be done is refused before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from custodiet.app.vault import Principal
from custodiet.errors import BadInput, Refused
from custodiet_mining.story import Stage, Story

#: Who may let mining in, and shut it out.
ALLOWERS = frozenset({"administrator", "data_protection"})
#: Who may approve a template and retire one. An administrator keeps the machine and does not say what is a reason.
APPROVERS = frozenset({"appropriate_authority", "investigator", "data_protection"})
_REASON = re.compile(r"[!-~][ -~]{0,198}[!-~]")


def checked_reason(text: str) -> str:
    """Return the reason; raises BadInput unless it is one line of 2 to 200 ASCII characters."""
    if not _REASON.fullmatch(text):
        raise BadInput(
            "A reason is one line of 2 to 200 ASCII characters that stands in the open for ever: a decision's number; never a name.",
            field="reason",
        )
    return text


def check_allower(principal: Principal) -> None:
    """Return if the principal may let mining in or shut it out; raises Refused."""
    _check_role(principal, ALLOWERS, "decide whether templates are mined in this vault")


def is_allowed(settings: Mapping[str, Any], records: Iterable[tuple[int, Mapping[str, Any]]]) -> bool:
    """Tell whether the settings say so, and the last word on it in the ledger is a named person's that allows it."""
    words = [record["act"] for _, record in records if record.get("act") in {"allowed", "forbidden"}]
    return settings.get("mining") is True and words[-1:] == ["allowed"]


def check_markable(story: Story, login: str) -> None:
    """Return if that person may mark the sentences; raises Refused."""
    if story.stage not in {Stage.MINED, Stage.PROPOSED}:
        msg = f"proposal {story.number} is {story.stage.value}; its sentences are not judged any more"
        raise Refused(msg)
    if story.marked_by(login):
        msg = f"you have marked the sentences of proposal {story.number}, and know which of them were fakes"
        raise Refused(msg)


def check_shadowable(story: Story) -> None:
    """Return if the proposal may go into shadow, or be counted in it again; raises Refused."""
    if story.stage is Stage.MINED:
        msg = f"nobody has judged the sentences of proposal {story.number} yet; `custodiet mine mark` does"
        raise Refused(msg)
    if story.stage not in {Stage.PROPOSED, Stage.SHADOW}:
        msg = f"proposal {story.number} is {story.stage.value} and does not go into shadow"
        raise Refused(msg)


def check_approver(story: Story, principal: Principal, earlier: Principal | None, now: datetime) -> None:
    """Return if the principal may approve the proposal now; raises Refused.

    `earlier` is who approved it before; None where nobody did, or the vault does not know him any more: his login still tells.
    """
    _check_role(principal, APPROVERS, "approve a template")
    _check_numbered(principal)
    if story.stage is not Stage.SHADOW or story.shadow_until is None:
        msg = f"proposal {story.number} is {story.stage.value}; only what stands in shadow is approved"
        raise Refused(msg)
    if now.date() < story.shadow_until:
        msg = f"proposal {story.number} stays in shadow until {story.shadow_until}"
        raise Refused(msg)
    if principal.login in {one.by for one in story.approvals} or (earlier and earlier.staff == principal.staff):
        msg = "you approved this yourself; somebody else must approve it too"
        raise Refused(msg)


def post_of(principal: Principal) -> str:
    """Return the post in which the principal approves: the first of those that may."""
    return min(principal.roles & APPROVERS)


def check_retirer(story: Story, principal: Principal) -> None:
    """Return if the principal may retire the proposal; raises Refused."""
    _check_role(principal, APPROVERS, "retire a template")
    if story.stage is Stage.RETIRED:
        msg = f"proposal {story.number} is retired already"
        raise Refused(msg)


def story_of(told: Mapping[int, Story], number: int) -> Story:
    """Return the proposal of that number; raises Refused."""
    if number not in told:
        msg = f"there is no proposal {number}; `custodiet mine list` shows those there are"
        raise Refused(msg)
    return told[number]


def _check_role(principal: Principal, roles: frozenset[str], act: str) -> None:
    if not principal.roles & roles:
        msg = f"to {act} needs one of the roles {', '.join(sorted(roles))} in principals.toml"
        raise Refused(msg)


def _check_numbered(principal: Principal) -> None:
    if principal.staff is None:
        msg = "principals.toml has no staff number for you, so nobody can tell whether two different people approve"
        raise Refused(msg)
