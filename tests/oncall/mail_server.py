"""A mail server of the tests' own that speaks SMTP (RFC 5321) as far as mail is handed in."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.oncall.certificates import certificate_in

USER, PASSWORD = "line", "a p@ssword/of mail"


@dataclass
class MailOffice:
    """What came in, and what the server does next time."""

    port: int = 0
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    mail: list[tuple[str, EmailMessage]] = field(default_factory=list)
    """(recipient of the envelope, message)."""
    refuses: dict[str, str] = field(default_factory=dict)
    """Command -> the answer that it gets instead."""
    is_mute: bool = False
    """It takes the connection and never says a word."""
    offers_tls: bool = True
    has_ended: threading.Event = field(default_factory=threading.Event)


class _Conversation(socketserver.StreamRequestHandler):
    office: MailOffice
    tls: ssl.SSLContext
    wrapped: bool

    def handle(self) -> None:
        with suppress(OSError, ssl.SSLError):
            if self.office.is_mute:
                self.office.has_ended.wait(20)
                return
            if self.wrapped:
                self._wrap()
            self._talk()

    def _wrap(self) -> None:
        self.request = self.tls.wrap_socket(self.request, server_side=True)
        self.connection = self.request
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.wrapped = True

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _say(self, *lines: str) -> None:
        for place, line in enumerate(lines):
            mark = " " if place == len(lines) - 1 else "-"
            self.wfile.write(f"{line[:3]}{mark}{line[4:]}\r\n".encode())

    def _talk(self) -> None:
        self._say("220 mail.test ready")
        recipient, trusted = "", False
        while line := self.rfile.readline().decode().strip():
            command = line.split(" ")[0].upper()
            refusal = self.office.refuses.get(command)
            if refusal is not None:
                self._say(refusal)
            elif command in ("EHLO", "HELO"):
                offers = ["250 AUTH PLAIN LOGIN"] if self.wrapped else []
                if self.office.offers_tls and not self.wrapped:
                    offers.append("250 STARTTLS")
                self._say("250 mail.test", *offers, "250 8BITMIME")
            elif command == "STARTTLS":
                self._say("220 go ahead")
                self._wrap()
            elif command == "AUTH":
                given = base64.b64decode(line.split(" ")[2]).decode()
                trusted = given == f"\0{USER}\0{PASSWORD}"
                self._say("235 welcome" if trusted else "535 no")
            elif command == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                self._say("250 known" if trusted or not self.wrapped else "550 log in")
            elif command == "DATA":
                self._say("354 end with a dot")
                lines = []
                while (said := self.rfile.readline()) != b".\r\n":
                    lines.append(said.removeprefix(b"."))
                parsed = message_from_bytes(b"".join(lines), policy=policy.default)
                self.office.mail.append((recipient, parsed))
                self._say("250 taken")
            elif command == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = False

    def handle_error(self, request: object, client_address: object) -> None:
        return


@contextmanager
def open_mail_office(folder: Path, *, wrapped: bool = False) -> Iterator[MailOffice]:
    """`wrapped`: TLS from the first byte."""
    certificate = certificate_in(folder)
    office = MailOffice(trust=ssl.create_default_context(cafile=certificate))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)

    class Conversation(_Conversation):
        pass

    Conversation.office, Conversation.tls, Conversation.wrapped = office, tls, wrapped
    with _Server(("127.0.0.1", 0), Conversation) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield office
        finally:
            office.has_ended.set()
            server.shutdown()
            thread.join()
