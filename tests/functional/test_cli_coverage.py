"""`custodiet coverage`: where there was data and where there was none, on the small invented force."""

from __future__ import annotations

from pathlib import Path

from support.command_line import LAWFUL, looks_waiting, said


def test_the_lines_of_every_map_add_up_to_the_audit(vault: Path) -> None:
    """Each access is in one system, one action, one unit and one month, and in the state that the audit gave it."""
    audited = said("audit", vault, "--json").body
    for by in ("system", "action", "unit", "month"):
        told = said("coverage", vault, "--by", by, *LAWFUL, "--json").body
        assert told["total"]["accesses"] == audited["accesses"]
        assert told["total"]["states"] == audited["states"]
        assert sum(line["accesses"] for line in told["lines"]) == audited["accesses"]
        assert sum(line["states"]["unexplained"] for line in told["lines"]) == audited["states"]["unexplained"]


def test_the_shares_of_templates_are_those_of_the_audit(vault: Path) -> None:
    """Matched and only by it, added over the months, are what the audit printed; what matched nothing is there too."""
    audited = said("audit", vault, "--json").body
    told = said("coverage", vault, "--by", "template", *LAWFUL, "--json").body
    found: dict[str, list[int]] = {}
    for line in told["templates"]:
        counts = found.setdefault(line["template"], [0, 0])
        counts[0] += line["accesses"]
        counts[1] += line["only_by_it"]
    expected = {line["template"]: [line["accesses"], line["only_by_this"]] for line in audited["templates"]}
    assert {name: counts for name, counts in found.items() if counts[0]} == expected
    assert len(found) >= len(expected)


def test_a_kind_without_a_source_and_one_that_is_behind_are_told_apart(vault: Path) -> None:
    """Every kind of fact is there, with the source that delivers it and how it stands; each month of accesses once."""
    told = said("coverage", vault, "--by", "kind", *LAWFUL, "--json").body
    kinds = {(line["month"], line["kind"], line["source"]) for line in told["kinds"]}
    assert len(kinds) == len(told["kinds"])
    assert {line["standing"] for line in told["kinds"]} <= {"held", "behind", "silent", "none"}
    assert all((line["source"] is None) == (line["standing"] == "none") for line in told["kinds"])


def test_a_look_at_coverage_is_a_look(vault: Path) -> None:
    """Without a purpose nothing is shown; with one the look is on record, and what was asked wrongly is said."""
    refused = said("coverage", vault)
    assert (refused.code, refused.out) == (5, "")
    assert said("coverage", vault, *LAWFUL).code == 0
    assert [look["act"] for look in looks_waiting(vault)] == ["coverage"]
    assert said("coverage", vault, "--by", "person", *LAWFUL).code == 2
    assert said("coverage", vault, "--month", "2026-13", *LAWFUL).code == 2
    assert said("coverage", vault, "--month", "1999-01", *LAWFUL).code == 5


def test_what_is_printed_says_what_it_counted(vault: Path) -> None:
    """The terminal has the shares as figures, the sentences, the unit, the run and the ledger's size."""
    told = said("coverage", vault, *LAWFUL)
    assert "RMS" in told.out
    assert "one access by one actor to one subject" in told.out
    assert "Run R-" in told.out
    assert "lie where there is no data" in told.out


def test_an_audit_of_an_older_version_says_so(vault: Path) -> None:
    """A run that lacks a relation is not read in part: the next step is named, and it mends it."""
    run = next(vault.glob("derived/R-*"))
    (run / "coverage.parquet").unlink()
    assert "custodiet audit" in said("coverage", vault, *LAWFUL).err
    assert said("audit", vault).code == 0
    assert said("coverage", vault, *LAWFUL).code == 0
