"""Commands of the second organisation: `custodiet witness ...`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from custodiet.cli.options import Json
from custodiet.cli.printing import console, print_json, shown, table

#: The sub-command.
witness = App(
    name="witness", help="Be a witness for another organisation's ledger: remember it, and vouch that it only grows."
)

WitnessFolder = Annotated[Path, Parameter(help="The witness's folder.", show_default=False)]


def register(app: App) -> None:
    """Add the sub-command."""
    app.command(witness)


@witness.command(name="init")
def make(
    folder: WitnessFolder,
    /,
    *,
    name: Annotated[
        str, Parameter(help="The witness's name, like an address without its scheme: northby.example/witness.")
    ],
    as_json: Json = False,
) -> int:
    """Make a witness: a folder with its key and its memory. Nothing personal ever comes into it.

    The key lies under a passphrase where one is given in CUSTODIET_PASSPHRASE or the file that CUSTODIET_PASSPHRASE_FILE names.
    Never make a second witness from a copy of the folder, and never set the folder back to an older state.

    Example: `custodiet witness init northby --name northby.example/witness`
    """
    from custodiet import bootstrap

    key = bootstrap.make_witness(folder, name, passphrase=bootstrap.given_passphrase())
    if as_json:
        print_json("witness_init/1", {"folder": folder, "key": key})
        return 0
    out = console()
    out.print(f"Made the witness [bold]{shown(str(folder))}[/bold].")
    out.print(f"Its public key, for the policies of those it witnesses: {shown(key)}", soft_wrap=True)
    return 0


@witness.command(name="add-log")
def add_log(
    folder: WitnessFolder,
    key: Annotated[
        str, Parameter(help="The log's public key, as `custodiet init` printed it (NAME+ID+KEY).", show_default=False)
    ],
    /,
    *,
    as_json: Json = False,
) -> int:
    """Witness the log of this key from now on. A second key of the same name is taken beside the first.

    Example: `custodiet witness add-log northby "force.example/custodiet/main+1f2e3d4c+AQ..."`
    """
    from custodiet import bootstrap

    known = bootstrap.add_log(folder, key)
    if as_json:
        print_json("witness_log/1", {"origin": known.origin, "key": known.key})
    else:
        console().print(f"Witnesses {shown(known.origin)} from now on.")
    return 0


@witness.command(name="list")
def list_logs(folder: WitnessFolder, /, *, as_json: Json = False) -> int:
    """List the logs that are witnessed: how far, until when, and how many requests did not fit what was seen before.

    Example: `custodiet witness list northby`
    """
    from custodiet import bootstrap

    logs = bootstrap.witnessed_logs(folder)
    if as_json:
        print_json("witness_logs/1", {"logs": logs})
        return 0
    rows = [(log.origin, log.size, _moment(log.time), log.refusals) for log in logs]
    console().print(table("Logs", ("log", "size", "cosigned last", "did not fit"), rows, right=(1, 3)))
    return 0


@witness.command
def serve(
    folder: WitnessFolder,
    /,
    *,
    listen: Annotated[str, Parameter(help="Address and port; port 0 is any that is free.")] = "127.0.0.1:8711",
    as_json: Json = False,
) -> int:
    """Serve the witness until it is stopped: C2SP tlog-witness over plain HTTP, to stand behind a proxy that speaks TLS.

    One line for each request is written to standard error: when, what, with which status.

    Example: `custodiet witness serve northby --listen 127.0.0.1:8711`
    """
    from custodiet import bootstrap

    with bootstrap.witness_server(folder, listen, passphrase=bootstrap.given_passphrase(), silent=as_json) as server:
        if as_json:
            print_json(
                "witness_serving/1", {"listens_at": server.listens_at, "key": server.witness.signer.verifier.key.text}
            )
        else:
            console().print(f"Listens at http://{shown(server.listens_at)}")
        sys.stdout.flush()  # whoever started this may wait for the address
        server.serve_forever()
    return 0


def _moment(time: int | None) -> str | None:
    return None if time is None else f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S} UTC"
