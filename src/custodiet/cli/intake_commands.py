"""Commands that take things in: ingest, context, map, quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Mapped
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import RenderableType

from custodiet.app.intake import DeliveryReport
from custodiet.cli.options import Json, Purpose, Reason, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table
from custodiet.cli.progress import Told, progress

Mapping = Annotated[
    str,
    Parameter(
        name=["--mapping", "-m"],
        help="The mapping file; or a source with a parser of its own: pgaudit-csvlog, pgaudit-jsonlog, pgaudit-stderr, fhir, ocsf.",
    ),
]
Files = Annotated[Path, Parameter(help="The delivered files, in order.", show_default=False)]
SourceSettings = Annotated[Path | None, Parameter(help="Settings (TOML) of a source with a parser of its own.")]
SourceName = Annotated[str | None, Parameter(help="Name of the source, where a parser reads: one for each server.")]
#: Records of a preview beside each other: more do not fit on a line.
_BESIDE = 3
quarantine = App(name="quarantine", help="Records that could not be taken in: list them, mend them, drive them again.")


def register(app: App) -> None:
    """Add the commands of this module."""
    app.command(ingest)
    app.command(context)
    app.command(map_file, name="map")
    app.command(quarantine)


def ingest(
    vault: VaultFolder,
    /,
    *files: Files,
    mapping: Mapping,
    settings: SourceSettings = None,
    source: SourceName = None,
    as_json: Json = False,
) -> int:
    """Take in access events: validated, de-duplicated and sealed in one step; a kill leaves the vault as before or after.

    For each file received = accepted + duplicate + quarantined is printed and recorded. A file that yields nothing is an error.

    Example: `custodiet ingest wessex exports/rms_*.csv --mapping mappings/rms.toml`
    """
    from custodiet import bootstrap

    how = bootstrap.Source(mapping=mapping, settings=settings, name=source, wanted="access")
    return _done(lambda told: bootstrap.take_in(vault, files, how, told), as_json=as_json)


def context(vault: VaultFolder, /, *files: Files, mapping: Mapping, as_json: Json = False) -> int:
    """Load facts of context: staff, rosters, incidents, assignments and the rest, by the same mappings and the same law.

    Example: `custodiet context wessex exports/roster.csv --mapping mappings/roster.toml`
    """
    from custodiet import bootstrap

    how = bootstrap.Source(mapping=mapping, wanted="fact")
    return _done(lambda told: bootstrap.take_in(vault, files, how, told), as_json=as_json)


def map_file(
    file: Annotated[Path, Parameter(help="The file to look at.", show_default=False)],
    /,
    *,
    out: Annotated[
        Path | None, Parameter(name=["--out", "-o"], help="Where to write the mapping; none: print it.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Look at a file and propose a mapping for it, with a preview of ten rows.

    The proposal is a start: the lines marked with a question are for a person to decide.

    Example: `custodiet map exports/rms_20260302.csv --out rms.toml`
    """
    from custodiet import bootstrap

    proposal = bootstrap.propose_mapping(file, out)
    if as_json:
        print_json(
            "map/1", {"file": file.name, "mapping": proposal.text, "written_to": out, "preview": proposal.preview}
        )
        return 0
    text = console()
    if out is None:
        text.print(proposal.text, markup=False, soft_wrap=True)
    for part in _previewed(proposal.preview):
        text.print(part)
        text.print()
    if out is not None:
        text.print(shown(f"Wrote {out}. Read it, answer its questions, then: custodiet test {out}"))
    return 0


def _previewed(records: Sequence[Mapped[str, str | None]]) -> Iterator[RenderableType]:
    """Yield the records lying on their side, a few beside each other: a line for each field that has something in it."""
    for at in range(0, len(records), _BESIDE):
        beside = records[at : at + _BESIDE]
        told = sorted({name for record in beside for name, text in record.items() if text is not None})
        title = f"Preview: what becomes of records {at + 1} to {at + len(beside)}"
        yield table(
            title, ("field", *("",) * len(beside)), [(name, *(record.get(name) for record in beside)) for name in told]
        )


@quarantine.command(name="list")
def list_quarantined(
    vault: VaultFolder, /, *, purpose: Purpose = None, reason: Reason = None, as_json: Json = False
) -> int:
    """List the quarantined records that still wait: where each came from, and what is wrong with it.

    Example: `custodiet quarantine list wessex --purpose integrity`
    """
    from custodiet import bootstrap

    waiting = bootstrap.quarantined(vault, bootstrap.Look(purpose=purpose, reason=reason))
    if as_json:
        print_json("quarantine/1", {"waiting": waiting})
        return 0
    rows = [
        (q.delivery, q.source, q.position, q.problem.reason, q.problem.field, q.problem.found, q.problem.expected)
        for q in waiting
    ]
    console().print(
        table(
            f"{len(rows):,} records wait", ("delivery", "source", "line", "reason", "field", "found", "expected"), rows
        )
    )
    return 0


@quarantine.command
def export(  # noqa: PLR0913 - a command has as many options as it needs
    vault: VaultFolder,
    delivery: Annotated[str, Parameter(help="The delivery, e.g. D000004.")],
    out: Annotated[Path, Parameter(help="The file to write.")],
    /,
    *,
    purpose: Purpose = None,
    reason: Reason = None,
    as_json: Json = False,
) -> int:
    """Write the quarantined records of one delivery to a file, byte for byte and with the header, to be mended.

    Example: `custodiet quarantine export wessex D000004 mend.csv --purpose integrity`
    """
    from custodiet import bootstrap

    count = bootstrap.export_quarantined(vault, delivery, out, bootstrap.Look(purpose=purpose, reason=reason))
    if as_json:
        print_json("quarantine-export/1", {"delivery": delivery, "written_to": out, "records": count})
        return 0
    then = shown(f"custodiet quarantine drive {vault} {delivery} {out} --mapping ...")
    console().print(f"Wrote {count:,} records to {shown(str(out))}. Mend them, then: {then}", soft_wrap=True)
    return 0


@quarantine.command
def drive(
    vault: VaultFolder,
    delivery: Annotated[str, Parameter(help="The delivery whose records were mended.")],
    file: Annotated[
        Path | None, Parameter(help="The mended file; none: the records as they were, read with a mended mapping.")
    ] = None,
    /,
    *,
    mapping: Mapping,
    as_json: Json = False,
) -> int:
    """Drive the quarantined records of a delivery again; what is accepted now enters under a new delivery that names the old.

    Example: `custodiet quarantine drive wessex D000004 mend.csv --mapping mappings/rms.toml`
    """
    from custodiet import bootstrap

    how = bootstrap.Source(mapping=mapping)
    return _done(lambda told: bootstrap.drive_quarantined(vault, delivery, file, how, told), as_json=as_json)


def _done(work: Callable[[Told], Sequence[DeliveryReport]], *, as_json: bool) -> int:
    with progress(silent=as_json) as told:
        reports = work(told)
    return _print_reports(reports, as_json=as_json)


def _print_reports(reports: Sequence[DeliveryReport], *, as_json: bool) -> int:
    if as_json:
        print_json(
            "deliveries/1",
            {"deliveries": [{**r.record.record(), "name": r.label, "warnings": r.warnings} for r in reports]},
        )
        return 0
    rows = [
        (
            r.delivery,
            r.label,
            r.counts.received,
            r.counts.accepted,
            r.counts.duplicate,
            r.counts.quarantined,
            r.counts.not_audit,
        )
        for r in reports
    ]
    head = ("delivery", "file", "received", "accepted", "duplicate", "quarantined", "not audit")
    out = console()
    out.print(table(None, head, rows, right=range(2, 7)))
    for report in reports:
        for warning in report.warnings:
            out.print(shown(f"{report.delivery}: {warning}"))
    return 0
