"""The page of an evidence bundle: what it proves, what it does not, and how anyone checks it. One page, no network."""

from __future__ import annotations

import textwrap

from custodiet.report.evidence import EvidencePage, Sight, mark_of
from custodiet.report.page import html
from custodiet.report.wording import number

_LIMITS = (
    "It proves that what the program prints as shown is, letter for letter, what the log had at that place when it was"
    " signed. It does not prove that what was recorded is true, that nothing else happened, or who sat at the terminal."
    " README.html says more."
)


def render_page(page: EvidencePage) -> str:
    """Return the page as one HTML file that needs no network and no script."""
    values = {"page": page, "marks": mark_of, "by": {sight.value: sight for sight in Sight}}
    return html("evidence.html.j2", values, zone=page.zone, style_sheet="evidence.css")


def render_text(page: EvidencePage) -> str:
    """Return what must be known before anything else, as plain text."""
    witnessed = (
        f"WITNESSED by {', '.join(page.witnesses)}."
        if page.witnesses
        else "UNWITNESSED: nobody outside the organisation vouches for this state of the log."
    )
    paragraphs = (
        f"EVIDENCE FROM A TAMPER-EVIDENT LOG\n{page.organisation}: {page.title}",
        "To check it, with Python 3.9 or later and nothing else, in this folder:",
        "    python3 verify.py . --key 'THE LOG'S KEY, AS YOU HAVE IT FROM ELSEWHERE'",
        "Without --key the program prints the key of this bundle, and all rests on your comparing it. By telephone:",
        f"    {page.mark}",
        f"The log is called {page.origin}. It had {number(page.size)} entries, and the root that begins",
        f"    {mark_of(page.root)}",
        witnessed,
        _LIMITS,
    )
    return "\n\n".join(each if each.startswith((" ", "EV")) else textwrap.fill(each, 78) for each in paragraphs) + "\n"
