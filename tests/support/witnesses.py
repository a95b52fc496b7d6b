"""Witnesses for tests: a fixed key, and servers in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.bootstrap.passphrases import given_passphrase
from custodiet.bootstrap.witness_service import witness_server
from custodiet.signing.cosigning import Cosigner
from support.command_line import said, started

#: The witness of docs/specs/vectors/witness.json.
WITNESS_SIGNER = Cosigner("northby.example/witness", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))


@dataclass(frozen=True, slots=True)
class Serving:
    """A witness that is being served."""

    folder: Path
    key: str
    url: str
    process: subprocess.Popen[str] | None = None  # None: in this one
    told: Mapping[str, object] = field(default_factory=dict)  # what it printed

    def kill(self) -> None:
        """Kill the server with a signal that it cannot catch."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)


def make_witness(folder: Path, name: str, *logs: str) -> str:
    """Make a witness that knows these logs, and return its key."""
    made = said("witness", "init", folder, "--name", f"{name}.example/witness", "--json")
    assert made.code == 0, made.err
    for key in logs:
        assert said("witness", "add-log", folder, key).code == 0
    return str(made.body["key"])


@contextmanager
def serving(folder: Path, listen: str = "127.0.0.1:0") -> Iterator[Serving]:
    """Serve the witness in a process of its own."""
    process = started("witness", "serve", folder, "--listen", listen, "--json")
    assert process.stdout is not None
    try:
        text = ""
        while not text.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            text += line
        told = json.loads(text)
        yield Serving(folder, told["key"], f"http://{told['listens_at']}", process, told)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving_here(folder: Path) -> Iterator[Serving]:
    """Serve the witness in a thread of this process: a start without a start-up."""
    with witness_server(folder, "127.0.0.1:0", passphrase=given_passphrase(), silent=True) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield Serving(folder, server.witness.signer.verifier.key.text, f"http://{server.listens_at}")
        server.shutdown()
        thread.join()


def policy_text(quorum: str, **witnesses: tuple[str, str | None]) -> str:
    """Return a policy with these witnesses (key and address), all in one group: `quorum` is `any`, `all` or a number."""
    lines = [f"witness {name} {key} {url or ''}" for name, (key, url) in witnesses.items()]
    return "\n".join([*lines, f"group witnesses {quorum} {' '.join(witnesses)}", "quorum witnesses", ""])
