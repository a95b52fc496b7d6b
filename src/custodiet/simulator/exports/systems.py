"""The access logs of the systems that write text: records, command and control, national computer, plate readers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from custodiet.simulator.accesses import OPERATIONS, PHRASES, PURPOSES, Accesses
from custodiet.simulator.exports.file import ExportFile
from custodiet.simulator.items import SYSTEM
from custodiet.simulator.lines import (
    Oddity,
    Text,
    among,
    file_bytes,
    joined,
    numbered,
    padded,
    quoted,
    texts,
    where,
    without,
)
from custodiet.simulator.matters import INCIDENT, Book, taken
from custodiet.simulator.population import VEHICLE
from custodiet.simulator.streams import HOUR, NONE
from custodiet.simulator.wording import Wording

_RMS_OPS = dict(zip(OPERATIONS, ("S", "L", "V", "U", "P", "X", "C", "PF"), strict=True))
_CAD_OPS = dict(zip(OPERATIONS, ("SRCH", "LIST", "OPEN", "UPDT", "PRNT", "XPRT", "NEW", "OPEN"), strict=True))
_ANPR_OPS = dict(
    zip(OPERATIONS, ("Search", "Hits", "Detail", "Detail", "Detail", "Export", "Detail", "Detail"), strict=True)
)


def of_day(accesses: Accesses, words: Wording, system: str, day: int) -> Accesses:
    """Return one system's accesses of one day, in order of time."""
    low, high = words.stamps.clock.midnight(np.array([day, day + 1]))
    return taken(accesses, (accesses.system == SYSTEM[system]) & (accesses.at >= low) & (accesses.at < high))


def operations(accesses: Accesses, codes: dict[str, str]) -> Text:
    """Return the system's own codes of what was done."""
    return among(texts(codes[name] for name in OPERATIONS), accesses.operation)


def reasons(accesses: Accesses) -> Text:
    """Return the reasons that were typed."""
    return among(texts(PHRASES), accesses.phrase)


def day_name(words: Wording, day: int) -> str:
    """Return the date as file names have it."""
    return words.stamps.clock.date_of(day).strftime("%Y%m%d")


def records_system(accesses: Accesses, words: Wording) -> Iterator[ExportFile]:
    """Yield two CSV files a day: UTF-8 with byte order mark, local time in two columns, reasons with commas in quotes."""
    number = 880_000_000
    days = words.stamps.clock.days
    for day in range(days):
        whole = of_day(accesses, words, "RMS", day)
        noon = int(words.stamps.clock.midnight(np.array([day]))[0]) + 12 * HOUR
        for half, rows in (("A", whole.at < noon), ("B", whole.at >= noon)):
            part = taken(whole, rows)
            odd = _rms_oddities(number, len(part)) if (day, half) == (1, "B") else ()
            data = file_bytes(_rms_lines(part, words, number), "﻿" + _RMS_HEAD, odd=odd)
            path = f"exports/rms/rms_audit_{day_name(words, day)}_{half}.csv"
            yield ExportFile(path=path, data=data, mapping="rms", received=len(part) + len(odd), quarantined=len(odd))
            if (day, half) == (2, "A"):
                again = path.replace(".csv", "_resent.csv")
                yield ExportFile(path=again, data=data, mapping="rms", received=len(part), duplicate=len(part))
            number += len(part)


_RMS_HEAD = "AuditNo,Date,Time,UserId,Workstation,Op,Nominal,Type,SearchText,Reason,Ref,Session\r\n"


def _rms_lines(part: Accesses, words: Wording, number: int) -> Text:
    stamps = words.stamps
    kind = words.scene.people.kind(part.subject)
    return joined(
        numbered(number + np.arange(len(part)), 10), ",", stamps.date(part.at, "%d/%m/%Y"), ",", stamps.time(part.at), ",",
        among(words.logins, part.staff), ",", words.device(part.staff, part.session, part.mobile), ",",
        operations(part, _RMS_OPS), ",", words.subject(part.subject), ",", among(texts(["NOM", "VEH", "ADD", "NOM"]), kind), ",",
        quoted(words.search_words(part.subject, part.typed)), ",", quoted(reasons(part)), ",",
        words.reference(part.reference, part.mistyped), ",", numbered(part.session, 8), "\r\n",
    )  # fmt: skip


def _rms_oddities(number: int, count: int) -> tuple[Oddity, ...]:
    """Return lines that no mapping should read: impossible dates, unknown codes, rows with too few or too many fields."""
    good = "{no},{date},09:15:00,wv01234,WS-0001,{op},N0000001,NOM,,,,00000000\r\n"
    lines = [good.format(no=f"X{number + n}", date="31/02/2026", op="V") for n in range(3)]
    lines += [good.format(no=f"X{number + 10 + n}", date="03/03/2026", op="ZZ") for n in range(4)]
    lines += [f"X{number + 20},03/03/2026,09:15:00,wv01234\r\n"]
    lines += [f"X{number + 21},03/03/2026,09:15:00,wv01234,WS-0001,V,N0000001,NOM,,,,00000000,surplus,surplus\r\n"]
    return tuple(Oddity(count * n // len(lines), line) for n, line in enumerate(lines))


def control_room(accesses: Accesses, words: Wording, book: Book) -> Iterator[ExportFile]:
    """Yield one file a day: pipes, local time without zone, no event numbers, heartbeats between, a total at the end."""
    for day in range(words.stamps.clock.days):
        part = of_day(accesses, words, "CAD", day)
        twice = np.sort(np.concatenate([np.arange(len(part)), np.arange(0, len(part), 2000)]))  # logged by two servers
        part = taken(part, twice)
        beats = _heartbeats(part, words, day)
        odd = (Oddity(len(part) // 2, "2026-13-02T09:15:00|1234|||OPEN||N0000001|PER\r\n"),) if day == 3 else ()
        total = len(part) + len(odd)
        data = file_bytes(_cad_lines(part, words, book), _CAD_HEAD, f"TOTAL|{total}\r\n", (*beats, *odd))
        path = f"exports/command/cad_{day_name(words, day)}.txt"
        yield ExportFile(
            path=path, data=data, mapping="command", received=total, quarantined=len(odd), other_lines=len(beats) + 1
        )


_CAD_HEAD = "TIME|COLLAR|CALLSIGN|POSITION|ACT|LOG|REF|TYPE\r\n"


def _cad_lines(part: Accesses, words: Wording, book: Book) -> Text:
    force, matters = words.scene.force, book.matters
    kind = words.scene.people.kind(part.subject)
    own = matters.kind[part.matter] == INCIDENT
    parent = np.where(part.matter == NONE, NONE, np.where(own, part.matter, matters.parent[part.matter]))
    existing = (parent != NONE) & (matters.opened[parent] <= part.at)
    log = among(words.matters, np.where(existing, parent, NONE))
    crew = where(part.mobile, words.call_sign(part.staff, force.place[part.staff]), "")
    return joined(
        words.stamps.iso(part.at), "|", among(words.collars, part.staff), "|", crew, "|",
        words.device(part.staff, part.session, part.mobile), "|", operations(part, _CAD_OPS), "|", log, "|",
        words.subject(part.subject), "|", among(texts(["PER", "VEH", "LOC", "PER"]), kind), "\r\n",
    )  # fmt: skip


def _heartbeats(part: Accesses, words: Wording, day: int) -> tuple[Oddity, ...]:
    hours = int(words.stamps.clock.midnight(np.array([day]))[0]) + np.arange(24) * HOUR
    rows = np.searchsorted(part.at, hours)
    times = words.stamps.iso(hours).to_pylist()
    return tuple(
        Oddity(int(row), f"#HB {time} server=cad-b state=ok\r\n") for row, time in zip(rows, times, strict=True)
    )


#: The columns of the national computer's log: name and width.
PNC_WIDTHS = (("DATE", 8), ("TIME", 6), ("TERMINAL", 10), ("OPERATOR", 6), ("ORIGINATOR", 6), ("CODE", 2), ("TYPE", 3),
              ("REF", 8), ("SEARCH", 30), ("REASON", 32), ("CROSSREF", 20), ("TXN", 10))  # fmt: skip


def national_computer(accesses: Accesses, words: Wording) -> Iterator[ExportFile]:
    """Yield one file a day: fixed width, header and trailer with a count, who typed and who asked in two columns."""
    number = 70_000_000
    for day in range(words.stamps.clock.days):
        part = of_day(accesses, words, "PNC", day)
        stamp = words.stamps
        kind = words.scene.people.kind(part.subject)
        asked = np.where(part.requester == NONE, part.staff, part.requester)
        collars = numbered(words.scene.force.number, 6)
        columns = (
            stamp.date(part.at, "%Y%m%d"), without(stamp.time(part.at), ":"),
            words.device(part.staff, part.session, part.mobile), among(collars, part.staff), among(collars, asked),
            _reason_codes(part), among(texts(["NOM", "VEH", "LOC", "NOM"]), kind), words.subject(part.subject),
            words.search_words(part.subject, part.typed), reasons(part), words.reference(part.reference, part.mistyped),
            numbered(number + np.arange(len(part)), 10),
        )  # fmt: skip
        pieces = [padded(column, width) for column, (_, width) in zip(columns, PNC_WIDTHS, strict=True)]
        name = day_name(words, day)
        data = file_bytes(joined(*pieces, "\n"), f"HDRPNCTL{name}WESSEXVALE\n", f"TRL{len(part):09d}\n")
        path = f"exports/pnc/tl_{name}.dat"
        yield ExportFile(path=path, data=data, mapping="pnc", received=len(part), other_lines=2)
        number += len(part)


def _reason_codes(part: Accesses) -> Text:
    """Return the code beside each reason: it follows from the sort of reason, and vague ones take the commonest."""
    code = [n for n, phrases in enumerate(PURPOSES.values(), start=1) for _ in phrases]
    return among(texts(f"{n % 4 or 1:02d}" for n in code), part.phrase)


def plate_readers(accesses: Accesses, words: Wording) -> Iterator[ExportFile]:
    """Yield one file a week: tabs, code page 1252, months in words, a dash that only that code page has at that place."""
    clock = words.stamps.clock
    for week, first in enumerate(range(0, clock.days, 7), start=1):
        days = [of_day(accesses, words, "ANPR", day) for day in range(first, min(first + 7, clock.days))]
        lines = [file_bytes(_anpr_lines(part, words)).decode().encode("cp1252") for part in days]
        path = f"exports/anpr/anpr_queries_w{week}.tsv"
        data = b"When\tOfficer\tVehicle\tVRM\tQuery\tGrounds\tOpRef\tSite\r\n" + b"".join(lines)
        yield ExportFile(path=path, data=data, mapping="anpr", received=sum(len(part) for part in days))


def _anpr_lines(part: Accesses, words: Wording) -> Text:
    people, stamps = words.scene.people, words.stamps
    kind = people.kind(part.subject)
    plate = where(kind == VEHICLE, words.plate(np.where(kind == VEHICLE, part.subject - people.people, 0)), "")
    area = people.home_area[people.home(part.subject)]
    site = joined(words.area(area), " – ", numbered(part.session % 7 + 1, 2, "cam "))
    return joined(
        stamps.date(part.at, "%d-%b-%Y"), " ", stamps.time(part.at), "\t", "WV\\", among(words.collars, part.staff), "\t",
        words.subject(part.subject), "\t", plate, "\t", operations(part, _ANPR_OPS), "\t", reasons(part), "\t",
        words.reference(part.reference, part.mistyped), "\t", site, "\r\n",
    )  # fmt: skip
