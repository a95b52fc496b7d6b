"""Parsers of the ledger consume everything or refuse; nothing makes them fall over, and what they accept they write back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical, parsed
from custodiet.ledger.checkpoint import Checkpoint
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.note import Note
from custodiet.ledger.verifier_key import VerifierKey

PIECES = """
\n|\n\n|— |name |AAAAAAAA|+|=|0|12|-|\r|\x00|é|force.example/custodiet/main\n|{"size":|[|]}|}|"|{|:|,|null|\\u0041|1e5|\ud800
""".strip("\n").split("|")
TOKENS = st.sampled_from([*PIECES, "\n", "A" * 43 + "=\n"])
NOISE = st.one_of(st.lists(TOKENS, max_size=12).map("".join), st.text(max_size=60))
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53 - 1), 2**53 - 1),
        st.text(st.characters(exclude_categories=["Cs"])),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(NOISE)
@settings(max_examples=300, deadline=None)
def test_noise_is_refused_or_written_back(text: str) -> None:
    """Whatever is given, each parser raises BadInput or gives a value whose text is what was given."""
    readers = (
        lambda: canonical(parsed(text)) == text,
        lambda: Checkpoint.parse(text).text == text,
        lambda: Manifest.parse(text).text == text,
        lambda: VerifierKey.parse(text).text == text.strip(),
        lambda: Note.parse(text.encode(errors="surrogatepass")).signed == text.encode(),
    )
    for reader in readers:
        try:
            assert reader()
        except BadInput:
            continue


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_canonical_text_is_injective(value: object) -> None:
    """Reading the text gives the value back, so two values never share a text."""
    assert parsed(canonical(value)) == value
