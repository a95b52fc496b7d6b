"""Lines of a file as bytes and as text, numbered, with memory for one block at a time."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from custodiet.errors import BadInput
from custodiet.sources.files.encodings import Encoding, encoding_of

#: A line ends at LF, at CR LF, or at a CR that no LF follows. Nothing else ends a line.
_FIRST_BLOCK: Final = 1 << 18
_SMALLEST: Final = 1 << 16
_LARGEST: Final = 1 << 24
_LONGEST_LINE: Final = 1 << 28
#: Records wanted in a block.
WANTED: Final = 50_000


class Lines:
    """A file read in blocks of whole lines."""

    def __init__(self, stream: BinaryIO, encoding: str, name: str) -> None:
        head = stream.read(4)
        self.name = name
        self.encoding: Encoding = encoding_of(encoding, head, name)
        self._stream = stream
        self._rest = head[self.encoding.mark :]
        self._size = _FIRST_BLOCK
        self.ended = False

    def take(self) -> bytes:
        """Return the next whole lines; nothing is left of the file where `ended` is true afterwards."""
        data, wanted = self._rest, self._size
        while not self.ended:
            more = self._stream.read(wanted)
            self.ended = not more
            data += more
            cut = self._last_line_end(data)
            if cut or self.ended:
                break
            if len(data) > _LONGEST_LINE:
                raise BadInput("A line has no end.", file=self.name, expected=f"lines below {_LONGEST_LINE} bytes")
            wanted *= 2
        if self.ended:
            self.encoding.check_whole(data, self.name)
        cut = len(data) if self.ended else self._last_line_end(data)
        self._rest = data[cut:]
        return data[:cut]

    def suit(self, size: int, records: int) -> None:
        """Make the next blocks hold about the wanted number of records, given what this one held."""
        if records:
            self._size = min(max(size * WANTED // records, _SMALLEST), _LARGEST)

    def _last_line_end(self, data: bytes) -> int:
        unit = self.encoding.unit
        for end, stop in ((self.encoding.unit_of("\n"), len(data)), (self.encoding.unit_of("\r"), len(data) - unit)):
            found = data.rfind(end, 0, max(stop, 0))
            while found >= 0 and found % unit:
                found = data.rfind(end, 0, found + unit - 1)
            if found >= 0:
                return found + unit
        return 0

    def texts(self, data: bytes) -> list[str]:
        """Return the lines of a block as texts, each with its line end."""
        return list(io.StringIO(self.encoding.decode(data), newline=""))

    def raws(self, data: bytes, texts: list[str]) -> list[bytes]:
        """Return the same lines as bytes without their line ends."""
        if self.encoding.unit == 1:
            return data.splitlines()
        return [self.encoding.encode(text.rstrip("\r\n")) for text in texts]

    def is_sound(self, data: bytes) -> bool:
        """Tell whether every byte of the block is known to the encoding."""
        try:
            data.decode(self.encoding.codec)
        except UnicodeDecodeError:
            return False
        return True
