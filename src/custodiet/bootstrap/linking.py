"""Linkage for audits: chosen where a vault asks for it and the library for it is installed, and named in the provenance."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from custodiet.app.vault import Vault
from custodiet.engines.analysis import Judging
from custodiet.engines.detecting import Tying
from custodiet.errors import BadPack, EnvironmentFault


def linked(by: Judging, vault: Vault) -> tuple[Judging, str]:
    """Return by what an audit of the vault judges, and what links descriptions in it: the library and each model's digest.

    Where the vault does not ask for linkage nothing changes and the words are empty. Raises EnvironmentFault where it asks
    and the library is missing: an audit that silently found fewer ties would be another audit. Raises BadPack where the
    pack has no model.
    """
    if not vault.settings().linkage:
        return by, ""
    models = by.tying.rules.models
    if not models:
        raise BadPack(
            "The vault asks for linkage, and its pack has no models for it.",
            file="ties",
            found="no *.json",
            expected="the models of the police pack, or `linkage = false` in vault.toml",
        )
    if find_spec("splink") is None:
        msg = (
            "vault.toml asks for linkage, and the library for it is not installed:"
            " `pip install 'custodiet[link]'`, or `linkage = false` to hold descriptions together word for word"
        )
        raise EnvironmentFault(msg)
    from splink import __version__ as version

    from custodiet.linkers.splink_linker import SplinkLinker

    tying = Tying(by.tying.rules, SplinkLinker(vault.scratch / "linkage"))
    return replace(by, tying=tying), "; ".join([f"splink {version}", *(model.method for model in models)])
