"""The access logs of the systems that write documents: custody (XML), intelligence (JSON Lines), digital evidence (Parquet)."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.simulator.accesses import OPERATIONS, Accesses
from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.exports.systems import day_name, of_day, operations, reasons
from custodiet.simulator.lines import Text, among, file_bytes, is_full, joined, lower, numbered, texts, where
from custodiet.simulator.matters import CUSTODY, Book
from custodiet.simulator.streams import NONE
from custodiet.simulator.wording import Wording

_CUSTODY_OPS = dict(
    zip(OPERATIONS, ("FIND", "LIST", "VIEW", "AMEND", "PRINT", "EXPORT", "CREATE", "VIEW"), strict=True)
)
_INTEL_OPS = dict(zip(OPERATIONS, ("query", "hits", "read", "write", "print", "export", "create", "read"), strict=True))
_DEMS_OPS = dict(
    zip(OPERATIONS, ("search", "list", "play", "annotate", "play", "download", "upload", "play"), strict=True)
)


def custody_suites(accesses: Accesses, words: Wording, book: Book) -> Iterator[ExportFile]:
    """Yield one XML file a day; at times nobody says who stands at a shared terminal, and only its account is known."""
    number = 5_000_000
    for day in range(words.stamps.clock.days):
        part = of_day(accesses, words, "CUSTODY", day)
        name = day_name(words, day)
        lines = _custody_lines(part, words, book, number)
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<CustodyAudit force="Wessex Vale" date="{name}">\n'
        data = file_bytes(lines, head, "</CustodyAudit>\n")
        yield ExportFile(path=f"exports/custody/audit_{name}.xml", data=data, mapping="custody", received=len(part))
        number += len(part)


def _custody_lines(part: Accesses, words: Wording, book: Book, number: int) -> Text:
    suite = numbered(part.session % 3 + 1, 0, "CUSTSUITE")
    shared = (part.session % 25 == 0) & ~part.mobile
    collar = where(shared, "", joined(' collar="', among(words.collars, part.staff), '"'))
    account = where(shared, suite, among(words.logins, part.staff))
    held = (part.matter != NONE) & (book.matters.kind[part.matter] == CUSTODY)
    record = among(words.matters, np.where(held & (book.matters.opened[part.matter] <= part.at), part.matter, NONE))
    kind = words.scene.people.kind(part.subject)
    return joined(
        '  <Event id="', numbered(number + np.arange(len(part)), 9, "C"), '"><When>', words.stamps.iso(part.at),
        '</When><User account="', account, '"', collar, "/><Terminal>", words.device(part.staff, part.session, part.mobile),
        "</Terminal><Record>", record, '</Record><Subject type="', among(texts(["PERSON", "VEHICLE", "PLACE", "PERSON"]), kind),
        '">', lower(words.subject(part.subject)), "</Subject><Act>", operations(part, _CUSTODY_OPS), "</Act><Reason>",
        reasons(part), "</Reason></Event>\n",
    )  # fmt: skip


def intelligence_system(accesses: Accesses, words: Wording) -> Iterator[ExportFile]:
    """Yield one file a day of nested JSON, one event a line, times in UTC with Z."""
    number = 0
    for day in range(words.stamps.clock.days):
        part = of_day(accesses, words, "INTEL", day)
        lines = _intel_lines(part, words, number)
        path = f"exports/intelligence/events_{day_name(words, day)}.jsonl"
        yield ExportFile(path=path, data=file_bytes(lines), mapping="intelligence", received=len(part))
        number += len(part)


def _intel_lines(part: Accesses, words: Wording, number: int) -> Text:
    kind = words.scene.people.kind(part.subject)
    ticket = (number + np.arange(len(part))) * 2_654_435_761 % 2**32  # looks random, never comes twice
    return joined(
        '{"event":{"id":"iv-', numbered(ticket, 10), '","time":"', words.stamps.zulu(part.at), '","type":"',
        operations(part, _INTEL_OPS), '"},"user":{"name":"', _titled(part, words), '","workstation":"',
        words.device(part.staff, part.session, part.mobile), '"},"target":{"kind":"',
        among(texts(["nominal", "vehicle", "address", "nominal"]), kind), '","ref":"', words.subject(part.subject),
        '"},"query":', _or_null(words.search_words(part.subject, part.typed)), ',"purpose":{"text":', _or_null(reasons(part)),
        ',"ref":', _or_null(words.reference(part.reference, part.mistyped)), "}}\n",
    )  # fmt: skip


def _titled(part: Accesses, words: Wording) -> Text:
    """Return users as that system writes them: a title for officers and the number, in one word."""
    officer = words.scene.force.employment[part.staff] == 0
    return joined(where(officer, "PC", ""), among(words.collars, part.staff))


def _or_null(column: Text) -> Text:
    return where(is_full(column), joined('"', column, '"'), "null")


def digital_evidence(accesses: Accesses, words: Wording) -> Iterator[ExportFile]:
    """Yield one Parquet file a week, with instants in UTC and users as mail addresses."""
    clock, number = words.stamps.clock, 41_000_000
    for week, first in enumerate(range(0, clock.days, 7), start=1):
        whole = [of_day(accesses, words, "DEMS", day) for day in range(first, min(first + 7, clock.days))]
        tables = []
        for part in whole:
            tables.append(_dems_table(part, words, number))
            number += len(part)
        sink = BytesIO()
        pq.write_table(pa.concat_tables(tables), sink, compression="zstd")
        path = f"exports/dems/access_w{week}.parquet"
        yield ExportFile(path=path, data=sink.getvalue(), mapping="dems", received=sum(len(part) for part in whole))


def _dems_table(part: Accesses, words: Wording, number: int) -> pa.Table:
    subject = words.subject(part.subject)
    return pa.table(
        {
            "event_id": pa.array(number + np.arange(len(part))),
            "ts": pa.array(part.at * 1000).cast(pa.timestamp("us", tz="UTC")),
            "user": joined(among(words.collars, part.staff), "@wessexvale.example"),
            "action": operations(part, _DEMS_OPS),
            "item": joined("EX/", numbered(part.session * 7 % 99_991, 5)),
            "subject": subject,
            "subject_kind": among(
                texts(["person", "vehicle", "address", "person"]), words.scene.people.kind(part.subject)
            ),
            "device": words.device(part.staff, part.session, part.mobile),
            "justification": reasons(part),
            "case_ref": words.reference(part.reference, part.mistyped),
        }
    )
