"""Integrity: the checkpoint that the report rests on, who has signed it, and how anyone can check it."""

from __future__ import annotations

from dataclasses import dataclass

from custodiet.model.witnessing import Witnessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity:
    """The signed checkpoint of the vault at the size the report was made from."""

    origin: str  # "<organisation domain>/custodiet/<vault name>"
    checkpoint: str  # the signed note as text
    key: str  # the public key as the vault publishes it
    witnessing: Witnessing  # who outside the organisation vouches for the ledger, and up to which size

    def __post_init__(self) -> None:
        """Refuse an empty checkpoint or key: a report without them rests on nothing."""
        if not self.checkpoint.strip() or not self.key.strip():
            msg = "a report needs a checkpoint and a key"
            raise ValueError(msg)

    @property
    def unwitnessed(self) -> bool:
        """Tell whether nobody outside the organisation vouches for any of it."""
        return self.witnessing.at is None
