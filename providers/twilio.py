"""Twilio, or whoever speaks its REST protocol at another address.

The SDK builds every request for api.twilio.com; the http client here sends it to the configured
base instead and bounds the time it may take. Media are fetched by SID from that same base, never
from an address that a request named.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from providers.media import audio_of, bounded, looks_like
from reports.numbers import caller_number
from reports.ports import (
    HeldCall,
    HeldRecording,
    MediaMissing,
    MediaRefused,
    ProviderRefused,
    ProviderUnavailable,
    SentMessage,
)

API_VERSION = "2010-04-01"
CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 8.0
"""Longest silence of the provider. Shorter than `services.notices.SEND_LEASE`."""
LARGEST_ATTACHMENT = 16 * 2**20
"""Bytes. Twilio takes messages of up to 5 MB
(https://www.twilio.com/docs/messaging/api/media-resource)."""
RETRYABLE = frozenset({401, 403, 408, 409, 425, 429})
"""Client errors that may pass: wrong credentials are mended by the operator, limits by waiting."""
NOT_REACHED = frozenset({"busy", "no-answer", "failed", "canceled"})
"""How calls end that nobody took (https://www.twilio.com/docs/voice/api/call-resource)."""
NOT_SENT = frozenset({"undelivered", "failed", "canceled"})
ARRIVED = frozenset({"delivered", "read"})
"""Of texts: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values"""
LAST_SENT = 50
"""So many texts or calls to one number are looked through, the last: what is asked for is minutes
old."""
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
MESSAGES = "RecordVerb"
"""The source of what was recorded by asking somebody to speak, and not, say, of a conversation
(https://www.twilio.com/docs/voice/api/recording#recording-source-values)."""
LARGEST_PAGE = 1000
MOST_LISTED = 10 * LARGEST_PAGE
"""The last made. What is stored here is deleted there: the list of a line that is well is empty."""
_DAY = timedelta(days=1)

# The SDK logs requests with their parameters, numbers and texts among them, and the library beneath
# it addresses, in which numbers are what is asked for.
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


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
    takes_texts = True
    patience = CONNECT_SECONDS + ANSWER_SECONDS

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
        return self._fetch(self._media_url(recording_sid), recording_sid, audio_of)

    def fetch_attachment(self, message_sid: str, media_sid: str, content_type: str) -> bytes:
        """https://www.twilio.com/docs/messaging/api/media-resource#fetch-media

        The answer may lead on to where the provider keeps files; our credentials do not go along
        (`requests` leaves them out towards another host).
        """
        url = (
            f"{self._api_url}/{API_VERSION}/Accounts/{self._account_sid}"
            f"/Messages/{message_sid}/Media/{media_sid}"
        )
        media = self._fetch(url, media_sid, partial(bounded, most=LARGEST_ATTACHMENT))
        if not looks_like(content_type, media):
            raise MediaRefused("what the provider sent is not what it announced")
        return media

    def erase_attachment(self, message_sid: str, media_sid: str) -> None:
        """https://www.twilio.com/docs/messaging/api/media-resource#delete-media"""
        try:
            self._client.messages(message_sid).media(media_sid).delete()
        except TwilioRestException as answer:
            if answer.status != 404:
                raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def _fetch(self, url: str, sid: str, read: Callable[[requests.Response], bytes]) -> bytes:
        try:
            with requests.get(
                url, auth=self._auth, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), stream=True
            ) as response:
                if response.status_code == 404:
                    raise MediaMissing(sid)
                if response.status_code != 200:
                    raise ProviderUnavailable(f"the provider answered {response.status_code}")
                return read(response)
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

    def place_call(self, to: str, *, url: str, status_url: str, ring_seconds: int) -> str:
        """https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource"""
        try:
            call = self._client.calls.create(
                to=to,
                from_=self._from_number,
                url=url,
                method="POST",
                timeout=ring_seconds,
                status_callback=status_url,
                status_callback_method="POST",
                status_callback_event=["completed"],
            )
        except TwilioRestException as answer:
            raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        return str(call.sid)

    def texts_sent(self, to: str, body: str, *, since: datetime) -> Sequence[SentMessage]:
        """https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources

        `DateSent` is no help: it filters whole days, and a text that waits has none yet. The first
        page has the last ones. An account on trial has a line of Twilio's before each text.
        """
        try:
            listed = self._client.messages.page(to=to, from_=self._from_number, page_size=LAST_SENT)
            return [
                SentMessage(str(one.sid), final=one.status in ARRIVED)
                for one in listed
                if one.to == to
                and one.from_ == self._from_number
                and one.status not in NOT_SENT
                and (one.body or "").strip().endswith(body.strip())
                and _was_since(one.date_created, since)
            ]
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def calls_placed(self, to: str, *, since: datetime) -> Sequence[SentMessage]:
        """https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources; not by
        `StartTime`, for a call that waits has none yet."""
        try:
            listed = self._client.calls.page(to=to, from_=self._from_number, page_size=LAST_SENT)
            return [
                SentMessage(str(one.sid))
                for one in listed
                if one.to == to
                and one._from == self._from_number
                and one.direction == "outbound-api"
                and one.status not in NOT_REACHED
                and _was_since(one.date_created, since)
            ]
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

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

    def recordings_between(self, since: datetime, until: datetime) -> Sequence[HeldRecording]:
        """https://www.twilio.com/docs/voice/api/recording#read-multiple-recording-resources

        The filter is documented for whole days in GMT: it is asked for too much, and the rest is
        left out here.
        """
        try:
            listed = self._client.recordings.list(
                date_created_after=_midnight(since),
                date_created_before=_midnight(until) + _DAY,
                page_size=LARGEST_PAGE,
                limit=MOST_LISTED,
            )
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        held = [
            HeldRecording(str(one.sid), str(one.call_sid), float(one.duration or 0), made_at)
            for one in listed
            if one.source == MESSAGES
            and one.status == "completed"
            and (made_at := one.date_created) is not None
            and since <= made_at <= until
        ]
        return sorted(held, key=lambda recording: recording.made_at, reverse=True)

    def call_to_hotline(self, call_sid: str) -> HeldCall | None:
        """https://www.twilio.com/docs/voice/api/call-resource#fetch-a-call-resource"""
        try:
            call = self._client.calls(call_sid).fetch()
        except TwilioRestException as answer:
            if answer.status == 404:
                return None
            raise ProviderUnavailable(said(answer)) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure
        if call.direction != "inbound" or call.to != self._from_number:
            return None
        # The SDK has no other name for it: `from` is a word of Python's.
        return HeldCall(caller_number(call._from), call.start_time, call.end_time)

    def hotline_fallback(self) -> str | None:
        there = self._hotline()
        return None if there is None else there.voice_fallback_url or None

    def messaging_webhook(self) -> str | None:
        """The address set at the provider for texts to the hotline's number; None for none.

        Raises:
            ProviderUnavailable, ProviderRefused
        """
        there = self._hotline()
        return None if there is None else there.sms_url or None

    def hotline_webhooks(self) -> tuple[str | None, str | None] | None:
        there = self._hotline()
        return None if there is None else (there.voice_url or None, there.status_callback or None)

    def _hotline(self) -> Any:
        """What has the hotline's addresses, None when the account has no such number.

        https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource
        """
        try:
            # What is asked for is a pattern, which may fit more numbers than the one.
            found = self._client.incoming_phone_numbers.list(
                phone_number=self._from_number, limit=20
            )
            number = next((one for one in found if one.phone_number == self._from_number), None)
            return None if number is None else self._answering(number)
        except TwilioRestException as answer:
            raise explained(answer) from answer
        except (TwilioException, requests.RequestException) as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def _answering(self, number: Any) -> Any:
        """What has the addresses that are asked when the number is called."""
        return number

    def _media_url(self, recording_sid: str) -> str:
        return (
            f"{self._api_url}/{API_VERSION}/Accounts/{self._account_sid}"
            f"/Recordings/{recording_sid}.wav"
        )


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _was_since(made_at: datetime | None, since: datetime) -> bool:
    """Without a date it is not taken for what was sent: twice is better than never."""
    return made_at is not None and made_at >= since.replace(microsecond=0)


def explained(answer: TwilioRestException) -> ProviderRefused | ProviderUnavailable:
    """An error of the API by what it means. The message is left out: it may hold a number."""
    told = f"the provider answered {answer.status} (code {answer.code})"
    if answer.status >= 500 or answer.status in RETRYABLE:
        return ProviderUnavailable(told)
    return ProviderRefused(told)


def said(failure: Exception) -> str:
    """What may be shown and logged of a failure: its kind, for its text may hold an address."""
    return f"the provider could not be reached ({type(failure).__name__})"
