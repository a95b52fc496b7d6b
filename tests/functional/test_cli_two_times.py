"""What was known when: audits that come out again to the byte, and the trace that late and withdrawn facts leave."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from custodiet.bootstrap import audits
from custodiet.engines import analysis, rescoring
from custodiet.engines.duckdb import Session
from custodiet.explain.pack import Pack, shipped
from support.command_line import LAWFUL, Said, looks_waiting, said
from support.told_late import Book, whole
from support.two_people import ONE, admit, said_by


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return a vault that was audited after each chapter; nobody changes it."""
    return whole(tmp_path_factory.mktemp("book"))


@pytest.fixture
def book(told: Book, tmp_path: Path) -> Book:
    """Return a copy of the vault, to look into and to change."""
    shutil.copytree(told.folder, tmp_path / "book")
    return Book(folder=tmp_path / "book", told=told.told, audits=list(told.audits))


def read(folder: Path) -> dict[str, bytes]:
    """Return every file of a run by its name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def diff(book: Book, *words: object) -> Said:
    """Return what `diff` says to the one who made the vault."""
    return said_by(ONE, "diff", book.vault, *words, *LAWFUL)


def between(book: Book, chapter: int) -> dict[str, Any]:
    """Return what a chapter changed, from 1."""
    [(_, one), (_, other)] = book.audits[chapter - 1 : chapter + 1]
    told = diff(book, "--from", one, "--to", other, "--json")
    assert told.code == 0, told.err
    return told.body


def changed(body: dict[str, Any]) -> dict[str, int]:
    """Return the kinds of change of accesses of which there is one."""
    return {kind: count for kind, count in body["accesses"].items() if count}


@pytest.mark.slow
def test_every_audit_comes_out_again_to_the_byte(book: Book) -> None:
    """Each earlier audit, its files gone, is made again with the same bytes in every file, and is not entered again.

    Since then facts came late, were corrected and withdrawn, numbers merged and split, and a login passed on.
    """
    before = {run: read(book.vault / "derived" / run) for _, run in book.audits}
    shutil.rmtree(book.vault / "derived")

    for size, run in book.audits:
        again = said_by(ONE, "audit", book.vault, "--as-known", size, "--json").body
        assert (again["run"], again["differs"], again["beside"]) == (run, [], [])
        assert read(book.vault / "derived" / run) == before[run]
    assert len({files["access_state.parquet"] for files in before.values()}) > 3


def test_a_comparison_does_not_ask_how_the_audits_were_made(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """Audits that build on an earlier one, and the same made whole, are compared alike: side by side and far apart.

    Made again from the last to the first, none finds an earlier run to build on.
    """
    sizes = [size for size, _ in book.audits]
    pairs = [*pairwise(sizes), (sizes[0], sizes[-1]), (sizes[1], sizes[4])]
    built = _made_again(book, sizes, monkeypatch)
    on_earlier = [diff(book, "--from", one, "--to", other, "--json").body for one, other in pairs]
    whole = _made_again(book, sizes[::-1], monkeypatch)

    assert (built, whole) == (len(sizes) - 1, 0)
    assert on_earlier == [diff(book, "--from", one, "--to", other, "--json").body for one, other in pairs]
    assert all(body["changes"] for body in on_earlier)


def _made_again(book: Book, sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> int:
    """Make the audits of these sizes again, in this order; returns how many were built on an earlier one."""
    built: list[int] = []

    def counted(session: Session, pack: Pack, since: int) -> None:
        built.append(since)
        rescoring.rescore(session, pack, since)

    monkeypatch.setattr(analysis, "rescore", counted)
    shutil.rmtree(book.vault / "derived")
    for size in sizes:
        assert said_by(ONE, "audit", book.vault, "--as-known", size, "--json").body["differs"] == []
    return len(built)


def test_a_late_fact_explains_and_says_since_when_it_is_known(book: Book) -> None:
    """The assignment that came after the look names its entry, its source and both of its times."""
    body = between(book, 1)
    [told] = body["changes"]
    [cause] = told["causes"]

    assert changed(body) == {"explained": 1}
    assert told["sentence"].startswith("Explained later: Staff member 4127 was assigned to incident 2026-114233")
    assert "an assignment came from command_and_control as entry 13 on" in told["sentence"]
    assert "(recorded there on 30 Mar 2026)" in told["sentence"]
    assert (cause["cause"], cause["fact"], cause["entry"], cause["kind"]) == ("came", 13, 13, "assignment")
    assert cause["recorded_at"] == "2026-03-30T08:00:00.000000Z"
    assert body["findings"]["left"] == 1


def test_each_change_names_the_entry_that_did_it(book: Book) -> None:
    """Merged and split numbers, a login that passed on, a correction and a withdrawal are told as what they are."""
    expected: dict[int, tuple[dict[str, int], dict[str, str]]] = {
        2: (
            {"explained": 2},
            {
                "merged": "number P-00882 was merged into P-00881 by crime as entry 16",
                "came": "an account came from directory as entry 18",
            },
        ),
        3: (
            {"reopened": 3},
            {"superseded": "the assignment in entry 13 was corrected by command_and_control as entry 21"},
        ),
        4: (
            {"explained": 1, "attributed": 1},
            {
                "came": "an account came from directory as entry 24",
                "split": "the merge of P-00882 into P-00881 in entry 16 was taken back by crime as entry 26",
            },
        ),
        5: (
            {"reopened": 1},
            {"withdrawn": "the assignment in entry 21 was withdrawn by command_and_control as entry 29"},
        ),
    }
    for chapter, (kinds, causes) in expected.items():
        body = between(book, chapter)
        assert changed(body) == kinds
        sentences = " ".join(told["sentence"] for told in body["changes"])
        found = {one["cause"] for told in body["changes"] for one in told["causes"]}
        assert causes.keys() <= found
        assert [words for words in causes.values() if words not in sentences] == []


def test_a_withdrawn_fact_reopens_what_it_had_explained(book: Book) -> None:
    """The access and its finding are in front again, with what had explained it."""
    told = diff(book)

    assert told.code == 0
    assert "re-opened: explained before, not any more" in told.out
    assert "It had been explained as: Staff member 5120 was assigned to incident 2026-114233" in told.out
    assert "Re-opened: again in the queue" in told.out


def test_a_finding_keeps_its_name_through_it_all(book: Book) -> None:
    """It leaves the queue with the assignment and comes back under the same name when that is corrected."""
    names = [set(said_queue(book, run)) for _, run in book.audits]
    [gone] = names[0] - names[1]
    shown = said_by(ONE, "show", book.vault, gone, *LAWFUL, "--json").body

    assert [gone in each for each in names] == [True, False, False, True, True, True]
    assert [spell["finding"] for spell in shown["history"]["then"]] == [gone, None, gone]
    assert shown["history"]["reopened_since"]["run"] == book.audits[3][1]
    [reopened] = shown["history"]["reopened"]
    assert "was corrected by command_and_control as entry 21" in reopened["sentence"]
    assert f"Re-opened since {book.audits[3][1]}" in said_by(ONE, "show", book.vault, gone, *LAWFUL).out


def said_queue(book: Book, run: str) -> list[str]:
    """Return the names of the findings of a run."""
    import pyarrow.parquet as pq

    names: list[str] = pq.read_table(book.vault / "derived" / run / "finding.parquet")["finding"].to_pylist()
    return names


def test_why_tells_what_was_known_when(book: Book) -> None:
    """Each audit's word on the access stands there, with what changed it; audits that agree are told together."""
    told = said_by(ONE, "why", book.vault, 9, *LAWFUL, "--json").body["history"]

    assert [(spell["state"], spell["audits"]) for spell in told] == [
        ("unexplained", 2),
        ("explained", 1),
        ("unexplained", 1),
        ("explained", 1),
        ("unexplained", 1),
    ]
    assert [spell["first"]["run"] for spell in told] == [book.audits[n][1] for n in (0, 2, 3, 4, 5)]
    assert told[0]["sentence"] is None
    assert "an account came from directory as entry 24" in told[3]["sentence"]
    out = said_by(ONE, "why", book.vault, 9, *LAWFUL).out
    assert "What was known when" in out
    assert "unexplained (strength 0.00), and so did the next 1 audit" in out


def test_an_audit_that_looks_back_is_told_as_such(book: Book) -> None:
    """What was worked out later for an earlier size is not passed off as what the system said at the time."""
    size = book.audits[1][0] + 1
    assert said_by(ONE, "audit", book.vault, "--as-known", size).code == 0
    told = said_by(ONE, "why", book.vault, 10, *LAWFUL, "--json").body["history"]

    assert [(spell["audits"], spell["looked_back"]) for spell in told] == [(7, False)]
    default = diff(book, "--json").body
    assert (default["from"]["run"], default["to"]["run"]) == (book.audits[4][1], book.audits[5][1])


def test_a_run_whose_files_were_altered_bears_no_witness(book: Book) -> None:
    """It is left out of the history, and `diff` refuses it."""
    altered = book.audits[2][1]
    path = book.vault / "derived" / altered / "access_state.parquet"
    path.write_bytes(path.read_bytes() + b"x")

    told = said_by(ONE, "why", book.vault, 9, *LAWFUL, "--json").body["history"]
    assert [(spell["state"], spell["audits"]) for spell in told] == [
        ("unexplained", 3),
        ("explained", 1),
        ("unexplained", 1),
    ]
    refused = diff(book, "--from", altered)
    assert (refused.code, refused.out) == (1, "")
    assert "is not what the ledger says of it" in refused.err


def test_the_same_entries_by_other_code_and_another_pack_are_told_apart(
    book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An audit says which other audits of its size there are, by what they were made, and in which bytes they differ."""
    size, run = book.audits[0]
    monkeypatch.setattr(audits, "__version__", "2099.1.0")
    newer = said_by(ONE, "audit", book.vault, "--as-known", size, "--json").body
    monkeypatch.undo()
    shutil.copytree(shipped(), tmp_path / "uk_police")
    pack = tmp_path / "uk_police" / "pack.toml"
    pack.write_text(pack.read_text().replace("explained = 0.9\n", "explained = 0.99\n"))
    with_settings(book, tmp_path / "uk_police")
    again = said_by(ONE, "audit", book.vault, "--as-known", book.audits[1][0], "--json").body
    told = diff(book, "--from", book.audits[1][1], "--to", again["run"], "--json").body

    [other] = newer["beside"]
    assert (other["run"], other["packs"], other["code"], other["differs"]) == (run, False, True, [])
    [other] = again["beside"]
    assert (other["run"], other["packs"], other["code"]) == (book.audits[1][1], True, False)
    assert "access_state" in other["differs"]
    assert "explanation" not in other["differs"]
    assert (told["packs_differ"], changed(told)) == (True, {"reopened": 1})
    assert [one["cause"] for one in told["changes"][0]["causes"]] == ["packs"]
    printed = said_by(ONE, "audit", book.vault, "--as-known", book.audits[1][0]).out
    assert f"{book.audits[1][1]} is an audit of the same entries by other packs: other bytes in access_state" in printed


def with_settings(book: Book, pack: Path) -> None:
    """The vault uses the pack in that folder."""
    file = book.vault / "vault.toml"
    file.write_text(file.read_text().replace('pack = "uk_police"', f'pack = "{pack}"'))


def test_what_is_walled_is_neither_shown_nor_counted(book: Book) -> None:
    """Who made the looks sees no change of them, in no list and no count, and no history of when they, or his login, counted."""
    admit(book.vault, staff=("4127", "9002"))
    own = between(book, 1)
    other = between(book, 5)
    merged = between(book, 3)

    assert (changed(own), own["changes"], own["changed_findings"], set(own["findings"].values())) == ({}, [], [], {0})
    assert changed(other) == {"reopened": 1}
    assert merged["changes"] == []
    states = said_by(ONE, "why", book.vault, 9, *LAWFUL, "--json").body["history"]
    assert [spell["first"]["run"] for spell in states] == [book.audits[n][1] for n in (4, 5)]


def test_a_comparison_is_a_look(book: Book) -> None:
    """It is recorded before anything is shown, and without a purpose nothing is."""
    assert diff(book, "--from", book.audits[0][0], "--reason", "weekly").code == 0
    refused = said_by(ONE, "diff", book.vault)

    assert (refused.code, refused.out) == (5, "")
    [look] = looks_waiting(book.vault)
    assert (look["act"], look["object"], look["reason"]) == ("diff", f"{book.audits[0][0]}..latest", "weekly")


@pytest.mark.parametrize(
    ("words", "code", "said_so"),
    [
        (("--from", "yesterday"), 2, "an audit is named by its ledger size or its name"),
        (("--from", "4000"), 2, "4000 is none of its sizes"),
        (
            ("--from", "12"),
            3,
            "no audit as known at 12 was made in this vault; `custodiet audit --as-known 12` makes it",
        ),
        (("--from", "R-1-000000000000"), 3, "no audit R-1-000000000000 was made in this vault"),
        (("--from", "30", "--to", "11"), 2, "--from names the audit that knew less"),
        (("--to", "11"), 3, "no audit was made before"),
        (("--from", "30"), 2, "is compared with itself"),
        (("-n", "-1"), 2, "--size is a number of changes"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_remedy(
    book: Book, words: tuple[str, ...], code: int, said_so: str
) -> None:
    """Nothing is shown, and the sentence says what to do."""
    told = diff(book, *words)

    assert (told.code, told.out) == (code, "")
    assert said_so in told.err


def test_a_size_between_means_the_audit_that_knew_as_much(book: Book) -> None:
    """What was appended behind the last fact changes no result, so a size up to there is the same audit's."""
    [(_, one), (size, other)] = book.audits[-2:]
    told = diff(book, "--from", one, "--to", size + 1, "--json")

    assert told.body["to"]["run"] == other


def test_a_run_without_files_is_asked_for_again(book: Book) -> None:
    """`diff` names the command that makes it."""
    size, run = book.audits[2]
    shutil.rmtree(book.vault / "derived" / run)
    told = diff(book, "--from", run)

    assert (told.code, told.out) == (3, "")
    assert f"`custodiet audit --as-known {size}` makes them again" in told.err


def test_the_example_of_the_vault_verifies(book: Book) -> None:
    """Audits with the time at which they were made are records like others."""
    assert said("verify", book.vault).code == 0
