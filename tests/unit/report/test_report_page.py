"""The page: what it says, what it never contains, and that equal documents give equal bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from custodiet.model.findings import Signal
from custodiet.model.witnessing import Witnessing
from custodiet.report.audit_document import AuditDocument, render
from support.sample_report import sample_document

HOSTILE = """</title></style><script>alert(1)</script><img src=x onerror="alert(2)">'"&{{ 7 * 7 }}{% raw %}\u202e"""
VOID = {"meta", "br", "img", "link", "input", "hr", "base"}


class Page(HTMLParser):
    """The page's elements in order, and a check that they close as they open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element and that it is open."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Refuse an end that does not fit the element opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the words, the style sheet left out."""
        if not self.open or self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the page with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str) -> Iterator[tuple[str, dict[str, str | None]]]:
        """The elements of these tags."""
        return (element for element in self.elements if element[0] in tags)


@pytest.fixture(scope="module")
def document() -> AuditDocument:
    """The invented run."""
    return sample_document()


@pytest.fixture(scope="module")
def html(document: AuditDocument) -> str:
    """Its page."""
    return render(document)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    """Its page, read."""
    return Page(html)


def test_every_element_closes_and_every_id_is_used_once(page: Page) -> None:
    """The markup is well formed and its anchors are unique."""
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]

    assert page.open == []
    assert len(ids) == len(set(ids))


def test_every_link_and_every_label_points_into_the_page(page: Page) -> None:
    """There is no link to anywhere else, and none to an anchor that is missing."""
    ids = {attrs.get("id") for _, attrs in page.elements}
    links = [attrs["href"] for _, attrs in page.all("a")]
    labels = [attrs["aria-labelledby"] for _, attrs in page.elements if "aria-labelledby" in attrs]

    assert links
    assert {link[1:] for link in links if link} | {name for name in labels if name} <= ids
    assert all(link and link.startswith("#") for link in links)


def test_nothing_is_fetched_and_nothing_runs(html: str, page: Page) -> None:
    """No script, handler, frame, image, font, style from outside, or address of any kind."""
    assert not list(page.all("script", "iframe", "img", "link", "object", "embed", "base", "form", "use", "animate"))
    assert not [
        name for _, attrs in page.elements for name in attrs if name.startswith("on") or name in {"src", "style"}
    ]
    assert not re.search(r"https?:|//[a-z]|@import|@font-face|url\((?!#)", html)
    assert "default-src 'none'" in html


def test_the_first_heading_names_the_report_and_levels_are_never_skipped(page: Page) -> None:
    """One h1, and each further heading is at most one level deeper than the one before."""
    levels = [int(tag[1]) for tag, _ in page.all("h1", "h2", "h3", "h4", "h5", "h6")]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_sections_come_in_the_order_in_which_they_are_read(page: Page) -> None:
    """From what the report is to the words it uses."""
    assert [attrs["id"] for _, attrs in page.all("section")] == [
        "about",
        "summary",
        "explained",
        "queue",
        "coverage",
        "integrity",
        "glossary",
    ]


def test_every_table_has_a_name_and_every_heading_cell_a_scope(page: Page) -> None:
    """Tables are told apart by caption or heading, and cells by their headings."""
    html_tables = [attrs for _, attrs in page.all("table")]
    captions = list(page.all("caption"))
    labelled = [attrs for attrs in html_tables if "aria-labelledby" in attrs]

    assert len(captions) + len(labelled) == len(html_tables)
    assert all(attrs.get("scope") in {"row", "col"} for _, attrs in page.all("th"))


def test_every_drawing_is_hidden_from_or_named_for_those_who_cannot_see_it(page: Page) -> None:
    """An outer drawing is either decoration beside its figures or an image with a name."""
    for _, attrs in page.all("svg"):
        nested = "overflow" in attrs
        assert nested or attrs.get("aria-hidden") == "true" or (attrs.get("role") == "img" and attrs.get("aria-label"))


def test_every_section_with_figures_says_how_they_were_counted(html: str) -> None:
    """Summary, explanations, queue, coverage and each card carry unit, clock, and the four of provenance."""
    for section in re.split(r"<(?:section|article) ", html)[2:]:
        if 'class="n"' not in section:
            continue
        assert 'class="basis"' in section
        assert "ledger size 1,934,871" in section
        assert "code 2026.11.0" in section


def test_the_report_says_what_it_is_not(page: Page) -> None:
    """The four warnings that a reader must not miss, and the law on what logs may be used for."""
    for words in (
        "Unexplained is not guilty.",
        "Scores are for triage only.",
        "Not for line managers.",
        "Data Protection Act 2018, section 62(4)",
        "Before anyone is asked,",
        "Do not add the rows.",
        "UNWITNESSED.",
        "What logs cannot show",
        "custodiet verify VAULT",
    ):
        assert words in page.text


def test_figures_and_shares_are_those_of_the_document(page: Page) -> None:
    """1,301,115 of 1,401,592 is 92.8%."""
    assert "1,401,592 accesses by 2,412 actors to 318,660 subjects" in page.text
    assert "92.8%" in page.text


def test_times_stand_on_the_local_clock_beside_utc(page: Page) -> None:
    """The period begins in summer time and ends after the clocks went back."""
    assert "19 Oct 2026, 00:00 BST to 2 Nov 2026, 00:00 GMT" in page.text
    assert "2026-10-18 23:00 UTC to 2026-11-02 00:00 UTC" in page.text


def test_the_title_names_the_last_day_that_is_part_of_the_period(html: str) -> None:
    """A period that ends at midnight ends on the day before."""
    assert "<title>Access audit report: Wessex Vale Constabulary, 19 Oct 2026 to 1 Nov 2026</title>" in html


def test_invented_data_is_called_so_and_real_data_is_not(document: AuditDocument) -> None:
    """The banner stands on a simulated run alone."""
    assert "Invented data." in Page(render(document)).text
    assert "Invented data." not in Page(render(replace(document, simulated=False))).text


def test_a_witnessed_checkpoint_names_its_witnesses(document: AuditDocument) -> None:
    """The warning gives way to the names; what they have not seen is told all the same."""
    by, at = ("Avonmere", "Northby"), datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    whole = Witnessing(size=1_934_871, quorum="peers", witnessed=1_934_871, by=by, at=at)

    def words(witnessing: Witnessing) -> str:
        return Page(render(replace(document, integrity=replace(document.integrity, witnessing=witnessing)))).text

    assert "UNWITNESSED" not in words(whole)
    assert "Witnessed up to size 1,934,871 by Avonmere, Northby at 2026-11-02 09:30:00 UTC." in words(whole)
    assert "UNWITNESSED yet: the 871 entries from 1,934,000 on." in words(replace(whole, witnessed=1_934_000))


def test_a_card_shows_the_points_that_make_its_score(document: AuditDocument) -> None:
    """Points up and down are shown with their sign and add to the score."""
    card = document.queue.cards[0]
    signals = (
        Signal(signal="off_duty", points=25, sentence="It was at night."),
        Signal(signal="beat", points=-10, sentence="It was on the beat."),
    )
    alone = replace(card, finding=replace(card.finding, signals=signals))
    words = Page(render(replace(document, queue=replace(document.queue, cards=(alone,))))).text

    assert "Off duty. It was at night. +25 25 Beat. It was on the beat. −10 15 Score, the sum of the points 15" in words


def test_an_empty_run_is_a_page_all_the_same(document: AuditDocument) -> None:
    """No finding, no quarantine, no gap: each is said, nothing fails."""
    empty = replace(
        document,
        queue=replace(document.queue, cards=()),
        coverage=replace(document.coverage, deliveries=(), quarantine=(), gaps=(), context=()),
    )
    words = Page(render(empty)).text

    for said in ("No finding is put forward.", "No record is in quarantine.", "No gap was found", "Nothing came in."):
        assert said in words


def test_hostile_text_is_shown_and_never_obeyed(document: AuditDocument) -> None:
    """Markup, template syntax and direction marks in any text field come out as text."""
    card = document.queue.cards[0]
    line = replace(
        card.accesses[0], system=HOSTILE, stated_purpose=HOSTILE, quoted_reference=HOSTILE, explanation=HOSTILE
    )
    finding = replace(
        card.finding,
        finding=HOSTILE,
        subject=HOSTILE,
        systems=(HOSTILE,),
        nearest_miss=HOSTILE,
        signals=(Signal(signal=HOSTILE, points=1, sentence=HOSTILE),),
    )
    vouched = Witnessing(size=2, quorum=HOSTILE, witnessed=1, by=(HOSTILE,), at=datetime(2026, 11, 2, tzinfo=UTC))
    hostile = replace(
        document,
        organisation=HOSTILE,
        drawn_by=HOSTILE,
        marking=HOSTILE,
        queue=replace(
            document.queue,
            cards=(
                replace(
                    card,
                    finding=finding,
                    actor=HOSTILE,
                    unit=HOSTILE,
                    role=HOSTILE,
                    employment=HOSTILE,
                    next_steps=(HOSTILE,),
                    accesses=(line, *card.accesses[1:]),
                ),
            ),
        ),
        integrity=replace(document.integrity, checkpoint=HOSTILE, key=HOSTILE, witnessing=vouched),
    )
    html = render(hostile)
    page = Page(html)

    assert page.open == []
    assert not list(page.all("script", "img"))
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert "\u202e" not in html
    assert "{{ 7 * 7 }}{% raw %}[U+202E]" in page.text


def test_equal_documents_give_equal_bytes(document: AuditDocument, html: str) -> None:
    """The page is a function of the document."""
    assert render(sample_document()) == html
    assert html.endswith("</html>\n")
    assert "\r" not in html


def test_the_bytes_depend_on_no_hash_seed_and_no_zone_of_the_machine(html: str) -> None:
    """Another process with another seed, zone and locale writes the same page."""
    tests = Path(__file__).resolve().parents[2]
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from support.sample_report import sample_document\n"
        "from custodiet.report.audit_document import render\n"
        "sys.stdout.buffer.write(render(sample_document()).encode())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code, str(tests)], capture_output=True, check=True, env=environment)

    assert done.stdout == html.encode()
