"""A caller's own recording, played back to them on the same call.

The provider fetches it like any sound, without a login: so its address is a ticket, signed, good
for some minutes and for this recording alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadSignature, URLSafeTimedSerializer

GOOD_FOR: Final = 300
"""Seconds. The provider asks at once; this is for its slowest day."""

Sound = Callable[[str], bytes | None]
"""RecordingSid -> the audio file, None when it cannot be had."""


@dataclass(frozen=True)
class Playback:
    secret: str
    sound_of: Sound

    def ticket(self, recording_sid: str) -> str:
        return str(self._signer.dumps(recording_sid))

    def sound(self, ticket: str) -> bytes | None:
        """The recording that a ticket is for; None: no ticket, an old one, or no sound."""
        try:
            recording_sid = self._signer.loads(ticket, max_age=GOOD_FOR)
        except BadSignature:
            return None
        return self.sound_of(str(recording_sid))

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="playback")
