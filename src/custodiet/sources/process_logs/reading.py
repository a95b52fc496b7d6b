"""Reads a process log of either format."""

from __future__ import annotations

from pathlib import Path

from custodiet.errors import BadInput
from custodiet.model.process_log import ProcessLog
from custodiet.sources.process_logs.delimited import read_delimited
from custodiet.sources.process_logs.mapping import LogMapping, read_mapping
from custodiet.sources.process_logs.xes import read_xes


def read(path: Path, mapping: Path | None = None) -> ProcessLog:
    """Return the log in the file: XES by its name (.xes, .xes.gz) or its first bytes, else CSV. Raises BadInput."""
    if not path.is_file():
        raise BadInput("There is no such file.", file=path.name)
    if not path.stat().st_size:
        raise BadInput("The file is empty.", file=path.name, expected="a process log in CSV or XES")
    told = LogMapping() if mapping is None else read_mapping(mapping)
    return read_xes(path, told) if _is_xes(path) else read_delimited(path, told)


def _is_xes(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".xes", ".xml")):
        return True
    with path.open("rb") as raw:
        head = raw.read(200).lstrip(b"\xef\xbb\xbf \r\n\t")
    return head.startswith((b"<?xml", b"<log"))
