"""A call that reads the brief and asks whether somebody has it: see `ivr.alert_call`.

The body stays here: what is read is asked for once somebody has picked up, by the notification's
id, which is all that the address of that request holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from reports.ports import (
    ChannelRefused,
    ChannelUnavailable,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    SentMessage,
)

RING_SECONDS: Final = 25
"""Before most voicemails answer."""


class VoiceChannel:
    """`reports.ports.Channel` for telephone numbers in E.164."""

    name = "voice"
    heeds_stop = False

    def __init__(self, provider: PhoneProvider, public_url: str) -> None:
        self._provider = provider
        self._public_url = public_url
        self.patience = provider.patience

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        del body
        try:
            call_sid = self._provider.place_call(
                address,
                url=f"{self._public_url}/voice/alert/{notification_id}/1",
                status_url=f"{self._public_url}/voice/alert-status/{notification_id}",
                ring_seconds=RING_SECONDS,
            )
        except ProviderUnavailable as failure:
            raise ChannelUnavailable(str(failure)) from failure
        except ProviderRefused as refusal:
            raise ChannelRefused(str(refusal)) from refusal
        return SentMessage(call_sid)

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        """A call does not say what it was about: whoever asks knows which were about others."""
        del body
        try:
            return self._provider.calls_placed(address, since=since)
        except ProviderUnavailable as failure:
            raise ChannelUnavailable(str(failure)) from failure
