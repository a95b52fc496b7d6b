"""Bundles of evidence over the real ledger: looked up behind the walls, checked, recorded, and only then written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from functools import partial
from importlib.resources import files as packaged
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from custodiet.app import audits
from custodiet.app.evidence_pages import Backing, evidence_page
from custodiet.app.looks import purpose_of
from custodiet.app.permissions import Desk, Look
from custodiet.app.proving import (
    ACCESSES_KNOWN,
    ACCESSES_OF,
    PEOPLE_OF,
    Asked,
    Draft,
    Period,
    Proved,
    Searched,
    drafted,
)
from custodiet.app.runs import Runs
from custodiet.app.vault import Principal, Settings, Vault
from custodiet.bootstrap.desks import desk_in
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.outputs import writing_to
from custodiet.engines.accounting import ABSENT
from custodiet.engines.analysis import reopened
from custodiet.engines.detecting import walls_of
from custodiet.engines.duckdb import Session
from custodiet.engines.intake_quarantine import Quarantine
from custodiet.errors import BadInput, Refused
from custodiet.ledger.bundle import BUNDLE, CHECKPOINT, ENTRIES, KEY, PAGE, POLICY, SUMS, TEXT, VERIFIER, sums_data
from custodiet.ledger.bundle_check import CheckedBundle, check_bundle
from custodiet.ledger.entry_types import ENTRY_TYPES
from custodiet.ledger.note import Note
from custodiet.ledger.ports import Verifier
from custodiet.logstore.bundle_folder import Piece, opened_folder, write_archive, write_folder
from custodiet.logstore.cosigned import Witnesses
from custodiet.logstore.entries import provable
from custodiet.logstore.evidence import Evidence
from custodiet.logstore.segments import file_sha256
from custodiet.model.looks import Deed
from custodiet.report.evidence import EvidencePage
from custodiet.report.evidence_page import render_page, render_text
from custodiet.signing.cosigning import CosignatureVerifier
from custodiet.signing.ed25519 import Ed25519Verifier


def prove(folder: Path, asked: Asked, look: Look, out: Path, *, archive: bool = False) -> Proved:
    """Write the bundle that proves what was asked into a new folder `out`, and with `archive` also as `out`.zip.

    The look is recorded before anything is read, and the digest of the bundle before anything is written. Raises Refused
    in the same words where something asked for is walled and where it is not there.
    """
    packed = out.with_name(f"{out.name}.zip") if archive else None
    for path in (out, packed):
        if path is not None and path.exists():
            raise BadInput("There is something of that name already; nothing was written.", file=path.name)
    desk = desk_in(folder)
    principal = desk.looks("prove", asked.thing, look)
    ledger = VaultLedger(desk.vault)
    salts, witnesses = ledger.keys.salts(), ledger.witnesses()
    log = Evidence(provable(ledger.read().log, salts), salts, witnesses)
    events, searched = _permitted(asked, desk, principal, ledger, log)
    draft = drafted(asked, events, log, desk.now, searched)
    verifier = ledger.keys.history().at(draft.size)[-1]  # the key of that checkpoint, which need not be the newest
    page = evidence_page(draft, _backing(draft, desk.vault.settings(), verifier.key.text, witnesses))
    with writing_to(out), _pieces(draft, page, verifier, log, desk.vault.scratch) as pieces:
        files = {name: partial(_opened, piece) for name, piece in pieces.items()}
        checked = check_bundle(files, verifier, CosignatureVerifier)
        _record(desk, look, checked.digest)
        write_folder(out, pieces)
        if packed is not None:
            write_archive(packed, out.name, pieces)
    return Proved(folder=out, archive=packed, checked=checked, page=page)


def check_evidence(folder: Path, key: str) -> CheckedBundle:
    """Return what holds of a bundle's folder under the log's key; raises BadInput or VerificationFailed otherwise."""
    files = {name: partial(_opened, path) for name, path in opened_folder(folder).items()}
    return check_bundle(files, Ed25519Verifier.parse(key), CosignatureVerifier)


def _backing(draft: Draft, settings: Settings, key: str, witnesses: Witnesses) -> Backing:
    note = Note.parse(draft.note)
    vouching, quorum = tuple(sorted(witnesses.vouching(note))), witnesses.quorum(note)
    return Backing(
        settings=settings,
        key=key,
        witnesses=() if quorum is None else quorum[0],
        too_few=vouching if quorum is None else (),
    )


def _permitted(
    asked: Asked, desk: Desk, principal: Principal, ledger: VaultLedger, log: Evidence
) -> tuple[Sequence[int], Searched | None]:
    """Return the events that the principal may show, and for a list of accesses what was searched."""
    if asked.period is None and all(_is_open(log.typ_of(event)) for event in asked.events):
        return asked.events, None
    run = audits.latest(ledger, Runs.of(desk.vault))
    with reopened(Runs.of(desk.vault).path(run.name), desk.vault.scratch) as session:
        if asked.period is None:
            _check_each(asked.events, session, desk, principal, log)
            return asked.events, None
        size = log.size_of("access/1", "fact/1")
        if run.provenance.ledger_size < size:
            raise BadInput("Records came in after the latest audit; `custodiet audit` first, so that none is missed.")
        [(known,)] = session.rows(ACCESSES_KNOWN)
        searched = Searched(size=size, known=known, waiting=_waiting(desk.vault, log))
        return _accesses_of(asked.period, session, desk, principal), searched


def _is_open(typ: str | None) -> bool:
    """Tell whether entries of the type hold nothing personal."""
    return typ is not None and typ not in ENTRY_TYPES


def _check_each(events: Sequence[int], session: Session, desk: Desk, principal: Principal, log: Evidence) -> None:
    walls = walls_of(session, principal.staff, desk.now)
    for event in events:
        people = session.rows(PEOPLE_OF, {"access": event})
        if _is_open(log.typ_of(event)):
            continue
        if not people or walls.ties(*people[0]):
            raise Refused(ABSENT)


def _accesses_of(period: Period, session: Session, desk: Desk, principal: Principal) -> list[int]:
    walls = walls_of(session, principal.staff, desk.now)
    since, until = (each.astimezone(UTC).replace(tzinfo=None) for each in (period.start, period.end))
    rows = session.rows(ACCESSES_OF, {"actor": period.actor, "since": since, "until": until})
    found = [access for access, subject in rows if not walls.ties(period.actor, subject)]
    if not found:  # an empty list would be a false one for an actor who is walled
        raise Refused(ABSENT)
    return found


def _waiting(vault: Vault, log: Evidence) -> int:
    names = [record["delivery"] for _, record in log.records("delivery/1")]
    return sum(entry.is_open for entry in Quarantine(vault.quarantine).entries(names))


@contextmanager
def _pieces(
    draft: Draft, page: EvidencePage, verifier: Verifier, log: Evidence, scratch: Path
) -> Iterator[Mapping[str, Piece]]:
    """Yield the files of the bundle; the entries of a range lie in the vault's scratch folder until they are copied."""
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="prove-", dir=scratch) as held:
        pieces: dict[str, Piece] = {
            **draft.files,
            BUNDLE: draft.bundle.data,
            CHECKPOINT: draft.note,
            KEY: f"{verifier.key.text}\n".encode(),
            PAGE: render_page(page).encode(),
            TEXT: render_text(page).encode(),
            VERIFIER: packaged("custodiet.ledger").joinpath("bundle_verifier.py").read_bytes(),
        }
        policy = log.log.layout.policy
        if policy.is_file():
            pieces[POLICY] = policy.read_bytes()
        if draft.bundle.span is not None:
            pieces[ENTRIES] = Path(held) / ENTRIES
            with (Path(held) / ENTRIES).open("wb") as file:
                for entry in log.entries(draft.bundle.span.start, draft.bundle.span.end):
                    file.write(len(entry).to_bytes(2, "big") + entry)
        yield {**pieces, SUMS: sums_data({name: _digest(piece) for name, piece in pieces.items()})}


def _record(desk: Desk, look: Look, digest: str) -> None:
    deed = Deed(
        principal=desk.login,
        act="prove",
        object=f"sha256:{digest}",
        purpose=purpose_of(look.purpose),
        reason=look.reason,
        at=desk.now,
    )
    desk.recorder.record(deed)


def _opened(piece: Piece) -> BinaryIO:
    return io.BytesIO(piece) if isinstance(piece, bytes) else piece.open("rb")


def _digest(piece: Piece) -> str:
    return hashlib.sha256(piece).hexdigest() if isinstance(piece, bytes) else file_sha256(piece)
