"""What another reader makes of a report, beside what was understood of it: in the line of the field
that each opinion belongs to, below ours and marked as its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from dashboard.covering import Covering
from dashboard.understood import Line, Opinion, Taken, lines_of, taken_of
from reports.fields.appearance import Claim
from reports.fields.counts import Count
from reports.fields.finding import Finding
from reports.fields.first_hand import FirstHand
from reports.fields.location import Location
from reports.fields.names import TYPES
from reports.fields.plain import plain
from reports.fields.reading import Reading
from reports.fields.vehicles import Vehicle

LINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "activity": "activities",
        "agency": "agencies",
        "time": "seen_at",
        "still_present": "still_there",
    }
)
"""The line of a field that another reader is asked for, where it has another name."""
YES: Final = frozenset(["yes", "true", "still", "present"])
NO: Final = frozenset(["no", "not", "false", "gone", "left"])
SAW: Final = frozenset(["yes", "true", "saw", "seen", "sees", "witness", "first"])
TOLD: Final = frozenset(["no", "not", "false", "told", "heard", "hearsay", "second"])
STREET_WORDS: Final = frozenset(
    [*TYPES, *TYPES.values(), "and", "n", "e", "s", "w", "north", "east", "south", "west"]
)
"""Of a place's name, what people leave out."""


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What came of asking."""

    by: str
    failed: str | None = None
    """Why there is none, in words for people."""
    lines: tuple[Line, ...] = ()
    """All lines of the report, ours with the opinions and those that hold nothing else."""

    @property
    def is_empty(self) -> bool:
        return not any(line.opinions for line in self.lines)


def beside(
    reading: Reading,
    opinions: Iterable[tuple[str, Finding[str]]],
    covering: Covering,
    names: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Line, ...]:
    """The lines of a report with what another reader says, each in the line of its field. `names`:
    what organizers are called, by username."""
    by_line: dict[str, list[Finding[str]]] = {}
    for field, finding in opinions:
        by_line.setdefault(LINES.get(field, field), []).append(finding)
    lines = (
        replace(
            line,
            opinions=tuple(
                Opinion(_covered(taken_of(each), covering), _agrees(line, each.value))
                for each in by_line.get(line.name, ())
            ),
        )
        for line in lines_of(reading.understanding, covering, names)
    )
    return tuple(line for line in lines if line.is_ours or line.opinions)


def _covered(taken: Taken, covering: Covering) -> Taken:
    """It may say a number as its value, whatever it was asked for."""
    return replace(taken, value=covering.value(taken.value), words=covering.text(taken.words))


def _agrees(line: Line, theirs: str) -> bool | None:
    """With what was pressed or said, or else with what a person settled. None: there is nothing to
    compare it with, or nobody but a person can."""
    if line.settled is not None and not line.settled.values:
        return False
    ours = [*(taken.value for taken in line.taken), *([line.pressed] if line.digits else [])]
    if line.settled is not None:
        ours = [*line.settled.values]
    found = {_same(each, theirs) for each in ours}
    if True in found:
        return True
    return False if found == {False} else None


def _same(ours: Any, theirs: str) -> bool | None:
    said = _tokens(theirs)
    if isinstance(ours, bool):
        return _either(said, YES, NO, is_first=ours)
    if isinstance(ours, FirstHand):
        is_told = ours is FirstHand.UNCLEAR
        return None if is_told else _either(said, SAW, TOLD, is_first=ours is FirstHand.SAW)
    if isinstance(ours, Count):
        return _same_count(ours, [int(each) for each in re.findall(r"\d{1,3}", theirs)])
    if isinstance(ours, Location):
        named = _tokens(" ".join([*ours.streets, ours.landmark or "", ours.area or ""]))
        return _all_or_none(named - STREET_WORDS, said)
    if isinstance(ours, Vehicle):
        named = _tokens(" ".join(filter(None, [ours.colour, ours.make, ours.model, ours.type])))
        return bool(named and named <= said) or None
    name = ours.agency if isinstance(ours, Claim) else ours
    named = _tokens(name.replace("_", " ")) if isinstance(name, str) else frozenset()
    return bool(named and named <= said) or None


def _either(
    said: frozenset[str], first: frozenset[str], other: frozenset[str], *, is_first: bool
) -> bool | None:
    """'No, not any more' holds words of one side alone; with words of both it is nobody's."""
    is_one, is_other = bool(said & first), bool(said & other)
    return None if is_one == is_other else is_one == is_first


def _same_count(ours: Count, numbers: list[int]) -> bool | None:
    if ours.low is None or ours.high is None or not numbers:
        return None
    if ours.is_about and numbers != [ours.low]:
        return None
    return all(ours.low <= each <= ours.high for each in numbers)


def _all_or_none(named: frozenset[str], said: frozenset[str]) -> bool | None:
    if not named or not said:
        return None
    return True if named <= said else None if named & said else False


def _tokens(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", plain(text)))
