"""One end of a call: what Twilio calls a Call, and how its script and its phone talk.

A script (simulator.script) yields spans, stretches of the call during which something may
happen; whoever holds the phone answers each with what they did.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from simulator.conversation import Conversation, Event, Failed
from simulator.postman import Letter
from simulator.sound import Sound
from twiml.reading import Method

LONGEST_CALL: Final = 4 * 3600.0
"""Seconds after which Twilio ends any call."""

Status = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]


@dataclass(frozen=True)
class Passing:
    """The phone can only listen: a prompt outside a Gather, a pause, ringing."""

    seconds: float


@dataclass(frozen=True)
class Gathering:
    """Keys are listened for. `prompt` seconds of prompt are left, `seconds` until it gives up."""

    seconds: float
    prompt: float
    collected: str
    num_digits: int | None
    finish_on_key: str


@dataclass(frozen=True)
class Recording:
    """The phone is being recorded; it ends after `seconds` of silence from here."""

    seconds: float
    finish_on_key: frozenset[str]


@dataclass(frozen=True)
class Bridged:
    """Two phones are connected; the other hangs up after `seconds`."""

    seconds: float
    hangup_on_star: bool


Span = Passing | Gathering | Recording | Bridged


@dataclass(frozen=True)
class Silence:
    """The span runs out."""


@dataclass(frozen=True)
class Key:
    """A key, `after` seconds into the span."""

    key: str
    after: float


@dataclass(frozen=True)
class Voice:
    """Something said into a Recording."""

    sound: Sound


@dataclass(frozen=True)
class Gone:
    """Hung up, `after` seconds into the span."""

    after: float
    by: Literal["caller", "line"] = "caller"


Stimulus = Silence | Key | Voice | Gone


@dataclass
class Leg:
    """A call as it stands. `clock` is virtual seconds since it was answered."""

    sid: str
    from_: str
    to: str
    direction: Literal["inbound", "outbound-api", "outbound-dial"]
    number_sid: str = ""
    parent_sid: str | None = None
    stir_verstat: str | None = None
    answered_by: str | None = None
    fallback: Letter | None = None
    status_callback: str | None = None
    status_method: Method = "POST"
    status_events: frozenset[str] = frozenset({"completed"})
    status: Status = "queued"
    clock: float = 0.0
    pace: float = 0.0
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    events: list[Event] = field(default_factory=list)
    announced: int = 0
    told_the_end: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def is_over(self) -> bool:
        return self.status not in {"queued", "ringing", "in-progress"}

    @property
    def duration(self) -> int:
        """Whole seconds, a begun one counted, as Twilio bills them."""
        return -int(-self.clock // 1)

    @property
    def conversation(self) -> Conversation:
        return Conversation(self.events)

    @property
    def failures(self) -> tuple[Failed, ...]:
        return tuple(event for event in self.events if isinstance(event, Failed))

    def add(self, event: Event) -> None:
        self.events.append(event)

    def passes(self, seconds: float) -> None:
        """Let so much of the call go by: at once, or in real time as `pace` has it."""
        if seconds > 0:
            self.clock += seconds
            if self.pace:
                time.sleep(seconds * self.pace)
