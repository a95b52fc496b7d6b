"""Which reader reads which format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from custodiet.ingest.ports import RawReader
from custodiet.ingest.reading import Format, Reading
from custodiet.sources.files.delimited import DelimitedReader
from custodiet.sources.files.fixed_width import FixedWidthReader
from custodiet.sources.files.json_document import JsonReader
from custodiet.sources.files.json_lines import JsonLinesReader
from custodiet.sources.files.parquet_rows import ParquetReader
from custodiet.sources.files.xlsx_rows import XlsxReader
from custodiet.sources.files.xml_records import XmlReader

_READERS: Final[dict[Format, Callable[[Reading], RawReader]]] = {
    Format.CSV: DelimitedReader,
    Format.TSV: DelimitedReader,
    Format.FIXED_WIDTH: FixedWidthReader,
    Format.JSON: JsonReader,
    Format.JSON_LINES: JsonLinesReader,
    Format.XML: XmlReader,
    Format.PARQUET: ParquetReader,
    Format.XLSX: XlsxReader,
}


def reader_for(reading: Reading) -> RawReader:
    """Return the reader that cuts files as the reading says."""
    return _READERS[reading.format](reading)
