"""Who did it and where: the agents of an AuditEvent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from custodiet.sources.fhir.event import AuditEvent, codings
from custodiet.sources.json_records import text_of

#: Roles of machines (DICOM): application, source, destination, destination media, source media; and of services.
_DEVICES = frozenset({"110150", "110152", "110153", "110154", "110155"})
_MACHINES = _DEVICES | {"authserver", "dataprocessor", "PROV", "homeCommunityId"}
_DESTINATIONS = frozenset({"110152", "110154", "IRCP"})
_PEOPLE = frozenset({"humanuser", "IRCP", "UserSamlAgent", "UserOauthAgent", "AUT", "INF", "CST"})


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The four fields of people and places, and the recipient of a disclosure."""

    requester: str | None = None
    operator: str | None = None
    account: str | None = None
    device: str | None = None
    recipient: str | None = None
    by_person: bool = False  # False: a machine did it on nobody's behalf

    @property
    def known(self) -> bool:
        """Tell whether anyone is named."""
        return bool(self.requester or self.operator or self.account)


def people_of(event: AuditEvent) -> People:
    """Return who did it: a person where one is named, else the machine that asked, as an account."""
    asking = [agent for agent in event.agents if agent.get("requestor") is True]
    other = [agent for agent in event.agents if agent.get("requestor") is not True]
    typing = [agent for agent in other if _types(agent) & _PEOPLE and not _types(agent) & _MACHINES and named(agent)]
    machines = [agent for agent in event.agents if _types(agent) & _MACHINES]
    person = asking[0] if asking else typing[0] if typing else None
    device = _device(event, person, machines)
    recipient = next(
        (name for agent in other if _types(agent) & _DESTINATIONS and (name := named(agent) or _address(agent))), None
    )
    if person is None:
        machine = next((name for agent in (*machines, *event.agents) if (name := named(agent))), None)
        return People(account=machine, device=device, recipient=recipient)
    names, account = named(person), text_of(person, "altId") or _token(person)
    requester, operator = (names, named(typing[0])) if asking and typing else (None, names)
    return People(
        requester=requester, operator=operator, account=account, device=device, recipient=recipient, by_person=True
    )


def named(agent: dict[str, Any]) -> str | None:
    """Return who the agent is: an identifier before a reference, and a name only where there is nothing better."""
    return (
        text_of(agent, "who", "identifier", "value")
        or text_of(agent, "userId", "value")
        or text_of(agent, "who", "reference")
        or text_of(agent, "reference", "reference")
        or text_of(agent, "who", "display")
        or text_of(agent, "name")
    )


def _token(agent: dict[str, Any]) -> str | None:
    """Return the token under which the agent acted, where nothing else says who it is (IHE: IUA, SAML)."""
    policy = agent.get("policy")
    first = policy[0] if isinstance(policy, list) and policy else None
    return first if isinstance(first, str) and first and named(agent) is None else None


def _types(agent: dict[str, Any]) -> set[str]:
    found = [*codings(agent, "type"), *codings(agent, "role")]
    return {code for coding in found if (code := text_of(coding, "code"))}


def _device(event: AuditEvent, person: dict[str, Any] | None, machines: list[dict[str, Any]]) -> str | None:
    """Return where it was done: the person's own address, else the client's.

    The client is the application, else the destination of what was read or the source of what was sent. An address that is a
    URI is a server's endpoint, and taken last.
    """
    if person is not None and (address := _address(person)):
        return address
    client = "110152" if event.action == "R" else "110153"

    def rank(machine: dict[str, Any]) -> tuple[bool, bool, bool]:
        types, address = _types(machine), _address(machine)
        return ("://" in (address or ""), "110150" not in types or address is None, client not in types)

    places = (
        _address(machine) or named(machine) for machine in sorted(machines, key=rank) if _types(machine) & _DEVICES
    )
    return next((place for place in places if place), None)


def _address(agent: dict[str, Any]) -> str | None:
    return (
        text_of(agent, "network", "address")
        or text_of(agent, "networkString")
        or text_of(agent, "networkUri")
        or text_of(agent, "networkReference", "reference")
        or text_of(agent, "networkReference", "display")
    )
