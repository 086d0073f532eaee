"""Text messages through the telephone provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reports.ports import (
    ChannelRefused,
    ChannelUnavailable,
    PhoneProvider,
    ProviderRefused,
    ProviderUnavailable,
    SentMessage,
)

VALID_SECONDS = 600
"""An alert that could not be sent for this long is old news
(https://www.twilio.com/docs/messaging/api/message-resource#validityperiod)."""


class SmsChannel:
    """`reports.ports.Channel` for telephone numbers in E.164."""

    name = "sms"
    heeds_stop = True

    def __init__(self, provider: PhoneProvider, public_url: str) -> None:
        self.patience = provider.patience
        self._provider = provider
        self._public_url = public_url

    def send(self, address: str, body: str, notification_id: str) -> SentMessage:
        try:
            return self._provider.send_text(
                address,
                body,
                valid_seconds=VALID_SECONDS,
                status_url=f"{self._public_url}/voice/message-status/{notification_id}",
            )
        except ProviderUnavailable as failure:
            raise ChannelUnavailable(str(failure)) from failure
        except ProviderRefused as refusal:
            raise ChannelRefused(str(refusal)) from refusal

    def sent_before(self, address: str, body: str, since: datetime) -> Sequence[SentMessage]:
        try:
            return self._provider.texts_sent(address, body, since=since)
        except ProviderUnavailable as failure:
            raise ChannelUnavailable(str(failure)) from failure
