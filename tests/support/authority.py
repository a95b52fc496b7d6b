"""A time-stamping authority of `openssl ts` behind a small HTTP server, for tests."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

_CONFIG = """
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamping]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[request]
distinguished_name = name
prompt = no
[name]
[tsa]
default_tsa = tsa_one
[tsa_one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority's files."""

    folder: Path

    @property
    def roots(self) -> Path:
        """Return the root certificate."""
        return self.folder / "root.pem"

    @classmethod
    def create(cls, folder: Path, name: str = "Invented Authority") -> Authority:
        """Make a root and a certificate for time-stamps under it."""
        folder.mkdir()
        config = folder / "openssl.cnf"
        config.write_text(_CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", str(config))
        _openssl("req", "-x509", *key, "-keyout", folder / "root.key", "-out", folder / "root.pem", "-days", "30",
                 "-subj", f"/CN={name} Root", "-extensions", "ca")  # fmt: skip
        _openssl("req", *key, "-keyout", folder / "tsa.key", "-out", folder / "tsa.csr", "-subj", f"/CN={name}")
        _openssl("x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "root.pem", "-CAkey", folder / "root.key",
                 "-set_serial", "7", "-days", "30", "-out", folder / "tsa.pem",
                 "-extfile", config, "-extensions", "stamping")  # fmt: skip
        return cls(folder)

    def stamped(self, query: bytes) -> bytes:
        """Return the answer to a request."""
        asked, answer = self.folder / "query.tsq", self.folder / "answer.tsr"
        asked.write_bytes(query)
        config = self.folder / "openssl.cnf"
        _openssl("ts", "-reply", "-config", config, "-section", "tsa_one", "-queryfile", asked, "-out", answer)
        return answer.read_bytes()

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve the authority; yields its address."""
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = authority.stamped(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        with HTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
            server.shutdown()
            thread.join()


def verified_by_openssl(token: Path, data: Path, roots: Path) -> bool:
    """Tell whether `openssl ts -verify` takes the token for the data."""
    words = ("ts", "-verify", "-in", token, "-data", data, "-CAfile", roots)
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr


def _openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], capture_output=True, check=True)
