"""Witnesses in processes of their own, over loopback: the quorum, and what happens when one is down, slow or killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic

import pytest

from custodiet.app.vault import Vault
from custodiet.bootstrap.ledgers import VaultLedger
from custodiet.logstore.layout import Layout
from custodiet.witnessing import server as served
from support.command_line import said
from support.witnessed_vault import commit, key_of, made_vault, put_policy
from support.witnesses import Serving, make_witness, policy_text, serving, serving_here


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a small vault."""
    return made_vault(tmp_path / "vault")


@pytest.fixture
def pair(vault: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Serving, Serving]]:
    """Return two witnesses, served, which know the vault's log."""
    for name in ("northby", "avonmere"):
        make_witness(tmp_path / name, name, key_of(vault))
    serve = serving if request.param == "processes" else serving_here
    with serve(tmp_path / "northby") as northby, serve(tmp_path / "avonmere") as avonmere:
        yield northby, avonmere


PROCESSES = pytest.mark.parametrize("pair", ["processes"], indirect=True)
THREADS = pytest.mark.parametrize("pair", ["threads"], indirect=True)


def both(pair: tuple[Serving, Serving], quorum: str) -> str:
    """Return the policy of the two witnesses."""
    northby, avonmere = pair
    return policy_text(quorum, northby=(northby.key, northby.url), avonmere=(avonmere.key, avonmere.url))


def outcomes(vault: Path) -> tuple[int, dict[str, str]]:
    """Return how `ledger witness` ends, and what came of asking each witness."""
    told = said("ledger", "witness", vault, "--json")
    return told.code, {one["witness"]: one["outcome"] for one in told.body["asked"]}


@PROCESSES
def test_a_quorum_of_two_vouches_and_the_rest_is_told_to_be_unwitnessed(
    vault: Path, pair: tuple[Serving, Serving]
) -> None:
    """UNWITNESSED until both have cosigned; then who and up to where; then what came after is called unwitnessed."""
    assert "UNWITNESSED: nobody outside" in said("verify", vault).out
    put_policy(vault, both(pair, "all"))
    assert "UNWITNESSED: the quorum witnesses" in said("verify", vault).out

    assert outcomes(vault) == (0, {"northby": "cosigned", "avonmere": "cosigned"})
    size = VaultLedger(Vault(vault)).read().size
    words = said("verify", vault).out
    assert f"Witnessed up to size {size} by avonmere, northby at " in words
    assert "UNWITNESSED" not in words

    commit(vault, 3)
    body = said("verify", vault, "--json").body["witnessing"]
    assert (body["witnessed"], body["whole"], body["by"]) == (size, False, ["avonmere", "northby"])
    assert f"UNWITNESSED yet: the 3 entries from {size} on." in said("verify", vault).out
    assert outcomes(vault) == (0, {"northby": "cosigned", "avonmere": "cosigned"})
    assert said("verify", vault, "--json").body["witnessing"]["witnessed"] == size + 3


@PROCESSES
def test_a_witness_that_is_down_fails_the_quorum_and_nothing_else(vault: Path, pair: tuple[Serving, Serving]) -> None:
    """One of two is enough for `any` and not for `all`; what was cosigned is kept, and the other can cosign later."""
    northby, _ = pair
    put_policy(vault, both(pair, "all"))
    northby.kill()

    assert outcomes(vault) == (6, {"northby": "unreachable", "avonmere": "cosigned"})
    assert "UNWITNESSED: the quorum" in said("verify", vault).out
    put_policy(vault, both(pair, "any"))
    assert "UNWITNESSED yet" in said("verify", vault).out  # the change of policy is an entry of its own

    with serving(northby.folder, northby.url.removeprefix("http://")):
        put_policy(vault, both(pair, "all"))
        assert outcomes(vault) == (0, {"northby": "cosigned", "avonmere": "cosigned"})


@THREADS
def test_a_witness_that_knows_the_size_better_is_asked_again_from_there(
    vault: Path, pair: tuple[Serving, Serving]
) -> None:
    """Cosignatures that were lost on the way, or never stored, cost one request more and nothing else."""
    put_policy(vault, both(pair, "all"))
    outcomes(vault)
    layout = Layout(vault / "ledger")
    for file in layout.checkpoints.iterdir():  # forget all cosignatures
        text, _, lines = file.read_text("utf-8").rpartition("\n\n")
        file.write_text(f"{text}\n\n{lines.splitlines()[0]}\n", "utf-8")
    commit(vault, 2)

    assert outcomes(vault) == (0, {"northby": "cosigned", "avonmere": "cosigned"})


def test_an_unknown_log_is_refused(vault: Path, tmp_path: Path) -> None:
    """A witness that was not told of the log says so, and the command ends with 6."""
    key = make_witness(tmp_path / "northby", "northby")
    with serving(tmp_path / "northby") as northby:
        put_policy(vault, policy_text("any", northby=(key, northby.url)))
        assert outcomes(vault) == (6, {"northby": "refused"})


def test_a_witness_killed_between_memory_and_answer_loses_nothing(vault: Path, tmp_path: Path) -> None:
    """What it had put on its disk it vouches for when it is asked again; it never forgets it."""
    key = make_witness(tmp_path / "northby", "northby", key_of(vault))
    ledger = VaultLedger(Vault(vault))
    with KilledBeforeItsAnswer(tmp_path / "northby") as url:
        put_policy(vault, policy_text("any", northby=(key, url)))
        assert outcomes(vault) == (6, {"northby": "unreachable"})
    listed = said("witness", "list", tmp_path / "northby", "--json").body["logs"]
    assert [log["size"] for log in listed] == [ledger.read().size]

    with serving(tmp_path / "northby", url.removeprefix("http://")):
        assert outcomes(vault) == (0, {"northby": "cosigned"})


class KilledBeforeItsAnswer:
    """A witness that dies of SIGKILL in the place of its first signature."""

    PROGRAM = """
import os, signal, sys
from pathlib import Path
from custodiet.bootstrap.passphrases import given_passphrase
from custodiet.bootstrap.witness_service import witness_server
from custodiet.signing.cosigning import Cosigner
Cosigner.sign = lambda self, message: os.kill(os.getpid(), signal.SIGKILL)
with witness_server(Path(sys.argv[1]), "127.0.0.1:0", passphrase=given_passphrase(), silent=True) as server:
    print(server.listens_at, flush=True)
    server.serve_forever()
"""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        words = [sys.executable, "-c", self.PROGRAM, str(self._folder)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        return f"http://{self._process.stdout.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        assert self._process.wait(timeout=30) == -9
        self._process.communicate()


@THREADS
def test_every_commit_is_witnessed_where_the_settings_say_so(
    vault: Path, pair: tuple[Serving, Serving], caplog: pytest.LogCaptureFixture
) -> None:
    """`witness = true` asks after each commit; a witness that is down is a warning, and the commit stands."""
    put_policy(vault, both(pair, "any"))
    settings = vault / "vault.toml"
    settings.write_text(settings.read_text("utf-8") + "witness = true\n", "utf-8")
    commit(vault, 1)
    assert said("verify", vault, "--json").body["witnessing"]["whole"] is True

    put_policy(vault, policy_text("any", northby=(pair[0].key, "http://127.0.0.1:9")))
    caplog.clear()
    size = VaultLedger(Vault(vault)).read().size
    commit(vault, 1)
    assert VaultLedger(Vault(vault)).read().size == size + 1
    assert "witness northby has not cosigned" in caplog.text


def test_the_policy_of_another_log_is_refused(vault: Path, tmp_path: Path) -> None:
    """A policy that names another log's key, one that is malformed, and a log as its own witness are bad input."""
    other = key_of(made_vault(tmp_path / "other"))
    before = VaultLedger(Vault(vault)).read().size
    own = key_of(vault)
    for text in (f"log {other}\nquorum none\n", "quorum nobody\n"):
        (tmp_path / "policy.txt").write_text(text)
        assert said("ledger", "policy", vault, "--set", tmp_path / "policy.txt").code == 3
    assert (VaultLedger(Vault(vault)).read().size, (vault / "ledger" / "policy.txt").exists()) == (before, False)

    (tmp_path / "policy.txt").write_text(f"log {own}\nquorum none\n")
    assert said("ledger", "policy", vault, "--set", tmp_path / "policy.txt").code == 0
    assert "UNWITNESSED: nobody outside" in said("verify", vault).out


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """Return the address of a witness that is served in this process."""
    make_witness(tmp_path / "witness", "northby")
    with serving_here(tmp_path / "witness") as witness:
        host, port = witness.url.removeprefix("http://").split(":")
        yield host, int(port)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/add-checkpoint", {"Content-Length": str(served.MOST_BYTES + 1)}, 413),
        ("POST", "/add-checkpoint", {"Content-Length": "9" * 400}, 413),
        ("POST", "/add-checkpoint", {"Content-Length": "-1"}, 411),
        ("POST", "/add-checkpoint", {"Transfer-Encoding": "chunked"}, 411),
        ("POST", "/add-checkpoint", {}, 411),
        ("POST", "/elsewhere", {"Content-Length": "0"}, 404),
        ("POST", "/add-checkpoint", {"Content-Length": "0"}, 400),
        ("GET", "/", {}, 404),
        ("GET", "/" + "0" * 64 + "/checkpoint", {}, 404),
        ("DELETE", "/add-checkpoint", {}, 501),
    ],
)
def test_requests_that_are_none_are_answered_and_not_read(
    address: tuple[str, int], method: str, path: str, headers: dict[str, str], status: int
) -> None:
    """Bodies without a length, or longer than any honest one, are not read; unknown paths and methods are refused."""
    connection = HTTPConnection(*address, timeout=10)
    connection.putrequest(method, path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_several_requests_share_a_connection(address: tuple[str, int]) -> None:
    """Connections are kept alive between requests."""
    connection = HTTPConnection(*address, timeout=10)
    for _ in range(3):
        connection.request("POST", "/add-checkpoint", b"x")
        response = connection.getresponse()
        assert (response.status, response.read()[:4]) == (400, b"This")
    connection.close()


def test_a_client_that_says_nothing_is_cut_off(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence, and a request that drips in, end after their time; whoever waits meanwhile is served."""
    monkeypatch.setattr(served._Handler, "timeout", 0.3)
    monkeypatch.setattr(served, "LIFETIME", 1.0)
    with (
        socket.create_connection(address, timeout=10) as silent,
        socket.create_connection(address, timeout=10) as dripping,
    ):
        began = monotonic()
        assert silent.recv(100) == b""
        assert monotonic() - began < 5
        with pytest.raises(OSError):  # noqa: PT012 - the server hangs up at some letter
            while monotonic() - began < 10:
                dripping.sendall(b"G")
                dripping.settimeout(0.1)
                try:
                    assert dripping.recv(100) == b""
                    raise ConnectionResetError
                except TimeoutError:
                    continue
        assert monotonic() - began < 8


def test_more_connections_than_there_are_places_are_closed(
    address: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of idle connections does not grow the server; when they are gone it answers as before."""
    flood = [socket.create_connection(address, timeout=10) for _ in range(served.MOST_CONNECTIONS + 20)]
    closed = [one for one in flood if _hung_up(one)]
    assert 1 <= len(closed) <= 20
    for one in flood:
        one.close()
    until = monotonic() + 10
    while monotonic() < until:
        try:
            connection = HTTPConnection(*address, timeout=10)
            connection.request("GET", "/x/checkpoint")
            assert connection.getresponse().status == 404
            connection.close()
            return
        except OSError:
            continue
    pytest.fail("the server did not come back")


def _hung_up(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_json_of_the_witness_s_commands(tmp_path: Path, vault: Path) -> None:
    """Each of them prints one object, and a wrong call is refused with its code."""
    key = make_witness(tmp_path / "w", "northby")
    added = said("witness", "add-log", tmp_path / "w", key_of(vault), "--json")
    assert added.body == {"schema": "witness_log/1", "origin": "county.example/custodiet/main", "key": key_of(vault)}
    listed = said("witness", "list", tmp_path / "w", "--json").body
    assert listed["logs"] == [{"origin": "county.example/custodiet/main", "size": None, "time": None, "refusals": 0}]
    assert json.dumps(key)
    assert said("witness", "add-log", tmp_path / "w", key).code == 3  # a witness's key is no log's
    assert said("witness", "init", tmp_path / "w", "--name", "again.example/witness").code == 3
    assert said("witness", "init", tmp_path / "bad", "--name", "two words").code == 3
    assert not (tmp_path / "bad").exists()
    assert said("witness", "list", tmp_path / "nowhere").code == 3
    assert said("witness", "serve", tmp_path / "w", "--listen", "nowhere").code == 3
