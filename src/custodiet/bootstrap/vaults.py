"""Making a vault, and checking one."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from custodiet.app.vault import Principal, Settings, Vault
from custodiet.bootstrap.identity import login
from custodiet.bootstrap.judging import setting_of
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.bootstrap.passphrases import new_passphrase
from custodiet.errors import BadInput, EnvironmentFault
from custodiet.logstore.files import sync, sync_folder
from custodiet.logstore.log import Log
from custodiet.model.looks import Deed
from custodiet.signing.key_folder import KeyFolder

#: What the one who makes a vault may do in it until he writes otherwise into its principals file.
FOUNDER_ROLES = frozenset({"administrator", "analyst"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What is decided when a vault is made."""

    organisation: str
    name: str = "main"
    title: str = ""
    zone: str = "Europe/London"
    pack: str = "uk_police"  # the name of one that comes with the software, or a folder's path
    staff: str | None = None
    invented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A vault that was made."""

    origin: str
    key: str
    pack: str  # as its settings name it
    size: int
    passphrase: bool  # whether its private keys lie under one


def init(
    folder: Path, founding: Founding, *, passphrase: bytes | Callable[[], bytes] | None = new_passphrase
) -> Founded:
    """Make a vault in a folder that is empty or not there; its log's first entries are its schemas and its key.

    Its private keys lie under the passphrase: the one given, or the one that the function returns (by default from where
    `passphrases` says), or, only if None is given, under none. Raises UsageError where none can be had, and BadPack where
    there is no such pack, or one that cannot be read.
    """
    now = datetime.now(UTC)
    settings = Settings(
        organisation=founding.organisation,
        name=founding.name,
        title=founding.title or founding.organisation,
        zone=founding.zone,
        pack=setting_of(founding.pack),
        invented=founding.invented,
        created_at=now,
    )
    principal = Principal(login=login(), staff=founding.staff, roles=FOUNDER_ROLES)
    _check_free(folder)
    chosen = passphrase() if callable(passphrase) else passphrase
    _make_folder(folder)
    vault = Vault(folder)
    try:
        keys = KeyFolder.create(vault.ledger / "keys", settings.origin, passphrase=chosen)
        Log.create(vault.ledger, origin=settings.origin, signer=keys.signer(), salts=keys.salts())
        vault.write_settings(settings, principal)
        _settle(folder)
    except Exception:
        shutil.rmtree(folder)
        raise
    ledger = VaultLedger(vault, keys.ask)
    ledger.enter_deed(Deed(principal=principal.login, act="init", object=None, purpose=None, reason=None, at=now))
    return Founded(
        origin=settings.origin,
        key=keys.verifier().key.text,
        pack=settings.pack,
        size=ledger.read().size,
        passphrase=keys.has_passphrase,
    )


def _settle(folder: Path) -> None:
    """Bring the settings, the folder's names and its own name to the disk."""
    for file in folder.glob("*.toml"):
        sync(file)
    for changed in (folder, folder.absolute().parent):
        sync_folder(changed)


def zone_of(folder: Path) -> ZoneInfo:
    """Return the zone in which the vault's people read and write local times."""
    return ZoneInfo(Vault(folder).settings().zone)


def _check_free(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} exists already and is not empty"
        raise BadInput(msg, expected="a folder that is empty or not there")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        msg = f"{folder} cannot be made: {fault.strerror}"
        raise EnvironmentFault(msg) from fault
