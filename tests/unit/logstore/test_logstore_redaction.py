"""Groups erased from rows: the entries stay provable, the words are gone, and nobody can do or undo it unseen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from custodiet.errors import BadInput, EnvironmentFault, Refused
from custodiet.ledger.faults import LogDamaged
from custodiet.ledger.kept_digests import KeptDigests
from custodiet.ledger.proof import verify_inclusion
from custodiet.ledger.tree import leaf_hash
from custodiet.logstore.entries import Entries
from custodiet.logstore.fingerprints import Gone
from custodiet.logstore.segments import row_count
from support.ledgers import Kept, access_row, deed, fact_row, rewrite, staged

SUBJECT = ("subject", "origin")


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Return a log with 700 accesses (entries 4 to 703), some facts and a deed."""
    kept = Kept.create(tmp_path / "ledger")
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.append_table("access/1", staged(tmp_path / "a.parquet", [access_row(each) for each in range(700)]))
        appender.append_table("fact/1", staged(tmp_path / "f.parquet", [fact_row(each) for each in range(9)], "fact/1"))
        appender.append_deeds([deed()])
        appender.commit()
    return kept


def opened(kept: Kept) -> Entries:
    """Return the log's entries as they can be opened now."""
    return Entries(kept.open(), kept.keys.salts())


def found_wrong(kept: Kept) -> str:
    """Verify, and return what is found wrong."""
    with pytest.raises(LogDamaged) as found:
        kept.verify()
    return str(found.value)


def test_every_entry_and_every_proof_stay_as_they_were(kept: Kept) -> None:
    """The entries' bytes, and with them each proof given before, hold after groups were erased, and again after more were."""
    log = kept.open()
    entries = list(opened(kept).between())
    proofs = [log.inclusion_proof(index) for index in range(log.size)]
    kept.redact([4, 300, 301, 703], SUBJECT, along=[302])
    kept.redact([300, 5], ("actor", "purpose", "origin"))
    assert list(opened(kept).between(0, log.size)) == entries
    for index, proof in enumerate(proofs):
        verify_inclusion(leaf_hash(entries[index]), index, log.size, proof, log.root)
    gone = kept.verify().gone
    assert (gone.redacted, gone.redactions, gone.dropped) == (6, 2, 0)
    assert kept.verify(full=False).gone == gone


def test_the_groups_cannot_be_opened_and_all_others_can(kept: Kept) -> None:
    """Of a redacted entry the erased groups have no columns and no disclosure; the others open as before."""
    before = opened(kept).opened(300)
    kept.redact([300], SUBJECT)
    after = opened(kept).opened(300)
    assert after.entry == before.entry
    assert after.disclosures == {**before.disclosures, "subject": None, "origin": None}
    assert [name for name, value in after.row.items() if value != before.row[name]] == [
        *(
            "subject",
            "subject_kind",
            "source",
            "source_event_id",
            "sequence",
            "occurred_at_text",
            "delivery",
            "position",
        ),
        *("part", "original_digest", "identity", "content", "original"),
    ]
    assert opened(kept).opened(299).disclosures == {**opened(kept).opened(299).disclosures}
    assert None not in opened(kept).opened(299).disclosures.values()


def test_facts_and_reasons_of_deeds_are_erased_too(kept: Kept) -> None:
    """Each committing type has its groups; what lies beside an entry goes where there is anything."""
    kept.redact([706], ("who", "origin"))
    kept.redact([713], ("reason",))
    assert opened(kept).opened(706).row["person"] is None
    assert opened(kept).opened(713).row["purpose"] is None
    assert opened(kept).opened(713).row["principal"] == "jbond"
    assert kept.verify().gone.redacted == 2


def test_the_old_generation_its_seed_and_the_manifests_that_name_it_are_gone(kept: Kept) -> None:
    """Nothing that held the words, opened them or pins the old file is left behind the commit."""
    before = {path for path in kept.folder.rglob("*") if "access-1" in path.name}
    kept.redact([300], SUBJECT)
    after = {path for path in kept.folder.rglob("*") if "access-1" in path.name}
    assert len(before) == 2
    assert not before & after
    assert {path.name.partition(".")[2] for path in after} == {
        f"access-1.g1.{kind}" for kind in ("parquet", "kept", "known", "seed")
    }
    assert [path.name for path in kept.layout.manifests.iterdir()] == [f"{kept.open().size}.json"]
    assert row_count(kept.segment("access/1")) == 700


def test_what_was_erased_can_be_appended_behind_and_read(kept: Kept, tmp_path: Path) -> None:
    """The log goes on: entries are added behind, and its segments are read as one."""
    kept.redact([300], SUBJECT)
    size = kept.append(staged(tmp_path / "more.parquet", [access_row(each) for each in range(700, 705)]))
    assert kept.verify().size == size
    assert sum(map(row_count, kept.open().segments("access/1"))) == 705


def test_a_record_that_was_erased_is_known_again_and_no_other(kept: Kept) -> None:
    """Its identity is known by a fingerprint that needs the key; other identities, and other keys, know nothing."""
    kept.redact([300], SUBJECT, along=[301])
    paths = [kept.layout.known(segment.file) for segment in kept.open().manifest.segments]
    identities = [bytes(access_row(number)["identity"]) for number in range(700)]
    assert Gone(paths, kept.keys.salts).among(identities) == identities[296:298]
    assert Gone(paths, kept.keys.salts).among([]) == []
    kept.redact([4], SUBJECT)
    paths = [kept.layout.known(segment.file) for segment in kept.open().manifest.segments]
    assert Gone(paths, kept.keys.salts).among(identities) == [identities[0], *identities[296:298]]
    assert b"".join(identities[296:298]) not in paths[2].read_bytes()


@pytest.mark.parametrize(
    ("index", "said"), [(0, "record of type schema/1"), (99_999, "entries"), (-1, "entries"), (714, "entries")]
)
def test_only_entries_with_groups_can_lose_some(kept: Kept, index: int, said: str) -> None:
    """Control records, and entries that are not there, are refused and nothing changes."""
    size = kept.open().size
    with (
        pytest.raises(BadInput, match=said),
        kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender,
    ):
        appender.erase({300: ["subject"], index: ["subject"]})
    assert kept.verify().size == size
    assert not list(kept.layout.data.glob("*.g1.*"))


def test_what_was_erased_and_not_committed_is_not_erased(kept: Kept) -> None:
    """Leaving without a commit leaves the rows; erasing twice in one commit is refused."""
    with kept.open().appender(kept.keys.signer(), kept.keys.salts()) as appender:
        appender.erase({300: ["subject", "origin"]})
        with pytest.raises(Refused):
            appender.erase({301: ["subject", "origin"]})
    assert opened(kept).opened(300).row["subject"] == "P0046"
    assert kept.verify().gone.redacted == 0
    assert not list(kept.layout.data.glob("*.g1.*"))


def nulled(group: tuple[str, ...]) -> Callable[[pa.Table], pa.Table]:
    """Return what takes these columns out of row 296."""

    def change(table: pa.Table) -> pa.Table:
        for name in group:
            values = table.column(name).to_pylist()
            values[296] = None
            at = table.schema.get_field_index(name)
            table = table.set_column(at, name, pa.array(values, table.schema.field(name).type))
        return table

    return change


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (("subject", "subject_kind"), "This row is not the entry that was logged"),
        (("original",), "The original of this record is not held, and the log records no redaction of it"),
    ],
)
def test_a_group_that_is_missing_without_a_record_is_an_alarm(kept: Kept, columns: tuple[str, ...], said: str) -> None:
    """Whoever empties a group by hand is found, whether or not the manifest was forged; redactions elsewhere do not hide it."""
    kept.redact([5], SUBJECT)
    rewrite(kept.segment("access/1"), nulled(columns))
    kept.forge_manifest()
    assert said in found_wrong(kept)
    assert "entry 300" in found_wrong(kept)


def test_kept_digests_without_a_record_are_an_alarm_that_names_the_group(kept: Kept) -> None:
    """Whoever erases a group as the log does, and records nothing, is found by entry and group."""
    kept.redact([5], SUBJECT)
    entries = opened(kept)
    path = kept.layout.kept(kept.segment("access/1").name)
    digests = KeptDigests.parse(path.read_text())
    more = digests.with_more({300: {"actor": entries.opened(300).entry.decode()[9:52]}})
    rewrite(kept.segment("access/1"), nulled(("operator", "account")))
    path.write_text(more.text)
    kept.forge_manifest()
    assert "The group actor of this entry was erased, and the log records no redaction of it." in found_wrong(kept)


def test_a_redaction_that_was_undone_is_an_alarm(kept: Kept, tmp_path: Path) -> None:
    """An old segment put back in its place, with its seed and a forged manifest, does not pass for the new one."""
    old = {path: path.read_bytes() for path in kept.folder.rglob("*access-1*")}
    kept.redact([300], SUBJECT)
    new = kept.open().manifest.holding(300)
    for path, data in old.items():
        folder = kept.layout.data if path.suffix == ".parquet" else kept.layout.seeds
        (folder / (new.file.removesuffix(".parquet") + path.suffix)).write_bytes(data)
    kept.layout.kept(new.file).unlink()
    kept.forge_manifest()
    assert "cannot be tied to its entries" in found_wrong(kept)  # the seed opens in its own generation alone
    kept.layout.kept(new.file).write_text(KeptDigests().text)
    with pytest.raises(LogDamaged, match="was redacted by the log's records, and is not erased"):
        kept.verify(full=False)


def test_kept_digests_that_are_lost_or_altered_are_an_alarm(kept: Kept) -> None:
    """Without them the entry cannot be made again; with another one it is another entry."""
    kept.redact([300], SUBJECT)
    path = kept.layout.kept(kept.segment("access/1").name)
    text = path.read_text()
    path.unlink()
    assert "entry 300" in found_wrong(kept)
    for wrong in (
        text.replace('"index":300', '"index":301'),
        text[:-2],
        text.replace('"subject":"', '"subject":"A', 1),
    ):
        path.write_text(wrong)
        assert "entry" in found_wrong(kept)
    path.write_text(text)
    assert kept.verify().gone.redacted == 1


def test_words_that_are_still_there_are_an_alarm(kept: Kept) -> None:
    """A row that has a value in a group that was erased is named, though its leaf is made from the kept digest."""
    kept.redact([300], SUBJECT)

    def change(table: pa.Table) -> pa.Table:
        values = table.column("subject").to_pylist()
        values[296] = "P0046"
        return table.set_column(table.schema.get_field_index("subject"), "subject", pa.array(values))

    rewrite(kept.segment("access/1"), change)
    kept.forge_manifest()
    assert "The group subject was erased, and the row has it still." in found_wrong(kept)


def test_the_new_seed_opens_in_its_own_generation_alone(kept: Kept) -> None:
    """It is bound to log, segment and generation, as each seed is."""
    kept.redact([300], SUBJECT)
    kept.redact([301], SUBJECT)
    [seed] = kept.layout.seeds.glob("*access-1.g2.seed")
    data = seed.read_bytes()
    kept.redact([302], SUBJECT)
    next(kept.layout.seeds.glob("*access-1.g3.seed")).write_bytes(data)
    with pytest.raises(EnvironmentFault):
        opened(kept).opened(5)
