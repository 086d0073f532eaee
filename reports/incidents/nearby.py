"""What else was seen near in place and time: for whoever looks at one report and wants to know what
went on around it. It says nothing of whether two speak of the same: that is `likeness`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Final

from reports.incidents.comparing import MOST_SPOTS, REACH
from reports.incidents.likeness import metres
from reports.incidents.sighting import Grain, Sighting, Spot

WITHIN: Final = 500.0
"""Metres."""


@dataclass(frozen=True, slots=True)
class Nearby:
    reference: str
    metres: int
    """Between the places that are nearest, where several may be meant; 0: the same place."""
    place: str
    """Of the other report."""
    apart: timedelta
    """Between when they were seen; negative: the other was seen first."""


def nearby(here: Sighting, others: Iterable[Sighting], most: int) -> tuple[Nearby, ...]:
    """Those within `WITHIN` and `comparing.REACH`, the nearest first, and of one place those first
    that were seen at about the same time. Some thousand are looked at in a few milliseconds."""
    if not 0 < len(here.spots) <= MOST_SPOTS:
        return ()
    found = [
        Nearby(other.reference, round(apart), spot.name, other.seen_at - here.seen_at)
        for other in others
        if other.reference != here.reference
        and len(other.spots) <= MOST_SPOTS
        and abs(other.seen_at - here.seen_at) <= REACH
        for apart, spot in _nearest(here, other)
        if apart <= WITHIN
    ]
    found.sort(key=lambda each: (each.metres, abs(each.apart), each.reference))
    return tuple(found[:most])


def _nearest(here: Sighting, other: Sighting) -> Iterator[tuple[float, Spot]]:
    """One at the most."""
    pairs = [
        (apart, theirs)
        for mine, theirs in product(here.spots, other.spots)
        if (apart := _apart(mine, theirs)) is not None
    ]
    if pairs:
        yield min(pairs, key=lambda pair: (pair[0], pair[1].name))


def _apart(mine: Spot, theirs: Spot) -> float | None:
    """The middle of a part of town is near nothing; its name is that of whatever else has it."""
    if (mine.name, mine.city) == (theirs.name, theirs.city):
        return 0.0
    if mine.point is None or theirs.point is None or Grain.AREA in (mine.grain, theirs.grain):
        return None
    return metres(mine.point, theirs.point)
