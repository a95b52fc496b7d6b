"""From a passphrase to a key: Argon2id (RFC 9106), with the cost that is stored beside what it protects.

The cost is chosen so that opening the keys takes about a tenth of a second, once in a process, and is above the least
that OWASP's guide to storing passwords asks of Argon2id (46 MiB, one pass). Scrypt within that time would use half the
memory, which is what makes guessing dear.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from custodiet.errors import BadInput, EnvironmentFault

KEY_BYTES, SALT_BYTES = 32, 16
#: More than any honest file asks for: one put there by somebody else must not exhaust the machine.
_MOST_PASSES, _MOST_MEMORY, _MOST_LANES = 64, 1 << 20, 16


@dataclass(frozen=True, slots=True)
class Argon2Cost:
    """What one guess costs: passes over the memory, KiB of memory, and lanes side by side."""

    passes: int
    memory: int
    lanes: int

    def __post_init__(self) -> None:
        """Refuse what the algorithm does not know, and what would exhaust the machine."""
        bounds = ((self.passes, 1, _MOST_PASSES), (self.lanes, 1, _MOST_LANES))
        if any(not least <= value <= most for value, least, most in bounds):
            raise BadInput("The cost of the passphrase is out of bounds.", found=self.text)
        if not 8 * self.lanes <= self.memory <= _MOST_MEMORY:
            raise BadInput("The memory for the passphrase is out of bounds.", found=self.text)

    @property
    def text(self) -> str:
        """Return the cost as it is stored."""
        return f"{self.passes} {self.memory} {self.lanes}"


#: What new keys are protected with: one pass over 64 MiB.
USUAL_COST = Argon2Cost(passes=1, memory=1 << 16, lanes=1)


@lru_cache(maxsize=8)
def derived_key(passphrase: bytes, salt: bytes, cost: Argon2Cost) -> bytes:
    """Return the 32 bytes that the passphrase gives. A process pays for each passphrase once.

    Raises EnvironmentFault where the cryptographic library was built without Argon2id.
    """
    try:
        kdf = Argon2id(salt=salt, length=KEY_BYTES, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
    except UnsupportedAlgorithm as error:
        raise EnvironmentFault(
            "The library `cryptography` was built here without Argon2id, which opens the keys. Install its wheel from"
            " the package index, or build it with OpenSSL 3.2 or later."
        ) from error
    return kdf.derive(passphrase)
