"""Makes the frozen log of a release: `python tests/golden/make.py 2026.12`. One that is there is never made again."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import copytree, ignore_patterns

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "src"), str(HERE.parent)]

from custodiet.logstore.entries import Entries  # noqa: E402
from support.ledgers import Kept, access_row, deed, fact_row, staged  # noqa: E402

#: Left out: what signs in the log's name, what one writer holds, and what is not of the log.
LEFT_OUT = ignore_patterns("log.key", "lock", "lock.*", "*.unfinished", "journal*")
#: Values that are hard on an encoder. No person, place or record is real.
AWKWARD = (
    {"subject": "Zoë \u0301 ﬁ 𝔘 \U0010ffff", "search_terms": 'a"b\\c\b\f\n\r\t\x01\x7f\u2028'},
    {"subject": "\x00", "session": "", "sequence": 2**53 - 1, "outcome": "null"},
    {"subject": "X-1", "sequence": -(2**53 - 1), "occurred_at": datetime(1, 1, 1)},  # noqa: DTZ001 - as stored
    {"subject": "X-2", "occurred_at": datetime(9999, 12, 31, 23, 59, 59, 999999)},  # noqa: DTZ001 - as stored
    {"subject": "X-3", "extra": '{"a":{"b":[1,-2,null,true,"é"]},"é":0}', "original": b"\xff\x00\n"},
)


def main(release: str) -> None:
    """Write the log and its entries into a folder named after the release."""
    target = HERE / release
    if target.exists():
        sys.exit(f"{target} is there already: what was released is not made again")
    with tempfile.TemporaryDirectory() as name:
        kept = made(Path(name))
        log = kept.open()
        copytree(kept.folder, target / "ledger", ignore=LEFT_OUT)
        lines = [entry.decode() + "\n" for entry in Entries(log, kept.keys.salts()).between()]
        (target / "entries.jsonl").write_text("".join(lines), "utf-8")


def made(folder: Path) -> Kept:
    """Return a log with entries of every kind, awkward values, several sizes, and a row of which groups were erased."""
    kept = Kept.create(folder / "ledger")
    rows = [access_row(number, **fields) for number, fields in enumerate(AWKWARD)]
    rows = [digested(row) for row in rows]
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", staged(folder / "a.parquet", [*rows, *map(access_row, range(10, 20))]))
        facts = [fact_row(1), fact_row(2, valid_to=datetime(2026, 2, 1), withdrawn=True)]  # noqa: DTZ001 - as stored
        appender.append_table("fact/1", staged(folder / "f.parquet", facts, "fact/1"))
        appender.append_records("delivery/1", [{"delivery": "D000001", "source": "records-audit"}])
        appender.commit()
        appender.append_deeds([deed(), deed("why")])
        appender.append_records(
            "heartbeat/1", [{"source": "records-audit", "at": "2026-03-03T06:00:00.000000Z", "sequence": 7}]
        )
        appender.commit()
    kept.redact([8], ("subject",))
    return kept


def digested(row: dict[str, object]) -> dict[str, object]:
    """Return the row with the digest of its own original."""
    original = row["original"]
    assert isinstance(original, bytes)
    return row | {"original_digest": sha256(original).hexdigest()}


if __name__ == "__main__":
    main(sys.argv[1])
