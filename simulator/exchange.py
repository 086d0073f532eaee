"""What the network knows: its numbers, calls, recordings and messages; and how each changes.

Nothing here speaks HTTP: `rest` and `control` do.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final, Literal

from simulator.call import Call
from simulator.company import Company
from simulator.conversation import Dialled
from simulator.faults import Faults, Kind, Misfortune
from simulator.leg import Leg, Status
from simulator.postman import Letter, Postman, Tunnel, Unanswered
from simulator.script import Script, recorded_seconds
from simulator.sound import Sound
from twiml import reading as twiml
from twiml.reading import Method

API_VERSION: Final = "2010-04-01"
WITHHELD: Final = "anonymous"
"""What Twilio gives as From where the caller withheld their number."""

MessageStatus = Literal["queued", "sent", "delivered", "undelivered", "received"]

STOP_WORDS: Final = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
START_WORDS: Final = frozenset({"START", "UNSTOP", "YES"})
"""Words by which a phone refuses and takes messages again
(https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out)."""


@dataclass(frozen=True)
class HotlineNumber:
    """A number the account owns; all of them lead to the same line."""

    sid: str
    number: str
    created: datetime


@dataclass(frozen=True)
class Line:
    """Where the account's numbers lead (https://www.twilio.com/docs/phone-numbers/api)."""

    voice_url: str | None = None
    voice_method: Method = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: Method = "POST"
    status_url: str | None = None
    sms_url: str | None = None


@dataclass(frozen=True)
class Manner:
    """How a phone takes a call.

    It rings `rings` seconds; then, if it answers, presses the next of `presses` at each question
    and hangs up after `hangs_up_after` or, connected by a Dial, `talks` seconds.
    """

    kind: Literal["answers", "no-answer", "busy", "failed", "machine", "by-hand"] = "answers"
    presses: tuple[str, ...] = ()
    rings: float = 4.0
    talks: float = 60.0
    hangs_up_after: float | None = None

    @property
    def answers(self) -> bool:
        return self.kind in {"answers", "machine", "by-hand"}

    @property
    def rings_out(self) -> bool:
        return self.kind == "no-answer" or self.answers

    @property
    def outcome(self) -> Status:
        """How the call ends where the phone does not take it."""
        match self.kind:
            case "busy" | "failed":
                return self.kind
            case _:
                return "no-answer"

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Manner:
        return cls(**{**values, "presses": tuple(values.get("presses", ()))})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class KeptRecording:
    """https://www.twilio.com/docs/voice/api/recording"""

    sid: str
    call_sid: str
    created: datetime
    sound: Sound

    @property
    def duration(self) -> int:
        return recorded_seconds(self.sound)


@dataclass(frozen=True)
class Message:
    """https://www.twilio.com/docs/messaging/api/message-resource"""

    sid: str
    from_: str
    to: str
    body: str
    direction: Literal["outbound-api", "outbound-reply", "inbound"]
    created: datetime
    status: MessageStatus
    error_code: int | None = None
    status_callback: str | None = None
    service_sid: str | None = None


@dataclass(frozen=True)
class KeptMedia:
    """https://www.twilio.com/docs/messaging/api/media-resource"""

    sid: str
    message_sid: str
    content_type: str
    content: bytes
    created: datetime


@dataclass
class Exchange:
    """One account's telephone network. Safe between threads."""

    account_sid: str
    auth_token: str
    hotlines: tuple[str, ...]
    api_url: str = ""
    line: Line = field(default_factory=Line)
    pace: float = 0.0
    faults: Faults = field(default_factory=Faults)
    tunnel: Tunnel | None = None
    company: Company = field(default_factory=Company)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.misfortune = Misfortune(self.faults)
        self.postman = Postman(self.auth_token, self.misfortune, self.tunnel, self.company)
        created = datetime.now(UTC)
        self.numbers = [
            HotlineNumber(self.new_sid("PN"), number, created) for number in self.hotlines
        ]
        self.legs: dict[str, Leg] = {}
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, KeptRecording] = {}
        self.messages: dict[str, Message] = {}
        self.media: dict[str, KeptMedia] = {}
        self._manners: dict[str, Manner] = {}
        self._opted_out: set[str] = set()
        self._ringing: dict[str, tuple[Leg, Letter | Sequence[twiml.Verb]]] = {}

    def new_sid(self, prefix: str) -> str:
        return self.company.new_sid(prefix)

    # Calls

    def dial(
        self,
        from_: str,
        to: str,
        hangs_up_after: float | None = None,
        stir_verstat: str | None = "TN-Validation-Passed-A",
    ) -> Call:
        """A phone calls the line, which is asked at its voice URL what to do.

        Raises ValueError for a number that is not the account's, or that leads nowhere.
        """
        number = next((each for each in self.numbers if each.number == to), None)
        if number is None or self.line.voice_url is None:
            raise ValueError(f"{to} leads to no line")
        leg = self.new_leg(
            from_=from_,
            to=to,
            direction="inbound",
            number_sid=number.sid,
            stir_verstat=None if from_ == WITHHELD else stir_verstat,
            status_callback=self.line.status_url,
            fallback=None
            if self.line.voice_fallback_url is None
            else Letter(self.line.voice_fallback_url, self.line.voice_fallback_method, {}),
        )
        leg.status = "ringing"
        leg.add(Dialled(0.0, to))
        call = self._call(leg, Letter(self.line.voice_url, self.line.voice_method, {}))
        call.begins(hangs_up_after)
        return call

    def place(
        self,
        leg: Leg,
        script: Letter | Sequence[twiml.Verb],
        timeout: float,
    ) -> None:
        """The line calls a phone; in the background, as it takes its time."""
        self.postman.begin()
        threading.Thread(target=self._place, args=(leg, script, timeout), daemon=True).start()

    def _place(self, leg: Leg, script: Letter | Sequence[twiml.Verb], timeout: float) -> None:
        try:
            manner = self.manner(leg.to)
            self.announce(leg, "initiated")
            leg.status = "ringing"
            self.announce(leg, "ringing")
            if manner.kind == "by-hand":
                with self.lock:
                    self._ringing[leg.to] = (leg, script)
            elif not manner.answers or manner.rings > timeout:
                self.finish(leg, manner.outcome)
            else:
                self._call(leg, script).is_let_run(manner.presses, manner.hangs_up_after)
        finally:
            self.postman.end()

    def pick_up(self, number: str) -> Call:
        """Answer the call that rings at a phone kept by hand. Raises LookupError if none does."""
        with self.lock:
            leg, script = self._ringing.pop(number)
        call = self._call(leg, script)
        call.begins()
        return call

    def decline(self, number: str) -> None:
        """Refuse the call that rings. Raises LookupError if none does."""
        with self.lock:
            leg, _ = self._ringing.pop(number)
        self.finish(leg, "busy")

    def is_ringing(self, number: str) -> bool:
        with self.lock:
            return number in self._ringing

    def whisper(
        self, leg: Leg, letter: Letter, manner: Manner
    ) -> Literal["ran out", "hung up", "gone", "rejected", "failed"]:
        """Let a dialled phone hear its document alone; how that ended."""
        script = Script(leg, self)
        call = Call(leg, script.run(letter), lambda _: None)
        call.is_let_run(manner.presses, manner.hangs_up_after)
        return script.ending

    def _call(self, leg: Leg, script: Letter | Sequence[twiml.Verb]) -> Call:
        call = Call(leg, Script(leg, self).run(script), self._over)
        with self.lock:
            self.calls[leg.sid] = call
        return call

    def _over(self, leg: Leg) -> None:
        self.finish(leg, leg.status if leg.is_over else "completed")

    def new_leg(self, **details: Any) -> Leg:
        leg = Leg(sid=self.new_sid("CA"), pace=self.pace, **details)
        with self.lock:
            self.legs[leg.sid] = leg
        return leg

    def finish(self, leg: Leg, status: Status) -> None:
        """The leg is over; its status callback is told, once."""
        leg.status = status
        self.announce(leg, "completed")

    def announce(
        self,
        leg: Leg,
        event: Literal["initiated", "ringing", "answered", "completed"],
        *,
        at_once: bool = False,
    ) -> None:
        """https://www.twilio.com/docs/voice/api/call-resource#statuscallback"""
        if leg.status_callback is None or event not in leg.status_events:
            return
        if event == "completed":
            if leg.told_the_end:
                return
            leg.told_the_end = True
        params = {
            **self.call_params(leg),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(leg.announced),
            "Timestamp": format_datetime(datetime.now(UTC)),
        }
        if event == "completed":
            params["CallDuration"] = str(leg.duration)
            params["Duration"] = str(-(-leg.duration // 60))
        leg.announced += 1
        letter = Letter(leg.status_callback, leg.status_method, params)
        self.tell(letter, "call", leg.sid, at_once=at_once)

    def tell(self, letter: Letter, kind: Kind, lane: str, *, at_once: bool = False) -> None:
        """A status callback: in its turn, or now, before anything else happens."""
        if at_once and kind not in self.misfortune.now.lost:
            self.postman.post(letter, kind)
        else:
            self.postman.deliver([letter], kind, lane)

    def call_params(self, leg: Leg) -> dict[str, str]:
        """https://www.twilio.com/docs/voice/twiml#request-parameters"""
        params = {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": leg.sid,
            "CallStatus": leg.status,
            "Direction": "inbound" if leg.direction == "inbound" else leg.direction,
            "From": leg.from_,
            "Caller": leg.from_,
            "To": leg.to,
            "Called": leg.to,
        }
        for names, number in ((("From", "Caller"), leg.from_), (("To", "Called"), leg.to)):
            place = _place_of(number)
            params |= {name + part: value for name in names for part, value in place.items()}
        if leg.parent_sid is not None:
            params["ParentCallSid"] = leg.parent_sid
        if leg.stir_verstat is not None:
            params["StirVerstat"] = leg.stir_verstat
        if leg.answered_by is not None:
            params["AnsweredBy"] = leg.answered_by
        return params

    # Recordings

    def keep_recording(self, sid: str, leg: Leg, sound: Sound) -> None:
        with self.lock:
            self.recordings[sid] = KeptRecording(sid, leg.sid, datetime.now(UTC), sound)

    def recording_url(self, sid: str) -> str:
        return f"{self.api_url}/{API_VERSION}/Accounts/{self.account_sid}/Recordings/{sid}"

    def recording_params(
        self, sid: str, leg: Leg, status: str, sound: Sound | None
    ) -> dict[str, str]:
        """https://www.twilio.com/docs/voice/twiml/record#recordingstatuscallback"""
        return {
            "AccountSid": self.account_sid,
            "CallSid": leg.sid,
            "RecordingSid": sid,
            "RecordingUrl": self.recording_url(sid),
            "RecordingStatus": status,
            "RecordingDuration": str(recorded_seconds(sound)) if sound else "0",
            "RecordingChannels": "1",
            "RecordingStartTime": format_datetime(leg.created),
            "RecordingSource": "RecordVerb",
            "RecordingTrack": "inbound",
        }

    def delete_recording(self, sid: str) -> None:
        """Raises KeyError where it is not there."""
        with self.lock:
            del self.recordings[sid]

    # Messages

    def send(self, message: Message) -> Message:
        """Take a message from the line; its statuses follow in the background.

        https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
        """
        with self.lock:
            self.messages[message.sid] = message
        lost = message.to in self.misfortune.now.undelivered
        end: MessageStatus = "undelivered" if lost else "delivered"
        statuses: tuple[MessageStatus, ...] = ("queued", "sent", end)
        if message.status_callback is not None:
            letters = [
                Letter(
                    message.status_callback,
                    "POST",
                    self._message_params(message, status, 30003 if status == "undelivered" else 0),
                )
                for status in statuses
            ]
            self.postman.deliver(letters, "message", message.sid)
        with self.lock:
            self.messages[message.sid] = replace(
                message, status=end, error_code=30003 if lost else None
            )
        return message

    def receive(
        self, from_: str, to: str, body: str, media: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """A phone sends the line a message; STOP and START are heeded before the line hears.

        `media` are types of content and what is sent as such.
        """
        created = datetime.now(UTC)
        message = Message(
            self.new_sid("MM" if media else "SM"), from_, to, body, "inbound", created, "received"
        )
        kept = [
            KeptMedia(self.new_sid("ME"), message.sid, content_type, content, created)
            for content_type, content in media
        ]
        word = body.strip().upper()
        with self.lock:
            self.messages[message.sid] = message
            self.media |= {each.sid: each for each in kept}
            if word in STOP_WORDS:
                self._opted_out.add(from_)
            elif word in START_WORDS:
                self._opted_out.discard(from_)
        if self.line.sms_url is None:
            return
        params = {
            **self._message_params(message, "received", 0),
            "Body": body,
            "NumMedia": str(len(kept)),
            "NumSegments": str(max(1, len(kept))),
            **{f"MediaUrl{index}": self.media_url(each) for index, each in enumerate(kept)},
            **{f"MediaContentType{index}": each.content_type for index, each in enumerate(kept)},
            **{f"From{part}": value for part, value in _place_of(from_).items()},
            **{f"To{part}": value for part, value in _place_of(to).items()},
        }
        try:
            answer = self.postman.fetch(Letter(self.line.sms_url, "POST", params), "sms")
        except Unanswered:
            return
        if answer.content_type in {"text/xml", "application/xml"}:
            for reply in twiml.read_replies(answer.content, self.line.sms_url):
                self.send(
                    Message(
                        self.new_sid("SM"),
                        to,
                        from_,
                        reply,
                        "outbound-reply",
                        datetime.now(UTC),
                        "queued",
                    )
                )

    def media_url(self, media: KeptMedia) -> str:
        return (
            f"{self.api_url}/{API_VERSION}/Accounts/{self.account_sid}"
            f"/Messages/{media.message_sid}/Media/{media.sid}"
        )

    def media_of(self, message_sid: str) -> tuple[KeptMedia, ...]:
        """What is still kept of what came with a message."""
        with self.lock:
            return tuple(each for each in self.media.values() if each.message_sid == message_sid)

    def delete_media(self, sid: str) -> None:
        """Raises KeyError where it is not there."""
        with self.lock:
            del self.media[sid]

    def has_opted_out(self, number: str) -> bool:
        with self.lock:
            return number in self._opted_out or number in self.misfortune.now.opted_out

    def inbox(self, number: str) -> tuple[Message, ...]:
        """What arrived at a phone, oldest first."""
        with self.lock:
            return tuple(
                message
                for message in self.messages.values()
                if message.to == number and message.status == "delivered"
            )

    def _message_params(
        self, message: Message, status: MessageStatus, error: int
    ) -> dict[str, str]:
        return {
            "AccountSid": self.account_sid,
            "ApiVersion": API_VERSION,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "From": message.from_,
            "To": message.to,
            **({"MessagingServiceSid": message.service_sid} if message.service_sid else {}),
            **({"ErrorCode": str(error)} if error else {}),
        }

    # Phones

    def manner(self, number: str) -> Manner:
        with self.lock:
            return self._manners.get(number, Manner())

    def set_manner(self, number: str, manner: Manner) -> None:
        with self.lock:
            self._manners[number] = manner

    def owns(self, number: str) -> bool:
        return any(each.number == number for each in self.numbers)

    def all_calls(self) -> Iterable[Leg]:
        with self.lock:
            return tuple(self.legs.values())

    def close(self) -> None:
        self.postman.close()


def _place_of(number: str) -> dict[str, str]:
    """Where Twilio thinks a number is at home; a withheld one is nowhere."""
    if not re.fullmatch(r"\+1612\d{7}", number):
        return {"City": "", "State": "", "Zip": "", "Country": "US" if number[:2] == "+1" else ""}
    return {"City": "MINNEAPOLIS", "State": "MN", "Zip": "55401", "Country": "US"}
