"""A push service of the tests' own (RFC 8030), and the browser behind it, which reads what it is
sent (RFC 8291)."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from tests.oncall.certificates import certificate_in

SUBSCRIBED = "/push/a-browser"
SECRET = bytes(range(16))


@dataclass(frozen=True)
class Taken:
    headers: Message[str, str]
    sealed: bytes
    at: datetime

    @property
    def signed_by(self) -> str:
        """The key that it says it is signed with, once the signature was checked by it."""
        assert Vapid02.verify(self.headers["Authorization"])
        return self._part("k")

    @property
    def claims(self) -> Mapping[str, Any]:
        claims = self._part("t").split(".")[1]
        read: Mapping[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=="))
        return read

    def _part(self, name: str) -> str:
        parts = self.headers["Authorization"].removeprefix("vapid ").split(",")
        return next(each.split("=", 1)[1] for each in parts if each.strip()[0] == name)


@dataclass
class PushOffice:
    port: int = 0
    certificate: Path = Path()
    taken: list[Taken] = field(default_factory=list)
    status: int = 201
    is_mute: bool = False
    has_ended: threading.Event = field(default_factory=threading.Event)
    _key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def auth(self) -> str:
        return _base64url(SECRET)

    def subscription(self) -> str:
        """As the browser would give it to a page."""
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return json.dumps(
            {
                "endpoint": f"https://localhost:{self.port}{SUBSCRIBED}",
                "expirationTime": None,
                "keys": {"p256dh": _base64url(point), "auth": self.auth},
            }
        )

    def shown(self) -> list[str]:
        """What the browser shows: of one topic the last."""
        last = {each.headers["Topic"]: each.sealed for each in self.taken}
        return [self._open(sealed) for sealed in last.values()]

    def read(self) -> list[tuple[datetime, str]]:
        """All that was taken, and when."""
        return [(each.at, self._open(each.sealed)) for each in self.taken]

    def _open(self, sealed: bytes) -> str:
        opened = http_ece.decrypt(sealed, private_key=self._key, auth_secret=SECRET)
        return str(opened.decode())


@contextmanager
def open_push_office(folder: Path) -> Iterator[PushOffice]:
    office = PushOffice(certificate=certificate_in(folder))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(office.certificate)

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if office.is_mute:
                office.has_ended.wait(20)
                return
            sealed = self.rfile.read(int(self.headers["Content-Length"]))
            if office.status == 201 and self.path == SUBSCRIBED:
                office.taken.append(Taken(self.headers, sealed, datetime.now(UTC)))
            self.send_response(office.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        office.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield office
        finally:
            office.has_ended.set()
            server.shutdown()
            thread.join()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
