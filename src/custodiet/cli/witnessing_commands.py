"""Commands of the ledger's own organisation about witnesses: `custodiet ledger witness`, `policy` and `compare`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json, VaultFolder
from custodiet.cli.printing import console, print_json, shown, table, times
from custodiet.errors import UsageError
from custodiet.model.witnessing import Witnessing

if TYPE_CHECKING:
    from custodiet.bootstrap.timestamping import Stamps

_FAILED, _ENVIRONMENT = 1, 6


def register(ledger: App) -> None:
    """Add the commands of this module."""
    for command in (witness, policy, compare, timestamp):
        ledger.command(command)


def witness(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """Ask each witness of the policy to cosign the newest checkpoint, and keep what they sign with it.

    Ends with 1 where a witness remembers another history than the vault shows, and with 6 where no quorum was reached.
    Run it after each night's deliveries, and between them as often as the age that readers allow demands.

    Example: `custodiet ledger witness wessex`
    """
    from custodiet import bootstrap

    done = bootstrap.witness(vault)
    if as_json:
        asked = [{"witness": one.witness, "outcome": one.outcome, "sentence": one.sentence} for one in done.asked]
        print_json("witnessed/1", {"size": done.size, "asked": asked, "witnessing": witnessing_body(done.witnessing)})
    else:
        rows = [(one.witness, one.outcome.value, one.sentence) for one in done.asked]
        out = console()
        out.print(table(f"Size {done.size:,}", ("witness", "outcome", "what it said"), rows))
        print_witnessing(done.witnessing)
    if any(one.outcome == "disagrees" for one in done.asked):
        return _FAILED
    return 0 if done.witnessing.whole else _ENVIRONMENT


def policy(
    vault: VaultFolder,
    /,
    *,
    set_file: Annotated[Path | None, Parameter(name="--set", help="Put the policy in this file into force.")] = None,
    as_json: Json = False,
) -> int:
    """Check and show the policy: which witnesses are known, and how many of them must vouch (C2SP tlog-policy).

    It lies in ledger/policy.txt. `--set` checks a file first, and enters the change in the ledger.

    Example: `custodiet ledger policy wessex --set policy.txt`
    """
    from custodiet import bootstrap

    found = bootstrap.policy(vault) if set_file is None else bootstrap.set_policy(vault, set_file)
    read = found.witnesses.policy
    if as_json:
        witnesses = [{"name": one.name, "key": one.key.text, "url": one.url} for one in read.witnesses]
        body = {"file": found.file, "quorum": read.quorum, "witnesses": witnesses, "groups": read.groups}
        print_json("policy/1", {**body, "witnessing": witnessing_body(found.witnessing)})
        return 0
    rows = [(one.name, one.key.name, one.url) for one in read.witnesses]
    out = console()
    out.print(table(f"Policy, quorum {read.quorum}", ("witness", "its key", "where"), rows))
    for group in read.groups:
        out.print(f"{shown(group.name)}: {group.least} of {shown(', '.join(group.members))}")
    print_witnessing(found.witnessing)
    return 0


def compare(vault: VaultFolder, /, *, as_json: Json = False) -> int:
    """Hold what each witness has seen of this log against the vault; ends with 1 where one has seen something else.

    Where two histories are shown under one key, the witness's note and the vault's checkpoint together are the proof.

    Example: `custodiet ledger compare wessex`
    """
    from custodiet import bootstrap

    compared = bootstrap.compare(vault)
    if as_json:
        print_json("compared/1", {"compared": compared})
    else:
        rows = [(one.witness, one.agreement.value, one.sentence) for one in compared]
        console().print(table("What the witnesses have seen", ("witness", "agreement", "what it serves"), rows))
    return _FAILED if any(one.agreement == "disagrees" for one in compared) else 0


def timestamp(
    vault: VaultFolder,
    /,
    *,
    url: Annotated[str, Parameter(help="Address of the time-stamping authority (RFC 3161).")],
    roots: Annotated[Path, Parameter(help="PEM file with the root certificates that the authority must lead to.")],
    as_json: Json = False,
) -> int:
    """Have a time-stamping authority stamp the newest checkpoint, and keep the token with it.

    It fixes, in a form that courts know, that the ledger was so at that time; against a second history help witnesses. It
    sees a digest and nothing else. Needs the package custodiet[timestamp].

    Example: `custodiet ledger timestamp wessex --url https://tsa.example/tsr --roots tsa-roots.pem`
    """
    from custodiet import bootstrap

    done = bootstrap.timestamp(vault, url, roots)
    if as_json:
        print_json("timestamp/1", {"size": done.size, "file": done.file, "stamp": done.stamp})
    else:
        out = console()
        out.print(
            f"Time-stamped: size {done.size:,} at {done.stamp.at:%Y-%m-%d %H:%M:%S} UTC by {shown(done.stamp.authority)}."
        )
    return 0


def print_stamps(stamps: Stamps) -> None:
    """Say what time-stamps there are, and which of them were checked."""
    if stamps.at is not None:
        authority = shown(stamps.authority or "")
        console().print(
            f"Time-stamped: {times(stamps.checked, 'checkpoint', 'checkpoints')}, the newest of size {stamps.size:,}"
            f" at {stamps.at:%Y-%m-%d %H:%M:%S} UTC by {authority}."
        )
    elif stamps.held:
        console().print(
            f"{times(stamps.held, 'time-stamp is', 'time-stamps are')} held and not checked; --stamp-roots says whose to trust."
        )


def allowed_age(hours: float | None) -> timedelta | None:
    """Return the age that so many hours are; raises UsageError for what is no age."""
    if hours is None:
        return None
    if not 0 < hours < 1_000_000:
        msg = f"--max-age is a number of hours, not {hours}"
        raise UsageError(msg)
    return timedelta(hours=hours)


def print_witnessing(witnessing: Witnessing) -> None:
    """Say who vouches for the ledger, and what nobody vouches for, loudly."""
    out = console()
    for sentence in witnessing.sentences:
        head, word, rest = sentence.partition("UNWITNESSED")
        out.print(f"{shown(head)}[bold]{word}[/bold]{shown(rest)}" if word else shown(sentence))


def witnessing_body(witnessing: Witnessing) -> dict[str, object]:
    """Return who vouches for the ledger, for `--json`."""
    return {
        "whole": witnessing.whole,
        "witnessed": witnessing.witnessed,
        "by": witnessing.by,
        "at": witnessing.at,
        "quorum": witnessing.quorum,
    }
