"""Entry types are for ever: what was committed to once can be told only if the type still says the same."""

from __future__ import annotations

from hashlib import sha256

import pytest

from custodiet.errors import BadInput
from custodiet.ledger.canonical import canonical
from custodiet.ledger.entry_types import ENTRY_TYPES, EntryType, entry_type_named, same_shape
from custodiet.relations.stored import FACT, FACT_GROUPS

#: A change of one of these breaks every log that holds entries of the type: make a new version of it instead.
SHAPES = {
    "access/1": "6ecb42821d2426fa02497dd4c0dac717df21df0a8664f32e91d77dc37f7feebf",
    "fact/1": "1d9d528f5433b36600f51ba52e2aeab319f3f3af77f3fcabfe4dcfd673011182",
    "deed/1": "ae6fb58f21d186b8d812dcd57f7cd48e6c793cb06f952e38b3e228a566628bdd",
}


@pytest.mark.parametrize("typ", list(ENTRY_TYPES))
def test_a_type_in_use_never_changes(typ: str) -> None:
    """Groups, their order, their columns and types are those that logs were written with."""
    record = ENTRY_TYPES[typ].schema_record()
    groups = record["groups"]
    assert isinstance(groups, list)
    shape = [[group["group"], [[each["column"], each["type"]] for each in group["columns"]]] for group in groups]
    assert sha256(canonical(shape).encode()).hexdigest() == SHAPES[typ]


def test_prose_may_change_and_columns_may_not() -> None:
    """Two schema records that differ in words are of one shape; a column more or of another type makes another."""
    record = ENTRY_TYPES["fact/1"].schema_record()
    assert same_shape(record, {**record, "row": "in other words"})
    assert not same_shape(record, ENTRY_TYPES["access/1"].schema_record())
    assert not same_shape(record, {"groups": "none"})


def test_a_column_is_in_one_group_or_beside_the_entry() -> None:
    """Groups that leave a column out, or hold it twice, make no type."""
    for groups in ({**FACT_GROUPS, "who": ("person", "subject")}, {**FACT_GROUPS, "more": ("person",)}):
        with pytest.raises(ValueError, match="partition"):
            EntryType(typ="fact/2", relation=FACT, groups=groups)


def test_an_unknown_type_is_refused_by_name() -> None:
    """The message says which types there are."""
    with pytest.raises(BadInput, match="access/1, fact/1, deed/1"):
        entry_type_named("access/2")
