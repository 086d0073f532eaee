"""Streets, landmarks and areas by the names that people give them, and where streets cross.

A folder holds `streets.csv`, `grids.csv` (numbered streets: where some of them lie, the others lie
between), `landmarks.csv`, `areas.csv` and, where streets have an east and a west, `sides.csv`. What
a name may mean is answered with every place that it may be; to choose is not this module's work.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Final

OUTSIDE: Final = 0.006
"""Degrees past its ends at which a street is still taken to be: some 500 m."""


class BadGazetteer(ValueError):
    """A file of places is not as it should be. `str()` says which, where, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS84, degrees."""

    lat: float
    lon: float


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


@dataclass(frozen=True)
class Gazetteer:
    """All places that a group knows."""

    streets: tuple[Street, ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    areas: tuple[Area, ...] = ()
    numbered: Mapping[tuple[int, str], tuple[Street, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Streets by their number and type, 'St' or 'Ave'."""
    sides: Mapping[str, Sides] = field(default_factory=lambda: MappingProxyType({}))
    """By city."""

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
    streets = tuple(
        Street(
            name=row["name"],
            city=row["city"],
            names=_names(row),
            axis=row["axis"],
            at=_degrees(row["at"]),
            begin=_degrees(row["begin"]),
            end=_degrees(row["end"]),
        )
        for row in _rows(folder / "streets.csv")
    )
    landmarks = tuple(
        Landmark(row["name"], row["city"], _names(row), row["kind"], row["near"], _point(row))
        for row in _rows(folder / "landmarks.csv")
    )
    areas = tuple(
        Area(row["name"], row["city"], _names(row), row["kind"], _point(row))
        for row in _rows(folder / "areas.csv")
    )
    sides = folder / "sides.csv"
    return Gazetteer(
        streets,
        landmarks,
        areas,
        _numbered(list(_rows(folder / "grids.csv"))),
        MappingProxyType(
            {
                row["city"]: Sides(float(row["lon"]), float(row["south_of"]))
                for row in (_rows(sides) if sides.exists() else ())
            }
        ),
    )


def _numbered(
    rows: Sequence[Mapping[str, str]],
) -> Mapping[tuple[int, str], tuple[Street, ...]]:
    grids: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        grids.setdefault((row["city"], row["type"], row["side"]), []).append(row)
    found: dict[tuple[int, str], list[Street]] = {}
    for (city, kind, side), known in grids.items():
        known.sort(key=lambda row: int(row["number"]))
        lines = dict(_between(known))
        for number, (at, row) in lines.items():
            found.setdefault((number, kind), []).append(
                Street(
                    name=f"{ordinal(number)} {kind}",
                    city=city,
                    axis=row["axis"],
                    at=at,
                    begin=float(row["begin"]),
                    end=float(row["end"]),
                    side=side,
                )
            )
    return MappingProxyType({key: tuple(streets) for key, streets in found.items()})


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


def _rows(file: Path) -> Iterator[Mapping[str, str]]:
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            for line, row in enumerate(csv.DictReader(opened), start=2):
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
