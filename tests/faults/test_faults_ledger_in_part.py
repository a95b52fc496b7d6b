"""Verification that does not read every row: what it finds, what it cannot, and that it says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from custodiet.errors import BadInput, VerificationFailed
from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.faults import LogDamaged, Part
from custodiet.logstore.selection import Sample, Sampling, Since
from custodiet.logstore.since import checkpoint_at, checkpoint_in
from custodiet.logstore.verification import Verified, verify
from support.ledgers import Kept, access_row, flip, rewrite, staged

ROWS = 2_000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a log of two commits of rows."""
    folder = tmp_path_factory.mktemp("sound")
    kept = Kept.create(folder / "ledger")
    for name, first in (("a", 0), ("b", ROWS)):
        kept.append(staged(folder / f"{name}.parquet", [access_row(each) for each in range(first, first + ROWS)]))
    return kept


@pytest.fixture
def kept(sound: Kept, tmp_path: Path) -> Kept:
    """Return a copy of the log that may be damaged."""
    shutil.copytree(sound.folder, tmp_path / "ledger")
    return Kept(tmp_path / "ledger", type(sound.keys)(tmp_path / "ledger" / "keys"))


def check(kept: Kept, some: Sampling | Since) -> Verified:
    """Verify a part of the log."""
    return verify(kept.folder, kept.keys.verifier(), kept.keys.salts(), some=some)


def since(kept: Kept, size: int) -> Since:
    """Return the selection of rows after that size."""
    return Since(checkpoint_at(kept.layout, kept.keys.verifier(), size))


def alter(kept: Kept, which: int, row: int) -> int:
    """Change the operator in one row of a segment, forge the manifest to fit, and return the entry's index."""
    path = kept.segment("access/1", which)

    def change(table: pa.Table) -> pa.Table:
        operators = table.column("operator").to_pylist()
        operators[row] = "9999"
        at = table.schema.get_field_index("operator")
        return table.set_column(at, "operator", pa.array(operators))

    rewrite(path, change)
    kept.forge_manifest()
    return int(path.name.split("-")[0]) + row


def middle(kept: Kept) -> int:
    """Return the size after the first commit of rows."""
    return kept.open().size - ROWS


def test_the_rows_after_a_checkpoint_are_read_and_no_others(sound: Kept) -> None:
    """The number of rows read is that of the entries after the checkpoint, and the size it rests on is told."""
    verified = check(sound, since(sound, middle(sound)))
    assert (verified.rows, verified.since, verified.full) == (ROWS, middle(sound), False)


def test_an_altered_row_after_the_checkpoint_is_named(kept: Kept) -> None:
    """Index, file and row of an altered row after the checkpoint are told, and that the data is wrong."""
    index = alter(kept, 1, 700)
    with pytest.raises(LogDamaged) as found:
        check(kept, since(kept, middle(kept)))
    assert (found.value.fault.part, found.value.fault.index, found.value.fault.row) == (Part.DATA, index, 700)
    assert found.value.fault.last_good == middle(kept)


def test_an_altered_row_before_the_checkpoint_is_left_to_an_earlier_check(kept: Kept) -> None:
    """A row before the checkpoint is not read: only a full verification finds it, and that is what the answer says."""
    alter(kept, 0, 700)
    assert check(kept, since(kept, middle(kept))).since == middle(kept)
    with pytest.raises(LogDamaged):
        kept.verify()


def test_a_checkpoint_kept_elsewhere_must_be_extended(kept: Kept, tmp_path: Path) -> None:
    """A file with a checkpoint of this key that the log does not extend is a fault; one that it extends is none."""
    mine = tmp_path / "mine"
    shutil.copy(kept.layout.past_checkpoint(middle(kept)), mine)
    assert check(kept, Since(checkpoint_in(mine, kept.keys.verifier()))).since == middle(kept)
    other = Checkpoint(origin=kept.open().checkpoint.origin, size=middle(kept), root=bytes(32))
    mine.write_bytes(signed(other, kept.keys.signer()))
    with pytest.raises(LogDamaged, match="rewritten"):
        check(kept, Since(checkpoint_in(mine, kept.keys.verifier())))


def test_a_checkpoint_beyond_the_log_shows_that_it_was_set_back(kept: Kept) -> None:
    """A larger checkpoint than the log's, kept elsewhere, is a fault."""
    log = kept.open()
    later = Checkpoint(origin=log.checkpoint.origin, size=log.size + 1, root=bytes(32))
    with pytest.raises(LogDamaged, match="set back"):
        check(kept, Since(later))


def test_another_logs_checkpoint_is_bad_input(kept: Kept) -> None:
    """A checkpoint of another origin says nothing about this log."""
    other = Checkpoint(origin="other.example/custodiet/main", size=4, root=bytes(32))
    with pytest.raises(BadInput, match="another log"):
        check(kept, Since(other))


def test_a_forged_checkpoint_is_refused(kept: Kept, tmp_path: Path) -> None:
    """A file whose signature does not hold is no checkpoint to rest on, and neither is what is no note."""
    forged = tmp_path / "forged"
    forged.write_bytes(kept.layout.checkpoint.read_bytes().replace(b"\n", b"\r\n", 1))
    with pytest.raises(BadInput):
        checkpoint_in(forged, kept.keys.verifier())
    forged.write_bytes(kept.layout.checkpoint.read_bytes().replace(b"force", b"farce", 1))
    with pytest.raises(VerificationFailed):
        checkpoint_in(forged, kept.keys.verifier())
    with pytest.raises(BadInput, match="No checkpoint of this size"):
        checkpoint_at(kept.layout, kept.keys.verifier(), 17)


def test_a_sample_of_everything_reads_everything(sound: Kept) -> None:
    """A share of one reads each row once and misses nothing."""
    verified = check(sound, Sampling(1.0, 3))
    assert (verified.rows, verified.full) == (verified.size, True)
    assert verified.sample is not None
    assert verified.sample.chance_to_miss(1) == 0


def test_a_sample_finds_a_row_if_and_only_if_its_tile_was_drawn(kept: Kept) -> None:
    """Over many seeds, an altered row is named exactly where the draw holds it, and both happen."""
    index = alter(kept, 0, 700)
    found = set()
    for seed in range(12):
        sampling = Sampling(0.4, seed)
        drawn = any(start <= index < end for start, end in sampling.ranges(kept.open().size))
        found.add(drawn)
        if drawn:
            with pytest.raises(LogDamaged) as damage:
                check(kept, sampling)
            assert (damage.value.fault.index, damage.value.fault.row) == (index, 700)
        else:
            check(kept, sampling)
    assert found == {True, False}


def test_a_sample_checks_the_whole_tree(kept: Kept) -> None:
    """A flipped bit of a stored hash is found whatever is drawn."""
    flip(kept.layout.level(0), 32 * 1000)
    for seed in range(4):
        with pytest.raises(LogDamaged) as damage:
            check(kept, Sampling(0.01, seed))
        assert damage.value.fault.part is Part.TREE


def test_rows_that_are_missing_or_moved_are_found_in_a_sample(kept: Kept) -> None:
    """A file with fewer rows, or with other indices, than its entries is damaged where the sample needs it."""
    rewrite(kept.segment("access/1", 1), lambda table: table.slice(0, ROWS - 300))
    kept.forge_manifest()
    with pytest.raises(LogDamaged, match="fewer rows"):
        check(kept, Sampling(1.0, 1))
    rewrite(kept.segment("access/1", 1), lambda table: table.slice(1))
    kept.forge_manifest()
    with pytest.raises(LogDamaged, match="another order"):
        check(kept, Sampling(1.0, 1))


def test_the_chance_to_miss_is_that_of_drawing_none_of_the_altered() -> None:
    """It equals the share of draws, counted one by one, that hold none of the altered tiles."""
    sample = Sample(share=0.5, seed=0, tiles=6, checked=3)
    assert sample.chance_to_miss(1) == pytest.approx(1 / 2)
    assert sample.chance_to_miss(2) == pytest.approx(3 / 15)
    assert sample.chance_to_miss(4) == 0
    assert sample.chance_to_miss(100) == 0


def test_draws_are_as_likely_as_the_chance_says(sound: Kept) -> None:
    """Over many seeds each tile is drawn about as often as its share."""
    size = sound.open().size
    hits = sum(any(start <= 1000 < end for start, end in Sampling(0.25, seed).ranges(size)) for seed in range(2_000))
    sample = Sampling(0.25, 0).sample(size)
    assert hits / 2_000 == pytest.approx(sample.checked / sample.tiles, abs=0.05)


def test_a_share_that_is_none_is_refused() -> None:
    """Nothing, and more than everything, cannot be drawn."""
    for share in (0.0, -0.1, 1.1):
        with pytest.raises(BadInput):
            Sampling(share, 1)
