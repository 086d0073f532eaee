"""Streets, landmarks and areas by the names that people give them, and where streets cross.

A folder holds `streets.csv`, `grids.csv` (numbered streets: where some of them lie, the others lie
between), `landmarks.csv`, `areas.csv` and, where streets have an east and a west, `sides.csv`. An
imported one also has `crossings.csv` and `addresses.csv`, which go before what is worked out, and
`sources.csv`: whose data it is, and under which licence. What a name may mean is answered with
every place that it may be; to choose is not this module's work.
"""

from __future__ import annotations

import csv
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import cos, hypot, isfinite, radians
from pathlib import Path
from types import MappingProxyType
from typing import Final

OUTSIDE: Final = 0.006
"""Degrees past its ends at which a street is still taken to be: some 500 m."""
SAME_PLACE: Final = 300.0
"""Metres within which what two sides of a street say of a house is the same."""
NEIGHBOURS: Final = 1000.0
"""Metres between two houses at the most, for another to be looked for between them."""
METRES: Final = 111_320.0
"""Of a degree of latitude."""


COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "streets.csv": ("name", "city", "aliases", "axis", "at", "begin", "end", "side"),
    "grids.csv": ("city", "type", "side", "axis", "number", "at", "begin", "end"),
    "sides.csv": ("city", "lon", "south_of"),
    "landmarks.csv": ("name", "city", "aliases", "kind", "near", "lat", "lon"),
    "areas.csv": ("name", "city", "aliases", "kind", "lat", "lon"),
    "crossings.csv": ("street", "cross", "city", "lat", "lon"),
    "addresses.csv": ("street", "side", "city", "number", "lat", "lon"),
    "sources.csv": ("file", "licence", "when", "rows"),
}
"""The files of a folder, and their columns."""
MAY_LACK: Final = frozenset([("streets.csv", "side"), ("addresses.csv", "side")])
"""What was not always there."""


class BadGazetteer(ValueError):
    """A file of places is not as it should be. `str()` says which, where, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS84, degrees."""

    lat: float
    lon: float

    def metres(self, other: Point) -> float:
        """How far away another one is, within a city."""
        east = (self.lon - other.lon) * cos(radians(self.lat))
        return METRES * hypot(self.lat - other.lat, east)


@dataclass(frozen=True, slots=True)
class Street:
    name: str
    """With its type and without its side, as 'Lake St' and '4th Ave'."""
    city: str
    names: tuple[str, ...] = ()
    """What else it is called."""
    axis: str = "other"
    """`ew`, `ns` or `other`."""
    at: float | None = None
    """Its latitude if it runs east and west, its longitude if north and south."""
    begin: float | None = None
    end: float | None = None
    """From where to where, in the other coordinate."""
    side: str = ""
    """Of its city: S, N, NE …; of numbered streets, which there are several of."""

    @property
    def sign(self) -> str:
        """'26th Ave N': what it is known by among the streets of its city."""
        return f"{self.name} {self.side}".strip()

    def reaches(self, at: float) -> bool:
        if self.begin is None or self.end is None:
            return True
        low, high = sorted((self.begin, self.end))
        return low - OUTSIDE <= at <= high + OUTSIDE


@dataclass(frozen=True, slots=True)
class Landmark:
    name: str
    city: str
    names: tuple[str, ...] = ()
    kind: str = ""
    near: str = ""
    """Its nearest crossing."""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    city: str
    names: tuple[str, ...] = ()
    kind: str = ""
    """neighbourhood, community or city."""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where two streets of a city meet; without a point where that cannot be said."""

    first: Street
    second: Street
    point: Point | None

    @property
    def city(self) -> str:
        return self.first.city


@dataclass(frozen=True, slots=True)
class Sides:
    """Where the streets of a city that run east and west change from West to East."""

    lon: float
    south_of: float
    """The latitude south of which they do."""


@dataclass(frozen=True, slots=True)
class Houses:
    """Of a street, or of the part of it that is signed E, W, N or S: in the order of numbers."""

    side: str
    numbers: Sequence[int]
    lats: Sequence[float]
    lons: Sequence[float]

    def has(self, number: int) -> bool:
        index = bisect_left(self.numbers, number)
        return index < len(self.numbers) and self.numbers[index] == number

    def at(self, number: int) -> Point | None:
        """None before the first, behind the last, and where those next to it are far apart."""
        index = bisect_left(self.numbers, number)
        if index == len(self.numbers):
            return None
        after = Point(self.lats[index], self.lons[index])
        if self.numbers[index] == number:
            return after
        if index == 0:
            return None
        before = Point(self.lats[index - 1], self.lons[index - 1])
        if before.metres(after) > NEIGHBOURS:
            return None
        low = self.numbers[index - 1]
        share = (number - low) / (self.numbers[index] - low)
        return Point(
            round(before.lat + share * (after.lat - before.lat), 6),
            round(before.lon + share * (after.lon - before.lon), 6),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A file that places were imported from."""

    file: str
    licence: str
    """Whose it is, and how it may be used: to be shown wherever the places are."""
    when: str
    rows: int
    """That were of use."""


@dataclass(frozen=True)
class Gazetteer:
    """All places that a group knows."""

    streets: tuple[Street, ...] = ()
    """That have a name, or names beside their number."""
    landmarks: tuple[Landmark, ...] = ()
    areas: tuple[Area, ...] = ()
    numbered: Mapping[tuple[int, str], tuple[Street, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Streets by their number and type, 'St' or 'Ave'."""
    sides: Mapping[str, Sides] = field(default_factory=lambda: MappingProxyType({}))
    """By city."""
    met: Mapping[tuple[str, str, str], tuple[Point, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Where two streets are known to cross: by city and their signs, see `pair`."""
    houses: Mapping[tuple[str, str], tuple[Houses, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By the city and the sign of their street."""
    sources: tuple[Source, ...] = ()

    @property
    def every_street(self) -> tuple[Street, ...]:
        """With those that have but a number."""
        numbered = (street for streets in self.numbered.values() for street in streets)
        return tuple(dict.fromkeys((*self.streets, *numbered)))

    @property
    def licences(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(source.licence for source in self.sources))

    def crossings(self, ones: Iterable[Street], others: Iterable[Street]) -> tuple[Crossing, ...]:
        """As `crossings`; what is known of a pair goes before what is worked out."""
        found: list[Crossing] = []
        for one, other in product(ones, others):
            points = self.met.get(pair(one, other), ()) if one.city == other.city else ()
            known = tuple(Crossing(one, other, point) for point in points)
            found += known or crossings([one], [other])
        return tuple([each for each in found if each.point is not None] or found)

    def address(self, street: Street, number: int) -> Point | None:
        """Where a house is, or would be between those next to it; None where that is not known, and
        where the number stands on two parts of the street."""
        parts = self.houses.get((street.city, street.sign), ())
        points = [point for part in parts if (point := part.at(number)) is not None]
        if not points or any(points[0].metres(each) > SAME_PLACE for each in points):
            return None
        return points[0]

    def signs(self, crossing: Crossing) -> tuple[str, str]:
        """What the signs at a crossing say: 'E 38th St', '4th Ave S'."""
        return self._sign(crossing.first, crossing), self._sign(crossing.second, crossing)

    def _sign(self, street: Street, crossing: Crossing) -> str:
        sides, point = self.sides.get(street.city), crossing.point
        has_sides = street.axis == "ew" and street.side in ("", "S")
        if sides and point and has_sides and point.lat < sides.south_of:
            return f"{'W' if point.lon < sides.lon else 'E'} {street.name}"
        return f"{street.name} {street.side}".strip()

    def number(self, number: int, kind: str | None = None) -> tuple[Street, ...]:
        """Streets of a number, of one type or of any."""
        kinds = ("St", "Ave") if kind is None else (kind,)
        return tuple(street for each in kinds for street in self.numbered.get((number, each), ()))


def pair(one: Street, other: Street) -> tuple[str, str, str]:
    """Two streets of a city, whichever is first."""
    return (one.city, *sorted((one.sign, other.sign)))  # type: ignore[return-value]


def crossings(ones: Iterable[Street], others: Iterable[Street]) -> tuple[Crossing, ...]:
    """Where one of some streets may cross one of others: with a point where that is known, and if
    there is none such, the pairs of a city without one."""
    found: list[Crossing] = []
    without: list[Crossing] = []
    for one, other in product(ones, others):
        if one.city != other.city or one.name == other.name:
            continue
        if {one.axis, other.axis} == {"ew", "ns"}:
            across, along = (one, other) if one.axis == "ew" else (other, one)
            if across.at is None or along.at is None:
                without.append(Crossing(one, other, None))
            elif across.reaches(along.at) and along.reaches(across.at):
                found.append(Crossing(one, other, Point(across.at, along.at)))
        elif "other" in (one.axis, other.axis):
            without.append(Crossing(one, other, None))
    return tuple(found or without)


def load_gazetteer(folder: Path) -> Gazetteer:
    """Raises:
    BadGazetteer: a file is missing or not as it should be.
    """
    streets = read_streets(folder)
    landmarks = tuple(
        Landmark(row["name"], row["city"], _names(row), row["kind"], row["near"], _point(row))
        for row in _rows(folder / "landmarks.csv")
    )
    areas = tuple(
        Area(row["name"], row["city"], _names(row), row["kind"], _point(row))
        for row in _rows(folder / "areas.csv")
    )
    return Gazetteer(
        tuple(street for street in streets if street.names or number_of(street.name) is None),
        landmarks,
        areas,
        _numbered(list(_rows(folder / "grids.csv")), streets),
        MappingProxyType(
            {
                row["city"]: Sides(float(row["lon"]), float(row["south_of"]))
                for row in _rows_if_any(folder / "sides.csv")
            }
        ),
        _met(folder / "crossings.csv"),
        _houses(folder / "addresses.csv"),
        tuple(
            Source(row["file"], row["licence"], row["when"], _whole(row["rows"], "sources.csv"))
            for row in _rows_if_any(folder / "sources.csv")
        ),
    )


def read_streets(folder: Path) -> tuple[Street, ...]:
    """Those of `streets.csv`, without what `grids.csv` says.

    Raises:
        BadGazetteer: it is missing or not as it should be.
    """
    return tuple(
        Street(
            name=row["name"],
            city=row["city"],
            names=_names(row),
            axis=row["axis"],
            at=_degrees(row["at"]),
            begin=_degrees(row["begin"]),
            end=_degrees(row["end"]),
            side=row.get("side", ""),
        )
        for row in _rows(folder / "streets.csv")
    )


def _met(file: Path) -> Mapping[tuple[str, str, str], tuple[Point, ...]]:
    met: dict[tuple[str, str, str], list[Point]] = {}
    for row in _rows_if_any(file):
        point = _point(row)
        if point is None:
            raise BadGazetteer(f"{file.name}: {row['street']} & {row['cross']} without lat and lon")
        one, other = sorted((row["street"], row["cross"]))
        met.setdefault((row["city"], one, other), []).append(point)
    return MappingProxyType({key: tuple(points) for key, points in met.items()})


def _houses(file: Path) -> Mapping[tuple[str, str], tuple[Houses, ...]]:
    """In arrays: a city has some hundred thousand of them."""
    found: dict[tuple[str, str], dict[str, tuple[array[int], array[float], array[float]]]] = {}
    for row in _rows_if_any(file):
        parts = found.setdefault((row["city"], row["street"]), {})
        side = row.get("side", "")
        if side not in parts:
            parts[side] = (array("l"), array("d"), array("d"))
        numbers, lats, lons = parts[side]
        if not row["lat"].strip() or not row["lon"].strip():
            raise BadGazetteer(f"{file.name}: {row['number']} {row['street']} without lat and lon")
        numbers.append(_whole(row["number"], file.name))
        lats.append(float(row["lat"]))
        lons.append(float(row["lon"]))
    return MappingProxyType(
        {
            street: tuple(_in_order(side, *columns) for side, columns in parts.items())
            for street, parts in found.items()
        }
    )


def _in_order(side: str, numbers: array[int], lats: array[float], lons: array[float]) -> Houses:
    if all(one <= other for one, other in pairwise(numbers)):
        return Houses(side, numbers, lats, lons)
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    return Houses(
        side,
        array("l", (numbers[at] for at in order)),
        array("d", (lats[at] for at in order)),
        array("d", (lons[at] for at in order)),
    )


def _whole(cell: str, file: str) -> int:
    try:
        return int(cell)
    except ValueError as error:
        raise BadGazetteer(f"{file}: {cell} is no whole number") from error


def _numbered(
    rows: Sequence[Mapping[str, str]], streets: Sequence[Street]
) -> Mapping[tuple[int, str], tuple[Street, ...]]:
    """Those that have a row of their own, and what a grid says of the others."""
    found: dict[tuple[int, str], list[Street]] = {}
    for street in streets:
        if (number := number_of(street.name)) is not None:
            found.setdefault(number, []).append(street)
    exact = {(street.sign, street.city) for each in found.values() for street in each}
    for street, number in _in_grids(rows):
        if (street.sign, street.city) not in exact:
            found.setdefault(number, []).append(street)
    return MappingProxyType({key: tuple(streets) for key, streets in found.items()})


def _in_grids(
    rows: Sequence[Mapping[str, str]],
) -> Iterator[tuple[Street, tuple[int, str]]]:
    grids: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        grids.setdefault((row["city"], row["type"], row["side"]), []).append(row)
    for (city, kind, side), known in grids.items():
        known.sort(key=lambda row: int(row["number"]))
        lines = dict(_between(known))
        for number, (at, row) in lines.items():
            street = Street(
                name=f"{ordinal(number)} {kind}",
                city=city,
                axis=row["axis"],
                at=at,
                begin=float(row["begin"]),
                end=float(row["end"]),
                side=side,
            )
            yield street, (number, kind)


def _between(
    known: Sequence[Mapping[str, str]],
) -> Iterator[tuple[int, tuple[float, Mapping[str, str]]]]:
    for one, other in pairwise(known):
        first, last = int(one["number"]), int(other["number"])
        start, end = float(one["at"]), float(other["at"])
        for number in range(first, last + 1):
            share = (number - first) / (last - first)
            yield number, (round(start + share * (end - start), 4), one)


def ordinal(number: int) -> str:
    """'1st', '22nd', '43rd', '111th'."""
    teen = number % 100 in (11, 12, 13)
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def number_of(name: str) -> tuple[int, str] | None:
    """(38, 'St') of '38th St': of those that are found by their number."""
    match = _NUMBERED.fullmatch(name)
    return (int(match[1]), match[2]) if match else None


_NUMBERED: Final = re.compile(r"(\d+)(?:st|nd|rd|th) (St|Ave)")


def _rows_if_any(file: Path) -> Iterator[Mapping[str, str]]:
    return _rows(file) if file.exists() else iter(())


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = csv.DictReader(opened)
            for column in COLUMNS[file.name]:
                has_it = column in (rows.fieldnames or ())
                if not has_it and (file.name, column) not in MAY_LACK:
                    raise BadGazetteer(f"{file.name}: no column {column}")
            for line, row in enumerate(rows, start=2):
                if None in row or None in row.values():
                    few = "few" if None in row.values() else "many"
                    raise BadGazetteer(f"{file.name}, line {line}: a cell too {few}")
                for name in DEGREES & row.keys():
                    if row[name].strip() and not _is_number(row[name]):
                        raise BadGazetteer(
                            f"{file.name}, line {line}: {row[name]} is no number of degrees"
                        )
                yield row
    except (OSError, UnicodeError) as error:
        raise BadGazetteer(f"{file.name}: {error}") from error


DEGREES: Final = frozenset({"lat", "lon", "at", "begin", "end", "south_of"})
"""The columns that hold some."""


def _is_number(cell: str) -> bool:
    try:
        return isfinite(float(cell))
    except ValueError:
        return False


def _names(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in row["aliases"].split("|") if name.strip())


def _degrees(cell: str) -> float | None:
    return float(cell) if cell.strip() else None


def _point(row: Mapping[str, str]) -> Point | None:
    lat, lon = _degrees(row["lat"]), _degrees(row["lon"])
    return None if lat is None or lon is None else Point(lat, lon)
