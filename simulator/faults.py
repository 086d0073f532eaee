"""What may go wrong between a line and its telephone provider, to be set while calls go on.

Sets of kinds take "recording", "call" and "message", after the three kinds of status callback.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Literal

Kind = Literal["recording", "call", "message"]
KINDS: Final[frozenset[Kind]] = frozenset({"recording", "call", "message"})

FOREVER: Final = -1
"""For a count: until told otherwise."""


@dataclass(frozen=True)
class Faults:
    """Everything that goes wrong; `Faults()` is a network on its best behaviour.

    Twilio promises of its webhooks neither order nor that each comes once
    (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
    """

    late: Mapping[Kind, float] = field(default_factory=dict)
    """Real seconds by which callbacks of that kind come late."""
    doubled: frozenset[Kind] = frozenset()
    """Callbacks of these kinds come twice, at the same time."""
    lost: frozenset[Kind] = frozenset()
    """Callbacks of these kinds never come."""
    reordered: frozenset[Kind] = frozenset()
    """recording: status before `action`; call: completed before the last recording's word;
    message: the last status first."""
    media_missing: int = 0
    """So many fetches of each recording's media answer 404 before it is there; or FOREVER."""
    media: Literal["audio", "html", "oversize", "truncated"] = "audio"
    """What a recording's media is: itself, a web page, far too large, or cut off halfway."""
    oversize_bytes: int = 64 * 1024 * 1024
    messages_down: int = 0
    """So many requests for messages fail before they work again; or FOREVER."""
    recordings_down: int = 0
    """So many requests for recordings or their media fail before they work again; or FOREVER."""
    answers_lost: int = 0
    """So many texts and calls of the line are taken, and the connection is closed before that is
    said; or FOREVER."""
    outage: Literal["unavailable", "closed", "throttled"] = "unavailable"
    """How a request fails: answered 503, the connection closed unanswered, or answered 429."""
    slow: float = 0.0
    """Real seconds every API answer takes longer."""
    undelivered: frozenset[str] = frozenset()
    """Numbers at which messages end undelivered, with error 30003."""
    opted_out: frozenset[str] = frozenset()
    """Numbers that sent STOP: a message to them is refused with error 21610."""

    def __post_init__(self) -> None:
        for name, kinds in (
            ("late", frozenset(self.late)),
            ("doubled", self.doubled),
            ("lost", self.lost),
            ("reordered", self.reordered),
        ):
            if unknown := kinds - KINDS:
                raise ValueError(f"{name} knows no {', '.join(sorted(unknown))}")

    def to_json(self) -> dict[str, Any]:
        return {
            name: sorted(value) if isinstance(value, frozenset | set) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Faults:
        """Raises ValueError for what is no fault, or no such kind."""
        if unknown := set(values) - {each.name for each in fields(cls)}:
            raise ValueError(f"no fault is called {', '.join(sorted(unknown))}")
        given: dict[str, Any] = {
            name: frozenset(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        return cls(**given)


class Misfortune:
    """The faults in force, and how much of each count is used up. Safe between threads."""

    def __init__(self, faults: Faults) -> None:
        self._lock = threading.Lock()
        self.set(faults)

    def set(self, faults: Faults) -> None:
        """Begin anew with these faults, counts and all."""
        with self._lock:
            self.now = faults
            self._failures = {"messages": 0, "recordings": 0}
            self._taken = 0
            self._fetches: dict[str, int] = {}

    def strikes(self, resource: Literal["messages", "recordings"]) -> bool:
        """Whether this request for the resource fails."""
        with self._lock:
            allowed = self.now.messages_down if resource == "messages" else self.now.recordings_down
            self._failures[resource] += 1
            return allowed == FOREVER or self._failures[resource] <= allowed

    def loses_answer(self) -> bool:
        """Whether the line hears nothing of the text or call that was just taken."""
        with self._lock:
            self._taken += 1
            lost = self.now.answers_lost
            return lost == FOREVER or self._taken <= lost

    def hides_media(self, recording_sid: str) -> bool:
        """Whether this fetch finds the recording's media not there yet."""
        with self._lock:
            fetched = self._fetches[recording_sid] = self._fetches.get(recording_sid, 0) + 1
            return self.now.media_missing == FOREVER or fetched <= self.now.media_missing
