"""Who may look, and the record of the look: made before anything is shown, whether or not there is something to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from custodiet.app.looks import Recorder, purpose_of
from custodiet.app.vault import Principal, Vault
from custodiet.cases.visibility import Role, Viewer
from custodiet.errors import Refused
from custodiet.model.looks import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a principal says of his look: what it is for, and why."""

    purpose: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a principal sits: the vault, his login, what records his looks, and the clock."""

    vault: Vault
    recorder: Recorder
    login: str
    now: datetime

    def principal(self) -> Principal:
        """Return the principal; raises Refused for a login that the vault does not know."""
        return self.vault.principal(self.login)

    def looks(self, act: str, thing: str | None, look: Look) -> Principal:
        """The look is recorded on disk, and the principal returned.

        Raises Refused for strangers, for roles that do not work with findings and for purposes outside s.62(4); raises
        EnvironmentFault where the look cannot be recorded. In each case nothing may be shown.
        """
        principal = self.principal()
        purpose = purpose_of(look.purpose)
        if not _roles(principal) & _WORKS_WITH_FINDINGS:
            msg = "your roles in this vault do not open findings or accesses"
            raise Refused(msg)
        deed = Deed(principal=self.login, act=act, object=thing, purpose=purpose, reason=look.reason, at=self.now)
        self.recorder.record(deed)
        return principal


def viewer_of(principal: Principal) -> Viewer:
    """Return the principal as the walls see him."""
    return Viewer(principal=principal.login, staff_number=principal.staff, roles=_roles(principal))


def _roles(principal: Principal) -> frozenset[Role]:
    known = {role.value for role in Role}
    return frozenset(Role(role) for role in principal.roles if role in known)


_WORKS_WITH_FINDINGS = frozenset(
    {Role.ANALYST, Role.INVESTIGATOR, Role.APPROPRIATE_AUTHORITY, Role.AUDITOR_OF_AUDITORS}
)
