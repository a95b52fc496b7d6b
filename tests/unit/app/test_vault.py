"""The vault's settings and principals."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from custodiet.app.vault import Principal, Settings, Vault
from custodiet.errors import BadInput, Refused, UsageError


def settings(**changes: object) -> Settings:
    """Return settings of an invented force, with changes."""
    values: dict[str, object] = {
        "organisation": "wessexvale.example",
        "name": "main",
        "title": 'Wessex Vale "North" Police',
        "zone": "Europe/London",
        "pack": "uk_police",
        "invented": True,
        "created_at": datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    """What init wrote is what every later command reads."""
    principal = Principal(login="DOM\\avery", staff="4127", roles=frozenset({"analyst"}))
    vault = Vault(tmp_path)

    vault.write_settings(settings(), principal)

    assert vault.settings() == settings()
    assert vault.principal("DOM\\avery") == principal


def test_the_origin_names_organisation_and_vault() -> None:
    """The checkpoint's origin line is made of both names."""
    assert settings().origin == "wessexvale.example/custodiet/main"


@pytest.mark.parametrize(
    "change",
    [{"organisation": "Wessex Vale"}, {"organisation": "police"}, {"name": "Main Vault"}, {"zone": "Europe/Wessex"}],
)
def test_names_that_cannot_stand_for_ever_are_refused(change: dict[str, object]) -> None:
    """A name that does not fit the origin line or a zone that is none is a usage error."""
    with pytest.raises(UsageError):
        settings(**change)


def test_a_stranger_is_refused(tmp_path: Path) -> None:
    """A login that the vault does not know gets no look."""
    vault = Vault(tmp_path)
    vault.write_settings(settings(), Principal(login="avery", staff=None, roles=frozenset()))

    with pytest.raises(Refused, match="no principal"):
        vault.principal("mallory")


def test_a_folder_that_is_no_vault_is_named(tmp_path: Path) -> None:
    """The error says what is missing and which command makes it."""
    with pytest.raises(BadInput, match="custodiet init"):
        Vault(tmp_path / "nothing").settings()


@pytest.mark.parametrize("field", ["linkage", "witness"])
def test_a_setting_is_on_or_off_and_nothing_else(tmp_path: Path, field: str) -> None:
    """True switches it on, leaving it out is off, and "yes" is an error that names the file and the setting."""
    vault = Vault(tmp_path)
    vault.write_settings(settings(), Principal(login="avery", staff=None, roles=frozenset()))
    text = (tmp_path / "vault.toml").read_text()
    assert getattr(vault.settings(), field) is False

    (tmp_path / "vault.toml").write_text(f"{text}{field} = true\n")
    assert getattr(vault.settings(), field) is True

    (tmp_path / "vault.toml").write_text(f'{text}{field} = "yes"\n')
    with pytest.raises(BadInput) as wrong:
        vault.settings()
    assert (wrong.value.file, wrong.value.field, wrong.value.expected) == ("vault.toml", field, "true or false")
