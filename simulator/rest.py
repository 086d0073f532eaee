"""Twilio's REST API, as far as a hotline needs it: https://www.twilio.com/docs/usage/api

Accounts, Calls, Recordings and Messages with their media, and IncomingPhoneNumbers, under
/2010-04-01, with Twilio's JSON, paging and errors.
"""

from __future__ import annotations

import hmac
import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, Literal, NoReturn
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from simulator.exchange import (
    API_VERSION,
    Exchange,
    HotlineNumber,
    KeptMedia,
    KeptRecording,
    Message,
)
from simulator.leg import Leg
from simulator.postman import Letter
from simulator.sound import Sound
from twiml.reading import CALL_EVENTS, Method, TwimlError, Verb, read_twiml

LONGEST_BODY: Final = 1600
"""Characters a message may have (https://www.twilio.com/docs/api/errors/21617)."""

_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE: Final = frozenset("^{}\\[~]|€")

JSON = dict[str, Any]


class ApiError(Exception):
    """An error as Twilio reports it (https://www.twilio.com/docs/usage/requests-to-twilio)."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def answer(self) -> Response:
        answer = jsonify(
            code=self.code,
            message=self.message,
            more_info=f"https://www.twilio.com/docs/errors/{self.code}",
            status=self.status,
        )
        answer.status_code = self.status
        return answer


def not_found() -> ApiError:
    return ApiError(404, 20404, f"The requested resource {request.path} was not found")


def install(app: Flask, exchange: Exchange) -> None:
    """Serve the account's resources under /2010-04-01."""
    blueprint = Blueprint("rest", __name__, url_prefix=f"/{API_VERSION}")
    _Resources(exchange).route(blueprint)

    @blueprint.errorhandler(ApiError)
    def _api_error(error: ApiError) -> Response:
        return error.answer()

    @blueprint.url_value_preprocessor
    def _whose(endpoint: str | None, values: dict[str, Any] | None) -> None:  # noqa: ARG001
        g.account = (values or {}).pop("account", "")

    @blueprint.before_request
    def _admit() -> None:
        time.sleep(exchange.misfortune.now.slow)
        _authenticate(exchange)
        path = request.path
        if "/Messages" in path and exchange.misfortune.strikes("messages"):
            _fail(exchange)
        if "/Recordings" in path and exchange.misfortune.strikes("recordings"):
            _fail(exchange)

    @app.errorhandler(404)
    def _unknown(error: HTTPException) -> Response | HTTPException:
        return not_found().answer() if request.path.startswith(f"/{API_VERSION}") else error

    app.register_blueprint(blueprint)


def _authenticate(exchange: Exchange) -> None:
    given = request.authorization
    known = (
        given is not None
        and given.type == "basic"
        and hmac.compare_digest(given.username or "", exchange.account_sid)
        and hmac.compare_digest(given.password or "", exchange.auth_token)
    )
    if not known:
        raise ApiError(401, 20003, "Authenticate")
    if g.account != exchange.account_sid:
        raise not_found()


def _fail(exchange: Exchange) -> None:
    match exchange.misfortune.now.outage:
        case "closed":
            _hang_up()
        case "throttled":
            raise ApiError(429, 20429, "Too Many Requests")
        case "unavailable":
            raise ApiError(503, 20503, "Service is unavailable. Please try again")


def _hang_up() -> NoReturn:
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ApiError(503, 20503, "never sent: the connection is closed")


class _Resources:
    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    def route(self, blueprint: Blueprint) -> None:
        def at(
            rule: str, view: Callable[..., Response], method: Literal["GET", "POST", "DELETE"]
        ) -> None:
            blueprint.add_url_rule(
                f"/Accounts/<account>{rule}", view.__name__, view, methods=[method]
            )

        at(".json", self.fetch_account, "GET")
        at("/IncomingPhoneNumbers.json", self.list_numbers, "GET")
        at("/IncomingPhoneNumbers/<sid>.json", self.fetch_number, "GET")
        at("/IncomingPhoneNumbers/<sid>.json", self.update_number, "POST")
        at("/Calls.json", self.list_calls, "GET")
        at("/Calls.json", self.create_call, "POST")
        at("/Calls/<sid>.json", self.fetch_call, "GET")
        at("/Calls/<sid>.json", self.update_call, "POST")
        at("/Calls/<call_sid>/Recordings.json", self.list_call_recordings, "GET")
        at("/Recordings.json", self.list_recordings, "GET")
        at("/Recordings/<sid>.json", self.fetch_recording, "GET")
        at("/Recordings/<sid>.json", self.delete_recording, "DELETE")
        at("/Recordings/<sid>", self.fetch_media, "GET")
        at("/Recordings/<sid>.wav", self.fetch_wav, "GET")
        at("/Recordings/<sid>.mp3", self.fetch_mp3, "GET")
        at("/Messages.json", self.list_messages, "GET")
        at("/Messages.json", self.create_message, "POST")
        at("/Messages/<sid>.json", self.fetch_message, "GET")
        at("/Messages/<sid>/Media.json", self.list_message_media, "GET")
        at("/Messages/<sid>/Media/<media_sid>.json", self.describe_message_media, "GET")
        at("/Messages/<sid>/Media/<media_sid>.json", self.delete_message_media, "DELETE")
        at("/Messages/<sid>/Media/<media_sid>", self.fetch_message_media, "GET")

    # Accounts and numbers

    def fetch_account(self) -> Response:
        base = self._uri("")
        return jsonify(
            sid=self.exchange.account_sid,
            friendly_name="Simulated account",
            owner_account_sid=self.exchange.account_sid,
            auth_token="",
            date_created=_date(self.exchange.numbers[0].created),
            date_updated=_date(self.exchange.numbers[0].created),
            status="active",
            type="Full",
            uri=f"{base}.json",
            subresource_uris={
                name.lower(): f"{base}/{name}.json" for name in ("Calls", "Messages", "Recordings")
            },
        )

    def list_numbers(self) -> Response:
        wanted = request.args.get("PhoneNumber")
        numbers = [
            self._number(number)
            for number in self.exchange.numbers
            if wanted is None or number.number == wanted
        ]
        return self._page("incoming_phone_numbers", numbers)

    def fetch_number(self, sid: str) -> Response:
        return jsonify(self._number(self._owned(sid)))

    def update_number(self, sid: str) -> Response:
        """Where the number leads; all the account's numbers lead to the same line."""
        number = self._owned(sid)
        changes: dict[str, Any] = {
            field: _url(name, value) if value else None
            for name, field in (
                ("VoiceUrl", "voice_url"),
                ("VoiceFallbackUrl", "voice_fallback_url"),
                ("StatusCallback", "status_url"),
                ("SmsUrl", "sms_url"),
            )
            if (value := request.form.get(name)) is not None
        }
        for name, field in (
            ("VoiceMethod", "voice_method"),
            ("VoiceFallbackMethod", "voice_fallback_method"),
        ):
            if name in request.form:
                changes[field] = _method(name)
        self.exchange.line = replace(self.exchange.line, **changes)
        return jsonify(self._number(number))

    def _owned(self, sid: str) -> HotlineNumber:
        for number in self.exchange.numbers:
            if number.sid == sid:
                return number
        raise not_found()

    def _number(self, number: HotlineNumber) -> JSON:
        line = self.exchange.line
        return {
            "sid": number.sid,
            "account_sid": self.exchange.account_sid,
            "api_version": API_VERSION,
            "phone_number": number.number,
            "friendly_name": number.number,
            "date_created": _date(number.created),
            "date_updated": _date(number.created),
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "voice_url": line.voice_url or "",
            "voice_method": line.voice_method,
            "voice_fallback_url": line.voice_fallback_url or "",
            "voice_fallback_method": line.voice_fallback_method,
            "status_callback": line.status_url or "",
            "status_callback_method": "POST",
            "sms_url": line.sms_url or "",
            "sms_method": "POST",
            "sms_fallback_url": "",
            "sms_fallback_method": "POST",
            "status": "in-use",
            "type": "local",
            "beta": False,
            "origin": "twilio",
            "address_requirements": "none",
            "voice_caller_id_lookup": False,
            "voice_receive_mode": "voice",
            "emergency_status": "Inactive",
            "uri": self._uri(f"/IncomingPhoneNumbers/{number.sid}.json"),
        }

    # Calls

    def list_calls(self) -> Response:
        wanted = {
            name: request.args.get(parameter)
            for name, parameter in (("from_", "From"), ("to", "To"), ("status", "Status"))
        }
        legs = [
            leg
            for leg in self.exchange.all_calls()
            if all(value is None or getattr(leg, name) == value for name, value in wanted.items())
            and _between(leg.created, "StartTime")
        ]
        legs.sort(key=lambda leg: leg.created, reverse=True)
        return self._page("calls", [self._call(leg) for leg in legs])

    def fetch_call(self, sid: str) -> Response:
        return jsonify(self._call(self._leg(sid)))

    def create_call(self) -> Response:
        """https://www.twilio.com/docs/voice/api/call-resource#create-a-call-resource"""
        form = request.form
        to, from_ = form.get("To", ""), form.get("From", "")
        if not _NUMBER.fullmatch(to):
            raise ApiError(400, 21211, f"The phone number you are attempting to call, {to}, ...")
        if not self.exchange.owns(from_):
            raise ApiError(400, 21210, f"'From' phone number not verified: {from_}")
        script: Letter | Sequence[Verb]
        if url := form.get("Url"):
            script = Letter(_url("Url", url), _method("Method"), {})
        elif document := form.get("Twiml"):
            try:
                script = read_twiml(document, "the Twiml parameter")
            except TwimlError as error:
                raise ApiError(400, 21205, str(error)) from None
        else:
            raise ApiError(400, 21205, "Url parameter is required.")
        events = frozenset(form.getlist("StatusCallbackEvent")) or frozenset({"completed"})
        if not events <= CALL_EVENTS:
            raise ApiError(400, 21626, "StatusCallbackEvent is not valid")
        callback = form.get("StatusCallback")
        machine = self.exchange.manner(to).kind == "machine"
        leg = self.exchange.new_leg(
            from_=from_,
            to=to,
            direction="outbound-api",
            status_callback=None if callback is None else _url("StatusCallback", callback),
            status_method=_method("StatusCallbackMethod"),
            status_events=events,
            answered_by=("machine_start" if machine else "human")
            if form.get("MachineDetection")
            else None,
        )
        answer = self._call(leg)
        self.exchange.place(leg, script, float(form.get("Timeout", "60")))
        if self.exchange.misfortune.loses_answer():
            _hang_up()
        return _created(answer)

    def update_call(self, sid: str) -> Response:
        """Ending a live call; the simulator redirects none."""
        leg = self._leg(sid)
        if request.form.get("Status") not in {"completed", "canceled"}:
            raise ApiError(400, 21218, "the simulator only ends calls: Status=completed")
        if leg.is_over:
            raise ApiError(400, 21220, "Call is not in-progress. Cannot redirect.")
        call = self.exchange.calls.get(sid)
        if call is None:
            self.exchange.finish(leg, "canceled")
        else:
            call.hangs_up(after=0.0, by="line")
        return jsonify(self._call(leg))

    def _leg(self, sid: str) -> Leg:
        with self.exchange.lock:
            leg = self.exchange.legs.get(sid)
        if leg is None:
            raise not_found()
        return leg

    def _call(self, leg: Leg) -> JSON:
        base = self._uri(f"/Calls/{leg.sid}")
        answered = leg.status == "in-progress" or leg.clock > 0
        ended = leg.created + timedelta(seconds=leg.duration)
        return {
            "sid": leg.sid,
            "account_sid": self.exchange.account_sid,
            "api_version": API_VERSION,
            "parent_call_sid": leg.parent_sid,
            "phone_number_sid": leg.number_sid,
            "from": leg.from_,
            "from_formatted": leg.from_,
            "to": leg.to,
            "to_formatted": leg.to,
            "direction": leg.direction,
            "status": leg.status,
            "date_created": _date(leg.created),
            "date_updated": _date(leg.created),
            "start_time": _date(leg.created) if answered else None,
            "end_time": _date(ended) if leg.is_over else None,
            "duration": str(leg.duration) if leg.is_over else None,
            "answered_by": leg.answered_by,
            "forwarded_from": None,
            "caller_name": None,
            "group_sid": None,
            "trunk_sid": None,
            "queue_time": "0",
            "annotation": None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{base}.json",
            "subresource_uris": {"recordings": f"{base}/Recordings.json"},
        }

    # Recordings

    def list_call_recordings(self, call_sid: str) -> Response:
        self._leg(call_sid)
        return self._recordings(call_sid)

    def list_recordings(self) -> Response:
        return self._recordings(request.args.get("CallSid"))

    def _recordings(self, call_sid: str | None) -> Response:
        with self.exchange.lock:
            kept = list(self.exchange.recordings.values())
        found = [
            recording
            for recording in kept
            if call_sid in {None, recording.call_sid} and _between(recording.created, "DateCreated")
        ]
        found.sort(key=lambda recording: recording.created, reverse=True)
        return self._page("recordings", [self._recording(recording) for recording in found])

    def fetch_recording(self, sid: str) -> Response:
        return jsonify(self._recording(self._kept(sid)))

    def delete_recording(self, sid: str) -> Response:
        if not self.exchange.company.erases:
            raise not_found()
        self._kept(sid)
        self.exchange.delete_recording(sid)
        return Response(status=204)

    def fetch_media(self, sid: str) -> Response:
        return self.fetch_wav(sid)

    def fetch_wav(self, sid: str) -> Response:
        """https://www.twilio.com/docs/voice/api/recording#fetch-a-recordings-media-file"""
        recording = self._kept(sid)
        if self.exchange.misfortune.hides_media(sid):
            raise not_found()
        return _media(self.exchange, recording.sound)

    def fetch_mp3(self, sid: str) -> Response:
        self._kept(sid)
        raise ApiError(406, 20406, "the simulator keeps recordings as WAV alone")

    def _kept(self, sid: str) -> KeptRecording:
        with self.exchange.lock:
            recording = self.exchange.recordings.get(sid)
        if recording is None:
            raise not_found()
        return recording

    def _recording(self, recording: KeptRecording) -> JSON:
        base = self._uri(f"/Recordings/{recording.sid}")
        return {
            "sid": recording.sid,
            "account_sid": self.exchange.account_sid,
            "api_version": API_VERSION,
            "call_sid": recording.call_sid,
            "conference_sid": None,
            "channels": 1,
            "source": "RecordVerb",
            "status": "completed",
            "error_code": None,
            "duration": str(recording.duration),
            "date_created": _date(recording.created),
            "date_updated": _date(recording.created),
            "start_time": _date(recording.created),
            "price": None,
            "price_unit": "USD",
            "encryption_details": None,
            "media_url": self.exchange.recording_url(recording.sid),
            "uri": f"{base}.json",
            "subresource_uris": {"transcriptions": f"{base}/Transcriptions.json"},
        }

    # Messages

    def list_messages(self) -> Response:
        with self.exchange.lock:
            messages = list(self.exchange.messages.values())
        found = [
            message
            for message in messages
            if request.args.get("To") in {None, message.to}
            and request.args.get("From") in {None, message.from_}
            and _between(message.created, "DateSent")
        ]
        found.sort(key=lambda message: message.created, reverse=True)
        return self._page("messages", [self._message(message) for message in found])

    def fetch_message(self, sid: str) -> Response:
        with self.exchange.lock:
            message = self.exchange.messages.get(sid)
        if message is None:
            raise not_found()
        return jsonify(self._message(message))

    def create_message(self) -> Response:
        """https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource"""
        form = request.form
        to, body, service = form.get("To"), form.get("Body"), form.get("MessagingServiceSid")
        from_ = form.get("From") or (self.exchange.hotlines[0] if service else None)
        if not to:
            raise ApiError(400, 21604, "A 'To' phone number is required.")
        if not from_:
            raise ApiError(400, 21603, "A 'From' phone number is required.")
        if not body:
            raise ApiError(400, 21602, "Message body is required.")
        if not _NUMBER.fullmatch(to):
            raise ApiError(400, 21211, f"Invalid 'To' Phone Number: {to}")
        if not self.exchange.owns(from_):
            raise ApiError(400, 21606, f"The 'From' phone number {from_} is not yours")
        if to == from_:
            raise ApiError(400, 21266, "'To' and 'From' number cannot be the same")
        if len(body) > LONGEST_BODY:
            raise ApiError(400, 21617, "The concatenated message body exceeds 1600 characters")
        if self.exchange.has_opted_out(to):
            raise ApiError(400, 21610, "Attempt to send to unsubscribed recipient")
        validity = form.get("ValidityPeriod", "36000")
        if not validity.isdigit() or not 1 <= int(validity) <= 36000:
            raise ApiError(400, 21624, "ValidityPeriod must be between 1 and 36000 seconds")
        callback = form.get("StatusCallback")
        message = Message(
            sid=self.exchange.new_sid("SM"),
            from_=from_,
            to=to,
            body=body,
            direction="outbound-api",
            created=datetime.now(UTC),
            status="queued",
            status_callback=None if callback is None else _url("StatusCallback", callback),
            service_sid=service,
        )
        sent = self.exchange.send(message)
        if self.exchange.misfortune.loses_answer():
            _hang_up()
        return _created(self._message(sent))

    def _message(self, message: Message) -> JSON:
        base = self._uri(f"/Messages/{message.sid}")
        sent = message.status not in {"queued"}
        return {
            "sid": message.sid,
            "account_sid": self.exchange.account_sid,
            "api_version": API_VERSION,
            "messaging_service_sid": message.service_sid,
            "from": message.from_,
            "to": message.to,
            "body": message.body,
            "num_segments": str(segments(message.body)),
            "num_media": str(len(self.exchange.media_of(message.sid))),
            "direction": message.direction,
            "status": message.status,
            "error_code": message.error_code,
            "error_message": None,
            "date_created": _date(message.created),
            "date_updated": _date(message.created),
            "date_sent": _date(message.created) if sent else None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{base}.json",
            "subresource_uris": {"media": f"{base}/Media.json"},
        }

    # What came with messages: https://www.twilio.com/docs/messaging/api/media-resource

    def list_message_media(self, sid: str) -> Response:
        return self._page("media_list", [self._media(each) for each in self.exchange.media_of(sid)])

    def describe_message_media(self, sid: str, media_sid: str) -> Response:
        return jsonify(self._media(self._kept_media(sid, media_sid)))

    def delete_message_media(self, sid: str, media_sid: str) -> Response:
        self.exchange.delete_media(self._kept_media(sid, media_sid).sid)
        return Response(status=204)

    def fetch_message_media(self, sid: str, media_sid: str) -> Response:
        kept = self._kept_media(sid, media_sid)
        return Response(kept.content, mimetype=kept.content_type)

    def _kept_media(self, sid: str, media_sid: str) -> KeptMedia:
        for each in self.exchange.media_of(sid):
            if each.sid == media_sid:
                return each
        raise not_found()

    def _media(self, media: KeptMedia) -> JSON:
        return {
            "sid": media.sid,
            "account_sid": self.exchange.account_sid,
            "parent_sid": media.message_sid,
            "content_type": media.content_type,
            "date_created": _date(media.created),
            "date_updated": _date(media.created),
            "uri": self._uri(f"/Messages/{media.message_sid}/Media/{media.sid}.json"),
        }

    # What all have in common

    def _uri(self, rest: str) -> str:
        return f"/{API_VERSION}/Accounts/{self.exchange.account_sid}{rest}"

    def _page(self, key: str, records: Sequence[Mapping[str, Any]]) -> Response:
        """https://www.twilio.com/docs/usage/twilios-response#paging"""
        size = request.args.get("PageSize", 50, type=int)
        page = request.args.get("Page", 0, type=int)
        if not 1 <= size <= 1000 or page < 0:
            raise ApiError(400, 20001, "Page size must be between 1 and 1000")
        start = page * size
        shown = records[start : start + size]

        def uri(number: int) -> str:
            kept = {
                name: value
                for name, value in request.args.items()
                if name not in {"Page", "PageSize", "PageToken"}
            }
            return f"{request.path}?{urlencode({**kept, 'PageSize': size, 'Page': number})}"

        return jsonify(
            {
                key: shown,
                "page": page,
                "page_size": size,
                "start": start,
                "end": start + max(0, len(shown) - 1),
                "uri": uri(page),
                "first_page_uri": uri(0),
                "previous_page_uri": uri(page - 1) if page else None,
                "next_page_uri": uri(page + 1) if start + size < len(records) else None,
            }
        )


def segments(body: str) -> int:
    """How many SMS a text takes: https://www.twilio.com/docs/glossary/what-sms-character-limit"""
    if all(character in _GSM or character in _GSM_DOUBLE for character in body):
        length = len(body) + sum(character in _GSM_DOUBLE for character in body)
        single, several = 160, 153
    else:
        length = len(body.encode("utf-16-le")) // 2
        single, several = 70, 67
    return 1 if length <= single else -(-length // several)


def _media(exchange: Exchange, sound: Sound) -> Response:
    faults = exchange.misfortune.now
    content = sound.to_wav()
    match faults.media:
        case "html":
            return Response("<!doctype html><title>Sign in</title>", mimetype="text/html")
        case "oversize":
            padding = max(0, faults.oversize_bytes - len(content))
            return Response(content + bytes(padding), mimetype="audio/x-wav")
        case "truncated":
            return Response(content[: len(content) // 2], mimetype="audio/x-wav")
        case "audio":
            return Response(content, mimetype="audio/x-wav")


def _between(moment: datetime, name: str) -> bool:
    """The filters `name`, `name<` and `name>`: a day, or bounds that themselves belong to it."""
    day = _moment(name)
    if day is not None and moment.date() != day.date():
        return False
    before, after = _moment(f"{name}<"), _moment(f"{name}>")
    whole = moment.replace(microsecond=0)
    return (before is None or whole <= before) and (after is None or whole >= after)


def _moment(name: str) -> datetime | None:
    value = request.args.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ApiError(400, 20001, f"{name} is not a date") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _method(name: str) -> Method:
    value = request.form.get(name, "POST").upper()
    if value not in {"GET", "POST"}:
        raise ApiError(400, 21403, f"{name} is neither GET nor POST")
    return "GET" if value == "GET" else "POST"


def _url(name: str, value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ApiError(400, 21609, f"The '{name}' URL is not a valid URL")
    return value


def _date(moment: datetime) -> str:
    """RFC 2822, as this version of the API writes every date."""
    return format_datetime(moment)


def _created(body: JSON) -> Response:
    answer = jsonify(body)
    answer.status_code = 201
    return answer
