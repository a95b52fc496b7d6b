"""What `why` says to a lay reader of an access in each of the four states, word for word, on a drawn world."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custodiet.bootstrap.accounts import account_of
from custodiet.cli.why_printing import print_why
from custodiet.engines.covering import cover
from custodiet.engines.duckdb import Session
from custodiet.engines.explaining import bind_context, explain
from custodiet.explain.pack import load
from custodiet.relations.stored import ACCESS, FACT
from support.drawn import stored

PACK = load(Path(__file__).with_name("account_pack"))
LONDON = ZoneInfo("Europe/London")
#: What is printed, one account after the other; a change of words is reviewed here.
WORDS = Path(__file__).with_name("account_words.txt")
NOON = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - DuckDB's plain UTC
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDED = NOON + 20 * DAY


def posted(person: str, unit: str) -> dict[str, object]:
    """Return that the person serves in the unit, and is a constable."""
    return {"kind": "posting", "person": person, "attributes": f'{{"unit":"{unit}"}}', "source": "hr"}


FACTS: list[dict[str, object]] = [
    *({"kind": "staff", "person": p, "attributes": '{"employment":"officer","rank":"PC"}'} for p in ("4127", "5120", "6001")),
    posted("4127", "Response A"),
    posted("5120", "Response A"),
    posted("6001", "Response B"),
    {"kind": "involvement", "key": "I-1", "subject": "N1", "attributes": '{"role":"witness"}', "source": "crime",
     "recorded_at": NOON - HOUR, "recorded_by": "5120"},
    {"kind": "assignment", "key": "I-1", "person": "4127", "attributes": '{"role":"attending"}', "source": "dispatch",
     "valid_from": NOON - HOUR, "valid_to": NOON + HOUR, "recorded_at": NOON + HOUR, "recorded_by": "4127"},
    {"kind": "tasking", "key": "T-1", "subject": "N9", "person": "4127", "attributes": '{"queue":"vetting"}', "source": "desk",
     "valid_from": NOON, "recorded_at": NOON},
    *({"kind": kind, "recorded_at": ENDED, "withdrawn": True, "source": source}
      for kind, source in (("involvement", "crime"), ("assignment", "dispatch"), ("tasking", "desk"), ("incident", "crime"))),
]  # fmt: skip
LOOKS = [
    {"operator": "4127", "subject": "N9", "occurred_at": NOON + 2 * HOUR, "stated_purpose": "vetting", "quoted_reference": "T-1"},
    {"operator": "5120", "subject": "N1", "occurred_at": NOON + HOUR / 2},
    {"operator": "6001", "subject": "N1", "occurred_at": ENDED - DAY},
    {"operator": "4127", "subject": "N1", "occurred_at": NOON},
    {"operator": "9999", "subject": "N5", "occurred_at": NOON + 9 * DAY},
]  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """The world, explained and covered."""
    with Session(threads=1) as opened:
        opened.bind_arrow("stored_fact", stored(FACT, FACTS))
        opened.bind_arrow("stored_access", stored(ACCESS, [{"index": 100 + n, **one} for n, one in enumerate(LOOKS)]))
        bind_context(opened, 1000)
        explain(opened, PACK, 1000)
        cover(opened, PACK)
        yield opened


def told(session: Session, capsys: pytest.CaptureFixture[str], event: int) -> str:
    """Return what is printed of the event."""
    print_why(account_of(session, PACK, LONDON, event))
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.strip().splitlines())


def test_the_account_of_each_state_word_for_word(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Explained, weak, pending, unexplained with a reason that does not count, unexplained where nothing is held."""
    accounts = "\n\n".join(told(session, capsys, 100 + n) for n in range(len(LOOKS)))
    assert accounts + "\n" == WORDS.read_text("utf-8")


def test_the_object_says_what_the_text_says(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    """Every sentence, source and row of the value stands in the text: the reader of either knows the same."""
    for n in range(len(LOOKS)):
        found, text = account_of(session, PACK, LONDON, 100 + n), told(session, capsys, 100 + n)
        said = [found.says, *found.not_seen, *([found.nearest_miss] if found.nearest_miss else [])]
        said += [f"{one.kind} from {one.source}" for one in found.awaited]
        said += [one.sentence for one in found.explanations] + [one.title for one in found.explanations]
        said += [f"entry {row.index:,} from {row.source}" for one in found.explanations for row in one.rows]
        assert [sentence for sentence in said if sentence not in text] == []
        assert all(tuple(row.index for row in one.rows) == one.rests_on for one in found.explanations)
