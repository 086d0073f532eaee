"""The link by which somebody takes a report up without logging in: for this one act alone.

It is a notification's id, signed; whether it still counts, the notification says.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from itsdangerous import BadSignature, Signer

GOOD_FOR: Final = timedelta(hours=24)
"""From when the message was meant to be sent."""

OBSERVE: Final = "observe"
"""The page on which an observer answers."""
SALTS: Final[Mapping[str, str]] = {"ack": "answer", OBSERVE: "observe"}


@dataclass(frozen=True, slots=True)
class AnswerLinks:
    secret: str = field(repr=False)
    public_url: str
    path: str = "ack"
    """Of the page; a link to one is none to another."""

    def link(self, notification_id: str) -> str:
        return f"{self.public_url}/{self.path}/{self.token(notification_id)}"

    def token(self, notification_id: str) -> str:
        return self._signer.sign(notification_id).decode()

    def notification_of(self, token: str) -> str | None:
        """Its id; None: we did not sign that."""
        try:
            return self._signer.unsign(token).decode()
        except (BadSignature, UnicodeError):
            return None

    @property
    def _signer(self) -> Signer:
        salt = SALTS[self.path]
        return Signer(self.secret, salt=salt, digest_method=hashlib.sha256)
