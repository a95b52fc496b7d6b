"""The report in a real browser: accessible, without script and network, at a desk, on a telephone and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from custodiet.report.audit_document import render
from support.sample_report import sample_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the invented run as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(sample_document()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium; the tests are skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"no browser at {CHROMIUM}")
    with api.sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        except api.Error as error:
            pytest.skip(f"Chromium does not start here: {error.message.splitlines()[0]}")
        yield running
        running.close()


def _opened(browser: Browser, report: Path, width: int, *, script: bool) -> Page:
    page = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script).new_page()
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_no_violation(browser: Browser, report: Path, width: int) -> None:
    """With all details open, no rule of WCAG 2.2 AA or of good practice is broken.

    The engine of axe is itself a script, so the browser allows it here; the page brings none of its own.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = _opened(browser, report, width, script=True)
    assert page.locator("script").count() == 0
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")

    results = axe.Axe().run(page, options={"resultTypes": ["violations"], "runOnly": RULES})

    assert results.response["violations"] == []
    assert len(results.response["passes"]) > 20
    page.context.close()


@pytest.mark.parametrize("width", [1280, 768, 320])
@pytest.mark.parametrize("script", [True, False])
def test_the_page_never_scrolls_sideways(browser: Browser, report: Path, width: int, script: bool) -> None:  # noqa: FBT001
    """Content is laid out anew at each width; wide tables scroll inside their own region."""
    page = _opened(browser, report, width, script=script)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()


def test_nothing_is_requested_and_nothing_is_complained_of(browser: Browser, report: Path) -> None:
    """The one request is the file itself, and the page's own policy is not broken by the page."""
    page = browser.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(report.as_uri())

    assert requests == [report.as_uri()]
    assert complaints == []
    assert page.evaluate("getComputedStyle(document.querySelector('.band')).backgroundColor") == "rgb(22, 38, 61)"
    page.close()


def test_details_open_without_script(browser: Browser, report: Path) -> None:
    """The accesses of a finding are read with a key and no script."""
    page = _opened(browser, report, 1280, script=False)
    table = page.locator("#finding-1 table.accesses")
    assert not table.is_visible()

    page.focus("#finding-1 summary")
    page.keyboard.press("Enter")

    assert table.is_visible()
    page.context.close()


def test_the_first_stop_of_the_tab_key_skips_to_the_report(browser: Browser, report: Path) -> None:
    """The skip link comes first, is seen when it has the focus, and leads to the main part."""
    page = _opened(browser, report, 1280, script=True)
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def test_what_is_closed_on_the_screen_is_printed(browser: Browser, report: Path) -> None:
    """On paper nobody can open anything: the accesses of a finding are printed."""
    page = _opened(browser, report, 688, script=True)
    page.emulate_media(media="print")

    assert page.locator("#finding-1 table.accesses").bounding_box() is not None
    assert page.evaluate(
        "document.querySelector('#finding-1 table.accesses').checkVisibility({contentVisibilityAuto: true})"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 688
    page.context.close()
