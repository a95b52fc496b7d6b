"""The witness's side: making one, telling it which logs to witness, and serving it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.cosignature import COSIGNATURE
from custodiet.ledger.verifier_key import VerifierKey
from custodiet.signing.ed25519 import Ed25519Verifier
from custodiet.signing.witness_key import WitnessKey
from custodiet.witnessing.memory import KnownToWitness, Memory
from custodiet.witnessing.server import WitnessServer
from custodiet.witnessing.witness import Witness

_MEMORY = "memory.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLog:
    """A log that a witness was told to witness."""

    origin: str
    key: str


def make_witness(folder: Path, name: str, *, passphrase: bytes | None) -> str:
    """Make a witness in a folder that is empty or not there, and return its public key."""
    VerifierKey(
        name=name, key=COSIGNATURE + bytes(32)
    )  # a name that no key can have is refused before anything is made
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(f"{folder} exists already and is not empty", expected="a folder that is empty or not there")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise EnvironmentFault(f"{folder} cannot be made: {fault.strerror}") from fault
    key = WitnessKey.create(folder, name, passphrase=passphrase)
    Memory(folder / _MEMORY).create()
    return key.verifier().key.text


def add_log(folder: Path, vkey: str) -> KnownLog:
    """Let the witness witness the log of that verifier key, whose name is the log's origin."""
    verifier = Ed25519Verifier.parse(vkey)
    _key(folder)
    Memory(folder / _MEMORY).add_log(verifier.key.name, verifier.key.text, int(time.time()))
    return KnownLog(origin=verifier.key.name, key=verifier.key.text)


def witnessed_logs(folder: Path) -> list[KnownToWitness]:
    """Return the logs that the witness knows, and how far it has come with each."""
    _key(folder)
    return Memory(folder / _MEMORY).logs()


def witness_server(folder: Path, address: str, *, passphrase: bytes | None, silent: bool = False) -> WitnessServer:
    """Return the server of the witness, bound to `HOST:PORT` (port 0: any that is free); `serve_forever` serves."""
    host, port = _address(address)
    memory = Memory(folder / _MEMORY)
    memory.logs()  # a witness that has lost its memory must not begin again
    witness = Witness(signer=_key(folder).signer(passphrase), memory=memory, verifier_of=Ed25519Verifier.parse)
    try:
        return WitnessServer((host, port), witness, silent=silent)
    except OSError as fault:
        raise EnvironmentFault(f"Nothing can listen at {address}: {fault.strerror}.") from fault


def _key(folder: Path) -> WitnessKey:
    if not (folder / "witness.vkey").exists():
        raise BadInput(f"There is no witness in {folder}; `custodiet witness init` makes one.")
    return WitnessKey(folder)


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise BadInput("This is no address to listen at.", found=text, expected="HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)
