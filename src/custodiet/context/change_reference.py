"""What came between two ledger sizes, in plain loops: the definition that `fact_change` and `merge_edge` are tested against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: A stored fact: its columns in the catalogue, and its ledger index as "index".
Stored = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class FactChange:
    """A fact that stands at one of two sizes alone, and the entry that did it."""

    fact: int
    change: str  # came, superseded or withdrawn
    entry: int
    replaces: int | None = None


def standing(facts: Iterable[Stored], size: int) -> dict[int, Stored]:
    """Return the facts that stand when the first `size` entries are known, by ledger index."""
    known = [fact for fact in facts if fact["index"] < size]
    return {fact["index"]: fact for fact in known if not fact["withdrawn"] and _last_word(fact, known) is fact}


def fact_changes(facts: Sequence[Stored], earlier: int, later: int) -> list[FactChange]:
    """Return what stands at one of the sizes alone, in order of the fact."""
    before, after = standing(facts, earlier), standing(facts, later)
    known = [fact for fact in facts if fact["index"] < later]
    found = []
    for index in after.keys() - before.keys():
        replaced = [one for one, fact in before.items() if _same(fact, after[index])]
        found.append(FactChange(index, "came", index, replaced[0] if replaced else None))
    for index in before.keys() - after.keys():
        last = _last_word(before[index], known)
        found.append(FactChange(index, "withdrawn" if last["withdrawn"] else "superseded", last["index"]))
    return sorted(found)


def merge_edges(facts: Sequence[Stored], earlier: int, later: int) -> set[tuple[str, str, int]]:
    """Return subject number, survivor and fact of each merge that leads on at either size."""
    edges = set()
    for size in (earlier, later):
        leading: dict[str, tuple[str, str, int]] = {}
        for index, fact in sorted(standing(facts, size).items()):
            if fact["kind"] == "subject_merge" and fact["subject"] != fact["counterpart"]:
                leading[fact["subject"]] = (fact["subject"], fact["counterpart"], index)
        edges |= set(leading.values())
    return edges


def _last_word(fact: Stored, known: Sequence[Stored]) -> Stored:
    return max((one for one in known if one is fact or _same(one, fact)), key=lambda one: int(one["index"]))


def _same(one: Stored, other: Stored) -> bool:
    if one["source_fact_id"] is None:
        return False
    return all(one[name] == other[name] for name in ("source", "kind", "source_fact_id"))
