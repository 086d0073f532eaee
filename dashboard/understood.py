"""What was understood of a report's words, as its page shows it: each value with the words it was
taken from and the seconds to play, and what the caller said before they took it back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from dashboard.covering import IN_WORDS, Covering
from reports.fields.finding import Finding
from reports.fields.priority import Ranked
from reports.fields.reading import Reading
from reports.fields.settled import SEVERAL, Settled
from reports.fields.understood import Understanding, Understood

NUMBER: Final = "number"
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
    is_guess: bool = False
    """It stands in no words: the whole sounds like it."""

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
class ByPerson:
    """What somebody settled. All else of the field counts no more."""

    values: tuple[Any, ...]
    """None: there is nothing, they say."""
    who: str
    """What they are called."""
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One field: what was pressed, what was said, and what a person settled."""

    name: str
    taken: tuple[Taken, ...]
    pressed: Any = None
    digits: str = ""
    asked: str | None = None
    """The question at which the key was pressed."""
    in_conflict: bool = False
    settled: ByPerson | None = None
    opinions: tuple[Opinion, ...] = ()

    @property
    def is_ours(self) -> bool:
        """Whether anything but opinions stands in it."""
        return self.settled is not None or bool(self.taken)

    @property
    def without_opinions(self) -> Line:
        """As it stands on the page before anybody asks for one, and after."""
        return replace(self, opinions=())


@dataclass(frozen=True, slots=True)
class UnderstoodPage:
    rank: Ranked
    lines: tuple[Line, ...]
    """In the order in which responders ask: kind, first-hand, size, activity, location, uniform,
    time, equipment, and what else helps."""
    hidden: int
    """Places in the words that are covered before anything leaves."""


def understood_of(
    reading: Reading, covering: Covering, names: Mapping[str, str] = MappingProxyType({})
) -> UnderstoodPage:
    """Fields of which nothing was understood are left out. `names`: what organizers are called, by
    username."""
    found = reading.understanding
    lines = tuple(line for line in lines_of(found, covering, names) if line.is_ours)
    return UnderstoodPage(reading.rank, lines, len(found.private))


def _covered(line: Line, covering: Covering) -> Line:
    """Of a number that was spoken nothing is left but that it was."""
    if line.name == NUMBER:
        return replace(
            line, taken=tuple(replace(each, value=True, words="", before=()) for each in line.taken)
        )
    return replace(
        line,
        taken=tuple(
            replace(
                each,
                value=covering.value(each.value) if line.name in IN_WORDS else each.value,
                words=covering.text(each.words),
                before=covering.value(each.before) if line.name in IN_WORDS else each.before,
            )
            for each in line.taken
        ),
    )


ORDER = (
    "kind",
    "first_hand",
    "officers",
    "detained",
    "activities",
    "location",
    "heading",
    "agencies",
    "appearance",
    "seen_at",
    "still_there",
    "equipment",
    "vehicles",
    "callback",
    NUMBER,
    "call_when",
    "evidence",
    "needs",
)


def lines_of(found: Understanding, covering: Covering, names: Mapping[str, str]) -> Iterator[Line]:
    """Of all fields, those too of which nothing is known."""
    for name in ORDER:
        if name in SEVERAL:
            line = _several(name, found.heard_of(name))
        else:
            line = _line(name, found.of(name), found)
        settled = found.settled.get(name)
        line = _covered(line, covering)
        yield line if settled is None else replace(line, settled=by_person(settled, names))


def by_person(settled: Settled[Any], names: Mapping[str, str]) -> ByPerson:
    """`names`: what organizers are called, by username."""
    value = settled.value
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return ByPerson(values, names.get(settled.who, settled.who), settled.at, settled.why)


def _line(name: str, understood: Understood[Any], found: Understanding) -> Line:
    pressed, said = understood.pressed, understood.said
    return Line(
        name=name,
        taken=() if said is None else (taken_of(said),),
        pressed=None if pressed is None else pressed.value,
        digits="" if pressed is None else pressed.digits,
        asked=None if pressed is None else pressed.question,
        in_conflict=name in found.conflicts,
    )


def _several(name: str, findings: Iterable[Finding[Any]]) -> Line:
    return Line(name, tuple(taken_of(each) for each in findings))


def taken_of(finding: Finding[Any]) -> Taken:
    """A finding with its words, and the seconds to play."""
    tokens = finding.passage.tokens[finding.first : finding.last]
    if finding.is_guess:
        tokens = ()
    return Taken(
        value=finding.value,
        words="" if finding.is_guess else finding.words,
        question=finding.passage.question,
        confidence=finding.confidence,
        before=finding.before,
        recording_sid=finding.passage.recording_sid,
        start=tokens[0].start if tokens else None,
        end=tokens[-1].end if tokens else None,
        is_guess=finding.is_guess,
    )
