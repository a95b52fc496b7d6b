"""The witness's HTTP server: small requests, short patience, few connections at once, and nothing personal in its log.

It speaks plain HTTP. Towards the outside it belongs behind a proxy that speaks TLS, though nothing that it receives or
sends is secret, and every answer is signed.
"""

from __future__ import annotations

import socket
import sys
import threading
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from custodiet.errors import CustodietError
from custodiet.witnessing.witness import Answer, Witness

#: Bytes of a request's body at most: a checkpoint with twenty signatures and 63 hashes has a tenth of that.
MOST_BYTES = 64 * 1024
#: Seconds that one connection may last, and that it may be silent.
LIFETIME, SILENCE = 60.0, 10.0
#: Connections at once; more are closed without an answer.
MOST_CONNECTIONS = 64


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness at an address."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], witness: Witness, *, silent: bool = False) -> None:
        """Bind the address (port 0: any that is free); raises OSError where that cannot be."""
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.witness, self.silent = witness, silent
        self._places = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Handler)

    @property
    def listens_at(self) -> str:
        """Return the address with its port, as it stands in a URL."""
        host, port = self.server_address[0], self.server_address[1]
        text = host.decode() if isinstance(host, bytes | bytearray) else str(host)
        return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve the connection in a thread of its own, if there is a place, and cut it off when its time is over."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve the connection, and give its place back."""
        over = threading.Timer(LIFETIME, _cut_off, (request,))
        over.daemon = True
        over.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            over.cancel()
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's
        """Say in one line what went wrong with a connection; a client that went away is nothing to speak of."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError | TimeoutError) and not self.silent:
            print(f"{_now()} a request failed: {type(error).__name__}", file=sys.stderr)  # noqa: T201 - the server's log


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after another of a connection."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE
    server: WitnessServer
    server_version, sys_version = "custodiet-witness", ""

    def do_POST(self) -> None:
        """Answer `add-checkpoint`."""
        if self.path != "/add-checkpoint":
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif len(length) > 9 or int(length) > MOST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._answer(lambda: self.server.witness.add_checkpoint(body))

    def do_GET(self) -> None:
        """Answer `<SHA-256 of the origin>/checkpoint`."""
        hashed, _, name = self.path.removeprefix("/").partition("/")
        if name != "checkpoint":
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        self._answer(lambda: self.server.witness.checkpoint(hashed))

    def _answer(self, decide: Any) -> None:
        try:
            answer: Answer = decide()
        except CustodietError as error:
            print(f"{_now()} {error}", file=sys.stderr)  # noqa: T201 - the server's log
            answer = Answer(status=HTTPStatus.INTERNAL_SERVER_ERROR, body=b"This witness cannot answer now.\n")
        self._send(answer)

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True  # what follows may be the body that was not read
        self._send(Answer(status=status, body=f"{status.phrase}\n".encode()))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002 - the name it has in the standard library
        """Write one line for each request: when, what, with which status; not who."""
        if not self.server.silent:
            line = "".join(c if c.isprintable() else "?" for c in format % values)
            print(f"{_now()} {line}", file=sys.stderr)  # noqa: T201 - the server's log


def _cut_off(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is closed already


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
