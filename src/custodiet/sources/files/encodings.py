"""A file's encoding: bytes to text and back without loss, even where bytes are wrong."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from custodiet.errors import BadInput

_BOM_UTF8 = codecs.BOM_UTF8
_BOM_LE = codecs.BOM_UTF16_LE
_BOM_BE = codecs.BOM_UTF16_BE
_LONE = re.compile("[\ud800-\udfff]")
_PLAIN = "\r\n,\t;|\"'09AZaz"


def has_undecodable(text: str) -> bool:
    """Tell whether the text holds bytes that its encoding does not know (carried as lone surrogates)."""
    return _LONE.search(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How one file's bytes are read: a codec, how wrong bytes are carried, bytes of one code unit, length of the mark."""

    codec: str
    errors: str = "surrogateescape"
    unit: int = 1
    mark: int = 0

    def decode(self, data: bytes) -> str:
        """Return the text of the bytes; wrong bytes are carried so that `encode` gives them back."""
        return data.decode(self.codec, self.errors)

    def encode(self, text: str) -> bytes:
        """Return the bytes that `decode` read this text from."""
        return text.encode(self.codec, self.errors)

    def check_whole(self, data: bytes, file: str) -> None:
        """Return if the bytes are whole code units; a file that ends within one was cut short and is refused."""
        if len(data) % self.unit:
            raise BadInput(
                "The file ends within a character; it may be cut short.",
                file=file,
                found="an odd number of bytes",
                expected=f"{self.unit} bytes to each unit of {self.codec}",
            )

    def unit_of(self, character: str) -> bytes:
        """Return the bytes of one ASCII character."""
        return character.encode(self.codec)


def encoding_of(name: str, head: bytes, file: str) -> Encoding:
    """Return how to read a file that starts with `head`, or refuse an encoding that its first bytes deny."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        raise BadInput("This encoding is not known.", file=file, field="encoding", found=name) from None
    if codec.startswith("utf-16"):
        return _utf16(codec, head, file)
    if head.startswith((_BOM_LE, _BOM_BE)):
        raise BadInput("The file starts with a UTF-16 mark.", file=file, found=name, expected="encoding utf-16")
    if codec in {"utf-8", "utf-8-sig"}:
        return Encoding(codec="utf-8", mark=len(_BOM_UTF8) if head.startswith(_BOM_UTF8) else 0)
    if head.startswith(_BOM_UTF8):
        raise BadInput("The file starts with a UTF-8 mark.", file=file, found=name, expected="encoding utf-8")
    if not _is_ascii_based(codec):
        raise BadInput("This encoding cannot be cut into lines.", file=file, field="encoding", found=name)
    return Encoding(codec=codec)


def _is_ascii_based(codec: str) -> bool:
    try:
        return _PLAIN.encode(codec) == _PLAIN.encode("ascii")
    except (UnicodeError, LookupError):
        return False


def _utf16(codec: str, head: bytes, file: str) -> Encoding:
    for mark, exact in ((_BOM_LE, "utf-16-le"), (_BOM_BE, "utf-16-be")):
        if head.startswith(mark) and codec in {"utf-16", exact}:
            return Encoding(codec=exact, errors="surrogatepass", unit=2, mark=len(mark))
    if codec == "utf-16" and head:
        raise BadInput(
            "UTF-16 without a byte order mark can be read two ways.",
            file=file,
            expected="a mark, or encoding utf-16-le or utf-16-be",
        )
    exact = "utf-16-le" if codec == "utf-16" else codec
    return Encoding(codec=exact, errors="surrogatepass", unit=2)
