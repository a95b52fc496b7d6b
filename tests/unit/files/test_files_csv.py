"""CSV and TSV: what is a record, what is none, and what cannot be read."""

from __future__ import annotations

import pytest

from custodiet.errors import BadInput
from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.readers import reader_for
from support.delivered import Delivered, delivered


def read(data: bytes | str, **how: object) -> Delivered:
    """Return what the CSV reader makes of the bytes."""
    reading = Reading(**{"format": Format.CSV, **how})  # type: ignore[arg-type]
    return delivered(reader_for(reading), data.encode() if isinstance(data, str) else data)


def faults(found: Delivered) -> list[tuple[int, str, bytes]]:
    """Return position, reason and bytes of each unreadable record."""
    return [(u.position, u.problem.reason, u.original) for u in found.unreadable]


def test_records_have_lines_bytes_and_fields() -> None:
    """Each record carries its line, its bytes and its fields by the header's names; nothing given is NULL."""
    found = read("Id,Name\r\n1,Ann\r\n2,\r\n")
    assert found.rows == [{"Id": "1", "Name": "Ann"}, {"Id": "2", "Name": None}]
    assert (found.positions, found.originals, found.not_audit) == ([2, 3], [b"1,Ann", b"2,"], 1)


def test_quoted_newline_belongs_to_its_record() -> None:
    """A record over two lines keeps both in its bytes, and the next record's line counts both."""
    found = read('Id,Note\n1,"a\nb"\n2,c\n')
    assert [row["Note"] for row in found.rows] == ["a\nb", "c"]
    assert (found.positions, found.originals) == ([2, 4], [b'1,"a\nb"', b"2,c"])


def test_stray_quote_costs_one_line() -> None:
    """A quote that is never closed makes its own line unreadable; the records behind it are read."""
    found = read('Id,Note\n1,"a\n2,b\n3,c')
    assert faults(found) == [(2, "unreadable", b'1,"a')]
    assert [row["Id"] for row in found.rows] == ["2", "3"]


def test_inch_mark_inside_a_field_is_text() -> None:
    """A quote inside a field that does not start with one is a character like others."""
    assert read('Id,Note\n1,5" pipe\n').rows == [{"Id": "1", "Note": '5" pipe'}]


@pytest.mark.parametrize("line", ["1", "1,2,3"])
def test_ragged_record_is_unreadable_whole(line: str) -> None:
    """A record with too few or too many fields is kept with its bytes and counted, and the others are read."""
    found = read(f"Id,Note\n{line}\n4,d\n")
    assert faults(found) == [(2, "ragged", line.encode())]
    assert found.received == 2


def test_undecodable_and_nul_records_keep_their_bytes() -> None:
    """A byte that the encoding does not know, or a NUL, makes one record unreadable and no more."""
    found = read(b"Id,Note\n1,caf\xe9\n2,a\0b\n3,caf\xc3\xa9\n")
    assert faults(found) == [(2, "undecodable", b"1,caf\xe9"), (3, "unreadable", b"2,a\0b")]
    assert found.rows == [{"Id": "3", "Note": "café"}]


def test_problem_does_not_quote_the_record() -> None:
    """What was found is described, never repeated, for it may be personal data."""
    (fault,) = read("Id,Note\nSecret\n").unreadable
    assert "Secret" not in str(fault.problem.found)


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("cp1252", "cp1252"), ("latin-1", "latin-1")],
)
def test_other_encodings_keep_original_bytes(encoding: str, codec: str) -> None:
    """The original is the record's bytes in the file's own encoding, the fields are text."""
    found = read('Id,Note\r\n1,£5\r\n2,"é\r\nü"\r\n'.encode(codec), encoding=encoding)
    own = "utf-16-le" if codec == "utf-16" else codec
    assert [row["Note"] for row in found.rows] == ["£5", "é\r\nü"]
    assert found.originals == ["1,£5".encode(own), '2,"é\r\nü"'.encode(own)]


def test_mark_is_dropped_from_the_first_name() -> None:
    """A UTF-8 byte order mark is no part of the first field's name."""
    assert read(b"\xef\xbb\xbfId\n1\n").names == ["Id"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(b"\xff\xfeI\0", "utf-8"), (b"\xef\xbb\xbfId\n", "cp1252"), (b"I\0d\0", "utf-16"), (b"Id", "cp037"), (b"Id", "x")],
)
def test_encoding_that_the_file_denies_is_refused(data: bytes, encoding: str) -> None:
    """A mark that contradicts the mapping, UTF-16 without a mark and unknown encodings are bad input."""
    with pytest.raises(BadInput):
        read(data, encoding=encoding)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_ends_a_record(end: str) -> None:
    """LF, CR LF and CR end lines, and the last line needs no end."""
    found = read(end.join(["Id", "1", "2"]))
    assert [row["Id"] for row in found.rows] == ["1", "2"]


def test_mixed_line_ends_are_read() -> None:
    """A file that mixes line ends loses nothing."""
    assert read("Id,N\r\n1,a\n2,b\r3,c\r\n").originals == [b"1,a", b"2,b", b"3,c"]


def test_duplicate_names_are_refused_by_place() -> None:
    """Two fields of one name are told by their places: without a header, the "names" would be somebody's data."""
    with pytest.raises(BadInput, match=r"Found it in fields 2, 3\.") as refused:
        read("1,Smith,Smith\n2,Jones,Jane\n")
    assert "Smith" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_half_a_character_at_the_end_is_refused(encoding: str) -> None:
    """A UTF-16 file with an odd number of bytes was cut short, and is bad input instead of a fault of ours."""
    with pytest.raises(BadInput, match="ends within a character"):
        read("Id,N\n1,a\n".encode(encoding) + b"2", encoding=encoding)


def test_several_header_lines_and_blanks_are_counted() -> None:
    """The last header line names the fields; blank and skipped lines are counted as no audit, wherever they are."""
    found = read("# made\nReport\n\nId,N\n1,a\n\n# note\n2,b\n   \n", header=2, skip=("^#",))
    assert (found.names, found.received, found.not_audit) == (["Id", "N"], 2, 7)


def test_header_of_joined_files_is_no_record() -> None:
    """Where exports were joined end to end, the header that comes again is counted, even with a mark before it."""
    found = read(b"Id,N\n1,a\n\xef\xbb\xbfId,N\n2,b\nId,N\n")
    assert ([row["Id"] for row in found.rows], found.not_audit) == (["1", "2"], 3)


def test_header_alone_and_nothing_at_all() -> None:
    """A file with a header alone has names and no record; an empty file has neither."""
    assert (read("Id,N\n").names, read("Id,N\n").received, read("Id,N\n").not_audit) == (["Id", "N"], 0, 1)
    assert read("").received == 0


def test_trailer_counts_readable_and_unreadable_records() -> None:
    """A trailer that states the number of records before it is no record and is satisfied by all of them."""
    found = read("Id,N\n1,a\n2\nEND,2\n\n", trailer=r"^END,(?P<count>\d+)$")
    assert (found.received, found.not_audit) == (2, 3)


@pytest.mark.parametrize(
    ("tail", "words"),
    [("END,3\n", "Found 2 records. Expected 3."), ("", "may be cut short"), ("END,2\n3,c\n", "cut short")],
)
def test_trailer_that_is_wrong_or_absent_is_bad_input(tail: str, words: str) -> None:
    """A wrong count, and a file that does not end with its trailer, are refused with both numbers."""
    with pytest.raises(BadInput, match=words):
        read("Id,N\n1,a\n2,b\n" + tail, trailer=r"^END,(?P<count>\d+)$")


def test_missing_texts_are_null_quoted_or_not() -> None:
    """Each text in `missing` is NULL; other texts, blanks included, are kept."""
    found = read('A,B,C\nNULL,"",x\n"NULL", ,y\n', missing=("", "NULL"))
    assert [tuple(row.values()) for row in found.rows] == [(None, None, "x"), (None, " ", "y")]
    assert read("A,B\n,x\n", missing=()).rows == [{"A": "", "B": "x"}]


def test_tsv_is_cut_at_tabs_and_semicolons_where_said() -> None:
    """TSV needs no delimiter; CSV takes the one it is given; without a quote character a quote is text."""
    assert read("A\tB\n1,5\tx\n", format=Format.TSV).rows == [{"A": "1,5", "B": "x"}]
    assert read("A;B\n1,5;x\n", delimiter=";").rows == [{"A": "1,5", "B": "x"}]
    assert read('A|B\n"|x\n', delimiter="|", quote="").rows == [{"A": '"', "B": "x"}]


def test_columns_name_a_file_without_header() -> None:
    """With header 0 the first line is a record and `columns` names its fields."""
    assert read("1,a\n", header=0, columns=("Id", "N")).rows == [{"Id": "1", "N": "a"}]
    with pytest.raises(BadInput, match="columns"):
        read("1,a\n", header=0)


def test_huge_field_is_a_field() -> None:
    """A field larger than a block is read whole."""
    found = read('Id,N\n1,"' + "x" * 700_000 + '\n"\n2,b\n')
    assert [len(row["N"] or "") for row in found.rows] == [700_001, 1]


def test_nameless_field_is_called_by_its_number() -> None:
    """A field without a name in the header is `column_` and its number."""
    assert read("Id,,N\n1,2,3\n").names == ["Id", "column_2", "N"]


@pytest.mark.parametrize(
    "how", [{"delimiter": ""}, {"delimiter": ",,"}, {"delimiter": '"'}, {"quote": "''"}, {"skip": ("(",)}]
)
def test_impossible_reading_is_bad_input(how: dict[str, object]) -> None:
    """A delimiter, quote or expression that cannot be is refused with its place in the mapping."""
    with pytest.raises(BadInput, match="read"):
        read("A,B\n1,2\n", **how)
