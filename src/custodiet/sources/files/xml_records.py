"""XML: each element at a path is a record; the file streams through expat, and a record's bytes are cut from the file.

A document type is refused, whatever it says: with it go entities that grow without bound and entities that name files.
A record's fields: attributes are `@name`, child elements have dotted names, repeated children become JSON text.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO, Final, NoReturn
from xml.parsers import expat

from custodiet.errors import BadInput
from custodiet.ingest.ports import RawBatch
from custodiet.ingest.reading import Reading
from custodiet.sources.files.batches import Cut
from custodiet.sources.files.lines import WANTED
from custodiet.sources.files.nested import Nested, Widening

_CHUNK: Final = 1 << 18
_OWN_TEXT: Final = "#text"
_ONE_TAG: Final = re.compile(r"""<[^\s/>]+(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/>""")


class XmlReader:
    """Reads XML documents; whatever stands around the records counts as one thing that is no record."""

    def __init__(self, reading: Reading) -> None:
        if not reading.records:
            raise BadInput("XML needs the path of its record element.", field="read.records")
        self._reading = reading

    def __call__(self, stream: BinaryIO, name: str) -> Iterator[RawBatch]:
        """Yield the document's records in order; a position is the line on which the record starts.

        Where several start on one line, those behind the first take the next numbers: no two records have one position.
        """
        document = _Document(self._reading, name)
        widening, cut, around, position = Widening(_OWN_TEXT), Cut(), 1, 0
        for line, original, value in document.records(stream):
            position = max(line, position + 1)
            cut.add(position, original, widening.row_of(value))
            if len(cut) >= WANTED:
                yield cut.batch(widening.names, self._reading.missing, around)
                cut, around = Cut(), 0
        yield cut.batch(widening.names, self._reading.missing, around)


class _Element:
    """An element inside a record while it is being read."""

    def __init__(self, attributes: dict[str, str]) -> None:
        self._members: dict[str, list[Nested]] = {f"@{name}": [value] for name, value in attributes.items()}
        self._holds_elements = False
        self.text: list[str] = []

    def add(self, name: str, value: Nested) -> None:
        self._members.setdefault(name, []).append(value)
        self._holds_elements = True

    def value(self) -> Nested:
        """Return the text of an element that has nothing else, or its members."""
        text = "".join(self.text)
        if not self._members:
            return text
        members: dict[str, Nested] = {
            name: values[0] if len(values) == 1 else values for name, values in self._members.items()
        }
        if text.strip():
            members[_OWN_TEXT] = text.strip() if self._holds_elements else text
        return members


class _Window:
    """The bytes fed to expat that may still be needed, by their place in the file."""

    def __init__(self, head: bytes) -> None:
        self._codec = {BOM_UTF16_LE: "utf-16-le", BOM_UTF16_BE: "utf-16-be"}.get(
            head[:2], "latin-1"
        )  # near enough for tags
        self._closing = ">".encode(self._codec)
        self._bytes, self._base = bytearray(), 0

    def feed(self, data: bytes) -> None:
        self._bytes += data

    def forget(self, to: int) -> None:
        del self._bytes[: to - self._base]
        self._base = to

    def element(self, start: int, end: int) -> bytes:
        """Return the element that starts there; `end` is where its end tag starts, or where its only tag ended."""
        at = end - self._base
        if not _ONE_TAG.fullmatch(bytes(self._bytes[start - self._base : at]).decode(self._codec)):
            at = self._bytes.index(self._closing, at)
            while (at - (end - self._base)) % len(self._closing):
                at = self._bytes.index(self._closing, at + 1)
            at += len(self._closing)
        return bytes(self._bytes[start - self._base : at])


class _Document:
    """Listens to expat and collects the records of one document."""

    def __init__(self, reading: Reading, name: str) -> None:
        path = reading.records or ""
        self._path = tuple(path.strip("/").split("/" if "/" in path else "."))
        self._name = name
        self._open: list[str] = []  # elements around records
        self._inside: list[tuple[str, _Element]] = []  # the record and what is open in it
        self._found: list[tuple[int, bytes, Nested]] = []
        self._start = self._line = self._seen = 0
        self._parser = expat.ParserCreate(None if reading.encoding == "utf-8" else reading.encoding)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._opens
        self._parser.EndElementHandler = self._closes
        self._parser.CharacterDataHandler = self._says
        self._parser.StartDoctypeDeclHandler = self._refuse

    def records(self, stream: BinaryIO) -> Iterator[tuple[int, bytes, Nested]]:
        """Yield line, bytes and value of each record; refuse what is not well-formed."""
        data = stream.read(1) + stream.read(_CHUNK)  # two bytes at least: they tell UTF-16
        self._window = _Window(data)
        while data:
            self._window.feed(data)
            self._parse(data, last=False)
            yield from self._found
            self._found.clear()
            self._window.forget(self._start if self._inside else self._seen)
            data = stream.read(_CHUNK)
        self._parse(b"", last=True)

    def _parse(self, data: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(data, last)
        except expat.ExpatError as fault:
            raise BadInput(
                "The document is not well-formed XML.",
                file=self._name,
                line=fault.lineno,
                found=expat.ErrorString(fault.code),
            ) from None
        except (LookupError, ValueError):
            if self._open:
                raise
            raise BadInput("The encoding that the document states cannot be read.", file=self._name, line=1) from None

    def _opens(self, name: str, attributes: dict[str, str]) -> None:
        self._seen = self._parser.CurrentByteIndex
        if self._inside:
            self._inside.append((name, _Element(attributes)))
            return
        self._open.append(name)
        if tuple(self._open) == self._path or (len(self._path) == 1 and name == self._path[0]):
            self._start, self._line = self._seen, self._parser.CurrentLineNumber
            self._inside.append((name, _Element(attributes)))

    def _closes(self, _name: str) -> None:
        self._seen = self._parser.CurrentByteIndex
        if not self._inside:
            self._open.pop()
            return
        name, element = self._inside.pop()
        if self._inside:
            self._inside[-1][1].add(name, element.value())
            return
        self._open.pop()
        value = element.value()
        whole = self._window.element(self._start, self._seen)
        self._found.append((self._line, whole, {_OWN_TEXT: value} if isinstance(value, str) else value))

    def _says(self, text: str) -> None:
        if self._inside:
            self._inside[-1][1].text.append(text)

    def _refuse(self, *_declared: object) -> NoReturn:
        raise BadInput(
            "The document declares a document type.",
            file=self._name,
            line=self._parser.CurrentLineNumber,
            found="DOCTYPE",
            expected="XML without one",
        )
