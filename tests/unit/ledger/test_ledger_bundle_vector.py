"""The bundle among the vectors: frozen, and accepted by every verifier there is, its own copy included."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from custodiet.ledger import bundle_verifier
from custodiet.ledger.bundle import KEY
from custodiet.ledger.bundle_check import CheckedBundle, check_bundle
from custodiet.signing.cosigning import CosignatureVerifier
from custodiet.signing.ed25519 import Ed25519Verifier

FOLDER = Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "bundle"
VKEY = (FOLDER / KEY).read_text("utf-8").strip()


def checked() -> CheckedBundle:
    """Return what the library makes of it."""
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    files = {path.relative_to(FOLDER).as_posix(): (lambda path=path: path.open("rb")) for path in paths}
    return check_bundle(files, Ed25519Verifier.parse(VKEY), CosignatureVerifier)


@pytest.mark.parametrize("verifier", [FOLDER / "verify.py", Path(bundle_verifier.__file__)], ids=["its own", "today's"])
def test_the_frozen_bundle_verifies(verifier: Path) -> None:
    """The copy of the verifier that was frozen with it, and today's, end with 0 and say what is shown."""
    words = [sys.executable, "-I", "-S", str(verifier), str(FOLDER), "--key", VKEY]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    for said in (
        "VERIFIED.",
        'subject = "P0001"',
        "purpose: ERASED",
        "All entries 4 to 7 are here",
        "cosigned it at 2026-03-02",
    ):
        assert said in done.stdout


def test_the_library_accepts_the_frozen_bundle() -> None:
    """The library finds the same: two accesses shown, four in the range, and their values."""
    found = checked()

    assert (found.bundle.asked, found.counts) == ((5, 6), {"access/1": 4})
    assert found.columns[5]["subject"] == "P0001"
    assert "stated_purpose" not in found.columns[6]
    assert found.checkpoint.size == 11
