"""One exchange over HTTP with a server outside: a fixed address, a small answer, and an end in time whatever it does."""

from __future__ import annotations

import http.client
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from custodiet.errors import EnvironmentFault

#: Seconds to wait for a connection, and for each part of an answer.
PATIENCE = 10.0
#: Seconds that a whole exchange may take.
DEADLINE = 30.0
#: Bytes of an answer at most.
MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back."""

    status: int
    content_type: str
    body: bytes


def get(url: str) -> Reply:
    """Return the answer to a GET; raises EnvironmentFault where there is none. Redirections are not followed."""
    return _exchange(url, "GET", None, {})


def post(url: str, body: bytes, content_type: str) -> Reply:
    """Return the answer to a POST; raises EnvironmentFault where there is none. Redirections are not followed."""
    return _exchange(url, "POST", body, {"Content-Type": content_type})


def _exchange(url: str, method: str, body: bytes | None, headers: dict[str, str]) -> Reply:
    connection, path = _connection(url)
    over = threading.Timer(DEADLINE, _cut_off, (connection,))
    over.daemon = True
    over.start()
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise EnvironmentFault("Its answer is too long.")
        return Reply(status=response.status, content_type=response.headers.get("Content-Type", ""), body=data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise EnvironmentFault(f"It does not answer: {reason}.") from error
    finally:
        over.cancel()
        connection.close()


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    """Return the connection to be made and the path to ask for; raises EnvironmentFault for an address that is none."""
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    try:
        parts = urlsplit(url)
        if parts.scheme not in kinds or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise EnvironmentFault(f"This is no address that can be asked: {url}")
        return kinds[parts.scheme](parts.hostname, parts.port, timeout=PATIENCE), parts.path or "/"
    except ValueError as error:
        raise EnvironmentFault(f"This is no address that can be asked: {url}") from error


def _cut_off(connection: http.client.HTTPConnection) -> None:
    """End an exchange that takes too long, whatever it waits for."""
    try:
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already
