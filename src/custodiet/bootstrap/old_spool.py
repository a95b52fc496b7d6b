"""Looks that an earlier version (2026.11.0) left in the vault's folder `spool`: they move to the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from custodiet.app.vault import Vault
from custodiet.errors import BadInput
from custodiet.logstore.files import changing
from custodiet.logstore.journal import Journal
from custodiet.logstore.layout import Layout
from custodiet.model.looks import Deed, Purpose

_FILES = ("draining.jsonl", "looks.jsonl")


def move_spool(vault: Vault) -> Iterator[str]:
    """Move what waits in the spool to the journal, and say so. A stop in between enters a look twice, and loses none."""
    for path in (vault.folder / "spool" / name for name in _FILES):
        if path.exists():
            deeds = list(dict.fromkeys(_deeds(path)))
            if deeds:
                with Journal(Layout(vault.ledger)) as journal:
                    journal.append(*deeds)
            with changing(path.parent):
                path.unlink()
            yield f"Moved {len(deeds)} looks that an earlier version left in spool/{path.name} to the journal."


def _deeds(path: Path) -> Iterator[Deed]:
    whole, _, _ = path.read_bytes().rpartition(b"\n")  # what follows the last line end was never acknowledged
    for number, line in enumerate(whole.split(b"\n"), 1):
        if line:
            yield _deed(line, path.name, number)


def _deed(line: bytes, file: str, number: int) -> Deed:
    try:
        body = json.loads(line)
        return Deed(
            principal=body["principal"],
            act=body["act"],
            object=body["object"],
            purpose=Purpose(body["purpose"]) if body["purpose"] else None,
            reason=body["reason"],
            at=datetime.fromisoformat(body["at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        msg = "a recorded look cannot be read"
        raise BadInput(msg, file=f"spool/{file}", line=number, expected="one JSON object a line") from error
