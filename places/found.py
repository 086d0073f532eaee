"""What readers find in a file of places, one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from places.gazetteer import Area, Landmark, Point
from places.street_names import StreetName


class BadSource(ValueError):
    """A file cannot be read as places at all. `str()` says which, why, and how to mend it."""


class BadRow(ValueError):
    """One row is of no use. `str()` says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a street. Those that share a point cross there."""

    street: StreetName
    city: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Corner:
    one: StreetName
    other: StreetName
    city: str
    point: Point


@dataclass(frozen=True, slots=True)
class House:
    street: StreetName
    number: int
    city: str
    point: Point


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is of no use, where it stands, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Something that is neither a place nor wrong."""


@dataclass(frozen=True, slots=True)
class Noted:
    """How a file is read: for whoever started it."""

    text: str


Place = Line | Corner | House | Landmark | Area
Found = Place | Refused | PassedOver | Noted


def degrees(lat: object, lon: object) -> Point:
    """Raises:
    BadRow: they are no place on earth.
    """
    try:
        # '45,1' is written where a comma parts decimals.
        north, east = (float(str(each).strip().replace(",", ".")) for each in (lat, lon))
    except ValueError:
        raise BadRow(f"'{lat}', '{lon}' are no numbers of degrees") from None
    if not (isfinite(north) and isfinite(east)):
        raise BadRow(f"'{lat}', '{lon}' are no numbers of degrees")
    if abs(north) > 90 or abs(east) > 180:
        raise BadRow(f"{lat}, {lon} are no degrees: export it in WGS84 (EPSG:4326)")
    if north == east == 0:
        raise BadRow("0, 0 is where a place is not known")
    return Point(round(north, 7), round(east, 7))


def house_number(text: str) -> int:
    """The first of '2400-2410', and of '2400 1/2'.

    Raises:
        BadRow: there is none.
    """
    match = re.match(r"\s*(\d{1,6})(?!\d)", text)
    if match is None or int(match[1]) == 0:
        raise BadRow(f"'{text}' is no number of a house")
    return int(match[1])
