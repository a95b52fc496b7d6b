"""Signed notes (C2SP signed-note v1): a text, a blank line, and one signature line for each signer.

A reader consumes the whole note or refuses it. Signatures by unknown keys are let be; one by a known key that does not
hold makes the note refused.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.ports import Verifier
from custodiet.ledger.verifier_key import strict_base64

#: More signatures, or more bytes, than any honest note has.
MOST_SIGNATURES, MOST_BYTES = 100, 1_000_000

_DASH = "— "


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """Return the line, with its end."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A signed text. The text ends with a line end and is what the signatures are over."""

    text: str
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> bytes:
        """Return the note as it is stored and sent."""
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Return the note in these bytes; raises BadInput unless they are one, from the first byte to the last."""
        text = _text(data)
        body, blank, tail = text.rpartition("\n\n")
        if not blank or not tail.endswith("\n"):
            raise BadInput("This is no signed note.", expected="a text, a blank line and signature lines")
        lines = tail[:-1].split("\n")
        if len(lines) > MOST_SIGNATURES:
            raise BadInput("The note has too many signatures.", found=str(len(lines)), expected=f"<= {MOST_SIGNATURES}")
        return cls(text=body + "\n", signatures=tuple(_signature(line) for line in lines))

    def verify(self, verifier: Verifier) -> None:
        """Return if the note bears a good signature of that key; raises VerificationFailed otherwise."""
        key = verifier.key
        found = [each for each in self.signatures if (each.name, each.key_id) == (key.name, key.key_id)]
        if not found:
            raise VerificationFailed(f"The note is not signed by {key.name} ({key.key_id.hex()}).")
        if not all(verifier.accepts(self.text.encode(), each.signature) for each in found):
            raise VerificationFailed(f"The signature of {key.name} ({key.key_id.hex()}) does not hold.")


def own_lines(note: Note) -> Note:
    """Return a checkpoint's note with the log's own signature lines alone: those whose name is the origin, its first line."""
    origin = note.text.partition("\n")[0]
    return Note(text=note.text, signatures=tuple(each for each in note.signatures if each.name == origin))


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BadInput("The note is too long.", found=f"{len(data)} bytes", expected=f"at most {MOST_BYTES}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("The note is not UTF-8.") from error
    if any(letter < " " and letter != "\n" for letter in text):
        raise BadInput("The note holds a control character.")
    return text


def _signature(line: str) -> Signature:
    name, space, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or not space:
        raise BadInput("A signature line of the note is malformed.", expected="dash, name, base64")
    data = strict_base64(value)
    if len(data) < 5:
        raise BadInput("A signature of the note is too short.")
    return Signature(name=name, key_id=data[:4], signature=data[4:])
