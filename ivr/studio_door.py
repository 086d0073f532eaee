"""Who may record prompts by telephone, and what it is done with."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reports.ports import AudioStore, PhoneProvider

GOOD_FOR: Final = 3600
"""Seconds from one step to the next."""


@dataclass(frozen=True, slots=True)
class StudioDoor:
    """The door opens to who is on call and knows the PIN; a number alone is easily forged."""

    pin: str = field(repr=False)
    secret: str = field(repr=False)
    """Signs the tickets."""
    on_call: frozenset[str]
    """The fingerprints of their numbers."""
    words: Mapping[str, str]
    """What is said here, by name, in the organizers' language."""
    prompts: Callable[[], Mapping[str, str]]
    """The words of the prompts in it as they are now, by id: what is to be said in another
    language."""
    provider: PhoneProvider
    audio: AudioStore

    def knows_pin(self, digits: str) -> bool:
        return hmac.compare_digest(digits.encode(), self.pin.encode())

    def ticket(self, call_sid: str) -> str:
        """What stands for the PIN in the rest of that call."""
        return str(self._signer.dumps(call_sid))

    def admits(self, ticket: str, call_sid: str) -> bool:
        try:
            return bool(self._signer.loads(ticket, max_age=GOOD_FOR) == call_sid)
        except BadSignature:
            return False

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="studio")
