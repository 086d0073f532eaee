"""Phones and what people do with them, to be read as a story.

    caller = network.caller("+16125550142")
    call = caller.dials().presses("2").says(recording).hangs_up()
    assert "Thank you" in call.heard

Everything goes through the network's control interface, so that it is the same for a network in
this process (simulator.network.PhoneNetwork) and in another (RemoteNetwork).
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import requests

from simulator.call import WrongMoment
from simulator.control import PREFIX
from simulator.conversation import Conversation, Failed, from_json
from simulator.exchange import WITHHELD, Manner
from simulator.faults import Faults
from simulator.postman import Webhook
from simulator.sound import Sound, read_sound

LONGEST_ACT = 4 * 3600.0
"""Real seconds an act may take: a whole call at `pace=1`."""


class NetworkRefused(Exception):
    """The network could not do what it was asked; the message says why."""


@dataclass(frozen=True)
class Text:
    """A message in a phone's inbox."""

    sid: str
    from_: str
    to: str
    body: str
    sent: datetime


@dataclass(frozen=True)
class Kept:
    """A recording the network still keeps."""

    sid: str
    call_sid: str
    seconds: float


@dataclass(frozen=True)
class Media:
    """A picture or sound of a message that the network still keeps."""

    sid: str
    message_sid: str
    content_type: str


@dataclass(frozen=True)
class CallSummary:
    """A call of the account, in any direction."""

    sid: str
    from_: str
    to: str
    direction: str
    status: str
    seconds: float
    failures: tuple[Failed, ...]


class PhoneCall:
    """A call in somebody's hand. Every act returns the call, so that acts chain.

    Acts raise WrongMoment where the call cannot be acted on so, saying how it stands. Every one
    takes `hangs_up_after`: the caller hangs up that many seconds after it, come what may.
    """

    def __init__(self, network: RemoteNetwork, standing: Mapping[str, Any]) -> None:
        self._network = network
        self._standing = standing

    @property
    def sid(self) -> str:
        return str(self._standing["sid"])

    @property
    def status(self) -> str:
        """Twilio's CallStatus."""
        return str(self._standing["status"])

    @property
    def is_over(self) -> bool:
        return self.status not in {"queued", "ringing", "in-progress"}

    @property
    def seconds(self) -> float:
        """Virtual seconds since the call was answered."""
        return float(self._standing["seconds"])

    @property
    def listens_to(self) -> str | None:
        """What the line waits for: "keys", "voice", "somebody" who talks, or None."""
        listening = self._standing["listening"]
        return None if listening is None else str(listening["to"])

    @property
    def heard(self) -> Conversation:
        """The conversation so far. A prompt of a Gather stands there whole until a key cuts it."""
        return Conversation([from_json(event) for event in self._standing["events"]])

    def presses(
        self, keys: str, after: float | None = None, hangs_up_after: float | None = None
    ) -> Self:
        """Press the keys once the prompt is through; or `after` seconds from now, cutting it."""
        return self._acts("keys", keys=keys, after=after, hangs_up_after=hangs_up_after)

    def waits(self, hangs_up_after: float | None = None) -> Self:
        """Do nothing until the line gives up waiting for a key or a voice."""
        return self._acts("silence", hangs_up_after=hangs_up_after)

    def says(
        self,
        sound: Sound | bytes | str | Path,
        then: str = "",
        hangs_up_after: float | None = None,
    ) -> Self:
        """Speak a WAV into the recording; then press a key, or be silent until it ends."""
        return self._speaks(read_sound(sound), then=then, hangs_up_after=hangs_up_after)

    def hangs_up(self, after: float | None = None) -> Self:
        """Hang up once the prompt is through; or `after` seconds from now.

        On a call that is over, nothing.
        """
        return self._acts("hangup", after=after)

    def hangs_up_while_saying(
        self, sound: Sound | bytes | str | Path, after: float | None = None
    ) -> Self:
        """Speak `after` seconds of a WAV, or all of it, and hang up at once."""
        spoken = read_sound(sound)
        return self._speaks(spoken if after is None else spoken.first(after), hangs_up="true")

    def looks_again(self) -> Self:
        """See what became of the call in the meantime."""
        self._standing = self._network.ask("GET", f"/calls/{self.sid}")
        return self

    def _speaks(self, sound: Sound, **query: Any) -> Self:
        self._standing = self._network.ask(
            "POST", f"/calls/{self.sid}/voice", query=query, content=sound.to_wav()
        )
        return self

    def _acts(self, act: str, **details: Any) -> Self:
        self._standing = self._network.ask("POST", f"/calls/{self.sid}/{act}", details)
        return self

    def __repr__(self) -> str:
        return f"<PhoneCall {self.status}\n{self.heard}>"


class Phone:
    """Somebody's telephone. Without a number, one that withholds it."""

    def __init__(self, network: RemoteNetwork, number: str | None) -> None:
        self._network = network
        self.number = number or WITHHELD

    def dials(
        self,
        to: str | None = None,
        *,
        hangs_up_after: float | None = None,
        stir_verstat: str | None = "TN-Validation-Passed-A",
    ) -> PhoneCall:
        """Call the hotline, or another of the account's numbers."""
        standing = self._network.ask(
            "POST",
            "/calls",
            {
                "from_": self.number,
                "to": to or self._network.hotline,
                "hangs_up_after": hangs_up_after,
                "stir_verstat": stir_verstat,
            },
        )
        return PhoneCall(self._network, standing)

    def texts(
        self, body: str, to: str | None = None, media: Sequence[tuple[str, bytes]] = ()
    ) -> Self:
        """Send the hotline a message; `media` are types of content, and what is sent as such."""
        sent = [(content_type, base64.b64encode(each).decode()) for content_type, each in media]
        self._post("texts", {"to": to or self._network.hotline, "body": body, "media": sent})
        return self

    @property
    def inbox(self) -> tuple[Text, ...]:
        """The messages that arrived, oldest first."""
        return tuple(
            Text(**{**message, "sent": datetime.fromisoformat(message["sent"])})
            for message in self._look()["inbox"]
        )

    @property
    def is_ringing(self) -> bool:
        """Whether a call waits to be picked up: see `keeps_ringing`."""
        return bool(self._look()["rings"])

    def answers(
        self,
        *presses: str,
        rings: float = 4.0,
        talks: float = 60.0,
        hangs_up_after: float | None = None,
    ) -> Self:
        """From now on take calls after `rings` seconds and press the next keys at each question."""
        return self._takes_calls(Manner("answers", presses, rings, talks, hangs_up_after))

    def does_not_answer(self) -> Self:
        return self._takes_calls(Manner("no-answer"))

    def is_busy(self) -> Self:
        return self._takes_calls(Manner("busy", rings=1.0))

    def cannot_be_reached(self) -> Self:
        return self._takes_calls(Manner("failed", rings=1.0))

    def has_a_machine_answer(self) -> Self:
        """A voicemail takes the call and presses nothing."""
        return self._takes_calls(Manner("machine", rings=20.0))

    def keeps_ringing(self) -> Self:
        """Calls ring until `picks_up` or `declines`."""
        return self._takes_calls(Manner("by-hand"))

    def picks_up(self) -> PhoneCall:
        """Answer the call that rings. Raises NetworkRefused if none does."""
        return PhoneCall(self._network, self._post("pick-up"))

    def declines(self) -> Self:
        """Refuse the call that rings. Raises NetworkRefused if none does."""
        self._post("decline")
        return self

    def _takes_calls(self, manner: Manner) -> Self:
        self._post("manner", manner.to_json())
        return self

    def _look(self) -> Any:
        return self._network.ask("GET", f"/phones/{quote(self.number)}")

    def _post(self, what: str, details: Mapping[str, Any] | None = None) -> Any:
        return self._network.ask("POST", f"/phones/{quote(self.number)}/{what}", details or {})


class RemoteNetwork:
    """A telephone network, wherever it runs. `api_url` is what the line takes for Twilio's."""

    def __init__(self, api_url: str, control_token: str | None = None) -> None:
        self.api_url = api_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        if control_token is not None:
            self._session.headers["Authorization"] = f"Bearer {control_token}"

    @property
    def hotline(self) -> str:
        return str(self.ask("GET", "/")["hotlines"][0])

    def configure(self, **line: str | None) -> Self:
        """Say where the account's numbers lead: voice_url, status_url, sms_url and the rest."""
        self.ask("POST", "/line", line)
        return self

    def suffers(self, faults: Faults) -> Self:
        """From now on go wrong so, counting anew."""
        self.ask("POST", "/faults", faults.to_json())
        return self

    def recovers(self) -> Self:
        """From now on be on its best behaviour."""
        return self.suffers(Faults())

    def caller(self, number: str | None = None) -> Phone:
        """Somebody's phone; None withholds the number."""
        return Phone(self, number)

    def phone(self, number: str) -> Phone:
        return Phone(self, number)

    def inbox(self, number: str) -> tuple[Text, ...]:
        """The messages that arrived at a number, oldest first."""
        return Phone(self, number).inbox

    @property
    def calls(self) -> tuple[CallSummary, ...]:
        """Every call, in any direction, oldest first."""
        return tuple(
            CallSummary(**{**call, "failures": tuple(Failed(**each) for each in call["failures"])})
            for call in self.ask("GET", "/calls")
        )

    @property
    def failures(self) -> tuple[Failed, ...]:
        """What the line did on any call that no telephone network could go on from."""
        return tuple(failure for call in self.calls for failure in call.failures)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """Every request made of the line, oldest first, and what it answered."""
        return tuple(Webhook(**webhook) for webhook in self.ask("GET", "/webhooks"))

    @property
    def recordings(self) -> tuple[Kept, ...]:
        """The recordings not deleted, oldest first."""
        return tuple(Kept(**kept) for kept in self.ask("GET", "/recordings"))

    @property
    def media(self) -> tuple[Media, ...]:
        """What came with messages and was not deleted, oldest first."""
        return tuple(Media(**kept) for kept in self.ask("GET", "/media"))

    def recording(self, sid: str) -> Sound:
        """What a kept recording holds. Raises NetworkRefused where it is not kept."""
        return read_sound(self._ask("GET", f"/recordings/{sid}").content)

    def waits_until_quiet(self, timeout: float = 10.0) -> Self:
        """Wait until every callback is delivered and every outbound call has run.

        Raises TimeoutError after `timeout` real seconds.
        """
        self._waits_until(
            lambda left: bool(self.ask("POST", "/quiet", {"timeout": left})["quiet"]),
            timeout,
            "the network is still delivering",
        )
        return self

    def waits_until(
        self, condition: Callable[[], object], timeout: float = 10.0, every: float = 0.02
    ) -> Self:
        """Wait for something of the world's own, like a message in an inbox.

        Raises TimeoutError after `timeout` real seconds.
        """

        def holds(left: float) -> bool:
            if condition():
                return True
            time.sleep(min(every, left))
            return False

        self._waits_until(holds, timeout, "it has not come to pass")
        return self

    @staticmethod
    def _waits_until(holds: Callable[[float], bool], timeout: float, otherwise: str) -> None:
        deadline = time.monotonic() + timeout
        while not holds(max(0.0, deadline - time.monotonic())):
            if time.monotonic() >= deadline:
                raise TimeoutError(f"{otherwise} after {timeout:g} seconds")

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        content: bytes | None = None,
    ) -> Any:
        """One request to the control interface, and its JSON.

        Raises WrongMoment or NetworkRefused.
        """
        return self._ask(method, path, body, query, content).json()

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        content: bytes | None = None,
    ) -> requests.Response:
        try:
            response = self._session.request(
                method,
                f"{self.api_url}{PREFIX}{path}",
                params=query,
                json=body,
                data=content,
                timeout=LONGEST_ACT,
            )
        except requests.ConnectionError:
            raise NetworkRefused(f"no telephone network answers at {self.api_url}") from None
        if response.status_code == 409:
            raise WrongMoment(response.json()["error"])
        if not response.ok:
            raise NetworkRefused(_reason(response))
        return response

    def close(self) -> None:
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _reason(response: requests.Response) -> str:
    try:
        return str(response.json()["error"])
    except (ValueError, KeyError):
        return f"HTTP status {response.status_code}"
