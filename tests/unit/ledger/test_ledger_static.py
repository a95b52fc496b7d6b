"""Names of tiles and bundles, what a size has of them, and what a bundle is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.bundles import bundle_of, entries_in
from custodiet.ledger.static_names import StaticFile, bundles, partial_files, tiles

VECTORS = json.loads((Path(__file__).parents[3] / "docs" / "specs" / "vectors" / "static.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["names"], ids=lambda vector: vector["path"])
def test_names_are_those_of_the_vectors(vector: dict[str, object]) -> None:
    """Each file has the vector's name, and is found again from it."""
    file = StaticFile(vector["level"], vector["number"], vector["width"])  # type: ignore[arg-type]
    assert file.path == vector["path"]
    assert StaticFile.parse(file.path) == file


@pytest.mark.parametrize("name", VECTORS["no_names"])
def test_other_names_are_refused(name: str) -> None:
    """What is not the one name of a file is no name of it."""
    with pytest.raises(BadInput):
        StaticFile.parse(name)


@pytest.mark.parametrize("vector", VECTORS["sizes"], ids=lambda vector: str(vector["size"]))
def test_a_size_has_the_files_of_the_vectors(vector: dict[str, object]) -> None:
    """Full tiles are counted, partial ones named; the example of 70,000 entries is the specification's own."""
    size = vector["size"]
    assert isinstance(size, int)
    found = list(tiles(size))
    full = [sum(1 for each in found if each.level == level and each.width == 256) for level in range(4)]
    assert full == vector["full_tiles"]
    assert [each.path for each in partial_files(size)] == vector["partial"]
    assert {each.path for each in (*bundles(size), *found) if each.width < 256} == set(vector["partial"])  # type: ignore[call-overload]


@pytest.mark.parametrize(("before", "size"), [(0, 600), (1, 600), (255, 256), (256, 256), (256, 257), (511, 66_000)])
def test_what_is_new_is_what_the_size_has_and_the_earlier_had_not(before: int, size: int) -> None:
    """Tiles and bundles since a size are exactly the difference of the two sizes' files."""
    for files in (bundles, tiles):
        assert set(files(size, before)) == set(files(size)) - set(files(before))


@pytest.mark.parametrize("vector", VECTORS["bundles"], ids=lambda vector: vector["bytes"][:12])
def test_bundles_are_those_of_the_vectors(vector: dict[str, object]) -> None:
    """Entries and bytes are each made from the other."""
    entries = [bytes.fromhex(each) for each in vector["entries"]]  # type: ignore[attr-defined]
    data = bytes.fromhex(str(vector["bytes"]))
    assert bundle_of(entries) == data
    assert list(entries_in(data, len(entries))) == entries


def test_a_bundle_is_read_to_its_last_byte_or_refused() -> None:
    """A bundle cut short anywhere, with a byte more, or asked for another number of entries is bad input."""
    data = bundle_of([b"one", b"", b"three"])
    for end in range(len(data)):
        with pytest.raises(BadInput):
            entries_in(data[:end], 3)
    for count in (2, 4):
        with pytest.raises(BadInput):
            entries_in(data, count)
    with pytest.raises(BadInput):
        entries_in(data + b"\0", 3)


def test_the_longest_entry_fits_and_a_longer_one_does_not() -> None:
    """65,535 bytes are the most that two bytes of length can say."""
    longest = bytes(65_535)
    assert entries_in(bundle_of([longest]), 1) == (longest,)
    with pytest.raises(BadInput):
        bundle_of([longest + b"\0"])
