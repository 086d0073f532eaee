"""Which reports are compared with which: those that have something in common, and are not hours
apart. So what five thousand reports cost is near what ten times five hundred do."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import chain, product
from math import floor
from typing import Final, NamedTuple

from places.gazetteer import Point
from reports.incidents.likeness import metres
from reports.incidents.sighting import Grain, Sighting
from reports.incidents.spelling import pieces

REACH: Final = timedelta(hours=3)
"""Two that are farther apart in time are not compared."""
NEIGHBOURS: Final = 40
"""So many in each direction of time are compared with one at the most: a thousand calls from one
corner are still a matter of seconds."""
NEAR: Final = 0.006
"""Degrees of latitude, some 670 m: more than two corners of an incident lie apart."""
NEAR_AREA: Final = 0.018
"""The same of an area's middle and what is in it: some 2 km."""
FAR: Final = 600.0
"""Metres from which on two corners have nothing to do with each other, whatever else is alike; but
for a plate or a caller, who may have moved."""
ANYWHERE: Final = frozenset(["plate", "caller"])
MOST_SPOTS: Final = 12
"""Of a chain with more shops than that, nobody knows which is meant."""

Key = tuple[object, ...]


class _Entry(NamedTuple):
    key: Key
    asks: bool
    """Whether it is compared with all that have the key, or only with those of them that ask."""


def candidates(sightings: Sequence[Sighting]) -> set[tuple[int, int]]:
    """Pairs of places in `sightings`, which are in the order of when they were seen: of what lies
    near each other, of one street or area, of plates with a piece in common, or of one caller."""
    filed: dict[Key, list[int]] = defaultdict(list)
    asking: dict[Key, list[int]] = defaultdict(list)
    for at, sighting in enumerate(sightings):
        entries = set(_entries(sighting))
        for key in {key for key, _ in entries}:
            filed[key].append(at)
        for key in {key for key, asks in entries if asks}:
            asking[key].append(at)
    found = set[tuple[int, int]]()
    settled = [sighting.settled for sighting in sightings]
    for key, those in asking.items():
        pairs = set(chain.from_iterable(_around(at, filed[key], sightings) for at in those))
        if key[0] not in ANYWHERE:
            pairs = {pair for pair in pairs - found if not _are_far(settled, *pair)}
        found |= pairs
    return found


def _are_far(settled: Sequence[Point | None], one: int, other: int) -> bool:
    here, there = settled[one], settled[other]
    return here is not None and there is not None and metres(here, there) > FAR


def _around(
    at: int, others: Sequence[int], sightings: Sequence[Sighting]
) -> Iterator[tuple[int, int]]:
    here = sightings[at].seen_at
    index = bisect_left(others, at)
    for other in reversed(others[max(0, index - NEIGHBOURS) : index]):
        if here - sightings[other].seen_at > REACH:
            break
        yield other, at
    for other in others[index + 1 : index + 1 + NEIGHBOURS]:
        if sightings[other].seen_at - here > REACH:
            break
        yield at, other


def _entries(sighting: Sighting) -> Iterator[_Entry]:
    spots = sighting.spots if len(sighting.spots) <= MOST_SPOTS else ()
    for spot in spots:
        is_area = spot.grain is Grain.AREA
        if spot.point is None:
            yield _Entry(("name", spot.name, spot.city), asks=True)
            continue
        for cell in _cells(spot.point, NEAR_AREA):
            yield _Entry(("area", *cell), is_area)
        if not is_area:
            for cell in _cells(spot.point, NEAR):
                yield _Entry(("spot", *cell), asks=True)
    for street in sighting.streets:
        yield _Entry(("street", street), asks=not spots)
    for plate in sighting.plates:
        for piece in pieces(plate):
            yield _Entry(("plate", piece), asks=True)
    if sighting.caller is not None:
        yield _Entry(("caller", sighting.caller), asks=True)


def _cells(point: Point, near: float) -> Iterator[tuple[int, int, int]]:
    """Four squares that overlap: two points that are `near` share one at the least. A degree of
    longitude is shorter, up to 60 degrees from the equator no less than half of one of latitude."""
    for part, (south, east) in enumerate(product((0, 1), repeat=2)):
        row = floor((point.lat + south * near) / (2 * near))
        column = floor((point.lon + east * 2 * near) / (4 * near))
        yield part, row, column
