"""Twilio, or whoever speaks its REST protocol at another address.

The SDK builds every request for api.twilio.com; the http client here sends it to the configured
base instead and bounds the time it may take. Media are fetched by SID from that same base, never
from an address that a request named.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from providers.media import audio_of
from reports.ports import (
    MediaMissing,
    ProviderRefused,
    ProviderUnavailable,
    SentMessage,
)

API_VERSION = "2010-04-01"
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
"""Longest silence of the provider. Shorter than `services.notices.SEND_LEASE`."""
RETRYABLE = frozenset({401, 403, 408, 409, 425, 429})
"""Client errors that may pass: wrong credentials are mended by the operator, limits by waiting."""
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

# The SDK logs requests with their parameters, numbers and texts among them.
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class RebasedHttpClient(TwilioHttpClient):
    """The SDK's own http client, towards another base and with time-outs."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        # To connect, and between two bytes; handed on to `requests` as it is.
        self.timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
        self._base = urlsplit(base_url)

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        asked = urlsplit(url)
        path = self._base.path.rstrip("/") + asked.path
        rebased = asked._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path)
        return super().request(method, urlunsplit(rebased), *args, **options)


class TwilioProvider:
    """A `providers.provider.Provider` over Twilio's REST API."""

    erases = True

    def __init__(
        self, *, account_sid: str, auth_token: str, api_url: str, from_number: str
    ) -> None:
        self._account_sid = account_sid
        self._auth = (account_sid, auth_token)
        self._api_url = api_url.rstrip("/")
        self._from_number = from_number
        self._client = Client(account_sid, auth_token, http_client=RebasedHttpClient(self._api_url))

    def fetch_recording(self, recording_sid: str) -> bytes:
        """https://www.twilio.com/docs/voice/api/recording#fetch-a-recording-media-file"""
        try:
            with requests.get(
                self._media_url(recording_sid),
                auth=self._auth,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                stream=True,
            ) as response:
                if response.status_code == 404:
                    raise MediaMissing(recording_sid)
                if response.status_code != 200:
                    raise ProviderUnavailable(f"the provider answered {response.status_code}")
                return audio_of(response)
        except requests.RequestException as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def erase_recording(self, recording_sid: str) -> None:
        """https://www.twilio.com/docs/voice/api/recording#delete-a-recording-resource"""
        try:
            self._client.recordings(recording_sid).delete()
        except TwilioRestException as answer:
            if answer.status != 404:
                raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def send_text(
        self, to: str, body: str, *, valid_seconds: int, status_url: str | None
    ) -> SentMessage:
        """https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource"""
        try:
            message = self._client.messages.create(
                to=to,
                from_=self._from_number,
                body=body,
                validity_period=valid_seconds,
                **({} if status_url is None else {"status_callback": status_url}),
            )
        except TwilioRestException as answer:
            raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        return SentMessage(provider_id=str(message.sid))

    def recordings_of_call(self, call_sid: str) -> Sequence[tuple[str, float]]:
        """https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources"""
        try:
            listed = self._client.recordings.list(call_sid=call_sid, limit=50)
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        # Who does not heed the filter must not make one caller's report of another's recordings.
        own = (one for one in listed if one.call_sid == call_sid)
        return [(str(one.sid), float(one.duration or 0)) for one in own]

    def call_is_over(self, call_sid: str) -> bool:
        """https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource"""
        try:
            return str(self._client.calls(call_sid).fetch().status) in OVER
        except TwilioRestException as answer:
            if answer.status == 404:
                return True
            raise ProviderUnavailable(said(answer)) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def hotline_webhooks(self) -> tuple[str | None, str | None] | None:
        """https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource"""
        try:
            # What is asked for is a pattern, which may fit more numbers than the one.
            found = self._client.incoming_phone_numbers.list(
                phone_number=self._from_number, limit=20
            )
            number = next((one for one in found if one.phone_number == self._from_number), None)
            return None if number is None else self._webhooks_of(number)
        except TwilioRestException as answer:
            raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def _media_url(self, recording_sid: str) -> str:
        return (
            f"{self._api_url}/{API_VERSION}/Accounts/{self._account_sid}"
            f"/Recordings/{recording_sid}.wav"
        )

    def _webhooks_of(self, number: Any) -> tuple[str | None, str | None]:
        return number.voice_url or None, number.status_callback or None


def explained(answer: TwilioRestException) -> ProviderRefused | ProviderUnavailable:
    """An error of the API by what it means. The message is left out: it may hold a number."""
    told = f"the provider answered {answer.status} (code {answer.code})"
    if answer.status >= 500 or answer.status in RETRYABLE:
        return ProviderUnavailable(told)
    return ProviderRefused(told)


def said(failure: Exception) -> str:
    """What may be shown and logged of a failure: its kind, for its text may hold an address."""
    return f"the provider could not be reached ({type(failure).__name__})"
