"""Who may erase: two people, each with the duty for it, and neither of them tied to what is erased."""

from __future__ import annotations

from collections.abc import Iterable

from custodiet.app.vault import Principal
from custodiet.errors import Refused
from custodiet.ledger.redaction import Redaction

#: Who may approve that records are erased or dropped. An administrator may propose it, and no more.
APPROVERS = frozenset({"records_manager", "data_protection"})
PROPOSERS = APPROVERS | {"administrator"}

#: The words for an entry that is not there, and for one that the principal may not lay hands on.
NOT_HIS = "There is no such entry, or it is not yours to erase: nobody erases what is about himself, kin or a declared associate."


def check_proposer(principal: Principal) -> None:
    """Return if the principal may propose; raises Refused."""
    _check(principal, PROPOSERS, "propose")


def check_keeper(principal: Principal, act: str) -> None:
    """Return if the principal may drop rows under the policy, hold entries and release them; raises Refused."""
    _check(principal, APPROVERS, act)


def check_approver(principal: Principal, proposer: Principal | None, by: str) -> None:
    """Return if the principal may approve what the other proposed; raises Refused.

    The proposer is None where the vault does not know him any more; his login still tells.
    """
    _check(principal, APPROVERS, "approve")
    if principal.login == by or (proposer is not None and proposer.staff == principal.staff):
        msg = "you proposed this yourself; somebody else must approve it"
        raise Refused(msg)


def open_one(redactions: Iterable[Redaction], number: int) -> Redaction:
    """Return the redaction of that number, which is still to be approved; raises Refused for any other."""
    found = next((each for each in redactions if each.number == number), None)
    if found is None:
        msg = f"there is no redaction {number}; `custodiet ledger redact list` shows those there are"
        raise Refused(msg)
    if found.approval is not None:
        msg = f"redaction {number} was approved and carried out already (entry {found.approval})"
        raise Refused(msg)
    return found


def _check(principal: Principal, roles: frozenset[str], act: str) -> None:
    if not principal.roles & roles:
        msg = f"to {act} this needs one of the roles {', '.join(sorted(roles))} in principals.toml"
        raise Refused(msg)
    if principal.staff is None:
        msg = "principals.toml has no staff number for you, so nobody can tell whether these records are about yourself"
        raise Refused(msg)
