"""One signing key after another: the next one is laid beside the present one, and put in its place once the log names it.

Each step is durable and leaves a folder from which the next one can be done. What order they have, and why no crash
between them loses a key, is said in docs/specs/keys.md, 4.
"""

from __future__ import annotations

import shutil

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custodiet.errors import EnvironmentFault
from custodiet.ledger.key_history import KeyHistory, KeyStep
from custodiet.signing import external, log_key
from custodiet.signing.durable import remove, rename, replace, sync_folder, write_new
from custodiet.signing.ed25519 import Ed25519Signer, Ed25519Verifier
from custodiet.signing.external import ExternalSigner
from custodiet.signing.key_folder import HISTORY, PUBLIC, KeyFolder

NEXT = "next"


def prepare_next(keys: KeyFolder, elsewhere: ExternalSigner | None = None) -> Ed25519Signer | ExternalSigner:
    """Return the next signer, whose key or address lies beside the present one: a new one, or the one that lies elsewhere.

    What lay there and was never named is gone. Call it as the one writer of the log.
    """
    if elsewhere is not None:
        _lay(keys, external.NAME, elsewhere.uri.encode() + b"\n", elsewhere.verifier)
        return elsewhere
    around, name = keys.wrapping_key(), keys.verifier().key.name
    signer = Ed25519Signer(name, Ed25519PrivateKey.generate())
    _lay(keys, log_key.NAME, log_key.written(signer.private, around), signer.verifier)
    return signer


def _lay(keys: KeyFolder, name: str, data: bytes, public: Ed25519Verifier) -> None:
    folder = keys.folder / NEXT
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        sync_folder(keys.folder)
        write_new(folder / name, data)
        write_new(folder / PUBLIC, public.key.text.encode() + b"\n")
    except OSError as error:
        raise EnvironmentFault(f"The next key cannot be written to {folder}: {error.strerror}.") from error


def next_verifier(keys: KeyFolder) -> Ed25519Verifier | None:
    """Return the public key that lies ready to take over; None where there is none, or it was not written to its end."""
    if not (keys.folder / NEXT / PUBLIC).exists():
        return None
    return KeyFolder(keys.folder / NEXT).verifier()


def install_next(keys: KeyFolder, start: int) -> None:
    """The next key is the log's key, from the checkpoint of that size on. Cut short, it may be done again."""
    succeeding = next_verifier(keys)
    if succeeding is None:
        return
    known = keys.history()
    if known.key != succeeding.key:
        known = KeyHistory((*known.steps, KeyStep(start, succeeding)))
    folder = keys.folder / NEXT
    try:
        for name, other in ((log_key.NAME, external.NAME), (external.NAME, log_key.NAME)):
            if (folder / name).exists():
                remove(keys.folder / other)  # first, so that there are never both
                rename(folder / name, keys.folder / name)
        replace(keys.folder / HISTORY, known.text.encode())
        replace(keys.folder / PUBLIC, succeeding.key.text.encode() + b"\n")
        shutil.rmtree(folder)
        sync_folder(keys.folder)
    except OSError as error:
        raise EnvironmentFault(
            f"The disk failed while the next key was put in place: {error.strerror}. The next command that writes goes on."
        ) from error
