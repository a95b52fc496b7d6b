"""Letting mining into a vault, and shutting it out: a named person, a reason, an entry of the ledger, a line of the settings."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from custodiet.app.vault import SETTINGS, Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.snapshots import Snapshot
from custodiet.errors import Refused
from custodiet.ledger.canonical import instant_text
from custodiet.logstore.files import replace
from custodiet_mining.clock import now
from custodiet_mining.duties import check_allower, checked_reason, is_allowed
from custodiet_mining.story import TYP

_LINE = re.compile(r"(?m)^mining\s*=.*$")
_TABLE = re.compile(r"(?m)^\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The word of a named person on whether templates are mined in a vault."""

    allowed: bool
    by: str
    at: datetime
    reason: str


def decide(folder: Path, reason: str, *, allowed: bool) -> Word:
    """The word is in the ledger, and the settings say the same; returns it.

    Raises Refused for who may not say so, BadInput for a reason that is none.
    """
    vault = Vault(folder)
    vault.settings()
    principal = vault.principal(login())
    check_allower(principal)
    word = Word(allowed=allowed, by=principal.login, at=now(), reason=checked_reason(reason))
    record = {
        "act": "allowed" if allowed else "forbidden",
        "by": word.by,
        "at": instant_text(word.at),
        "reason": word.reason,
    }
    with VaultLedger(vault).write() as writer:
        writer.append_records(TYP, [record])
        writer.commit()
    _write(vault.folder / SETTINGS, allowed=allowed)
    return word


def check_allowed(vault: Vault, snapshot: Snapshot) -> None:
    """Return if templates may be mined in the vault; raises Refused."""
    settings = tomllib.loads((vault.folder / SETTINGS).read_text(encoding="utf-8"))
    if not is_allowed(settings, snapshot.records(TYP)):
        msg = (
            "templates are not mined in this vault: a named person has to allow it, with a reason that enters the ledger"
            " (`custodiet mine allow`)"
        )
        raise Refused(msg)


def _write(path: Path, *, allowed: bool) -> None:
    """The settings have the one line; everything else in them is as it was."""
    text, line = path.read_text(encoding="utf-8"), f"mining = {'true' if allowed else 'false'}"
    if _LINE.search(text):
        text = _LINE.sub(line, text)
    else:
        table = _TABLE.search(text)
        place = table.start() if table else len(text)
        text = f"{text[:place]}{line}\n{text[place:]}"
    replace(path, text.encode())
