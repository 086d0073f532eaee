"""Which way they went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.fields.finding import Finding
from reports.fields.said import Passage, Stop

HEADING: Final = "heading"
"""The lexicon's kind for words of going; a side, or a place, follows."""
TOWARDS: Final = "towards"
"""The lexicon's kind for what leads over to a place that is gone to."""
SIDE: Final = "side"
WITHIN: Final = 3
"""Words between going and whither at the most."""
LEAVING: Final = "leaving"
"""The activity that says whither, too: 'se fueron hacia la Hennepin'."""
LONGEST: Final = 4
"""Words of a place that is gone to."""


@dataclass(frozen=True, slots=True)
class Heading:
    compass: str | None = None
    """'N', 'S', 'E', 'W', 'NE', …"""
    towards: str | None = None
    """A place, in the caller's words."""


def heading_said(passages: Sequence[Passage]) -> Finding[Heading] | None:
    """The last that was said."""
    found: Finding[Heading] | None = None
    for passage in passages:
        for going in passage.of(HEADING):
            found = _whither(passage, going.first, going.last) or found
    return found


def _whither(passage: Passage, first: int, last: int) -> Finding[Heading] | None:
    doing = _doing(passage)
    sides = sorted(passage.of(SIDE), key=lambda side: (side.first, -side.last))
    side = next(
        (
            each
            for each in sides
            if 0 <= each.first - last <= WITHIN and not passage.parted(first, each.first)
        ),
        None,
    )
    towards = next(
        (
            each
            for each in passage.of(TOWARDS)
            if -1 <= each.first - last <= WITHIN
            and each.first not in doing
            and not passage.parted(first, each.last - 1)
            and (side is None or each.first >= side.last)
        ),
        None,
    )
    place, end = None, last if side is None else side.last
    if towards is not None and towards.last < len(passage.tokens):
        until = _pause(passage, towards.last)
        if _is_named(passage, towards.last, until):
            place, end = passage.words(towards.last, until), until
    if side is None and place is None:
        return None
    return Finding(Heading(side.value if side else None, place), passage, first, end, 0.75)


def _is_named(passage: Passage, first: int, last: int) -> bool:
    """'To Hennepin', 'towards 38th', but not 'to their car', 'driving us to work'."""
    return any(
        token.text[:1].isupper() or token.text[:1].isdigit() for token in passage.tokens[first:last]
    ) or any(first <= number.first < last for number in passage.numbers)


def _pause(passage: Passage, first: int) -> int:
    """Where the words end that a pause parts from what follows."""
    until = min(first + LONGEST, len(passage.tokens))
    return next(
        (at + 1 for at in range(first, until) if passage.tokens[at].stop > Stop.NONE), until
    )


def _doing(passage: Passage) -> set[int]:
    """Words of which 'to' goes nowhere: 'going door to door', 'they are going to be at Karmel',
    'aquí por el YWCA'."""
    return {
        at
        for mark in passage.of("activity", "about_to", "right_here")
        if mark.value != LEAVING
        for at in range(mark.first, mark.last)
    }


def going_spans(passage: Passage) -> list[tuple[int, int]]:
    """Where words name whither somebody went, and not where it is."""
    going = passage.of(HEADING)
    doing = _doing(passage)
    towards = [
        (mark.last, _pause(passage, mark.last))
        for mark in passage.of(TOWARDS)
        if mark.first not in doing and any(-1 <= mark.first - verb.last <= WITHIN for verb in going)
    ]
    sides = [
        (mark.first - 1, mark.last)
        for mark in passage.of(SIDE)
        if any(0 <= mark.first - verb.last <= WITHIN for verb in going)
    ]
    return [*towards, *sides]
