"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

VaultFolder = Annotated[Path, Parameter(help="The vault's folder.", show_default=False)]
Json = Annotated[
    bool, Parameter(name="--json", negative=(), help="Print one JSON object instead of text.", show_default=False)
]
Purpose = Annotated[
    str | None,
    Parameter(
        env_var="CUSTODIET_PURPOSE",
        help="What the look is for: lawfulness, self_monitoring, integrity or criminal_proceedings (DPA 2018 s.62(4)).",
    ),
]
Reason = Annotated[
    str | None,
    Parameter(help="Why you look, in your own words or as a case reference; kept with the record of the look."),
]
