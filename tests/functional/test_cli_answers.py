"""What every command answers: text for people, one object with a schema for programs, and nothing beside it."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from support.command_line import LAWFUL, piped, said

STATES = {"explained", "weak", "pending", "unexplained"}
FINDING_KEYS = {
    "finding", "rank", "score", "actor", "subject", "first_at", "last_at", "accesses", "unexplained", "systems",
    "signals", "nearest_miss",
}  # fmt: skip


def first_finding(vault: Path) -> dict[str, Any]:
    """Return the first finding of the queue."""
    found: dict[str, Any] = said("queue", vault, *LAWFUL, "-n", 1, "--json").body["findings"][0]
    return found


def test_audit_tells_of_every_access_in_one_of_four_states(vault: Path) -> None:
    """The states are all four, and add up to the number of accesses."""
    done = said("audit", vault, "--json")

    assert (done.code, done.err) == (0, "")
    assert done.body["schema"] == "audit/1"
    assert set(done.body["states"]) == STATES
    assert sum(done.body["states"].values()) == done.body["accesses"] > 0
    assert sum(done.body["overlap"].values()) == done.body["accesses"]
    assert set(done.body["provenance"]) == {"ledger_size", "root", "packs", "code", "linkage"}


def test_the_words_of_an_audit_carry_the_figures_of_the_object(vault: Path) -> None:
    """Text and JSON of one audit say the same numbers."""
    body, text = said("audit", vault, "--json").body, said("audit", vault).out

    for state, count in body["states"].items():
        assert re.search(rf"^{state} +{count:,} ", text, re.MULTILINE)
    assert f"{body['findings']:,} actor-subject episodes are not explained" in text
    assert "must not be added" in text


def test_findings_end_the_command_with_1_where_that_is_asked(vault: Path) -> None:
    """`--fail-on findings` turns a queue that is not empty into exit code 1, and says the same besides."""
    asked, plain = said("audit", vault, "--fail-on", "findings", "--json"), said("audit", vault, "--json")

    assert (asked.code, plain.code) == (1, 0)
    assert asked.out == plain.out


def test_queue_tells_of_each_gap_in_its_ranks_and_scores_are_the_sum_of_the_signals_shown(vault: Path) -> None:
    """What is missing between the ranks is what was held back, and there is no score without its parts."""
    page = said("queue", vault, *LAWFUL, "-n", 15, "--json")

    assert (page.code, page.err, page.body["schema"]) == (0, "", "queue/1")
    ranks = [one["rank"] for one in page.body["findings"]]
    assert ranks == sorted(set(ranks))
    assert (ranks[0], ranks[-1] - len(ranks)) == (1, page.body["held_back"])
    assert page.body["in_queue"] >= 15
    for finding in page.body["findings"]:
        assert set(finding) == FINDING_KEYS
        assert finding["score"] == sum(signal["points"] for signal in finding["signals"])
        assert datetime.fromisoformat(finding["first_at"]).utcoffset() is not None
        assert finding["first_at"].endswith("Z")


def test_queue_in_words_names_each_finding_and_says_that_unexplained_is_not_guilty(vault: Path) -> None:
    """A person reads rank, finding, points and sentences, and the reminder."""
    body, text = said("queue", vault, *LAWFUL, "-n", 3, "--json").body, said("queue", vault, *LAWFUL, "-n", 3).out

    for finding in body["findings"]:
        assert f"{finding['rank']:>3}  {finding['finding']}" in text
        for signal in finding["signals"]:
            assert signal["sentence"] in text
    assert "Unexplained is not guilty" in text


def test_show_lists_every_access_of_the_finding(vault: Path) -> None:
    """As many accesses are listed as the finding counts, and text and object name the same events."""
    finding = first_finding(vault)
    shown = said("show", vault, finding["finding"], *LAWFUL, "--json")
    text = said("show", vault, finding["finding"], *LAWFUL).out

    assert (shown.code, shown.err, shown.body["schema"]) == (0, "", "finding/1")
    assert set(shown.body) == {"schema", *FINDING_KEYS, "actor_then", "duty", "history"}
    assert len(shown.body["accesses"]) == finding["accesses"]
    assert {line["state"] for line in shown.body["accesses"]} <= STATES
    assert all(f"{line['access']:,}" in text for line in shown.body["accesses"])


def test_why_gives_the_reasons_of_an_explained_access_strongest_first(vault: Path) -> None:
    """Each reason names its template, the facts it rests on, and a sentence."""
    found = next(
        told
        for told in (said("why", vault, event, *LAWFUL, "--json") for event in accesses_of(vault, "explained"))
        if len(told.body["explanations"]) > 1
    )

    strengths = [one["strength"] for one in found.body["explanations"]]
    assert (found.code, found.err, found.body["schema"]) == (0, "", "why/1")
    assert found.body["state"] == "explained"
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] <= found.body["strength"] <= 1
    assert all(one["rests_on"] and one["sentence"] and one["template"] for one in found.body["explanations"])
    assert found.body["nearest_miss"] is None


def test_why_says_of_an_unexplained_access_what_was_looked_for(vault: Path) -> None:
    """Where nothing was found, the sentence says so, and no reason is made up."""
    [event] = accesses_of(vault, "unexplained", 1)
    told, text = said("why", vault, event, *LAWFUL, "--json"), said("why", vault, event, *LAWFUL).out

    assert (told.code, told.body["state"], told.body["explanations"]) == (0, "unexplained", [])
    assert told.body["nearest_miss"] in text
    assert "UNEXPLAINED (strength 0.00)" in text


def accesses_of(vault: Path, state: str, count: int = 40) -> list[int]:
    """Return the first accesses in that state, from the run's own relation."""
    import pyarrow.parquet as pq

    latest = (vault / "derived" / "latest").read_text().strip()
    table = pq.read_table(vault / "derived" / latest / "access_state.parquet").to_pylist()
    return [row["access"] for row in table if row["state"] == state][:count]


def test_report_writes_one_file_and_says_how_large(vault: Path, tmp_path: Path) -> None:
    """The file is there, has the size that is told, and asks no network."""
    out = tmp_path / "report.html"
    told = said("report", vault, out, *LAWFUL, "--json")

    assert (told.code, told.err) == (0, "")
    assert told.body == {"schema": "report/1", "written_to": str(out), "bytes": out.stat().st_size}
    assert not re.search(r"(src|href)=[\"']https?:", out.read_text())


def test_verify_counts_what_it_read_and_says_that_nobody_vouches(vault: Path) -> None:
    """Every entry was read, of each type; without witnesses that is said in capitals."""
    told, text = said("verify", vault, "--json"), said("verify", vault).out
    verified = told.body["verified"]

    assert (told.code, told.err, told.body["schema"], told.body["ok"]) == (0, "", "verify/1", True)
    assert sum(verified["entries"].values()) == verified["size"]
    assert verified["full"] is True
    assert verified["root"] in text
    assert "UNWITNESSED" in text
    assert said("verify", vault, "--tree-only", "--json").body["verified"]["full"] is False


def test_init_tells_origin_and_key(tmp_path: Path) -> None:
    """A new vault's log has the origin of the contract, and its schemas, key and founding act as entries."""
    told = said("init", tmp_path / "new", "--organisation", "dorset.police.uk", "--name", "east", "--json")

    assert (told.code, told.err, told.body["schema"]) == (0, "", "init/1")
    assert told.body["origin"] == "dorset.police.uk/custodiet/east"
    assert told.body["size"] > 0
    assert said("verify", tmp_path / "new").code == 0


def test_simulate_writes_what_it_says(tmp_path: Path) -> None:
    """The counts are those of the files; text says the same numbers."""
    words = ("--scale", 0.01, "--days", 3)
    told, text = said("simulate", tmp_path / "a", *words, "--json"), said("simulate", tmp_path / "b", *words).out

    assert (told.code, told.err, told.body["schema"]) == (0, "", "simulate/1")
    assert told.body["files"] == sum(1 for path in (tmp_path / "a" / "exports").rglob("*") if path.is_file())
    assert all(re.search(rf"^{key} +{told.body[key]:,}$", text, re.MULTILINE) for key in ("files", "records", "staff"))


def test_map_proposes_a_mapping_that_can_be_read_back(exports: Path, tmp_path: Path) -> None:
    """The proposal written to a file is the text of the object, and is never written over another."""
    file, out = exports / "exports" / "hr" / "associations.csv", tmp_path / "proposed.toml"
    told = said("map", file, "--out", out, "--json")

    assert (told.code, told.err, told.body["schema"]) == (0, "", "map/1")
    assert out.read_text() == told.body["mapping"]
    assert 0 < len(told.body["preview"]) <= 10
    again = said("map", file, "--out", out)
    assert again.code == 3
    assert "exists already" in again.err


def test_the_shipped_packs_examples_come_out_as_they_say() -> None:
    """`custodiet test` runs them all and none fails."""
    told = said("test", "--json")

    assert (told.code, told.err, told.body["schema"], told.body["failed"]) == (0, "", "test/1", [])
    assert told.body["examples"] > 50
    assert "0 failed" in said("test").out


def test_demo_does_the_whole_job_in_one_folder(tmp_path: Path) -> None:
    """Vault, report and figures are there afterwards; the folder is never used twice."""
    folder = tmp_path / "demo"
    told = said("demo", folder, "--scale", 0.01, "--days", 3, "--json")

    assert (told.code, told.err, told.body["schema"]) == (0, "", "demo/1")
    assert Path(told.body["report"]).is_file()
    for total in told.body["totals"]:
        assert total["files"] > 0
        assert total["received"] == total["accepted"] + total["duplicate"] + total["quarantined"]
    assert said("demo", folder).code == 3


def test_in_a_pipe_there_are_lines_and_nothing_else(vault: Path) -> None:
    """No colour, no bar, no folding: what is one line on a wide terminal is one line in a pipe; progress is lines, too."""
    queue, audit = piped("queue", vault, *LAWFUL, "-n", 2), piped("audit", vault, "--as-known", 2**62)

    assert (queue.code, queue.err) == (0, "")
    assert "\x1b" not in queue.out + audit.out + audit.err
    assert not re.search(r" \n", queue.out)
    assert len(re.findall(r"^ +\d+  F-[A-Z2-7]{8}  .* points  ", queue.out, re.MULTILINE)) == 2
    assert audit.code == 2
    verify = piped("verify", vault)
    assert re.fullmatch(r"(verify: [\d,]+ of [\d,]+\n)+", verify.err)


@pytest.mark.parametrize(
    "command",
    [
        "audit",
        "queue",
        "show",
        "why",
        "report",
        "verify",
        "ingest",
        "context",
        "init",
        "map",
        "simulate",
        "demo",
        "test",
    ],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    """`--help` ends with 0 and shows a line to type."""
    told = said(command, "--help")

    assert told.code == 0
    assert "Example" in told.out
    assert f"custodiet {command}" in told.out
    assert "--json" in told.out


def test_names_from_records_cannot_style_or_steer_the_terminal() -> None:
    """Square brackets are no markup, and control characters are written out, in tables and in lines."""
    from custodiet.cli.printing import console, hanging, shown, table

    awkward = "[red]A[/red] \x1b[2J\r\n\u202eb"
    with_out = said_by(lambda: (
        console().print(table(awkward, ("what",), [(awkward,)])),
        console().print(hanging(awkward, under="+1", width=4)),
        console().print(shown(awkward)),
    ))  # fmt: skip

    assert with_out.count("[red]A[/red] \\x1b[2J\\r\\n\\u202eb") == 4


def said_by(printing: Any) -> str:
    """Return what was printed on standard output."""
    import contextlib
    import io

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        printing()
    return out.getvalue()


def test_json_is_the_same_bytes_for_the_same_question(vault: Path) -> None:
    """Nothing in an answer depends on when it was given."""
    one, two = (said("queue", vault, *LAWFUL, "--json").out for _ in range(2))

    assert one == two
    assert json.loads(one)["run"] == (vault / "derived" / "latest").read_text().strip()
