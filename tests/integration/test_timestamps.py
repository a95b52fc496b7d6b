"""Time-stamps of an authority made with `openssl ts`: asked for over HTTP, verified here and by openssl, and refused."""

from __future__ import annotations

import builtins
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custodiet.errors import BadInput, EnvironmentFault, VerificationFailed
from custodiet.logstore.layout import Layout
from custodiet.witnessing.timestamps import roots_in, verified_stamp
from support.authority import Authority, verified_by_openssl
from support.command_line import said
from support.witnessed_vault import commit, key_of, made_vault, policy_text_of
from support.witnesses import make_witness, serving_here

pytest.importorskip("rfc3161_client")
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority."""
    return Authority.create(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority that nobody trusts."""
    return Authority.create(tmp_path_factory.mktemp("other") / "tsa", "Another Authority")


@pytest.fixture(scope="module")
def url(authority: Authority) -> Iterator[str]:
    """Return the authority's address."""
    with authority.serving() as url:
        yield url


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Return a small vault."""
    return made_vault(tmp_path / "vault")


def test_a_checkpoint_is_stamped_and_openssl_agrees(
    vault: Path, tmp_path: Path, authority: Authority, url: str
) -> None:
    """The token is stored with its checkpoint and holds here and for `openssl ts -verify`, also once witnesses cosigned."""
    told = said("ledger", "timestamp", vault, "--url", url, "--roots", authority.roots, "--json")
    assert told.code == 0, told.err
    size, layout = told.body["size"], Layout(vault / "ledger")
    assert told.body["stamp"]["authority"] == "CN=Invented Authority"
    make_witness(tmp_path / "northby", "northby", key_of(vault))
    with serving_here(tmp_path / "northby") as witness:
        (vault / "ledger" / "policy.txt").write_text(policy_text_of(witness))
        assert said("ledger", "witness", vault).code == 0

    note = tmp_path / "note"
    note.write_bytes(b"".join(layout.past_checkpoint(size).read_bytes().splitlines(keepends=True)[:5]))
    assert verified_by_openssl(layout.timestamp(size), note, authority.roots)

    commit(vault, 1)
    verified = said("verify", vault, "--stamp-roots", authority.roots, "--json").body["timestamps"]
    assert (verified["held"], verified["checked"], verified["size"]) == (1, 1, size)
    assert "1 time-stamp is held and not checked" in said("verify", vault).out
    assert (
        "Time-stamped: 1 checkpoint, the newest of size" in said("verify", vault, "--stamp-roots", authority.roots).out
    )


def test_a_stamp_of_another_checkpoint_or_authority_fails_verification(
    vault: Path, authority: Authority, other: Authority, url: str
) -> None:
    """A token moved to another size, one under a root that is not trusted, and a damaged one are named by their file."""
    assert said("ledger", "timestamp", vault, "--url", url, "--roots", authority.roots).code == 0
    layout = Layout(vault / "ledger")
    [stamp] = layout.timestamps.iterdir()
    assert said("verify", vault, "--stamp-roots", other.roots).code == 1

    size = commit(vault, 1)
    shutil.copy(stamp, layout.timestamp(size))
    fault = said("verify", vault, "--stamp-roots", authority.roots, "--json").body["fault"]
    assert (fault["part"], fault["file"]) == ("checkpoint", f"timestamps/{size}.tsr")
    assert "does not hold" in fault["sentence"]
    layout.timestamp(size).write_bytes(b"no token")
    assert said("verify", vault, "--stamp-roots", authority.roots).code == 1


def test_an_answer_that_does_not_hold_is_not_stored(
    vault: Path, authority: Authority, other: Authority, url: str
) -> None:
    """An untrusted authority ends with 1, one that is down with 6, roots that are none with 3; nothing is kept."""
    for address, roots, code in (
        (url, other.roots, 1),
        ("http://127.0.0.1:9/tsr", authority.roots, 6),
        ("ftp://127.0.0.1/tsr", authority.roots, 6),
        (url, vault / "vault.toml", 3),
        (url, vault / "nowhere.pem", 3),
    ):
        assert said("ledger", "timestamp", vault, "--url", address, "--roots", roots).code == code
    assert not Layout(vault / "ledger").timestamps.exists()


def test_a_token_of_another_request_is_refused(authority: Authority) -> None:
    """The nonce of the request must come back, and the message must be the one that was stamped; no byte may be changed."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(b"message").hash_algorithm(HashAlgorithm.SHA256).build()
    token, roots = authority.stamped(request.as_bytes()), roots_in(authority.roots.read_bytes(), "root.pem")
    assert verified_stamp(token, b"message", roots, nonce=request.nonce).serial >= 1
    for message, nonce in ((b"massage", request.nonce), (b"message", 1)):
        with pytest.raises(VerificationFailed, match="does not hold"):
            verified_stamp(token, message, roots, nonce=nonce)
    with pytest.raises(BadInput):
        roots_in(b"", "empty.pem")
    for changed in (b"", token[:-1], token + b"\0", b"\x30\x80" + token[2:], bytes(len(token))):
        with pytest.raises(VerificationFailed):
            verified_stamp(changed, b"message", roots)


def test_most_changed_bytes_of_a_token_are_refused_and_none_makes_another_statement(authority: Authority) -> None:
    """Whatever byte is changed: refused, or the same time, serial number and authority for the same message."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(b"message").hash_algorithm(HashAlgorithm.SHA256).build()
    token, roots = authority.stamped(request.as_bytes()), roots_in(authority.roots.read_bytes(), "root.pem")
    stamp, accepted = verified_stamp(token, b"message", roots), 0
    for at in range(len(token)):
        forged = bytearray(token)
        forged[at] ^= 0x01
        try:
            assert verified_stamp(bytes(forged), b"message", roots) == stamp
        except VerificationFailed:
            continue
        accepted += 1
    assert accepted < len(token) / 4


def test_without_the_package_a_sentence_says_what_to_install(
    vault: Path, authority: Authority, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The base install can do everything else."""
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name == "rfc3161_client":
            raise ImportError(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(EnvironmentFault, match=r"custodiet\[timestamp\]"):
        verified_stamp(b"", b"", [])
    told = said("ledger", "timestamp", vault, "--url", url, "--roots", authority.roots)
    assert (told.code, "custodiet[timestamp]" in told.err) == (6, True)
