"""The middle of an outline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from places.gazetteer import Point


def middle(outline: Sequence[Point]) -> Point:
    """The centre of its surface; of what has none, of its points. `outline` is not empty."""
    first = outline[0]
    twice = lat = lon = 0.0
    for one, other in pairwise([*outline, first]):
        north, east = one.lat - first.lat, one.lon - first.lon
        north_2, east_2 = other.lat - first.lat, other.lon - first.lon
        cross = east * north_2 - east_2 * north
        twice += cross
        lat += (north + north_2) * cross
        lon += (east + east_2) * cross
    if abs(twice) < 1e-14:  # less than a square of 10 cm: a line
        points = outline[:-1] if len(outline) > 1 and outline[-1] == first else outline
        lat, lon = (
            sum(each) / len(points) for each in zip(*((p.lat, p.lon) for p in points), strict=True)
        )
        return Point(round(lat, 7), round(lon, 7))
    return Point(round(first.lat + lat / (3 * twice), 7), round(first.lon + lon / (3 * twice), 7))
