"""What the relations of the coverage map mean, in plain loops: `coverage`, `coverage_kind` and `template_share`.

Rows are read as mappings with instants as `datetime`s. What runs are the queries in `sql/`; the tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from math import sqrt
from typing import Any

from custodiet.report.coverage_map import OF_ACTOR, OF_SUBJECT

Row = Mapping[str, Any]
World = Mapping[str, Sequence[Row]]

#: Student's factor for an interval that holds 99 of 100, by degrees of freedom; the last also for more.
STUDENT = (63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106, 3.055, 3.012, 2.977, 2.947,
           2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797, 2.787, 2.779, 2.771, 2.763, 2.756, 2.750)  # fmt: skip


def coverage(world: World) -> list[dict[str, Any]]:
    """Return the rows of `coverage`, in no order."""
    state = {row["access"]: row["state"] for row in world["access_state"]}
    cells: dict[tuple[Any, ...], list[Row]] = {}
    for row in world["access"]:
        key = (_month(row), row["system"], row["action"], unit_then(world, row["actor"], row["occurred_at"]))
        cells.setdefault(key, []).append(row)
    return [_cell(world, key, rows, state) for key, rows in cells.items()]


def unit_then(world: World, person: str, at: datetime) -> str | None:
    """Return the unit of the posting that holds at the moment: the one that began last, then the later entry."""
    held = [row for row in world["posting"] if row["person"] == person and row["valid_from"] <= at < row["valid_to"]]
    best = max(held, key=lambda row: (row["valid_from"], row["fact"]), default=None)
    return best["unit"] if best else None


def in_reach(world: World, kind: str, access: Row) -> bool:
    """Tell whether any fact of the kind about the access's subject, or its actor, had begun by the access."""
    column, mine = ("subject", access["subject"]) if kind in OF_SUBJECT else ("person", access["actor"])
    return any(row[column] == mine and row["valid_from"] <= access["occurred_at"] for row in world[kind])


def coverage_kind(world: World) -> list[dict[str, Any]]:
    """Return the rows of `coverage_kind`, in no order, from `access`, `kind_read` and `source_reach`."""
    found = []
    for month in sorted({_month(row) for row in world["access"]}):
        mine = [row for row in world["access"] if _month(row) == month]
        for kind in world["kind_read"]:
            sources: list[Row | None] = [row for row in world["source_reach"] if row["kind"] == kind["kind"]]
            found += [_kind(month, mine, kind, source) for source in sources or [None]]
    return found


def template_share(world: World, explained: float) -> list[dict[str, Any]]:
    """Return the rows of `template_share`, in order of template and month, from `access`, `explanation`, `template_place`."""
    months = sorted({_month(row) for row in world["access"]})
    found = []
    for template in sorted(row["template"] for row in world["template_place"]):
        earlier: list[dict[str, Any]] = []
        for month in months:
            row = _share(world, template, month, explained)
            bounds = interval([(one["accesses"], one["of_accesses"]) for one in earlier], row["of_accesses"])
            earlier.append(row)
            found.append({**row, **_judged(row, bounds)})
    return found


def interval(earlier: Sequence[tuple[int, int]], of: int) -> tuple[float, float] | None:
    """Return between which shares the next month's should lie: of each earlier month the accesses matched, and all.

    None with fewer than two. The months' own scatter widens it, but it is never narrower than chance makes it.
    """
    if len(earlier) < 2:
        return None
    whole = sum(n for _, n in earlier)
    expected = Fraction(sum(x for x, _ in earlier), whole)
    scatter = sum(n * (Fraction(x, n) - expected) ** 2 for x, n in earlier) / (len(earlier) - 1)
    spread = max(expected * (1 - expected), scatter) * (Fraction(1, of) + Fraction(1, whole))
    reach = STUDENT[min(len(earlier) - 1, len(STUDENT)) - 1] * sqrt(spread)
    return max(float(expected) - reach, 0.0), min(float(expected) + reach, 1.0)


def _cell(world: World, key: tuple[Any, ...], rows: list[Row], state: Mapping[Any, str]) -> dict[str, Any]:
    def count(holds: Callable[[Row], bool]) -> int:
        return sum(1 for row in rows if holds(row))

    def known(row: Row, kinds: Sequence[str]) -> bool:
        return any(in_reach(world, kind, row) for kind in kinds)

    def unexplained(row: Row) -> bool:
        return state[row["access"]] == "unexplained"

    month, system, action, unit = key
    return {
        "month": month,
        "system": system,
        "action": action,
        "unit": unit,
        "accesses": len(rows),
        "subjects": len({row["subject"] for row in rows}),
        **{name: count(lambda row, name=name: state[row["access"]] == name)  # type: ignore[misc]
           for name in ("explained", "weak", "pending", "unexplained")},
        **{kind: count(lambda row, kind=kind: in_reach(world, kind, row)) for kind in (*OF_SUBJECT, *OF_ACTOR)},  # type: ignore[misc]
        "of_subject": count(lambda row: known(row, OF_SUBJECT)),
        "of_actor": count(lambda row: known(row, OF_ACTOR)),
        "of_neither": count(lambda row: not known(row, (*OF_SUBJECT, *OF_ACTOR))),
        "unexplained_no_subject": count(lambda row: unexplained(row) and not known(row, OF_SUBJECT)),
        "unexplained_no_actor": count(lambda row: unexplained(row) and not known(row, OF_ACTOR)),
        "unexplained_no_data": count(
            lambda row: unexplained(row) and not (known(row, OF_SUBJECT) and known(row, OF_ACTOR))
        ),
    }  # fmt: skip


def _kind(month: str, accesses: Sequence[Row], kind: Row, source: Row | None) -> dict[str, Any]:
    start = source["awaited_from"] if source else datetime.min  # noqa: DTZ901 - relations carry no zone marker
    beyond = sum(1 for row in accesses if row["occurred_at"] >= start)
    return {
        "month": month,
        "kind": kind["kind"],
        "source": source["source"] if source else None,
        "templates": kind["templates"],
        "standing": _standing(source, beyond),
        "delivered_to": source["delivered_to"] if source else None,
        "accesses": len(accesses),
        "beyond": beyond,
    }


def _standing(source: Row | None, beyond: int) -> str:
    if source is None:
        return "none"
    if not beyond or source["standing"] == "unneeded":
        return "held"
    return "silent" if source["standing"] == "silent" else "behind"


def _share(world: World, template: str, month: str, explained: float) -> dict[str, Any]:
    mine = [row for row in world["access"] if _month(row) == month]
    first = _first_of_pairs(world)
    by_it = [row for row in world["explanation"] if row["template"] == template]
    matched = {row["access"] for row in by_it}
    strong = {row["access"] for row in by_it if row["strength"] >= explained}
    shadow = {row["template"] for row in world["template_place"] if row["shadow"]}
    others = {row["access"] for row in world["explanation"] if row["template"] not in {template, *shadow}}
    numbers = {row["access"] for row in mine}
    return {
        "month": month,
        "template": template,
        "shadow": template in shadow,
        "accesses": len(numbers & matched),
        "strong": len(numbers & strong),
        "only_by_it": len((numbers & matched) - others),
        "first": len(numbers & matched & first),
        "of_accesses": len(numbers),
        "of_first": len(numbers & first),
    }


def _judged(row: Row, bounds: tuple[float, float] | None) -> dict[str, Any]:
    if bounds is None:
        return {"low": None, "high": None, "outside": None}
    share = row["accesses"] / row["of_accesses"]
    return {"low": bounds[0], "high": bounds[1], "outside": not bounds[0] <= share <= bounds[1]}


def _first_of_pairs(world: World) -> set[int]:
    first: dict[tuple[str, str], Row] = {}
    for row in world["access"]:
        pair = (row["actor"], row["subject"])
        if pair not in first or (row["occurred_at"], row["access"]) < (
            first[pair]["occurred_at"],
            first[pair]["access"],
        ):
            first[pair] = row
    return {row["access"] for row in first.values()}


def _month(row: Row) -> str:
    return f"{row['occurred_at']:%Y-%m}"
