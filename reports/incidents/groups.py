"""Groups of reports that are alike, grown from pairs (average linkage)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from typing import Final

from places.gazetteer import Point
from reports.incidents.likeness import ENOUGH, metres
from reports.incidents.sighting import Sighting

WIDEST: Final = 420.0
"""Metres between the corners of an incident that are the farthest apart."""
LULL: Final = timedelta(minutes=90)
"""A place of which nobody spoke for longer is another incident."""

Points = Mapping[tuple[int, int], int]
"""Of pairs, by their places in the order of time."""


@dataclass(frozen=True, slots=True)
class Group:
    """Reports that may be of one incident."""

    members: tuple[int, ...]
    """By their places in the order of time."""
    first: datetime
    last: datetime
    box: tuple[Point, Point] | None
    """The corners that lie farthest south-west and north-east; None: none is settled."""

    def fits(self, other: Group) -> bool:
        """Whether both can be of one incident, however alike their members are."""
        if max(self.first, other.first) - min(self.last, other.last) > LULL:
            return False
        box = _around(self.box, other.box)
        return box is None or metres(*box) <= WIDEST

    def __or__(self, other: Group) -> Group:
        return Group(
            tuple(sorted((*self.members, *other.members))),
            min(self.first, other.first),
            max(self.last, other.last),
            _around(self.box, other.box),
        )


def alone(at: int, sighting: Sighting) -> Group:
    """A group of one."""
    settled = sighting.settled
    first, last = sighting.seen_at - sighting.within, sighting.seen_at + sighting.within
    return Group((at,), first, last, None if settled is None else (settled, settled))


def _around(
    one: tuple[Point, Point] | None, other: tuple[Point, Point] | None
) -> tuple[Point, Point] | None:
    if one is None or other is None:
        return one or other
    low = Point(min(one[0].lat, other[0].lat), min(one[0].lon, other[0].lon))
    high = Point(max(one[1].lat, other[1].lat), max(one[1].lon, other[1].lon))
    return low, high


@dataclass(frozen=True, slots=True)
class _Link:
    """Of two groups: the points of the pairs of their members that were compared."""

    points: int
    pairs: int

    @property
    def mean(self) -> int:
        return self.points // self.pairs

    def __add__(self, other: _Link) -> _Link:
        return _Link(self.points + other.points, self.pairs + other.pairs)


def grown(
    sightings: Sequence[Sighting],
    points: Points,
    together: Iterable[Collection[int]],
    apart: Collection[tuple[int, int]],
) -> list[Group]:
    """Each sighting in one group. `together`: what a person put together; `apart`: pairs that one
    said are not the same."""
    growing = _Growing(sightings, points, apart)
    for members in together:
        first, *others = sorted(members)
        for other in others:
            growing.join(first, other)
    growing.grow()
    return [growing.groups[first] for first in sorted(growing.groups)]


class _Growing:
    """Groups by their first member, and what links them."""

    def __init__(
        self,
        sightings: Sequence[Sighting],
        points: Points,
        apart: Collection[tuple[int, int]],
    ) -> None:
        self.groups = {at: alone(at, sighting) for at, sighting in enumerate(sightings)}
        self._links: dict[int, dict[int, _Link]] = defaultdict(dict)
        self._apart: dict[int, set[int]] = defaultdict(set)
        for (one, other), each in points.items():
            self._links[one][other] = self._links[other][one] = _Link(each, 1)
        for one, other in apart:
            self._apart[one].add(other)
            self._apart[other].add(one)

    def join(self, one: int, other: int) -> int:
        """Makes two groups one; it is known by the first member of both."""
        kept, gone = min(one, other), max(one, other)
        self.groups[kept] |= self.groups.pop(gone)
        for third, link in self._links.pop(gone, {}).items():
            del self._links[third][gone]
            if third != kept:
                known = self._links[kept].get(third)
                sum_ = link if known is None else known + link
                self._links[kept][third] = self._links[third][kept] = sum_
        for third in self._apart.pop(gone, set()):
            self._apart[third].discard(gone)
            if third != kept:
                self._apart[kept].add(third)
                self._apart[third].add(kept)
        return kept

    def grow(self) -> None:
        """Joins the two that are the most alike, until no two are enough so."""
        best = [
            (-link.mean, one, other)
            for one, links in self._links.items()
            for other, link in links.items()
            if one < other and link.mean >= ENOUGH
        ]
        heapify(best)
        while best:
            mean, one, other = heappop(best)
            link = self._links.get(one, {}).get(other)
            if link is None or -link.mean != mean:
                continue  # of groups that are no more
            if other in self._apart[one] or not self.groups[one].fits(self.groups[other]):
                continue
            kept = self.join(one, other)
            for third, link in self._links[kept].items():
                if link.mean >= ENOUGH:
                    heappush(best, (-link.mean, min(kept, third), max(kept, third)))
