"""The reference of `--json` against what the commands print."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from custodiet.cli.shell import run
from support.authority import Authority
from support.log_files import write_csv
from support.process_logs import permits
from support.told_late import CHAPTERS, first, opened
from support.two_people import ONE, OTHER, admit, sitting
from support.witnesses import policy_text, serving

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"
#: Lists that this small world leaves empty, and the place that only some errors have.
MAY_BE_ABSENT = re.compile(
    r".*\b(gaps|awaited|not_seen|problems|silences|redrives|compromised|failed|differs|witnesses|erased|along|beside|reopened)\[\].*"
    r"|verified\.sample$|(file|line|field|found|expected)$"
)


def documented() -> dict[str, set[str]]:
    """Return the paths that the page has under each schema's heading."""
    parts = re.split(r"^## (\w+/1)$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return {name: _paths_of(text) for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def _paths_of(text: str) -> set[str]:
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return {path for cell in cells for path in re.findall(r"`([^`]+)`", cell)}


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Yield the path of each leaf; an empty list or object is a leaf."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from paths(item, f"{at}.{name}" if at else name)
    elif isinstance(value, list):
        for item in value or [None]:
            yield from paths(item, f"{at}[]")
    else:
        yield at


def fits(path: str, wanted: set[str]) -> bool:
    """Tell whether the page has the path, as it is or under a `*`, or (for an empty list) something below it."""
    stars = [one.removesuffix("*") for one in wanted if one.endswith(".*")]
    below = path.endswith("[]") and any(one.startswith(path) for one in wanted)
    return path in wanted or below or any(path.startswith(star) for star in stars)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What each command prints with `--json` on a small invented force."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("json-page"))
        patch.setenv("CUSTODIET_PURPOSE", "lawfulness")
        patch.setenv("CUSTODIET_NEW_PASSPHRASE", os.environ["CUSTODIET_PASSPHRASE"])
        yield {body["schema"]: body for body in _calls()}


def _calls() -> Iterator[dict[str, Any]]:
    yield call("demo", "made", "--scale", "0.01", "--days", "3", "--seed", "7")
    yield call("simulate", "again", "--scale", "0.01", "--days", "3", "--seed", "7")
    yield call("init", "empty", "--organisation", "county.example")
    yield call("audit", "made/vault")
    queue = call("queue", "made/vault", "--size", "3")
    yield queue
    finding = call("show", "made/vault", queue["findings"][0]["finding"])
    yield finding
    yield call("ties", "made/vault")
    yield call("why", "made/vault", str(_explained(finding)))
    yield call("evaluate", "made/vault", "--sample", "500")
    write_csv(Path("permits.csv"), permits(60))
    yield call("evaluate", "permits.csv", "--sample", "100")
    yield _difference()
    yield call("prove", "made/vault", *_march_of(finding))
    yield call("report", "made/vault", "report.html")
    yield call("coverage", "made/vault")
    yield call("quarantine", "list", "made/vault")
    yield call("ingest", "empty", *_files("rms/*_2026030*"), "--mapping", "made/force/mappings/rms.toml")
    yield call("map", _files("rms/*")[0])
    yield call("verify", "empty", "--sample", "50%")
    yield call("ledger", "commit", "empty")
    yield call("ledger", "account", "empty")
    yield call("ledger", "heartbeat", "empty", "--source", "rms")
    yield call("ledger", "silence", "empty")
    yield call("ledger", "export", "empty", "--static", "public")
    yield call("ledger", "check-export", "public", "--key", "empty/ledger/keys/log.vkey")
    admit(Path("empty"))
    propose = ("ledger", "redact", "propose", "empty", "5", "--groups", "subject", "--authority", "DPO 2026/14")
    with sitting(ONE):
        proposed = call(*propose)
    with sitting(OTHER):
        yield call("ledger", "redact", "approve", "empty", str(proposed["redaction"]))
        yield call("ledger", "redact", "list", "empty")
        rule = 'class = "access"\nkeep = "7 years"\nauthority = "Schedule 2026/1"\n'
        (Path("empty") / "retention.toml").write_text(f"published = 2026-04-01\n[[rule]]\n{rule}")
        yield call("ledger", "retain", "empty")
        yield call("ledger", "hold", "empty", "--matter", "C 1", "--event", "6", "--authority", "CPIA 1996")
        yield call("ledger", "holds", "empty")
    (Path("empty") / "principals.toml").write_text((Path("made/vault") / "principals.toml").read_text())
    yield call("ledger", "lean", "empty")
    yield call("ledger", "change-passphrase", "made/vault")
    yield call("ledger", "backup-keys", "empty", "copy")
    yield call("ledger", "renew-seeds-key", "empty")
    yield call("ledger", "rotate-key", "empty")
    yield call("ledger", "compromised", "empty", "--from", "5")
    yield call("doctor", "empty")
    yield from _witnessing()
    yield call("copy-pack", "council", "own_pack")
    yield call("test", "uk_police", "made/force/mappings/rms.toml", "--on", "2099-01-01")
    yield call("show", "made/vault", "F-NOTTHERE")


def _difference() -> dict[str, Any]:
    """Return what `diff` prints of a vault to which a fact came late."""
    Path("late").mkdir()
    book = opened(Path("late").absolute())
    first(book)
    book.audit()
    book.tell(CHAPTERS[0][0][0], [CHAPTERS[0][0][1]])
    book.audit()
    with sitting(ONE):
        return call("diff", str(book.vault))


def _march_of(finding: dict[str, Any]) -> tuple[str, ...]:
    """Return the words that ask for a range and all accesses of the finding's actor, without their subjects."""
    period = ("--actor", str(finding["actor"]), "--from", "2020-01-01", "--to", "2030-01-01")
    return (*period, "--with-range", "--groups", "actor,context")


def _witnessing() -> Iterator[dict[str, Any]]:
    yield call("witness", "init", "northby", "--name", "northby.example/witness")
    yield call("witness", "add-log", "northby", Path("empty/ledger/keys/log.vkey").read_text().strip())
    with serving(Path("northby")) as witness:
        yield dict(witness.told)
        Path("policy.txt").write_text(policy_text("any", northby=(witness.key, witness.url)))
        yield call("ledger", "policy", "empty", "--set", "policy.txt")
        yield call("ledger", "witness", "empty")
        yield call("ledger", "compare", "empty")
        yield call("witness", "list", "northby")
    authority = Authority.create(Path("authority").absolute())
    with authority.serving() as url:
        yield call("ledger", "timestamp", "empty", "--url", url, "--roots", str(authority.roots))


def _explained(finding: dict[str, Any]) -> int:
    """Return an access that something explains: the first of those near the finding's that `why` calls so."""
    first = int(finding["accesses"][0]["access"])
    return next(n for n in range(first, first + 200) if call("why", "made/vault", str(n)).get("explanations"))


def _files(pattern: str) -> list[str]:
    return [str(path) for path in sorted(Path("made/force/exports").glob(pattern))]


def call(*arguments: str) -> dict[str, Any]:
    """Return the object that a command prints."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(io.StringIO()):
        run([*arguments, "--json"])
    body: dict[str, Any] = json.loads(said.getvalue())
    return body


def test_every_shape_is_documented_and_every_documented_shape_is_printed(printed: dict[str, dict[str, Any]]) -> None:
    """The page has a heading for each schema that the commands name, and for no other."""
    assert set(documented()) == set(printed)


@pytest.mark.parametrize("schema", sorted(documented()))
def test_every_key_is_documented(printed: dict[str, dict[str, Any]], schema: str) -> None:
    """Each key that a command prints is in the page's table of its shape."""
    found = {path for path in paths(printed[schema]) if path != "schema"}

    assert [path for path in sorted(found) if not fits(path, documented()[schema])] == []


@pytest.mark.parametrize("schema", sorted(documented()))
def test_every_documented_key_is_printed(printed: dict[str, dict[str, Any]], schema: str) -> None:
    """Each key of the table is printed, but for what this small world has no case of."""
    found = set(paths(printed[schema]))
    lacking = {path for path in documented()[schema] if not _is_there(path, found) and not MAY_BE_ABSENT.match(path)}

    assert sorted(lacking) == []


def _is_there(path: str, found: set[str]) -> bool:
    stem = path.removesuffix("*")
    return any(one == path or (stem != path and one.startswith(stem)) or one + "[]" == path for one in found)
