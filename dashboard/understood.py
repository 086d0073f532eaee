"""What was understood of a report's words, as its page shows it: each value with the words it was
taken from and the seconds to play, and what the caller said before they took it back. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reports.fields.finding import Finding
from reports.fields.priority import Ranked
from reports.fields.reading import Reading
from reports.fields.understood import Understanding, Understood

DOUBTFUL = 0.65
"""A value with less confidence is marked."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that was taken from words."""

    value: Any
    words: str
    question: str
    confidence: float
    before: tuple[Any, ...]
    """What the caller said first and took back."""
    recording_sid: str | None
    start: float | None
    end: float | None

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL

    @property
    def playable(self) -> bool:
        return self.recording_sid is not None and self.start is not None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another reader takes from the same words."""

    taken: Taken
    agrees: bool | None
    """With ours; None: nobody but a person can say."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what was pressed, and what was said."""

    name: str
    taken: tuple[Taken, ...]
    pressed: Any = None
    digits: str = ""
    in_conflict: bool = False
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True, slots=True)
class UnderstoodPage:
    rank: Ranked
    lines: tuple[Line, ...]
    """In the order in which responders ask: kind, first-hand, size, activity, location, uniform,
    time, equipment, and what else helps."""
    hidden: int
    """Places in the words that are covered before anything leaves."""


def understood_of(reading: Reading) -> UnderstoodPage:
    """Fields of which nothing was understood are left out."""
    found = reading.understanding
    lines = tuple(line for line in lines_of(found) if line.taken)
    return UnderstoodPage(reading.rank, lines, len(found.private))


def lines_of(found: Understanding) -> tuple[Line, ...]:
    """Of all fields, those too of which nothing was understood."""
    return (
        _several("kind", _one(found.kind)),
        _line("first_hand", found.first_hand, found),
        _line("officers", found.officers, found),
        _several("detained", _one(found.detained)),
        _several("activities", found.activities),
        _line("location", found.location, found),
        _several("heading", _one(found.heading)),
        _several("agencies", found.agencies),
        _several("appearance", found.appearance),
        _line("seen_at", found.seen_at, found),
        _line("still_there", found.still_there, found),
        _several("equipment", found.equipment),
        _several("vehicles", found.vehicles),
        _line("callback", found.callback, found),
        _several("number", _one(found.number)),
        _several("call_when", _one(found.call_when)),
        _several("evidence", found.evidence),
        _several("needs", found.needs),
    )


def _one(finding: Finding[Any] | None) -> tuple[Finding[Any], ...]:
    return () if finding is None else (finding,)


def _line(name: str, understood: Understood[Any], found: Understanding) -> Line:
    pressed = understood.pressed
    return Line(
        name=name,
        taken=tuple(taken_of(each) for each in _one(understood.said)),
        pressed=None if pressed is None else pressed.value,
        digits="" if pressed is None else pressed.digits,
        in_conflict=name in found.conflicts,
    )


def _several(name: str, findings: Iterable[Finding[Any]]) -> Line:
    return Line(name, tuple(taken_of(each) for each in findings))


def taken_of(finding: Finding[Any]) -> Taken:
    """A finding with its words, and the seconds to play."""
    tokens = finding.passage.tokens[finding.first : finding.last]
    return Taken(
        value=finding.value,
        words=finding.words,
        question=finding.passage.question,
        confidence=finding.confidence,
        before=finding.before,
        recording_sid=finding.passage.recording_sid,
        start=tokens[0].start if tokens else None,
        end=tokens[-1].end if tokens else None,
    )
