"""An export of a log against Go's own code for transparency logs: it accepts what is right, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodiet.logstore.static_export import export_static
from custodiet.logstore.static_folder import StaticFolder
from support.ledgers import Kept, access_row, flip, staged

PROGRAM = Path(__file__).parent / "go_log_check" / "main.go"
GOCODE = Path("/usr/share/gocode")
ROWS = 70_000

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("go") is None or not (GOCODE / "src/golang.org/x/mod/sumdb").is_dir(),
        reason="Go, or Debian's golang-golang-x-mod-dev, is not installed",
    ),
]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Go program, built from the source that the manual prints."""
    made = tmp_path_factory.mktemp("go")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOCODE), "GOCACHE": str(made / "cache")}
    subprocess.run(["go", "build", "-o", made / "check", PROGRAM], env=environment, check=True)
    return made / "check"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Return a log of more than 70,000 entries in two sizes, whose export lies beside it; level 2 has a tile."""
    folder = tmp_path_factory.mktemp("export")
    kept = Kept.create(folder / "ledger")
    public = StaticFolder(folder / "public")
    for first, count in ((0, 700), (700, ROWS - 700)):
        kept.append(staged(folder / "rows.parquet", [access_row(each) for each in range(first, first + count)]))
        export_static(kept.open(), kept.keys.salts(), kept.keys.verifier(), public)
    assert (public.folder / "tile/2/000.p/1").exists()
    yield kept
    shutil.rmtree(folder)


def run(program: Path, kept: Kept, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program on the export with the log's key."""
    key = kept.keys.verifier().key.text
    return subprocess.run([program, folder, key], capture_output=True, text=True, check=False)


def test_go_finds_the_root_the_tiles_and_the_proofs(program: Path, exported: Kept) -> None:
    """Signature, root over all entries, each tile, 200 records and 200 trees hold by Go's own code."""
    done = run(program, exported, exported.folder.parent / "public")
    log = exported.open()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{log.size} entries")
    assert f"{274 + 2 + 1} tiles, 200 records and 200 trees proved" in done.stdout


@pytest.mark.parametrize(
    "name", ["checkpoint", "tile/0/000", "tile/0/273.p/116", "tile/1/000", "tile/2/000.p/1", "tile/entries/123"]
)
def test_go_refuses_a_flipped_bit(program: Path, exported: Kept, name: str) -> None:
    """One bit in the checkpoint, a tile or a bundle, and the program ends with 1."""
    folder = exported.folder.parent / "public"
    whole = (folder / name).read_bytes()
    try:
        flip(folder / name, len(whole) // 2)
        done = run(program, exported, folder)
    finally:
        (folder / name).write_bytes(whole)
    assert done.returncode == 1, done.stdout
