"""Damage and forgery: each is found, and its place is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from custodiet.ledger.checkpoint import Checkpoint, signed
from custodiet.ledger.faults import Fault, LogDamaged, Part
from custodiet.logstore.levels import Levels
from support.ledgers import Kept, access_row, fact_row, flip, rewrite, staged

#: 4 first entries, 700 accesses, 300 facts, 1 run, 700 accesses.
FIRST, FACTS, RUN, SECOND, SIZE = 4, 704, 1004, 1005, 1705


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Return a log of some segments and checkpoints."""
    folder = tmp_path_factory.mktemp("sound")
    kept = Kept.create(folder / "ledger")
    accesses = staged(folder / "accesses.parquet", [access_row(number) for number in range(700)])
    kept.append(accesses)
    kept.append(staged(folder / "facts.parquet", [fact_row(number) for number in range(300)], "fact/1"), "fact/1")
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_records("run/1", [{"pack": "uk"}])
        appender.append_table("access/1", accesses)
        assert appender.commit().size == SIZE
    return kept


@pytest.fixture
def kept(sound: Kept, tmp_path: Path) -> Kept:
    """Return a copy of the log to do damage to."""
    shutil.copytree(sound.folder, tmp_path / "ledger")
    return Kept(tmp_path / "ledger", type(sound.keys)(tmp_path / "ledger" / "keys"))


def fault(kept: Kept, *, full: bool = True) -> Fault:
    """Return what verification finds wrong."""
    with pytest.raises(LogDamaged) as found:
        kept.verify(full=full)
    return found.value.fault


def test_a_sound_log_is_verified(sound: Kept) -> None:
    """Nothing is found in a log that nobody touched, with its rows and without."""
    for full in (True, False):
        verified = sound.verify(full=full)
        assert (verified.size, verified.segments, verified.earlier_checkpoints) == (SIZE, 6, 3)
        assert verified.entries == {"access/1": 1400, "fact/1": 300, "key/1": 1, "run/1": 1, "schema/1": 3}


def changed(column: str, row: int, value: object) -> Callable[[pa.Table], pa.Table]:
    """Return the change of one value."""

    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = value
        at = table.schema.get_field_index(column)
        return table.set_column(at, table.schema.field(column), pa.array(values, table.schema.field(column).type))

    return change


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "P9999"),
        ("operator", None),
        ("device", "WS-1"),
        ("stated_purpose", "duty"),
        ("sequence", 12345),
        ("original_digest", "0" * 64),
        ("extra", "{}"),
    ],
)
def test_a_changed_value_is_named_by_entry_file_and_row(kept: Kept, column: str, value: object) -> None:
    """Whichever column is changed, and the manifest made to fit, verification names the row and blames the data."""
    rewrite(kept.segment("access/1", 1), changed(column, 333, value))
    kept.forge_manifest()
    found = fault(kept)
    assert (found.part, found.index, found.row) == (Part.DATA, SECOND + 333, 333)
    assert found.file == kept.segment("access/1", 1).name
    assert found.last_good == RUN


def test_a_changed_original_is_named(kept: Kept) -> None:
    """The bytes as delivered are bound by their digest, though they are no part of the entry."""
    rewrite(kept.segment("fact/1"), changed("original", 7, b"another line"))
    kept.forge_manifest()
    found = fault(kept)
    assert (found.part, found.index, found.row) == (Part.DATA, FACTS + 7, 7)
    assert "original" in found.sentence


def test_a_column_beside_the_entry_is_bound_by_the_manifest_alone(kept: Kept) -> None:
    """A changed identity is found while the manifest is not forged too; the entries are said to be sound."""
    rewrite(kept.segment("access/1"), changed("identity", 5, bytes(16)))
    found = fault(kept)
    assert (found.part, found.file) == (Part.DATA, kept.segment("access/1").name)
    assert "entries are as they were signed" in found.sentence


def test_a_removed_row_is_named(kept: Kept) -> None:
    """The entry that is missing is named, and that another stands in its place."""
    rewrite(kept.segment("access/1"), lambda table: pa.concat_tables([table.slice(0, 100), table.slice(101)]))
    kept.forge_manifest()
    found = fault(kept)
    assert (found.part, found.index) == (Part.DATA, FIRST + 100)


def test_a_removed_row_is_named_though_the_rest_was_numbered_anew(kept: Kept) -> None:
    """With the indices made to fit, the first row that moved no longer is its entry."""

    def change(table: pa.Table) -> pa.Table:
        kept_rows = pa.concat_tables([table.slice(0, 100), table.slice(101), table.slice(699)])
        return kept_rows.set_column(0, "index", table["index"])

    rewrite(kept.segment("access/1"), change)
    kept.forge_manifest()
    assert fault(kept).index == FIRST + 100


def test_the_last_row_removed_is_named(kept: Kept) -> None:
    """A segment that ends early is told by its first missing entry."""
    rewrite(kept.segment("fact/1"), lambda table: table.slice(0, 299))
    found = fault(kept)
    assert (found.index, found.row) == (FACTS + 299, 299)


def test_reordered_rows_are_named(kept: Kept) -> None:
    """Two rows exchanged are found at the first of the two, with their indices and without."""
    order = [*range(50), 51, 50, *range(52, 700)]
    rewrite(kept.segment("access/1"), lambda table: table.take(order))
    assert fault(kept).index == FIRST + 50
    rewrite(kept.segment("access/1"), lambda table: table.set_column(0, "index", pa.array(range(FIRST, FIRST + 700))))
    kept.forge_manifest()
    assert fault(kept).index == FIRST + 50


def test_swapped_segments_are_named(kept: Kept) -> None:
    """Two segments that exchanged names are found at the first entry of the first."""
    one, other = kept.segment("access/1", 0), kept.segment("access/1", 1)
    data = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(data)
    found = fault(kept)
    assert (found.index, found.file, found.row) == (FIRST, one.name, 0)


@pytest.mark.parametrize("files", [1, 2, 3])
def test_missing_segments_are_named(kept: Kept, files: int) -> None:
    """One segment or several in a row removed are found, by the first."""
    for segment in kept.open().manifest.segments[2 : 2 + files]:
        kept.layout.segment(segment).unlink()
    for full in (True, False):
        found = fault(kept, full=full)
        assert (found.part, found.index) == (Part.DATA, FIRST)
        assert "missing" in found.sentence


def test_a_changed_control_entry_is_named(kept: Kept) -> None:
    """Control entries are bound as they are."""
    rewrite(kept.segment("run/1"), changed("entry", 0, '{"pack":"us","typ":"run/1"}'))
    kept.forge_manifest()
    found = fault(kept)
    assert (found.part, found.index, found.row) == (Part.DATA, RUN, 0)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_flipped_bit_in_a_segment_is_found(kept: Kept, share: float) -> None:
    """Wherever the bit is, the segment's file is named."""
    path = kept.segment("access/1")
    flip(path, int(path.stat().st_size * share), 3)
    found = fault(kept)
    assert (found.part, found.file) == (Part.DATA, path.name)
    assert found.index is not None
    assert FIRST <= found.index < FACTS


def test_a_flipped_bit_in_a_leaf_hash_blames_the_tree(kept: Kept) -> None:
    """The data give the signed root, so the stored hash is wrong; its entry is named."""
    flip(kept.layout.level(0), 800 * 32 + 5)
    found = fault(kept)
    assert (found.part, found.index, found.file) == (Part.TREE, 800, "hash/0")
    assert fault(kept, full=False).file == "hash/0"


def test_a_flipped_bit_in_a_tile_root_blames_the_tree(kept: Kept) -> None:
    """A hash of a level above is named too."""
    flip(kept.layout.level(1), 3 * 32)
    for full in (True, False):
        found = fault(kept, full=full)
        assert (found.part, found.index, found.file) == (Part.TREE, 3 * 256, "hash/1")


def test_a_cut_level_file_blames_the_tree(kept: Kept) -> None:
    """Missing hashes are as bad as wrong ones."""
    path = kept.layout.level(0)
    path.write_bytes(path.read_bytes()[: 1700 * 32])
    for full in (True, False):
        found = fault(kept, full=full)
        assert (found.part, found.index) == (Part.TREE, 1700)


def test_a_row_and_its_hash_changed_together_are_found(kept: Kept) -> None:
    """Rows and stored hashes that agree with one another do not agree with what was signed."""
    rewrite(kept.segment("run/1"), changed("entry", 0, '{"pack":"us","typ":"run/1"}'))
    kept.forge_manifest()
    from custodiet.ledger.tree import leaf_hash

    hashes = bytearray(kept.layout.level(0).read_bytes())
    hashes[RUN * 32 : RUN * 32 + 32] = leaf_hash(b'{"pack":"us","typ":"run/1"}')
    kept.layout.level(0).write_bytes(bytes(hashes))
    assert fault(kept).part in {Part.DATA, Part.TREE}
    assert "do not give the root of their tile" in fault(kept).sentence


def test_a_cut_checkpoint_is_named(kept: Kept) -> None:
    """A checkpoint that ends early, or is gone, is told as such."""
    kept.layout.checkpoint.write_bytes(kept.layout.checkpoint.read_bytes()[:60])
    assert fault(kept).part is Part.CHECKPOINT
    kept.layout.checkpoint.unlink()
    found = fault(kept)
    assert (found.part, "missing" in found.sentence) == (Part.CHECKPOINT, True)


def test_a_checkpoint_set_back_is_found_and_not_written_behind(kept: Kept) -> None:
    """An earlier checkpoint in place of the newest is found, and a writer refuses to clear away what came after it."""
    kept.layout.checkpoint.write_bytes(kept.layout.past_checkpoint(RUN).read_bytes())
    found = fault(kept)
    assert found.part is Part.CHECKPOINT
    assert f"{RUN} entries" in found.sentence
    assert str(SIZE) in found.sentence
    from custodiet.errors import VerificationFailed

    with (
        pytest.raises(VerificationFailed, match="set back"),
        kept.open().appender(kept.keys.signer(), kept.keys.salts()),
    ):
        pass
    assert kept.segment("run/1", 0).exists() if list(kept.open().manifest.of("run/1")) else True
    assert len(list(kept.layout.data.iterdir())) == 6


def test_a_checkpoint_of_another_key_is_not_accepted(kept: Kept, tmp_path: Path) -> None:
    """A checkpoint signed by whoever has another key is refused."""
    from custodiet.signing.key_folder import KeyFolder

    other = KeyFolder.create(tmp_path / "other", kept.keys.verifier().key.name)
    kept.layout.checkpoint.write_bytes(signed(kept.open().checkpoint, other.signer()))
    assert fault(kept).part is Part.CHECKPOINT


def test_a_history_rewritten_with_the_stolen_key_meets_the_earlier_checkpoints(kept: Kept) -> None:
    """All hashes and the newest checkpoint made anew and signed are found as long as one older checkpoint is kept."""
    from custodiet.ledger.tree import leaf_hash

    rewrite(kept.segment("schema/1"), lambda table: table)
    hashes = bytearray(kept.layout.level(0).read_bytes())
    hashes[RUN * 32 : RUN * 32 + 32] = leaf_hash(b'{"pack":"us","typ":"run/1"}')
    rewrite(kept.segment("run/1"), changed("entry", 0, '{"pack":"us","typ":"run/1"}'))
    kept.layout.level(0).write_bytes(bytes(hashes))
    from custodiet.ledger.fsck import tile_roots

    kept.layout.level(1).write_bytes(tile_roots(bytes(hashes[: 6 * 8192])))
    kept.forge_manifest()
    levels = Levels(kept.layout)
    forged = Checkpoint(origin=kept.open().checkpoint.origin, size=SIZE, root=levels.root(SIZE))
    note = signed(forged, kept.keys.signer())
    kept.layout.checkpoint.write_bytes(note)
    found = fault(kept)
    assert (found.part, found.file) == (Part.CHECKPOINT, f"checkpoints/{SIZE}")
    kept.layout.past_checkpoint(SIZE).write_bytes(note)
    # Nobody who remembers no checkpoint of this size can tell: entry RUN came after the last one that is kept.
    assert kept.verify().size == SIZE


def test_a_damaged_earlier_checkpoint_is_named(kept: Kept) -> None:
    """An earlier checkpoint that no longer is one is told by its file."""
    flip(kept.layout.past_checkpoint(704), 40)
    found = fault(kept)
    assert (found.part, found.file) == (Part.CHECKPOINT, "checkpoints/704")


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_text("{}"), lambda path: flip(path, 90)]
)
def test_a_damaged_manifest_is_named(kept: Kept, damage: Callable[[Path], None]) -> None:
    """A manifest that is gone, is none, or names other bytes is found."""
    damage(kept.layout.manifest(SIZE))
    found = fault(kept)
    assert (found.part, found.sentence.count("manifest") > 0) == (Part.MANIFEST, True) or found.part is Part.DATA


def test_a_lost_seed_is_named(kept: Kept) -> None:
    """Without its seed a segment's rows cannot be tied to its entries, and that is said; the tree alone still holds."""
    segment = next(kept.open().manifest.of("fact/1"))
    kept.layout.seed(segment.file).unlink()
    found = fault(kept)
    assert (found.part, found.index) == (Part.SEEDS, FACTS)
    assert kept.verify(full=False).size == SIZE


def test_exchanged_seeds_are_refused(kept: Kept) -> None:
    """A sealed seed opens for its own segment only."""
    one, other = (kept.layout.seed(segment.file) for segment in kept.open().manifest.of("access/1"))
    one.write_bytes(other.read_bytes())
    found = fault(kept)
    assert (found.part, found.index) == (Part.SEEDS, FIRST)


def test_another_schema_than_the_log_states_is_found(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """If software took an entry type to be something else than the log says, verification would not pass."""
    from custodiet.logstore import verification

    monkeypatch.setattr(verification, "same_shape", lambda one, other: False)
    assert "schema record" in fault(kept).sentence


def test_a_control_entry_under_another_type_is_named(kept: Kept) -> None:
    """The manifest is not signed: a segment of runs that it calls something else would be read by nobody."""
    segment, manifest = kept.segment("run/1"), kept.layout.manifest(SIZE)
    other = segment.name.replace("run-1", "remark-1")
    segment.rename(segment.with_name(other))
    manifest.write_text(manifest.read_text().replace(segment.name, other).replace('"run/1"', '"remark/1"'))
    found = fault(kept)
    assert (found.part, found.index) == (Part.DATA, RUN)
    assert "remark/1" in found.sentence


def test_an_original_taken_away_is_named(kept: Kept) -> None:
    """Nothing was redacted, so a row without its record's bytes was robbed of them, though its entry is as it was."""

    def robbed(table: pa.Table) -> pa.Table:
        held = table.column("original").to_pylist()
        held[3] = None
        return table.set_column(table.schema.get_field_index("original"), "original", pa.array(held, pa.binary()))

    rewrite(kept.segment("access/1"), robbed)
    kept.forge_manifest()
    found = fault(kept)
    assert (found.part, found.row) == (Part.DATA, 3)
    assert "original" in found.sentence


def test_a_missing_folder_of_checkpoints_is_named(kept: Kept) -> None:
    """Without the earlier checkpoints nothing shows that the log was not set back."""
    shutil.rmtree(kept.layout.checkpoints)
    assert fault(kept).part is Part.CHECKPOINT


def test_a_file_that_is_named_like_no_size_is_none_of_ours(kept: Kept) -> None:
    """Sizes are written without leading zeros; whatever else lies among the checkpoints is let be."""
    (kept.layout.checkpoints / "007").write_text("a note")
    kept.verify()
