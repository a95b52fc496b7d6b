"""Taking in files, by mapping or by a source's own parser, over the real readers, engine and ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from custodiet.app import intake
from custodiet.app.digest_keys import DigestKeys
from custodiet.app.intake import ByMapping, ByParser, Delivered, DeliveryReport, Intake, Way
from custodiet.app.permissions import Look
from custodiet.app.ports import Told, unheard
from custodiet.app.vault import Vault
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger, gone_from
from custodiet.bootstrap.outputs import writing_to
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.engines.intake_staging import DuckStager
from custodiet.errors import UsageError
from custodiet.ingest.mapping_file import load_mapping
from custodiet.ingest.ports import RecordSource
from custodiet.ingest.quarantine import Entry
from custodiet.sources.fhir import FhirSettings, fhir_source
from custodiet.sources.files.readers import reader_for
from custodiet.sources.ocsf import OcsfSettings, ocsf_source
from custodiet.sources.pgaudit import LogFormat, PgAuditSettings, pgaudit_source

_LOG_FORMATS: dict[str, LogFormat] = {
    "pgaudit-csvlog": "csvlog",
    "pgaudit-jsonlog": "jsonlog",
    "pgaudit-stderr": "stderr",
}
#: The source's name where none is given: the same server's log is one source in whatever format it was delivered.
_FAMILY = {**dict.fromkeys(_LOG_FORMATS, "pgaudit"), "fhir": "fhir", "ocsf": "ocsf"}
PARSERS = (*_LOG_FORMATS, "fhir", "ocsf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How files are to be read: a mapping file, or the name of a parser with its settings file."""

    mapping: str
    settings: Path | None = None
    name: str | None = (
        None  # of the source, where a parser reads: one for each server, since identifiers are unique within one
    )
    wanted: str | None = None  # "access" or "fact"; None: either


def take_in(folder: Path, files: Sequence[Path], source: Source, told: Told = unheard) -> list[DeliveryReport]:
    """Take in the files in one commit; returns what became of each."""
    if not files:
        msg = "name at least one file to take in"
        raise UsageError(msg)
    vault = _for_writing(folder)
    way = way_of(source)
    return intake.take_in([Delivered.at(path) for path in files], way, _intake(vault, told))


def take_in_all(folder: Path, deliveries: Sequence[tuple[Path, Source]], told: Told) -> list[DeliveryReport]:
    """Take in files of several sources, in their order and in one commit; returns what became of each."""
    vault = _for_writing(folder)
    ways: dict[Source, Way] = {}
    for _, source in deliveries:
        if source not in ways:
            ways[source] = way_of(source)
    files = [(Delivered.at(path), ways[source]) for path, source in deliveries]
    return intake.take_in_all(files, _intake(vault, told))


def quarantined(folder: Path, look: Look, delivery: str | None = None) -> list[Entry]:
    """Return the records that wait in quarantine; the look is recorded first."""
    desk = desk_in(folder)
    desk.looks("quarantine", delivery, look)
    return intake.quarantined(_intake(desk.vault, unheard), delivery=delivery)


def export_quarantined(folder: Path, delivery: str, out: Path, look: Look) -> int:
    """Write the waiting records of a delivery to a file, byte for byte; returns how many. The look is recorded first."""
    entries = quarantined(folder, look, delivery)
    content = intake.export(entries)
    with writing_to(out):
        out.write_bytes(content)
    return len(entries)


def drive_quarantined(
    folder: Path, delivery: str, mended: Path | None, source: Source, told: Told = unheard
) -> list[DeliveryReport]:
    """Drive the waiting records of a delivery again; what is accepted now enters under a new delivery."""
    vault = _for_writing(folder)
    file = None if mended is None else Delivered.at(mended)
    return intake.drive(delivery, file, way_of(source), _intake(vault, told))


def way_of(source: Source) -> Way:
    """Return how the source is read; raises UsageError for a name that is neither a file nor a parser, BadPack for a bad file."""
    path = Path(source.mapping)
    if path.is_file():
        mapping = load_mapping(path)
        _fits(source.wanted, "access" if mapping.target.is_access else "fact")
        return ByMapping(mapping=mapping, reader_for=reader_for)
    if source.mapping not in PARSERS:
        msg = f"there is no mapping file {source.mapping}, and no parser of that name; there are {', '.join(PARSERS)}"
        raise UsageError(msg)
    _fits(source.wanted, "access")
    return ByParser(source=source.name or _FAMILY[source.mapping], parser=_parser(source.mapping, source.settings))


def _parser(name: str, settings: Path | None) -> RecordSource:
    if name == "fhir":
        return fhir_source(None if settings is None else FhirSettings.from_toml(settings))
    if name == "ocsf":
        return ocsf_source(None if settings is None else OcsfSettings.from_toml(settings))
    if settings is None:
        msg = "pgAudit needs --settings: a TOML file that says which columns of which tables are keys"
        raise UsageError(msg)
    read = PgAuditSettings.from_toml(settings)
    return pgaudit_source(_LOG_FORMATS[name], read)


def _fits(wanted: str | None, found: str) -> None:
    if wanted is not None and wanted != found:
        command = "context" if found == "fact" else "ingest"
        msg = f"this mapping yields {'facts' if found == 'fact' else 'accesses'}: use `custodiet {command}`"
        raise UsageError(msg)


def _for_writing(folder: Path) -> Vault:
    vault = Vault(folder)
    vault.settings()
    vault.principal(login())
    return vault


def _intake(vault: Vault, told: Told) -> Intake:
    ledger = VaultLedger(vault)

    def stager(progress: Callable[[int], None]) -> DuckStager:
        return DuckStager(vault.staging, progress, gone=gone_from(ledger))

    return Intake(
        ledger=ledger,
        quarantine=Quarantine(vault.quarantine),
        stager=stager,
        staging=vault.staging,
        digest_keys=DigestKeys(vault.digest_keys),
        received_at=datetime.now(UTC),
        told=told,
    )
