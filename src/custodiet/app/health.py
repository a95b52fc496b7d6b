"""What was found when a vault was examined: a line for each thing looked at, with the remedy where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from custodiet.errors import CustodietError


class Health(StrEnum):
    """How a thing is."""

    OK = "ok"
    WARN = "warn"  # it works, and should not be left so
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    health: Health
    found: str
    remedy: str | None = None


def ok(name: str, found: str) -> Check:
    """Return that all is well."""
    return Check(name=name, health=Health.OK, found=found)


def warn(name: str, found: str, remedy: str) -> Check:
    """Return that something should not be left so."""
    return Check(name=name, health=Health.WARN, found=found, remedy=remedy)


def fail(name: str, found: str, remedy: str) -> Check:
    """Return that something is wrong."""
    return Check(name=name, health=Health.FAIL, found=found, remedy=remedy)


def guarded(name: str, look: Callable[[], Iterator[Check]], remedy: str) -> Iterator[Check]:
    """Yield what the look finds; an error that keeps it from looking is a finding, too."""
    try:
        yield from look()
    except (CustodietError, OSError) as fault:
        yield fail(name, str(fault), remedy)
