"""Policies (C2SP tlog-policy): which logs and witnesses are known, and how many of them must vouch for a checkpoint.

```
log      force.example/custodiet/main+1f2e...+AQ...
witness  avonmere  avonmere.example/witness+5b0c...+BA...  https://witness.avonmere.example
witness  northby   northby.example/witness+77aa...+BA...   https://witness.northby.example
group    peers     any  avonmere northby
quorum   peers
```
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from custodiet.ledger.verifier_key import VerifierKey

#: The quorum that no cosignature is needed for.
NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLog:
    """A log whose checkpoints the policy takes."""

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness, under the name that it has in the policy."""

    name: str
    key: VerifierKey
    url: str | None = None  # the submission prefix of C2SP tlog-witness


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses and groups of which at least `least` must vouch."""

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy as it was read: its names are defined, each once, and none stands in two groups."""

    logs: tuple[KnownLog, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = NONE

    @property
    def demands(self) -> bool:
        """Tell whether any cosignature is needed at all."""
        return self.quorum != NONE

    def met_by(self, names: Iterable[str]) -> bool:
        """Tell whether the quorum is reached when the witnesses of these names have cosigned."""
        vouching = {witness.name for witness in self.witnesses}.intersection(names) | {NONE}
        for group in self.groups:  # a group's members are defined before it
            if len(vouching.intersection(group.members)) >= group.least:
                vouching.add(group.name)
        return self.quorum in vouching
