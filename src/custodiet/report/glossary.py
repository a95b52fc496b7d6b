"""The words of the report, each with one meaning, in the order of the alphabet."""

from __future__ import annotations

from typing import NamedTuple


class Term(NamedTuple):
    """A word and what it means here."""

    word: str
    meaning: str


GLOSSARY: tuple[Term, ...] = (
    Term("access", "One look by one actor at one record about one subject: a search, a view, a print, a change."),
    Term("actor", "The person who is accountable for an access: whoever typed it, else the holder of the login."),
    Term(
        "checkpoint",
        "A signed statement of the size and fingerprint of the ledger. A record altered after it no longer fits it.",
    ),
    Term("context", "What the organisation knows of its own work: duties, postings, matters, who works on them."),
    Term("delivery", "One file or batch taken in from a source."),
    Term(
        "duplicate",
        "A record that had already come in, with the same content. It is counted once and dropped on re-delivery.",
    ),
    Term("episode", "All accesses of one actor to one subject, until 30 days pass without any."),
    Term("explained", "A work reason was found in the context with a strength of 0.9 or more."),
    Term("finding", "An episode with at least one access that is not explained, with the signals on it."),
    Term("nearest miss", "The work reason that came closest to explaining the access, and why it did not fit."),
    Term("pending", "No answer yet: facts that could explain the access have not come in."),
    Term("quarantine", "Where records that cannot be read rightly are kept, as delivered, until they are mended."),
    Term("score", "The sum of the points of a finding's signals. It orders the queue. It is not a probability."),
    Term("signal", "One named piece of evidence on a finding, with its points and a sentence that can be checked."),
    Term("subject", "The person, vehicle, address or event whose record was opened."),
    Term("template", "A general work reason, such as “works on a matter in which the subject has a part”."),
    Term(
        "unexplained",
        "No work reason was found in the facts that came in. Unexplained is not guilty: the reason may lie outside them.",
    ),
    Term("vault", "The folder that holds the ledger of accesses and facts."),
    Term("weak", "A work reason was found, but of a strength from 0.3 up to 0.9: it does not settle the matter."),
    Term(
        "witness", "Someone outside the organisation who signs the checkpoint as well, so that it cannot be rewritten."
    ),
)
