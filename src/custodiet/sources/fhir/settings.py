"""What a deployment says about its FHIR server."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirSettings:
    """Settings of one FHIR server as a source."""

    system: str | None = None  # None: the observer, or site, that the event names
    not_access: frozenset[str] = frozenset()  # codes whose events are counted as not_audit: 110114, logins

    @classmethod
    def from_toml(cls, path: Path) -> FhirSettings:
        """Return the settings in the file; raises `BadInput` naming the field that cannot be."""
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not a TOML file ({error})", file=path.name) from error
        if unknown := sorted(set(document) - {"system", "not_access"}):
            raise BadInput("no such setting", file=path.name, field=unknown[0], expected="system, not_access")
        system, codes = document.get("system"), document.get("not_access", [])
        if not (system is None or isinstance(system, str)):
            raise BadInput("of the wrong type", file=path.name, field="system", expected="a text")
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise BadInput("of the wrong type", file=path.name, field="not_access", expected="a list of codes")
        return cls(system=system, not_access=frozenset(codes))
