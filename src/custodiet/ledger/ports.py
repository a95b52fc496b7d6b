"""What the ledger needs from those who keep keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from custodiet.ledger.verifier_key import VerifierKey


class Verifier(Protocol):
    """Checks the signatures of one key."""

    @property
    def key(self) -> VerifierKey:
        """Return the public key, with its name."""

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Tell whether the signature over the message is this key's."""


class Signer(Protocol):
    """Signs checkpoints with one key, in a file, a hardware module or a service."""

    @property
    def verifier(self) -> Verifier:
        """Return what checks this signer's signatures."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature over the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """The sealed seed of the leaves [start, end), and the context under which it opens."""

    sealed: bytes
    context: str
    start: int
    end: int


class SaltSource(Protocol):
    """Derives the salts of commitments from seeds, one for each segment, which it alone can open."""

    def new_seed(self, context: str) -> bytes:
        """Return a fresh random seed, sealed; it can be opened again only under the same context."""

    def salts(self, sealed: bytes, context: str, *, start: int, count: int, groups: int) -> bytes:
        """Return the salts of the leaves [start, start + count): for each leaf in turn, 16 bytes for each group.

        Raises EnvironmentFault if the seed cannot be opened. A salt that was destroyed is all zeros.
        """

    def rekeyed(
        self, parts: Sequence[SealedPart], context: str, *, groups: int, erased: Mapping[int, Collection[int]]
    ) -> bytes:
        """Return one seed, sealed under the context, for the leaves of these parts, which follow one another.

        It gives the same salts as theirs, but for those of the groups (by number) erased from a leaf: nothing gives them again.
        """

    def fingerprints(self, identities: Iterable[bytes]) -> list[bytes]:
        """Return for each identity 16 bytes by which this source, and nobody else, knows it again."""
