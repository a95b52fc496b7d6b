"""Verifier keys (C2SP signed-note v1): a public key with a name, as text."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from custodiet.errors import BadInput

#: The signature type byte of Ed25519.
ED25519 = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with a name, as C2SP writes it: `name+id+base64(type byte || key)`."""

    name: str
    key: bytes  # type byte, then the key

    def __post_init__(self) -> None:
        """Refuse an empty name and one with spaces or a plus sign, which no note can carry."""
        if not self.name or "+" in self.name or not self.name.isprintable() or " " in self.name:
            raise BadInput("A key's name is empty, or holds white space, a plus sign or what cannot be printed.")

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that tell this key from others of its name."""
        return sha256(self.name.encode() + b"\n" + self.key).digest()[:4]

    @property
    def text(self) -> str:
        """Return the key as text."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self.key).decode()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Return the key that the text gives, as it is or as a line; raises BadInput if it is none or its id does not fit."""
        parts = text.removesuffix("\n").split("+", 2)
        if len(parts) != 3:
            raise BadInput("This is no verifier key.", expected="name+id+key")
        key = cls(name=parts[0], key=strict_base64(parts[2]))
        if key.key_id.hex() != parts[1]:
            raise BadInput(
                "The id of the verifier key does not fit the key.", found=parts[1], expected=key.key_id.hex()
            )
        return key


def strict_base64(text: str) -> bytes:
    """Return the bytes of a base64 text; raises BadInput unless it is the one canonical text of them."""
    try:
        data = b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise BadInput("This is not base64.") from error
    if b64encode(data).decode() != text:
        raise BadInput("This is not canonical base64.")
    return data
