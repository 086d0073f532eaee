"""Telnyx: TeXML's resources for calls and recordings, its own for texts and numbers.

Everything is asked of https://api.telnyx.com/v2 with the API key as bearer. TeXML's resources have
Twilio's shape (https://developers.telnyx.com/docs/voice/programmable-voice/texml-twiml-compatibility)
and lie under the account's id: the `organization_id` of /whoami by
https://github.com/pipecat-ai/pipecat-examples/issues/226, its `user_id` by
https://developers.telnyx.com/api-reference/callbacks/texml-http-request. Under any other nothing is
found, and what is not found must not be taken for deleted.

A recording's file lies behind a link that is valid for ten minutes
(https://developers.telnyx.com/docs/voice/programmable-voice/texml-verbs/record), so the link is
asked for anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import requests

from providers.media import audio_of
from providers.twilio import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    LAST_SENT,
    MESSAGES,
    NOT_REACHED,
    OVER,
    RETRYABLE,
    said,
)
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

PAGE = 100
MOST_PAGES = 100
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class _NotThere(LookupError):
    """The API knows no such thing."""


class TelnyxProvider:
    """A `providers.provider.Provider`."""

    erases = True
    patience = CONNECT_SECONDS + ANSWER_SECONDS
    """Of each request: the first call of a process makes five."""
    takes_texts = False
    """Its messages come as JSON of another shape
    (https://developers.telnyx.com/docs/messaging/messages/receive-message)."""

    def __init__(self, *, account_sid: str, api_key: str, api_url: str, from_number: str) -> None:
        self._account_sid = account_sid
        self._account = f"/texml/Accounts/{quote(account_sid, safe='')}"
        self._bearer = {"Authorization": f"Bearer {api_key}"}
        self._api_url = api_url.rstrip("/")
        self._from_number = from_number
        self._application: str | None = None

    def fetch_recording(self, recording_sid: str) -> bytes:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-recording-resource"""
        try:
            link = self._seek(self._recording(recording_sid)).get("media_url")
        except _NotThere:
            raise MediaMissing(recording_sid) from None
        if not link:
            raise MediaMissing(recording_sid)
        if not self._may_be_fetched(link):
            raise ProviderUnavailable("the provider's link is not https")
        try:
            # The link itself is the permission, and where it leads the key is nobody's business.
            with requests.get(
                link, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), stream=True
            ) as response:
                if response.status_code != requests.codes.ok:
                    raise ProviderUnavailable(f"the provider's store said {response.status_code}")
                return audio_of(response)
        except requests.RequestException as failure:
            raise ProviderUnavailable(said(failure)) from failure

    def erase_recording(self, recording_sid: str) -> None:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/delete-recording-resource"""
        try:
            self._ask("DELETE", self._recording(recording_sid))
        except _NotThere:
            return

    def send_text(
        self, to: str, body: str, *, valid_seconds: int, status_url: str | None
    ) -> SentMessage:
        """https://developers.telnyx.com/api-reference/messages/send-a-message; for how long a text
        is worth sending cannot be said there."""
        del valid_seconds
        told = {} if status_url is None else {"webhook_url": status_url}
        try:
            answer = self._ask(
                "POST", "/messages", {"from": self._from_number, "to": to, "text": body, **told}
            )
        except _NotThere:
            raise ProviderRefused("the provider answered 404") from None
        return SentMessage(provider_id=str((answer.get("data") or {}).get("id", "")))

    def place_call(self, to: str, *, url: str, status_url: str, ring_seconds: int) -> str:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/initiate-an-outbound-call;
        the call belongs to the application that the hotline's number is connected to."""
        if self._application is None:
            # Asked for once: a call is a matter of seconds.
            self._application = str((self._hotline() or {}).get("id") or "") or None
        if self._application is None:
            raise ProviderRefused("the hotline's number is connected to no TeXML application")
        try:
            answer = self._ask(
                "POST",
                f"{self._account}/Calls",
                {
                    "ApplicationSid": self._application,
                    "To": to,
                    "From": self._from_number,
                    "Url": url,
                    "UrlMethod": "POST",
                    "Timeout": str(ring_seconds),
                    "StatusCallback": status_url,
                    "StatusCallbackMethod": "POST",
                    "StatusCallbackEvent": "completed",
                },
            )
        except _NotThere:
            raise ProviderRefused("the provider answered 404") from None
        return str(answer.get("call_sid") or answer.get("sid") or "")

    def texts_sent(self, to: str, body: str, *, since: datetime) -> Sequence[SentMessage]:
        """Cannot be known: a message is found by its id alone
        (https://developers.telnyx.com/api-reference/messages/retrieve-a-message), and records of
        what was sent hold no words (https://developers.telnyx.com/docs/v2/debugging/overview/)."""
        del to, body, since
        return ()

    def calls_placed(self, to: str, *, since: datetime) -> Sequence[SentMessage]:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-multiple-call-resources

        The list may lag behind: then somebody is rung twice.
        """
        asked = urlencode(
            {"To": to, "From": self._from_number, "Page": "0", "PageSize": str(LAST_SENT)}
        )
        try:
            listed = self._seek(f"{self._account}/Calls?{asked}").get("calls") or ()
        except _NotThere:
            return ()
        return [
            SentMessage(str(one["sid"]))
            for one in listed
            if one.get("sid")
            and one.get("to") == to
            and one.get("from") == self._from_number
            and one.get("status") not in NOT_REACHED
            and one.get("direction") != "inbound"
            and (made_at := _instant(one.get("date_created") or one.get("start_time"))) is not None
            and made_at >= since.replace(microsecond=0)
        ]

    def recordings_of_call(self, call_sid: str) -> Sequence[tuple[str, float]]:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-recordings-for-a-call"""
        try:
            listed = self._seek(f"{self._call(call_sid)}/Recordings.json")
        except _NotThere:
            return []
        return [
            (str(one["sid"]), float(one.get("duration") or 0))
            for one in listed.get("recordings") or ()
            if one.get("sid")
        ]

    def call_is_over(self, call_sid: str) -> bool:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-a-call"""
        try:
            return str(self._seek(self._call(call_sid)).get("status")) in OVER
        except _NotThere:
            return True

    def recordings_between(self, since: datetime, until: datetime) -> Sequence[HeldRecording]:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-multiple-recording-resources

        What is stored here is deleted there, so the whole list is read rather than trusting a
        filter.
        """
        held: dict[str, HeldRecording] = {}
        for page in range(MOST_PAGES):
            try:
                found = self._seek(f"{self._account}/Recordings.json?Page={page}&PageSize={PAGE}")
            except _NotThere:
                break
            listed = found.get("recordings") or ()
            new = {str(one["sid"]): _held(one) for one in listed if one.get("sid")}
            if new.keys() <= held.keys():
                break
            held |= {sid: one for sid, one in new.items() if one is not None}
            if len(listed) < PAGE:
                break
        within = (one for one in held.values() if since <= one.made_at <= until)
        return sorted(within, key=lambda recording: recording.made_at, reverse=True)

    def call_to_hotline(self, call_sid: str) -> HeldCall | None:
        """https://developers.telnyx.com/api-reference/texml-rest-commands/fetch-a-call"""
        try:
            call = self._seek(self._call(call_sid))
        except _NotThere:
            return None
        if call.get("direction") != "inbound" or call.get("to") != self._from_number:
            return None
        return HeldCall(
            caller_number(call.get("from")),
            _instant(call.get("start_time")),
            _instant(call.get("end_time")),
        )

    def fetch_attachment(
        self,
        message_sid: str,  # noqa: ARG002  # no message comes in, so none has a picture
        media_sid: str,  # noqa: ARG002
        content_type: str,  # noqa: ARG002
    ) -> bytes:
        raise MediaRefused("texts of this provider are not taken in")

    def erase_attachment(self, message_sid: str, media_sid: str) -> None:
        """Nothing was fetched that could be erased."""

    def messaging_webhook(self) -> str | None:
        return None

    def hotline_fallback(self) -> str | None:
        application = self._hotline()
        return None if application is None else application.get("voice_fallback_url") or None

    def hotline_webhooks(self) -> tuple[str | None, str | None] | None:
        there = self._hotline()
        return (
            None
            if there is None
            else (there.get("voice_url") or None, there.get("status_callback") or None)
        )

    def _hotline(self) -> Mapping[str, Any] | None:
        """The TeXML application that the number is connected to.

        https://developers.telnyx.com/api-reference/phone-number-configurations/list-phone-numbers,
        https://developers.telnyx.com/api-reference/texml-applications/retrieve-a-texml-application
        """
        self._check_account()
        # With anything but digits in it the filter finds nothing.
        listed = self._data(f"/phone_numbers?filter[phone_number]={self._from_number.lstrip('+')}")
        numbers = [one for one in listed if one.get("phone_number") == self._from_number]
        if not numbers:
            return None
        connection = numbers[0].get("connection_id")
        if not connection:
            return {}
        try:
            found = self._ask("GET", f"/texml_applications/{quote(str(connection), safe='')}")
        except _NotThere:
            return {}
        return found.get("data") or {}

    def _recording(self, sid: str) -> str:
        return f"{self._account}/Recordings/{quote(sid, safe='')}.json"

    def _call(self, sid: str) -> str:
        return f"{self._account}/Calls/{quote(sid, safe='')}"

    def _may_be_fetched(self, link: str) -> bool:
        """Over TLS alone; on the machine itself, for who tries it there, without."""
        parts = urlsplit(link)
        here = urlsplit(self._api_url).hostname in LOOPBACK and parts.hostname in LOOPBACK
        return parts.scheme == "https" or (parts.scheme == "http" and here)

    def _seek(self, path: str) -> dict[str, Any]:
        """For who may only hear that it did not work for now."""
        try:
            return self._ask("GET", path)
        except ProviderRefused as refusal:
            raise ProviderUnavailable(str(refusal)) from refusal

    def _check_account(self) -> None:
        """That the account SID is the key's, and that its calls can be listed
        (https://developers.telnyx.com/api/call-scripting-twexit/get-texml-calls).

        Raises:
            ProviderRefused: it is another account's, or none's.
        """
        whoami = self._data("/whoami")
        ours = {str(whoami.get(name)).lower() for name in ("organization_id", "user_id")}
        try:
            self._answer("GET", f"{self._account}/Calls?PageSize=1")
        except _NotThere:
            ours.clear()
        if self._account_sid.lower() not in ours:
            raise ProviderRefused("the account SID is not the organization_id of /whoami")

    def _data(self, path: str) -> Any:
        """Of what every account has."""
        try:
            return self._ask("GET", path).get("data") or {}
        except _NotThere:
            raise ProviderUnavailable("the provider answered 404") from None

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The API's answer.

        Raises:
            _NotThere: and the account is the right one.
            ProviderRefused, ProviderUnavailable.
        """
        try:
            return self._answer(method, path, body)
        except _NotThere:
            if path.startswith(self._account):
                self._check_account()
            raise

    def _answer(
        self, method: str, path: str, body: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Of an error its code is shown; its words may hold a number."""
        try:
            answer = requests.request(
                method,
                self._api_url + path,
                json=body,
                headers=self._bearer,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
            status = answer.status_code
            if status == requests.codes.not_found:
                raise _NotThere(path)
            if 200 <= status < 300:
                found = answer.json() if answer.content else {}
                return found if isinstance(found, dict) else {}
        except requests.RequestException as failure:
            raise ProviderUnavailable(said(failure)) from failure
        told = f"the provider answered {status} (code {_code(answer)})"
        if status >= 500 or status in RETRYABLE or status < 400:
            raise ProviderUnavailable(told)
        raise ProviderRefused(told)


def _held(one: Mapping[str, Any]) -> HeldRecording | None:
    """None: no message, or one that is not finished."""
    made_at = _instant(one.get("date_created"))
    if one.get("source") != MESSAGES or one.get("status") != "completed" or made_at is None:
        return None
    seconds = float(one.get("duration") or 0)
    return HeldRecording(str(one["sid"]), str(one.get("call_sid")), seconds, made_at)


def _instant(said: object) -> datetime | None:
    """Such as 'Fri, 11 Aug 2023 19:12:11 +0000'."""
    try:
        return parsedate_to_datetime(str(said))
    except ValueError:
        return None


def _code(answer: requests.Response) -> str:
    """Of the first error: https://developers.telnyx.com/development/api-fundamentals/api-errors"""
    try:
        code = answer.json()["errors"][0]["code"]
    except (requests.RequestException, ValueError, LookupError, TypeError):
        return "unknown"
    return str(code) if str(code).isalnum() else "unknown"
