"""What a deployment says about a product that writes OCSF."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from custodiet.errors import BadInput
from custodiet.model.access import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class OcsfSettings:
    """Settings of one product as a source. `kinds` maps a resource's `type` to what sort of subject it is."""

    system: str | None = None  # None: the product's name
    kinds: Mapping[str, SubjectKind] = field(default_factory=dict)

    @classmethod
    def from_toml(cls, path: Path) -> OcsfSettings:
        """Return the settings in the file; raises `BadInput` naming the field that cannot be."""
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"not a TOML file ({error})", file=path.name) from error
        if unknown := sorted(set(document) - {"system", "kinds"}):
            raise BadInput("no such setting", file=path.name, field=unknown[0], expected="system, kinds")
        try:
            kinds = {str(name): SubjectKind(kind) for name, kind in document.get("kinds", {}).items()}
        except (ValueError, AttributeError) as error:
            expected = "a table of " + ", ".join(kind.value for kind in SubjectKind)
            raise BadInput("unknown kind", file=path.name, field="kinds", expected=expected) from error
        system = document.get("system")
        if not (system is None or isinstance(system, str)):
            raise BadInput("of the wrong type", file=path.name, field="system", expected="a text")
        return cls(system=system, kinds=kinds)

    def kind_of(self, declared: str | None) -> SubjectKind:
        """Return what sort of subject a declared type is: what the settings say, else the kind of that name, else an item."""
        if declared is None:
            return SubjectKind.ITEM
        if declared in self.kinds:
            return self.kinds[declared]
        name = declared.lower()
        if name == "patient":
            return SubjectKind.PERSON
        return SubjectKind(name) if name in {kind.value for kind in SubjectKind} else SubjectKind.ITEM
