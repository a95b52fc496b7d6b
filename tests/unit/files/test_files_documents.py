"""JSON and XML documents: records inside something larger."""

from __future__ import annotations

import pytest

from custodiet.errors import BadInput
from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.readers import reader_for
from support.delivered import Trickle, delivered

EVENTS = Reading(format=Format.JSON, records="data.events")
XML = Reading(format=Format.XML, records="log/event")


def test_json_records_keep_their_bytes() -> None:
    """Each record of the array at the path is numbered and keeps its own bytes, spaces inside included."""
    data = '{"made":"x","data":{"n":2,"events":[ {"id": 1.0} ,\n{"id":"é"}],"z":[]},"end":{"data":[]}}'.encode()
    found = delivered(reader_for(EVENTS), b"\xef\xbb\xbf" + data)
    assert (found.positions, found.originals) == ([1, 2], [b'{"id": 1.0}', '{"id":"é"}'.encode()])
    assert ([row["id"] for row in found.rows], found.not_audit) == (["1.0", "é"], 1)


def test_json_array_at_the_top_has_nothing_around() -> None:
    """Without a path the document itself is the array, and a record that is no object is unreadable."""
    found = delivered(reader_for(Reading(format=Format.JSON)), b'[{"a":1},7,{"b":1,"b":2}, {"a":"\xff"} ]\n')
    assert found.not_audit == 0
    assert [(u.position, u.original) for u in found.unreadable] == [
        (2, b"7"),
        (3, b'{"b":1,"b":2}'),
        (4, b'{"a":"\xff"}'),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"data":{"events":[{"id":1}', "Found its end"),
        (b'{"data":{"events":[{"id":1} {"id":2}]}}', "comma"),
        (b'{"data":{"events":{}}}', "no array"),
        (b'{"data":[1]}', "no array"),
        (b'{"data":{"events":[]}} x', "end of the document"),
        (b'{"data":{"events":[]},}', "name in quotes"),
        (b'{"data" 5}', "colon"),
        (b"", "JSON value"),
        (b'{"x":"\xff","data":{"events":[]}}', "encoding"),
        (b"[" * 99_999, "nested"),
    ],
)
def test_json_that_is_broken_or_elsewhere_is_refused(data: bytes, words: str) -> None:
    """A document that is not whole, or has no array at the path, is bad input that says so."""
    with pytest.raises(BadInput, match=words):
        delivered(reader_for(EVENTS), data)


DOCUMENT = """<?xml version="1.0"?>
<log from="RMS"><!-- one -->
 <event id="1"><who rank="PC">4127</who><why/><ref>A</ref><ref>B &amp; C</ref></event>
 <event id="2"/><other/>
 <event>text
  <when><day>1</day></when></event
 ></log>
"""


@pytest.mark.parametrize("step", [1, 7, 100_000])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_xml_records_keep_their_bytes(step: int, codec: str) -> None:
    """Attributes, nested elements, own text and repeated elements become fields; bytes and lines are exact."""
    found = delivered(reader_for(XML), Trickle(DOCUMENT.encode(codec), step))
    first, second, third = found.rows
    assert {name: text for name, text in first.items() if text is not None} == {
        "@id": "1",
        "who.@rank": "PC",
        "who": "4127",
        "ref": '["A","B & C"]',
    }
    assert (second["@id"], third["#text"], third["when.day"]) == ("2", "text", "1")
    assert (found.positions, found.not_audit) == ([3, 4, 5], 1)
    own = "utf-16-le" if codec == "utf-16" else codec
    assert [original.decode(own)[:8] for original in found.originals] == ["<event i", "<event i", "<event>t"]
    assert found.originals[1].decode(own) == '<event id="2"/>'
    assert found.originals[2].decode(own).endswith("</event\n >")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'<!DOCTYPE log [<!ENTITY a "b">]><log/>', "document type"),
        (b'<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "document type"),
        (b"<log><event></log>", "mismatched tag"),
        (b"<log><event>&x;</event></log>", "undefined entity"),
        (b"<log><event/>", "no element found"),
        (b"", "no element found"),
        (b"<log>\xff</log>", "not well-formed"),
    ],
)
def test_xml_with_document_type_or_broken_is_refused(data: bytes, words: str) -> None:
    """A document type, whatever it declares, and XML that is not well-formed are bad input."""
    with pytest.raises(BadInput, match=words):
        delivered(reader_for(XML), data)


def test_xml_element_named_alone_is_found_at_any_depth() -> None:
    """A path of one name finds the element wherever it is, but not inside a record."""
    found = delivered(reader_for(Reading(format=Format.XML, records="e")), b"<a><b><e>1</e></b><e><e>2</e></e></a>")
    assert found.originals == [b"<e>1</e>", b"<e><e>2</e></e>"]


def test_xml_needs_its_path() -> None:
    """XML without the path of a record is refused before any file is opened."""
    with pytest.raises(BadInput, match="path"):
        reader_for(Reading(format=Format.XML))
