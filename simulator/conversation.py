"""What was said on a call, in order, with the second of the call at which each thing happened.

Times are virtual: seconds since the call began, as they would pass on a real line, whatever
little time the simulation took.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, overload


@dataclass(frozen=True)
class Dialled:
    """The call began."""

    at: float
    number: str


@dataclass(frozen=True)
class Heard:
    """The line spoke `text` (Say) or played `audio`, a URL (Play), for so many seconds.

    `cut_short`: a key stopped it, or somebody hung up, before it was through.
    """

    at: float
    seconds: float
    text: str
    language: str
    audio: str = ""
    cut_short: bool = False


@dataclass(frozen=True)
class Beeped:
    """The tone after which a recording begins."""

    at: float


@dataclass(frozen=True)
class Pressed:
    """The caller pressed a key; `heeded` is False where nothing was listening for it."""

    at: float
    key: str
    heeded: bool = True


@dataclass(frozen=True)
class Spoke:
    """A recording ended: what the caller said into it. `at` is when it began.

    `seconds` is the length as recorded, `ended_by` what ended it. An inaudible recording has
    `recording_sid` "" and is no recording: Twilio keeps none.
    """

    at: float
    seconds: float
    recording_sid: str
    ended_by: Literal["key", "silence", "length", "hangup"]


@dataclass(frozen=True)
class Waited:
    """The line waited for a key, and none came."""

    at: float
    seconds: float


@dataclass(frozen=True)
class Rang:
    """The line dialled somebody; `status` is Twilio's DialCallStatus."""

    at: float
    number: str
    status: str
    seconds: float


@dataclass(frozen=True)
class Failed:
    """The line did what a telephone network cannot go on from; `code` is Twilio's."""

    at: float
    code: int
    what: str
    where: str


@dataclass(frozen=True)
class HungUp:
    """The call is over."""

    at: float
    by: Literal["caller", "line"]


Event = Dialled | Heard | Beeped | Pressed | Spoke | Waited | Rang | Failed | HungUp

_KINDS: Final[Mapping[str, type[Event]]] = {
    kind.__name__: kind
    for kind in (Dialled, Heard, Beeped, Pressed, Spoke, Waited, Rang, Failed, HungUp)
}


class Conversation:
    """The events of one call. `"press 1" in conversation` asks whether the caller heard that."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Conversation: ...
    def __getitem__(self, index: int | slice) -> Event | Conversation:
        if isinstance(index, slice):
            return Conversation(self._events[index])
        return self._events[index]

    def __len__(self) -> int:
        return len(self._events)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._events)

    def __contains__(self, what: str | Event) -> bool:
        if isinstance(what, str):
            return any(what.casefold() in prompt.text.casefold() for prompt in self.prompts)
        return what in self._events

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Conversation) and self._events == other._events

    def __hash__(self) -> int:
        return hash(self._events)

    @property
    def prompts(self) -> tuple[Heard, ...]:
        """What the line said or played."""
        return tuple(event for event in self if isinstance(event, Heard))

    @property
    def text(self) -> str:
        """The words the line spoke, prompt by prompt, each on its line."""
        return "\n".join(prompt.text for prompt in self.prompts if prompt.text)

    @property
    def recordings(self) -> tuple[Spoke, ...]:
        """The recordings that were kept."""
        return tuple(event for event in self if isinstance(event, Spoke) and event.recording_sid)

    def __str__(self) -> str:
        return "\n".join(f"{event.at:7.1f}s  {describe(event)}" for event in self)

    def __repr__(self) -> str:
        return f"Conversation:\n{self}"


def describe(event: Event) -> str:
    """One line for a person to read."""
    match event:
        case Dialled(number=number):
            return f"-- dialled {number}"
        case Heard(text=text, audio=audio, language=language, cut_short=cut_short):
            said = text or f"[plays {audio}]"
            return f"line ({language}): {said}{' --' if cut_short else ''}"
        case Beeped():
            return "line: (beep)"
        case Pressed(key=key, heeded=heeded):
            return f"caller presses {key}{'' if heeded else ' (nobody is listening)'}"
        case Spoke(recording_sid="", seconds=seconds):
            return f"caller says nothing for {seconds:.1f}s"
        case Spoke(seconds=seconds, ended_by=ended_by):
            return f"caller speaks, {seconds:.1f}s recorded, ended by {ended_by}"
        case Waited(seconds=seconds):
            return f"caller presses nothing for {seconds:.1f}s"
        case Rang(number=number, status=status, seconds=seconds):
            return f"-- line dials {number}: {status} after {seconds:.1f}s"
        case Failed(code=code, what=what, where=where):
            return f"-- error {code}: {what} (in {where})"
        case HungUp(by=by):
            return f"-- {by} hangs up"


def to_json(event: Event) -> dict[str, Any]:
    return {"event": type(event).__name__, **asdict(event)}


def from_json(event: Mapping[str, Any]) -> Event:
    kind = _KINDS[event["event"]]
    return kind(**{name: value for name, value in event.items() if name != "event"})
