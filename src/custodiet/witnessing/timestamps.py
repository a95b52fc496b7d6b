"""Time-stamps of a third party (RFC 3161) on a log's checkpoints: asked for, and verified against given roots.

What is stamped is the note as the log signed it: the text, the blank line, the log's own signature lines. A token says
that these bytes existed at its time, in a form that courts know; it says nothing of other histories, as witnesses do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography import x509

from custodiet.errors import BadInput, EnvironmentFault, VerificationFailed
from custodiet.witnessing.exchange import post

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

_MISSING = "Time-stamps need one more package: pip install 'custodiet[timestamp]'."
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time-stamp that holds."""

    at: datetime
    serial: int
    authority: str  # the subject of the certificate that signed it


def roots_in(pem: bytes, file: str) -> list[x509.Certificate]:
    """Return the certificates in a PEM file; raises BadInput where there is none."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise BadInput("These are no certificates.", file=file, expected="PEM, one root certificate or more") from error


def ask_authority(url: str, message: bytes, roots: Sequence[x509.Certificate]) -> tuple[bytes, Stamp]:
    """Return the authority's answer over the message, as it is stored, and what it says once it was verified.

    Raises EnvironmentFault where the authority cannot be reached or the package is missing, VerificationFailed where
    its answer does not hold.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise EnvironmentFault(_MISSING) from error
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    reply = post(url, request.as_bytes(), _QUERY)
    if reply.status != 200 or reply.content_type.partition(";")[0].strip() != _REPLY:
        raise EnvironmentFault(f"The time-stamping authority answered with status {reply.status} and no time-stamp.")
    return reply.body, verified_stamp(reply.body, message, roots, nonce=request.nonce)


def verified_stamp(
    token: bytes, message: bytes, roots: Sequence[x509.Certificate], *, nonce: int | None = None
) -> Stamp:
    """Return what the answer says if it is a time-stamp over the message under one of the roots; raises VerificationFailed.

    Raises EnvironmentFault where the package is missing.
    """
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError as error:
        raise EnvironmentFault(_MISSING) from error
    try:
        response = decode_timestamp_response(token)
        VerifierBuilder(roots=list(roots), nonce=nonce).build().verify_message(response, message)
        if response.as_bytes() != token:
            raise VerificationFailed("The time-stamp is followed by other bytes.")
        return Stamp(at=response.tst_info.gen_time, serial=response.tst_info.serial_number, authority=_signer(response))
    except (VerificationError, ValueError) as error:
        raise VerificationFailed(f"The time-stamp does not hold: {str(error).rstrip('.')}.") from error


def _signer(response: TimeStampResponse) -> str:
    """Return the subject of the certificate that the answer was signed with; it was checked before."""
    [signer] = response.signed_data.signer_infos
    for der in response.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (signer.issuer, signer.serial_number):
            return certificate.subject.rfc4514_string()
    return "unnamed"
