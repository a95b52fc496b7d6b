"""A small vault to which sources tell things late, correct them and take them back, one chapter after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.command_line import said
from support.two_people import ONE, admit, sitting

HEAD = """
source = "{source}"
yields = "{kind}"
version = 1
[read]
format = "csv"
[time]
zone = "Europe/London"
"""
FACT = """
[fields.source_fact_id]
from = "id"
[fields.withdrawn]
from = "withdrawn"
[fields.valid_from]
from = "from"
format = "%d/%m/%Y %H:%M"
[fields.valid_to]
from = "until"
format = "%d/%m/%Y %H:%M"
[fields.recorded_at]
from = "recorded"
format = "%d/%m/%Y %H:%M"
"""
#: For each kind that a chapter tells: its source, and the field of each column besides those that all have.
KINDS = {
    "assignment": ("command_and_control", {"incident": "incident", "person": "staff", "role": "role"}),
    "involvement": ("crime", {"incident": "incident", "subject": "person", "role": "role"}),
    "subject_merge": ("crime", {"subject": "number", "survivor": "survivor"}),
    "account": ("directory", {"account": "login", "person": "staff"}),
    "access": ("casefile", {"operator": "staff", "account": "login", "subject": "person"}),
}
LOOK = """
[fields.source_event_id]
from = "id"
[fields.occurred_at]
from = "from"
format = "%d/%m/%Y %H:%M"
[fields.system]
value = "CASEFILE"
[fields.action]
value = "consultation"
[fields.channel]
value = "view"
"""


@dataclass(kw_only=True)
class Book:
    """The vault, and the sizes and names of the audits that were made of it."""

    folder: Path
    told: int = 0
    audits: list[tuple[int, str]] = field(default_factory=list)

    @property
    def vault(self) -> Path:
        """Return the vault's folder."""
        return self.folder / "vault"

    def tell(self, kind: str, rows: Sequence[str]) -> None:
        """A source tells these rows: id, withdrawn, from, until, recorded, then the columns of the kind."""
        source, fields = KINDS[kind]
        self.told += 1
        mapping, file = self.folder / f"{kind}.toml", self.folder / f"{self.told}.csv"
        own = "".join(f'[fields.{name}]\nfrom = "{column}"\n' for name, column in fields.items())
        mapping.write_text(HEAD.format(source=source, kind=kind) + (LOOK if kind == "access" else FACT) + own)
        columns = ("id", "withdrawn", "from", "until", "recorded", *fields.values())
        file.write_text("\n".join((",".join(columns), *rows)) + "\n")
        command = "ingest" if kind == "access" else "context"
        with sitting(ONE):
            told = said(command, self.vault, file, "--mapping", mapping)
        assert told.code == 0, told.err

    def audit(self) -> str:
        """An audit is made; returns its name."""
        with sitting(ONE):
            told = said("audit", self.vault, "--json")
        assert told.code == 0, told.err
        self.audits.append((told.body["provenance"]["ledger_size"], told.body["run"]))
        return str(told.body["run"])


def opened(folder: Path) -> Book:
    """Return a book with an empty vault."""
    book = Book(folder=folder)
    with sitting(ONE):
        assert said("init", book.vault, "--organisation", "county.example", "--no-passphrase").code == 0
        admit(book.vault)
    return book


def first(book: Book) -> None:
    """What is known first: four looks, and who is in the incident."""
    book.tell("involvement", ["s1,,27/03/2026 08:38,,30/03/2026 08:00,2026-114233,P-00881,witness"])
    book.tell(
        "access",
        [
            "E1,,27/03/2026 09:18,,,4127,,P-00881",
            "E2,,27/03/2026 09:20,,,4127,,P-00882",
            "E3,,27/03/2026 09:40,,,,jd77,P-00881",
            "E4,,27/03/2026 09:50,,,6001,,P-00017",
        ],
    )


#: The chapters after the first, in order: what is told in each, before the next audit.
CHAPTERS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("assignment", "a1,,27/03/2026 08:40,27/03/2026 10:05,30/03/2026 09:00,2026-114233,4127,attending"),),
    (
        ("subject_merge", "m1,,,,30/03/2026 10:00,P-00882,P-00881"),
        ("account", "l1,,01/01/2026 00:00,,30/03/2026 11:00,jd77,4127"),
    ),
    (("assignment", "a1,,27/03/2026 08:40,27/03/2026 10:05,31/03/2026 09:00,2026-114233,5120,attending"),),
    (
        ("account", "l2,,20/03/2026 00:00,,31/03/2026 11:00,jd77,5120"),
        ("subject_merge", "m1,true,,,31/03/2026 12:00,P-00882,P-00881"),
    ),
    (("assignment", "a1,true,27/03/2026 08:40,,01/04/2026 09:00,2026-114233,5120,attending"),),
)


def whole(folder: Path) -> Book:
    """Return the book after all chapters, with an audit after each."""
    book = opened(folder)
    first(book)
    book.audit()
    for chapter in CHAPTERS:
        for kind, row in chapter:
            book.tell(kind, [row])
        book.audit()
    return book
