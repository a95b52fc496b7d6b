"""The policy of a vault: its file, read and held against the vault's own key."""

from __future__ import annotations

from pathlib import Path

from custodiet.errors import BadInput, EnvironmentFault
from custodiet.ledger.key_history import KeyHistory
from custodiet.ledger.policy import Policy
from custodiet.ledger.policy_file import read_policy
from custodiet.logstore.cosigned import Witnesses
from custodiet.signing.cosigning import CosignatureVerifier


def witnesses_in(file: Path, log: KeyHistory) -> Witnesses:
    """Return the witnesses of the policy in the file, those of an empty policy where there is no file.

    Raises BadInput for a policy that is malformed, that does not know this log, or that lets the log's own key witness.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return Witnesses(policy=Policy(), verifiers={})
    except OSError as error:
        raise EnvironmentFault(f"The policy {file} cannot be read: {error.strerror}.") from error
    return checked(data, file.name, log)


def checked(data: bytes, name: str, log: KeyHistory) -> Witnesses:
    """Return the witnesses of the policy in these bytes; raises BadInput as `witnesses_in` does."""
    policy = read_policy(data, name)
    if policy.logs and not log.keys & {each.key for each in policy.logs}:
        raise BadInput("The policy does not name the key of this log.", file=name, expected=f"log {log.key.text}")
    for witness in policy.witnesses:
        if witness.key.key[1:] in {key.key[1:] for key in log.keys}:
            raise BadInput("A log cannot witness itself.", file=name, found=witness.name)
    return Witnesses(policy=policy, verifiers={each.name: CosignatureVerifier(each.key) for each in policy.witnesses})
