"""Which of the places that were found are the same, and which a gazetteer has already.

What is made by hand wins: its names, kinds and points stay, and what it lacks is added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from places.gathered import Piece, Spread
from places.gazetteer import (
    OUTSIDE,
    Area,
    Gazetteer,
    Landmark,
    Street,
    number_of,
)
from places.street_names import key, street_name

OPPOSITE: Final = {"E": "W", "W": "E", "N": "S", "S": "N"}
ANY: Final = "any"
"""Side of a street that was named without one."""
ONE_LANDMARK: Final = 300.0
"""Metres within which two of a name are one."""
KNOWN_LANDMARK: Final = 500.0
"""The same, of one that was found and one that was put on the map by hand."""

Named = TypeVar("Named", bound=Landmark | Area)
Owned = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Streets:
    """All of them, those of the gazetteer first."""

    streets: tuple[Street, ...]
    meant: tuple[int, ...]
    """Of each piece which street it is."""
    with_row: frozenset[int]
    """Those that a grid does not say as well."""


def merge_streets(base: Gazetteer, rows: Sequence[Street], pieces: Sequence[Piece]) -> Streets:
    """`rows` are those of the gazetteer that do not come of a grid."""
    with_row = frozenset(rows)
    known = (*rows, *(street for street in base.every_street if street not in with_row))
    finder = _Known(known)
    names = owned(base)
    streets: list[Street] = list(known)
    spreads: dict[int, Spread] = {}
    also: dict[int, dict[str, None]] = {}
    meant = [0] * len(pieces)
    for group in _streets(pieces):
        spread = Spread()
        for index in group:
            spread.join(pieces[index].spread)
        sides = {pieces[index].name.side for index in group}
        one = pieces[group[0]]
        side = next(iter(sides - {""})) if len(sides - {""}) == 1 else ""
        at = finder.find(one.name.name, one.city, side, spread)
        if at is None:
            at = len(streets)
            streets.append(Street(one.name.name, one.city, side=side))
        spreads.setdefault(at, Spread()).join(spread)
        for index in group:
            meant[index] = at
            also.setdefault(at, {}).update(pieces[index].names)
    for at, spread in spreads.items():
        new = _new_names(also[at], streets[at], names)
        streets[at] = _completed(streets[at], spread, at < len(rows), new)
    return Streets(tuple(streets), tuple(meant), frozenset([*range(len(rows)), *spreads]))


def merge_named(known: Sequence[Named], found: Iterable[Named], names: Owned) -> list[Named]:
    """Landmarks or areas: those that are known, completed, and then the others."""
    merged = list(known)
    at: dict[tuple[str, str], dict[int, None]] = {}
    for index, place in enumerate(known):
        for name in (place.name, place.name.partition(" (")[0], *place.names):
            at.setdefault((key(place.city), key(name)), {})[index] = None
    by_name: dict[tuple[str, str], list[Named]] = {}
    for each in found:
        by_name.setdefault((key(each.city), key(each.name)), []).append(each)
    for called, several in by_name.items():
        singles = _singles(several)
        for single in singles:
            same = next(
                (
                    index
                    for index in at.get(called, ())
                    if _is(merged[index], single, of_that_name=len(singles))
                ),
                None,
            )
            if same is None:
                new = _new_names(single.names, replace(single, names=()), names)
                merged.append(replace(single, names=new))
            else:
                new = _new_names((single.name, *single.names), merged[same], names)
                merged[same] = _with(merged[same], single, new)
    return merged


def owned(base: Gazetteer) -> Owned:
    """Names that somebody has in a city: nobody else is given them."""
    return frozenset(
        (key(place.city), key(name))
        for places in (base.streets, base.landmarks, base.areas)
        for place in places
        for name in (place.name, *place.names)
    )


def _new_names(
    names: Iterable[str], mine: Street | Landmark | Area, taken: Owned
) -> tuple[str, ...]:
    """Those that neither it nor anything made by hand has."""
    seen = {key(mine.name), *map(key, mine.names), ""}
    new: list[str] = []
    for name in names:
        called = key(name)
        if called not in seen and (key(mine.city), called) not in taken:
            new.append(name)
            seen.add(called)
    return tuple(new)


def _singles(places: Sequence[Named]) -> list[Named]:
    """Of one name, each place once: a shop is often drawn as a point and as a building."""
    singles: list[Named] = []
    for place in places:
        same = next((at for at, single in enumerate(singles) if _is_one(single, place)), None)
        if same is None:
            singles.append(place)
        else:
            singles[same] = _with(singles[same], place, place.names)
    return singles


def _with(mine: Named, other: Named, names: Iterable[str]) -> Named:
    """With what it lacks."""
    return replace(
        mine,
        names=tuple(dict.fromkeys((*mine.names, *names))),
        kind=mine.kind or other.kind,
        point=mine.point or other.point,
    )


def _is_one(one: Named, other: Named) -> bool:
    if isinstance(one, Area) or one.point is None or other.point is None:
        return True
    return one.point.metres(other.point) <= ONE_LANDMARK


def _is(known: Named, found: Named, of_that_name: int) -> bool:
    if isinstance(known, Area) or found.point is None:
        return True
    if known.point is None:  # of several it may be any
        return of_that_name == 1
    return known.point.metres(found.point) <= KNOWN_LANDMARK


def _streets(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """Pieces that are one street: East and West of it, and what is without a side."""
    by_name: dict[tuple[str, str], dict[str, int]] = {}
    for index, piece in enumerate(pieces):
        by_name.setdefault((key(piece.city), key(piece.name.name)), {})[piece.name.side] = index
    for sides in by_name.values():
        groups: list[list[int]] = []
        for side, index in sides.items():
            if side == "":
                continue
            opposite = sides.get(OPPOSITE.get(side, ""))
            group = next((each for each in groups if opposite in each), None)
            if group is not None and _go_on(pieces[group[0]], pieces[index]):
                group.append(index)
            else:
                groups.append([index])
        if "" in sides and len(groups) == 1:
            groups[0].append(sides[""])
        elif "" in sides:
            groups.append([sides[""]])
        yield from groups


def _go_on(one: Piece, other: Piece) -> bool:
    """Whether two halves are one street, on a line or end to end: 26th Ave N and 26th Ave S, some
    kilometres apart, are not."""
    together = Spread()
    together.join(one.spread)
    together.join(other.spread)
    if together.shape.at is not None:
        return True
    both_straight = None not in (one.spread.shape.at, other.spread.shape.at)
    return not both_straight and one.spread.touches(other.spread)


class _Known:
    """The streets of a gazetteer by what they are called."""

    def __init__(self, streets: Sequence[Street]) -> None:
        self._streets = streets
        self._by_name: dict[tuple[str, str], list[int]] = {}
        self._by_alias: dict[tuple[str, str, str], dict[int, None]] = {}
        for index, street in enumerate(streets):
            city = key(street.city)
            self._by_name.setdefault((city, key(street.name)), []).append(index)
            for alias in street.names:
                called = street_name(alias)
                for side in {called.side, ANY}:
                    known = (city, key(called.name), side)
                    self._by_alias.setdefault(known, {})[index] = None

    def find(self, name: str, city: str, side: str, spread: Spread) -> int | None:
        called = (key(city), key(name))
        by_name = self._by_name.get(called, [])
        if len(by_name) == 1 and not (number_of(name) and self._streets[by_name[0]].side):
            return by_name[0]
        for index in by_name:
            if self._is(self._streets[index], side, spread):
                return index
        for said in (side, ANY) if not by_name else ():
            by_alias = self._by_alias.get((*called, said), {})
            if len(by_alias) == 1:
                return next(iter(by_alias))
        return None

    @staticmethod
    def _is(street: Street, side: str, spread: Spread) -> bool:
        """Of several with a name: the side says which, or where it lies."""
        if street.side == side or side not in ("", "E", "W"):
            return street.side == side
        middle = spread.middle
        if middle is None or street.at is None:
            return False
        across, along = (
            (middle.lat, middle.lon) if street.axis == "ew" else (middle.lon, middle.lat)
        )
        return abs(across - street.at) <= OUTSIDE and street.reaches(along)


def _completed(street: Street, spread: Spread, is_exact: bool, names: tuple[str, ...]) -> Street:
    street = replace(street, names=(*street.names, *names))
    shape = spread.shape
    if shape.at is None:
        return street
    if is_exact and street.at is not None:
        if street.axis != shape.axis:
            return street
        begin = street.begin if street.begin is not None else shape.begin
        end = street.end if street.end is not None else shape.end
        return replace(street, begin=begin, end=end)
    return replace(street, axis=shape.axis, at=shape.at, begin=shape.begin, end=shape.end)
