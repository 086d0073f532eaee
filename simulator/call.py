"""A call while it lasts: whoever holds the phone acts, and the call runs on to the next question.

Between one act and the next no time passes. An act first lets the time go by that it needs (a
polite caller presses once the prompt is through), then happens; after it the call runs on through
everything a phone can only listen to, and stops where the phone may act again: at a Gather, a
Record, or a connected Dial.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from simulator.conversation import describe, to_json
from simulator.leg import (
    Bridged,
    Gathering,
    Gone,
    Key,
    Leg,
    Passing,
    Recording,
    Silence,
    Span,
    Stimulus,
    Voice,
)
from simulator.script import Running
from simulator.sound import Sound
from twiml.reading import KEYS

KEY_SECONDS: Final = 0.3
"""How long a caller takes to press a key, and the next one after it."""


class WrongMoment(Exception):
    """The phone does what it cannot do now; the message tells how the call stands."""


class Call:
    """One leg, its running script, and where that waits for the phone. Safe between threads."""

    def __init__(self, leg: Leg, running: Running, when_over: Callable[[Leg], None]) -> None:
        self.leg = leg
        self._running = running
        self._when_over = when_over
        self._span: Span | None = None

    def begins(self, hangs_up_after: float | None = None) -> None:
        """Run to the first question; or hang up so many seconds into the call."""
        with self.leg.lock:
            deadline = self._deadline(hangs_up_after)
            self._settle(next, self._running)
            self._runs_on(deadline)

    def presses(
        self, keys: str, after: float | None = None, hangs_up_after: float | None = None
    ) -> None:
        """Press the keys, one every 0.3 s; the first `after` seconds from now.

        Without `after` the first comes when the prompt is through; `after=0` cuts it short. Keys
        that come when nothing listens are lost, as on a real line.

        Raises ValueError for what is no key, WrongMoment when the call is over.
        """
        if not keys or not KEYS.issuperset(keys):
            raise ValueError(f"{keys!r} are no telephone keys")
        with self.leg.lock:
            self._must_be_on("press a key")
            for position, key in enumerate(keys):
                if self._span is None:
                    return
                if position:
                    wait = KEY_SECONDS
                else:
                    wait = self._prompt_left() + KEY_SECONDS if after is None else after
                self._press(key, wait)
            self._runs_on(self._deadline(hangs_up_after))

    def says(
        self,
        sound: Sound,
        then: str = "",
        hangs_up: bool = False,
        hangs_up_after: float | None = None,
    ) -> None:
        """Speak into the recording, then press a key, hang up, or be silent until it ends.

        A recording that ends before the caller is through has heard only the first part.

        Raises WrongMoment where nothing records.
        """
        with self.leg.lock:
            self._must_be_on("speak")
            if not isinstance(self._span, Recording):
                raise WrongMoment(f"the caller speaks, but {self._how_it_stands()}")
            self._send(Voice(sound))
            if isinstance(self._span, Recording):
                if hangs_up:
                    self._send(Gone(0.0))
                elif then:
                    self._press(then, 0.0)
                if isinstance(self._span, Recording):
                    self._send(Silence())
            elif hangs_up:
                hangs_up_after = 0.0
            self._runs_on(self._deadline(hangs_up_after))

    def waits(self, hangs_up_after: float | None = None) -> None:
        """Do nothing until what listens now gives up."""
        with self.leg.lock:
            self._must_be_on("wait")
            self._send(Silence())
            self._runs_on(self._deadline(hangs_up_after))

    def hangs_up(
        self, after: float | None = None, by: Literal["caller", "line"] = "caller"
    ) -> None:
        """Hang up `after` seconds from now; without, once the prompt is through.

        On a call that is over, nothing.
        """
        with self.leg.lock:
            if self._span is not None:
                if after is None:
                    after = self._prompt_left()
                self._runs_on(self.leg.clock + after, by)

    def is_let_run(self, keys: Iterable[str], hangs_up_after: float | None = None) -> None:
        """Hold the phone to the end: press the next of `keys` at every Gather, say nothing."""
        pressing = iter(keys)
        self.begins(hangs_up_after)
        while self._span is not None:
            key = next(pressing, None) if isinstance(self._span, Gathering) else None
            if key:
                self.presses(key)
            else:
                self.waits()

    def standing(self) -> dict[str, Any]:
        """How the call stands, as JSON."""
        with self.leg.lock:
            listening: dict[str, Any] | None
            match self._span:
                case Gathering() as gather:
                    listening = {"to": "keys", "num_digits": gather.num_digits}
                case Recording():
                    listening = {"to": "voice"}
                case Bridged():
                    listening = {"to": "somebody"}
                case _:
                    listening = None
            return {
                "sid": self.leg.sid,
                "status": self.leg.status,
                "seconds": self.leg.clock,
                "listening": listening,
                "events": [to_json(event) for event in self.leg.events],
            }

    def _must_be_on(self, what: str) -> None:
        if self._span is None:
            raise WrongMoment(f"the caller would {what}, but {self._how_it_stands()}")

    def _how_it_stands(self) -> str:
        last = [describe(event) for event in self.leg.events[-4:]]
        match self._span:
            case None:
                state = f"the call is over ({self.leg.status})"
            case Gathering():
                state = "the line listens for keys"
            case Bridged():
                state = "the line has connected the call"
            case _:
                state = "the line is speaking"
        return "\n  ".join([f"{state}. Last of it:", *last])

    def _prompt_left(self) -> float:
        return self._span.prompt if isinstance(self._span, Gathering) else 0.0

    def _deadline(self, hangs_up_after: float | None) -> float:
        return math.inf if hangs_up_after is None else self.leg.clock + hangs_up_after

    def _press(self, key: str, after: float) -> None:
        """The key comes `after` seconds from now, wherever the call is by then."""
        while self._span is not None and self._span.seconds <= after:
            after -= self._span.seconds
            self._send(Silence())
        if self._span is not None:
            self._send(Key(key, after))

    def _runs_on(self, deadline: float, by: Literal["caller", "line"] = "caller") -> None:
        """Through what the phone can only listen to; and to the deadline, where there is one."""
        while self._span is not None:
            left = deadline - self.leg.clock
            if self._span.seconds >= left:
                self._send(Gone(max(0.0, left), by))
            elif isinstance(self._span, Passing) or deadline < math.inf:
                self._send(Silence())
            else:
                return

    def _send(self, stimulus: Stimulus) -> None:
        self._settle(self._running.send, stimulus)

    def _settle(self, resume: Callable[[Any], Span], what: object) -> None:
        try:
            self._span = resume(what)
        except StopIteration:
            self._span = None
            self._when_over(self.leg)
