"""A small log with invented rows, and the damage that can be done to one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from custodiet.ledger.index_ranges import ranges_of
from custodiet.ledger.kept_digests import digest_of_kept
from custodiet.ledger.manifest import Manifest
from custodiet.ledger.redaction import Proposal, Redaction, approval_record
from custodiet.ledger.retention import Drop
from custodiet.logstore.layout import Layout
from custodiet.logstore.log import Log
from custodiet.logstore.segments import columns_schema, file_sha256
from custodiet.logstore.verification import Verified, verify
from custodiet.model.looks import Deed, Purpose
from custodiet.relations.stored import ACCESS, FACT
from custodiet.signing.key_folder import KeyFolder

ORIGIN = "force.example/custodiet/main"


def access_row(number: int, **fields: object) -> dict[str, Any]:
    """Return an access as it is staged; the fields given replace the usual ones."""
    original = f"{number},4127,P{number % 50:04},view".encode()
    usual: dict[str, Any] = (
        dict.fromkeys(ACCESS.names)
        | {
            "operator": f"{4100 + number % 7}",
            "account": f"u{number % 7}",
            "subject": f"P{number % 50:04}",
            "subject_kind": "person",
            "occurred_at": datetime(2026, 3, 1, 12, number % 60, 7),  # noqa: DTZ001  (UTC without a zone, as stored)
            "system": "records",
            "action": "consultation",
            "channel": "view",
            "stated_purpose": None if number % 3 else "missing person",
            "source": "records-audit",
            "source_event_id": f"E{number}",
            "sequence": number,
            "occurred_at_text": "01/03/2026 12:00:07",
            "delivery": "D-0001",
            "position": number + 2,
            "part": 0,
            "original_digest": hashlib.sha256(original).hexdigest(),
            "identity": hashlib.sha256(b"i" + original).digest()[:16],
            "content": hashlib.sha256(b"c" + original).digest()[:16],
            "original": original,
        }
    )
    return usual | fields


def fact_row(number: int, **fields: object) -> dict[str, Any]:
    """Return a fact as it is staged; the fields given replace the usual ones."""
    original = f"{number},posting,Response".encode()
    usual: dict[str, Any] = (
        dict.fromkeys(FACT.names)
        | {
            "person": f"{4100 + number % 7}",
            "kind": "posting",
            "attributes": '{"area":"North","unit":"Response"}',
            "withdrawn": False,
            "valid_from": datetime(2026, 1, 1),  # noqa: DTZ001  (UTC without a zone, as stored)
            "source": "personnel",
            "delivery": "D-0002",
            "position": number + 2,
            "part": 0,
            "original_digest": hashlib.sha256(original).hexdigest(),
            "identity": hashlib.sha256(b"i" + original).digest()[:16],
            "content": hashlib.sha256(b"c" + original).digest()[:16],
            "original": original,
        }
    )
    return usual | fields


def staged(path: Path, rows: list[dict[str, Any]], typ: str = "access/1") -> Path:
    """Write the rows as a staged table."""
    relation = ACCESS if typ == "access/1" else FACT
    pq.write_table(pa.Table.from_pylist(rows, schema=columns_schema(relation)), path)
    return path


def deed(act: str = "show") -> Deed:
    """Return a look at a finding."""
    return Deed(
        principal="jbond",
        act=act,
        object="F-ABCDEFGH",
        purpose=Purpose.LAWFULNESS,
        reason=None,
        at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A log and its keys."""

    folder: Path
    keys: KeyFolder

    @classmethod
    def create(cls, folder: Path) -> Kept:
        """Make a log that holds nothing but its schemas and its key."""
        keys = KeyFolder.create(folder / "keys", ORIGIN)
        Log.create(folder, origin=ORIGIN, signer=keys.signer(), salts=keys.salts())
        return cls(folder, keys)

    @property
    def layout(self) -> Layout:
        """Return where its parts lie."""
        return Layout(self.folder)

    def open(self) -> Log:
        """Return the log as it is now."""
        return Log.open(self.folder, self.keys.verifier())

    def append(self, path: Path, typ: str = "access/1") -> int:
        """Add the staged table and commit; return the new size."""
        with self.open().appender(self.keys.signer(), self.keys.salts()) as appender:
            appender.append_table(typ, path)
            return appender.commit().size

    def propose(self, indices: Iterable[int], groups: tuple[str, ...], along: Iterable[int] = ()) -> Redaction:
        """Record the proposal that these groups of these entries go."""
        proposal = Proposal(
            by="jdoe",
            at=datetime(2026, 11, 2, 9, tzinfo=UTC),
            authority="UK GDPR art. 17(1)(d)",
            entries=ranges_of(indices),
            groups=groups,
            along=ranges_of(along),
        )
        with self.open().appender(self.keys.signer(), self.keys.salts()) as appender:
            number = appender.size
            appender.append_records("redaction/1", [proposal.record()])
            appender.commit()
        return Redaction(number=number, proposal=proposal)

    def approve(self, redaction: Redaction) -> int:
        """Carry the proposal out, as another than who made it, and return the new size."""
        erased = redaction.proposal.erased()
        with self.open().appender(self.keys.signer(), self.keys.salts()) as appender:
            kept = appender.erase(erased)
            pairs = [(index, group) for index, names in erased.items() for group in names]
            digest = digest_of_kept(pairs, kept.entries)
            record = approval_record(redaction.number, "asmith", datetime(2026, 11, 3, 9, tzinfo=UTC), digest)
            appender.append_records("redaction/1", [record])
            return appender.commit().size

    def redact(self, indices: Iterable[int], groups: tuple[str, ...], along: Iterable[int] = ()) -> int:
        """Erase these groups of these entries, and the origin of those along, and return the new size."""
        return self.approve(self.propose(indices, groups, along))

    def drop(self, typ: str = "access/1", which: int = 0) -> int:
        """Drop the rows of one of the segments of that type, and return the new size."""
        segment = list(self.open().manifest.of(typ))[which]
        record = Drop(
            by="jdoe",
            at=datetime(2026, 11, 4, 9, tzinfo=UTC),
            authority="Retention schedule 2026/1",
            entries=((segment.start, segment.end),),
        )
        with self.open().appender(self.keys.signer(), self.keys.salts()) as appender:
            appender.drop(record)
            return appender.commit().size

    def verify(self, *, full: bool = True) -> Verified:
        """Verify the log."""
        return verify(self.folder, self.keys.verifier(), self.keys.salts(), full=full)

    def segment(self, typ: str, which: int = 0) -> Path:
        """Return the file of one of the segments of that type."""
        return self.open().segments(typ)[which]

    def forge_manifest(self) -> None:
        """Make the manifest fit the segment files as they are now: it is not signed, so a forger can."""
        log = self.open()
        segments = tuple(
            replace(
                each,
                bytes=self.layout.segment(each).stat().st_size,
                sha256=file_sha256(self.layout.segment(each)),
            )
            for each in log.manifest.segments
        )
        self.layout.manifest(log.size).write_text(Manifest(size=log.size, segments=segments).text)


def rewrite(path: Path, change: object) -> None:
    """Rewrite a segment file with its table changed."""
    table = pq.read_table(path)
    pq.write_table(change(table), path, store_schema=False)  # type: ignore[operator]


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Flip one bit of the file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(bytes(data))
