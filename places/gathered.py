"""What was found in all files, put together: streets from their pieces, crossings from streets that
share a point. Of streets and named places there are some ten thousand, which memory holds; points,
crossings and houses, of which there are millions, lie in a database on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from math import cos, radians
from pathlib import Path
from typing import Final

from places.found import Corner, House, Line, Place
from places.gazetteer import METRES, Area, Landmark, Point
from places.street_names import StreetName, key

STRAIGHT: Final = 250.0
"""Metres that a street may swerve from a line and still be taken for it."""
LONG: Final = 3.0
"""How many times as long as it swerves it has to be."""
END_TO_END: Final = 300.0
"""Metres between two halves of a street at the most."""
ONE_CROSSING: Final = 150.0
"""Metres within which the carriageways of two streets cross once."""
ONE_HOUSE: Final = 0.003
"""Degrees within which a number has to stand: else it stands in two places, and says nothing."""
SCALE: Final = 10**7
"""Of degrees: a point is the same if it is so by a centimetre."""

_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE passed (lat INTEGER, lon INTEGER, street INTEGER);
CREATE TABLE corner (one INTEGER, other INTEGER, lat REAL, lon REAL);
CREATE TABLE house (street INTEGER, number INTEGER, lat REAL, lon REAL);
CREATE TABLE meant (street INTEGER PRIMARY KEY, as_street INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """As `Street` has it."""

    axis: str = "other"
    at: float | None = None
    begin: float | None = None
    end: float | None = None


@dataclass
class Spread:
    """How far points reach, and where they are on average, by their weight."""

    weight: float = 0.0
    lat: float = 0.0
    lon: float = 0.0
    low: Point = field(default=Point(90.0, 180.0))
    high: Point = field(default=Point(-90.0, -180.0))

    def add(self, point: Point, weight: float = 1.0) -> None:
        self.weight += weight
        self.lat += point.lat * weight
        self.lon += point.lon * weight
        self._reach(point, point)

    def join(self, other: Spread) -> None:
        self.weight += other.weight
        self.lat += other.lat
        self.lon += other.lon
        self._reach(other.low, other.high)

    def _reach(self, low: Point, high: Point) -> None:
        self.low = Point(min(self.low.lat, low.lat), min(self.low.lon, low.lon))
        self.high = Point(max(self.high.lat, high.lat), max(self.high.lon, high.lon))

    def touches(self, other: Spread) -> bool:
        north = max(self.low.lat - other.high.lat, other.low.lat - self.high.lat)
        east = max(self.low.lon - other.high.lon, other.low.lon - self.high.lon)
        return METRES * max(north, east * cos(radians(self.low.lat))) <= END_TO_END

    @property
    def middle(self) -> Point | None:
        if not self.weight:
            return None
        return Point(round(self.lat / self.weight, 5), round(self.lon / self.weight, 5))

    @property
    def shape(self) -> Shape:
        middle = self.middle
        if middle is None:
            return Shape()
        north = (self.high.lat - self.low.lat) * METRES
        east = (self.high.lon - self.low.lon) * METRES * cos(radians(middle.lat))
        if north <= STRAIGHT and north * LONG < east:
            return Shape("ew", middle.lat, round(self.low.lon, 5), round(self.high.lon, 5))
        if east <= STRAIGHT and east * LONG < north:
            return Shape("ns", middle.lon, round(self.low.lat, 5), round(self.high.lat, 5))
        return Shape()


@dataclass
class Piece:
    """All that was found of a street under one name, with one side."""

    name: StreetName
    city: str
    names: dict[str, None] = field(default_factory=dict)
    lines: Spread = field(default_factory=Spread)
    points: Spread = field(default_factory=Spread)

    @property
    def spread(self) -> Spread:
        return self.lines if self.lines.weight else self.points


class Gathered:
    """Cities are the same by their key; they are written as `cities` has them, or as first met."""

    def __init__(self, file: Path, cities: Iterable[str] = ()) -> None:
        self.pieces: list[Piece] = []
        self.landmarks: list[Landmark] = []
        self.areas: list[Area] = []
        self._by_name: dict[tuple[str, str, str], int] = {}
        self._cities = {key(city): city for city in cities}
        self._database = sqlite3.connect(file)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        self._database.close()

    def add(self, place: Place) -> None:
        named = place.city.title() if place.city.isupper() else place.city
        city = self._cities.setdefault(key(named), named)
        match place:
            case Line():
                self._add_line(place, city)
            case Corner():
                one, other = self._piece(place.one, city), self._piece(place.other, city)
                for index in (one, other):
                    self.pieces[index].points.add(place.point)
                self._database.execute(
                    "INSERT INTO corner VALUES (?, ?, ?, ?)",
                    (one, other, place.point.lat, place.point.lon),
                )
            case House():
                index = self._piece(place.street, city)
                self.pieces[index].points.add(place.point)
                self._database.execute(
                    "INSERT INTO house VALUES (?, ?, ?, ?)",
                    (index, place.number, place.point.lat, place.point.lon),
                )
            case Landmark():
                self.landmarks.append(
                    Landmark(place.name, city, place.names, place.kind, place.near, place.point)
                )
            case Area():
                self.areas.append(Area(place.name, city, place.names, place.kind, place.point))

    def mean(self, meant: Iterable[int]) -> None:
        """Which street each piece is, by the order of `pieces`: once, and before what follows."""
        database = self._database
        database.executemany("INSERT INTO meant VALUES (?, ?)", enumerate(meant))
        database.execute("CREATE INDEX passing ON passed (lat, lon)")
        database.execute(
            """INSERT INTO corner
            SELECT DISTINCT a.street, b.street, a.lat * 1.0 / :scale, a.lon * 1.0 / :scale
            FROM passed a JOIN passed b ON a.lat = b.lat AND a.lon = b.lon AND a.street < b.street
            """,
            {"scale": SCALE},
        )

    def corners(self) -> Iterator[tuple[int, int, tuple[Point, ...]]]:
        """Two streets, and all points where they cross."""
        rows = self._database.execute(
            """SELECT min(a.as_street, b.as_street), max(a.as_street, b.as_street), lat, lon
            FROM corner
            JOIN meant a ON a.street = corner.one JOIN meant b ON b.street = corner.other
            WHERE a.as_street != b.as_street ORDER BY 1, 2, 3, 4"""
        )
        for (one, other), points in groupby(rows, key=lambda row: (row[0], row[1])):
            yield one, other, _crossed(Point(lat, lon) for _, _, lat, lon in points)

    def houses(self) -> Iterator[tuple[int, int, int, Point]]:
        """A street, the piece of it, a number, and where it stands."""
        for street, piece, number, lat, lon in self._database.execute(
            """SELECT as_street, house.street, number, avg(lat), avg(lon)
            FROM house JOIN meant ON meant.street = house.street
            GROUP BY as_street, house.street, number
            HAVING max(lat) - min(lat) < :near AND max(lon) - min(lon) < :near
            ORDER BY 1, 2, 3""",
            {"near": ONE_HOUSE},
        ):
            yield street, piece, number, Point(round(lat, 6), round(lon, 6))

    def _add_line(self, line: Line, city: str) -> None:
        index = self._piece(line.street, city)
        lines = self.pieces[index].lines
        for one, other in zip(line.points, line.points[1:], strict=False):
            half = one.metres(other) / 2
            lines.add(one, half)
            lines.add(other, half)
        self._database.executemany(
            "INSERT INTO passed VALUES (?, ?, ?)",
            [(round(p.lat * SCALE), round(p.lon * SCALE), index) for p in line.points],
        )

    def _piece(self, name: StreetName, city: str) -> int:
        known = (key(city), key(name.name), name.side)
        if known not in self._by_name:
            self._by_name[known] = len(self.pieces)
            self.pieces.append(Piece(name, city))
        index = self._by_name[known]
        self.pieces[index].names.update(dict.fromkeys(name.names))
        return index


def _crossed(points: Iterable[Point]) -> tuple[Point, ...]:
    """Each crossing once, in the middle of its points."""
    crossings: list[list[Point]] = []
    for point in points:
        near = next((c for c in crossings if c[0].metres(point) <= ONE_CROSSING), None)
        if near is None:
            crossings.append([point])
        else:
            near.append(point)
    return tuple(
        Point(
            round(sum(p.lat for p in each) / len(each), 6),
            round(sum(p.lon for p in each) / len(each), 6),
        )
        for each in crossings
    )
