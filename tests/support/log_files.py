"""Writes invented process logs as files."""

from __future__ import annotations

import csv
import gzip
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import quoteattr

from support.process_logs import Event, rows


def write_csv(path: Path, events: list[Event]) -> Path:
    """Return the path of a CSV with the columns case, activity, resource, time, team and kind."""
    with path.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows(rows(events))
    return path


def write_xes(path: Path, events: list[Event], responsible: dict[str, str]) -> Path:
    """Return the path of a XES whose cases name who is responsible, with nested attributes and a global of each scope."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<log xes.version="1.0" xmlns="http://www.xes-standard.org/">',
        '<global scope="event"><string key="org:resource" value="UNKNOWN"/></global>',
        '<string key="meta"><string key="org:resource" value="nested"/></string>',
    ]
    for case, found in groupby(sorted(events, key=lambda one: (one.case, one.at)), key=lambda one: one.case):
        lines.append(f'<trace><string key="concept:name" value={quoteattr(case)}/>')
        lines.append(f'<string key="responsible" value={quoteattr(responsible.get(case, "UNKNOWN"))}/>')
        lines.append('<string key="outcome" value="granted"/><date key="enddate" value="2024-05-05T00:00:00+01:00"/>')
        lines += [_event(one) for one in found]
        lines.append("</trace>")
    text = "\n".join([*lines, "</log>"])
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


def _event(one: Event) -> str:
    return (
        f'<event><string key="org:resource" value={quoteattr(one.resource)}><string key="org:resource" value="nested"/></string>'
        f'<string key="concept:name" value={quoteattr(one.activity)}/><string key="lifecycle:transition" value="complete"/>'
        f'<date key="time:timestamp" value="{one.at.strftime("%Y-%m-%dT%H:%M:%S")}.000+00:00"/></event>'
    )
