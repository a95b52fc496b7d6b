"""The vault: the folder that holds one organisation's ledger, settings, quarantine and derived rows."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from custodiet.errors import BadInput, Refused, UsageError
from custodiet.model.instants import rfc3339

SETTINGS = "vault.toml"
PRINCIPALS = "principals.toml"
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What is decided at `init` and never changed: the log's origin depends on it."""

    organisation: str  # domain name of the body whose records are audited
    name: str  # of the vault
    title: str  # the body's name as people write it
    zone: str  # of local times shown to people
    pack: str
    invented: bool  # everything in it is made up (demo, training)
    created_at: datetime
    witness: bool = False  # ask the policy's witnesses after each commit; may be changed at will, as may the next
    linkage: bool = False  # find ties between actors and subjects by linkage, and not word for word alone

    def __post_init__(self) -> None:
        """Refuse names that could not stand in a checkpoint's origin line, and unknown zones."""
        if not _DOMAIN.fullmatch(self.organisation):
            msg = f"the organisation must be a domain name such as dorset.police.uk, not {self.organisation!r}"
            raise UsageError(msg)
        if not _NAME.fullmatch(self.name):
            msg = f"a vault's name has small letters, digits and hyphens, not {self.name!r}"
            raise UsageError(msg)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            msg = f"no time zone is called {self.zone!r}"
            raise UsageError(msg) from unknown

    @property
    def origin(self) -> str:
        """Return the checkpoint origin: `<organisation domain>/custodiet/<vault name>`."""
        return f"{self.organisation}/custodiet/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A signed-in user of Custodiet; on the command line the operating-system user."""

    login: str
    staff: str | None  # his own staff number, without which no wall can be drawn around his matters
    roles: frozenset[str]


class Vault:
    """The paths of one vault, and what its two settings files say."""

    def __init__(self, folder: Path) -> None:
        """Name a folder; nothing is read yet."""
        self.folder = folder
        self.ledger = folder / "ledger"
        self.staging = folder / "staging"
        self.quarantine = folder / "quarantine"
        self.derived = folder / "derived"
        self.scratch = folder / "scratch"
        self.digest_keys = folder / "ledger" / "keys" / "digests"

    def settings(self) -> Settings:
        """Return the settings; raises BadInput where the folder is no vault."""
        raw = _toml(self.folder / SETTINGS)
        try:
            return Settings(
                organisation=raw["organisation"],
                name=raw["name"],
                title=raw["title"],
                zone=raw["zone"],
                pack=raw["pack"],
                invented=raw["invented"],
                created_at=raw["created_at"],
                witness=_switch(raw, "witness"),
                linkage=_switch(raw, "linkage"),
            )
        except KeyError as missing:
            msg = "a setting is missing"
            raise BadInput(msg, file=SETTINGS, field=str(missing.args[0])) from missing

    def principal(self, login: str) -> Principal:
        """Return the principal of that login; raises Refused where the vault does not know him."""
        known = _toml(self.folder / PRINCIPALS).get("principals", {})
        if login not in known:
            msg = f"this vault knows no principal with your login; an administrator can add one to {PRINCIPALS}"
            raise Refused(msg)
        entry = known[login]
        return Principal(login=login, staff=entry.get("staff") or None, roles=frozenset(entry.get("roles", ())))

    def write_settings(self, settings: Settings, principal: Principal) -> None:
        """Write both settings files; the folder exists and is empty."""
        (self.folder / SETTINGS).write_text(_settings_text(settings), encoding="utf-8")
        (self.folder / PRINCIPALS).write_text(_principal_text(principal), encoding="utf-8")


def _toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        msg = f"{path.parent} is no vault (it has no {path.name}); `custodiet init` makes one"
        raise BadInput(msg)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise BadInput(str(wrong), file=path.name) from wrong


def _switch(raw: dict[str, Any], field: str) -> bool:
    """Return a setting that is on or off, and off where it does not stand; "yes" is neither."""
    value = raw.get(field, False)
    if not isinstance(value, bool):
        raise BadInput(
            "A setting is on or off.", file=SETTINGS, field=field, found=repr(value), expected="true or false"
        )
    return value


def _settings_text(settings: Settings) -> str:
    return "\n".join(
        (
            "# Decided when the vault was made. The organisation and the name stand in every checkpoint: do not change them.",
            f"organisation = {_quoted(settings.organisation)}",
            f"name = {_quoted(settings.name)}",
            f"title = {_quoted(settings.title)}",
            f"zone = {_quoted(settings.zone)}",
            f"pack = {_quoted(settings.pack)}",
            f"invented = {'true' if settings.invented else 'false'}",
            f"created_at = {rfc3339(settings.created_at)}",
            "",
        )
    )


def _principal_text(principal: Principal) -> str:
    return "\n".join(
        (
            "# Who may use this vault from the command line: operating-system login, own staff number, roles.",
            "# With a staff number, matters about himself, kin, declared associates and his own team are walled from him.",
            f"[principals.{_quoted(principal.login)}]",
            f"staff = {_quoted(principal.staff or '')}",
            f"roles = [{', '.join(_quoted(role) for role in sorted(principal.roles))}]",
            "",
        )
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
