"""Proposing a mapping for a file that nobody has described yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ingest.proposal import propose
from custodiet.sources.inspection.inspecting import inspect, preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping file's text, and what it makes of the first ten records."""

    text: str
    preview: Sequence[Mapping[str, str | None]]


def propose_mapping(file: Path, out: Path | None = None) -> Proposal:
    """Return a proposal for the file, written to `out` where one is given; an existing file is never overwritten."""
    if not file.is_file():
        msg = "there is no such file"
        raise BadInput(msg, file=file.name)
    text = propose(inspect(file))
    proposal = Proposal(text=text, preview=preview(file, text))
    if out is not None:
        _write(out, text)
    return proposal


def _write(out: Path, text: str) -> None:
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as there:
        msg = "it exists already; remove it, or name another"
        raise BadInput(msg, file=out.name) from there
    except OSError as fault:
        msg = f"{out.name} cannot be written: {fault.strerror}"
        raise EnvironmentFault(msg) from fault
