"""The SQL of the shipped templates as it is written, one file for each: read in review when a compiler or a template changes.

Renew them with `python -m support.snapshots` (with `tests` and `src` on the path) and look at what changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from custodiet.explain import compiler
from custodiet.explain.included import shipped, shipped_names
from custodiet.explain.pack import load

FOLDER = Path(__file__).parents[1] / "spec" / "snapshots"


def written() -> Iterator[tuple[Path, str]]:
    """Yield for each shipped template the file of its snapshot and what should stand there."""
    for name in shipped_names():
        for template in load(shipped(name)).templates:
            query = compiler.compiled(template).sql(dialect="duckdb", pretty=True)
            head = f"-- Writes the rows of explanation that the template {template.id} of {name} finds."
            yield FOLDER / name / f"{template.id}.sql", f"{head}\n{query}\n"


def renew() -> list[Path]:
    """Write every snapshot anew, take away those of templates that are gone, and return the files that changed."""
    wanted = dict(written())
    changed = [path for path in FOLDER.rglob("*.sql") if path not in wanted]
    for path in changed:
        path.unlink()
    for path, text in wanted.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    for changed_file in renew():
        sys.stdout.write(f"{changed_file.relative_to(FOLDER)}\n")
