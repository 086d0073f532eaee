"""E-mail, by the group's own mail server (RFC 5321).

A mail server keeps what passes through it, and phones show subjects: the subject is the same for
every message, and says nothing of a report. That the server took a message is all that is ever
known; what comes back later, comes back to `EMAIL_FROM`.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from reports.ports import ChannelRefused, ChannelUnavailable, SentMessage

PATIENCE: Final = 15.0
"""Seconds for the whole conversation."""
PORTS: Final = {"smtps": 465, "smtp": 587}
"""By RFC 8314 and RFC 6409."""
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> MailServer:
        """Reads smtps://user:password@host:465 (TLS from the first byte) or smtp://… (STARTTLS,
        without which nothing is sent; on the machine itself no TLS at all). What in user or
        password means something in a URL is written as %40 and the like.

        Raises:
            ValueError: it is not written so. Its text holds nothing of the URL.
        """
        problem = "write smtps://user:password@mail.example.org:465, or smtp:// for STARTTLS"
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise ValueError(problem) from None
        rest = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in PORTS or not host or rest:
            raise ValueError(problem)
        if (parts.username is None) != (parts.password is None):
            raise ValueError("a user has a password, and a password a user")
        security: Literal["tls", "starttls", "none"] = "starttls"
        if parts.scheme == "smtps":
            security = "tls"
        elif host in LOOPBACK and parts.username is None:
            security = "none"
        return cls(
            host,
            port or PORTS[parts.scheme],
            security,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
        )


def read_address(text: str) -> str:
    """An e-mail address alone, such as line@example.org.

    Raises:
        ValueError: it is none.
    """
    _, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    plain = address == text and text.isprintable() and " " not in text
    if not (plain and at and local and "." in domain.strip(".")):
        raise ValueError("write an e-mail address, such as line@example.org")
    return address


class EmailChannel:
    """`reports.ports.Channel` for e-mail addresses."""

    name = "email"
    heeds_stop = False

    def __init__(
        self,
        server: MailServer,
        *,
        sender: str,
        subject: str,
        trust: ssl.SSLContext | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`trust`: whose certificates are believed; by default those that the system believes."""
        self._server = server
        self._sender = sender
        self._subject = subject
        self._trust = trust
        self.patience = patience

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        message = self._message(address, body, notification_id)
        try:
            smtp = self._connected()
            try:
                smtp.send_message(message)
                # Taken it is already: what goes wrong with the goodbye is no reason to send again.
                with suppress(smtplib.SMTPException, OSError):
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPNotSupportedError:
            raise ChannelUnavailable("the mail server lacks what is needed") from None
        except smtplib.SMTPRecipientsRefused as refusal:
            # One recipient. Whatever the server says of them may hold their address.
            ((code, _words),) = refusal.recipients.values()
            raise _answered(code) from None
        except smtplib.SMTPAuthenticationError:
            # Mended by whoever runs the line, not by giving up.
            raise ChannelUnavailable("the mail server refused the password") from None
        except smtplib.SMTPResponseException as answer:
            raise _answered(answer.smtp_code) from None
        except (smtplib.SMTPException, OSError) as failure:
            raise ChannelUnavailable(
                f"the mail server could not be reached ({type(failure).__name__})"
            ) from None
        return SentMessage(notification_id, final=True)

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """Cannot be asked: sent again it has the same Message-ID, by which readers of mail show it
        once."""
        del address, body, since
        return ()

    def _message(self, address: str, body: str, notification_id: str) -> EmailMessage:
        message = EmailMessage()
        try:
            message["To"] = read_address(address)
        except (ValueError, MessageError):
            raise ChannelRefused("that is no e-mail address") from None
        message["From"] = self._sender
        message["Subject"] = self._subject
        message["Date"] = formatdate()
        # The same message sent twice is one by its id (RFC 5322, section 3.6.4).
        message["Message-ID"] = f"<{notification_id}@{self._sender.rpartition('@')[2]}>"
        # So that no out-of-office answers it (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message

    def _connected(self) -> smtplib.SMTP:
        server, until = self._server, time.monotonic() + self.patience
        trust = self._trust or ssl.create_default_context()
        smtp: _Hurried | _HurriedTls
        if server.security == "tls":
            smtp = _HurriedTls(until, timeout=self.patience, context=trust)
        else:
            smtp = _Hurried(until, timeout=self.patience)
        try:
            # Kept by the constructor where it connects itself; certificates are checked by it.
            smtp._host = server.host
            code, _words = smtp.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, "")
            if server.security == "starttls":
                smtp.starttls(context=trust)
            if server.user:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


class _InTime:
    """Waits for each answer only as long as there is time for the whole conversation."""

    _until: float
    _host: str

    def getreply(self) -> tuple[int, bytes]:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock = getattr(self, "sock", None)
        if sock is not None:
            sock.settimeout(left)
        return super().getreply()  # type: ignore[misc, no-any-return]


class _Hurried(_InTime, smtplib.SMTP):
    def __init__(self, until: float, *, timeout: float) -> None:
        self._until = until
        super().__init__(timeout=timeout, local_hostname="localhost")


class _HurriedTls(_InTime, smtplib.SMTP_SSL):
    def __init__(self, until: float, *, timeout: float, context: ssl.SSLContext) -> None:
        self._until = until
        super().__init__(timeout=timeout, local_hostname="localhost", context=context)


def _answered(code: int) -> ChannelRefused | ChannelUnavailable:
    """By RFC 5321, section 4.2.1: 5xx is for good."""
    told = f"the mail server answered {code}"
    return ChannelRefused(told) if 500 <= code < 600 else ChannelUnavailable(told)
