"""What a gazetteer holds, and what a name may mean in it: in lines, for whoever set it up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from places.gazetteer import Area, Gazetteer, Landmark, Point, Street
from places.street_names import key, street_name

MOST: Final = 20
"""Places that are shown at once."""
_AND: Final = re.compile(r"\s*(?:&|@|/|\band\b|\by\b)\s*", re.IGNORECASE)
_HOUSE: Final = re.compile(r"(\d+)\s+(\D.*)")


def contents(gazetteer: Gazetteer) -> Iterator[str]:
    houses = sum(len(part.numbers) for parts in gazetteer.houses.values() for part in parts)
    for count, what in (
        (len(gazetteer.every_street), "streets"),
        (sum(len(points) for points in gazetteer.met.values()), "crossings with a place"),
        (houses, "addresses"),
        (len(gazetteer.landmarks), "landmarks"),
        (len(gazetteer.areas), "areas"),
    ):
        yield f"{count:>9,} {what}"
    for source in gazetteer.sources:
        yield f"from {source.file}, {source.when}, {source.rows:,} rows: {source.licence}"
    if not gazetteer.sources:
        yield "made by hand, from no file"


def meanings(gazetteer: Gazetteer, name: str) -> Iterator[str]:
    """Nothing where it means nothing."""
    found = list(_meanings(gazetteer, name))
    yield from found[:MOST]
    if len(found) > MOST:
        yield f"… and {len(found) - MOST} more"


def _meanings(gazetteer: Gazetteer, name: str) -> Iterator[str]:
    parts = _AND.split(name)
    if len(parts) == 2:
        one, other = (_streets(gazetteer, part) for part in parts)
        for crossing in gazetteer.crossings(one, other):
            signs = " & ".join(gazetteer.signs(crossing))
            yield f"crossing {signs}, {crossing.city}: {_at(crossing.point)}"
    if house := _HOUSE.fullmatch(name.strip()):
        for street in _streets(gazetteer, house[2]):
            point = gazetteer.address(street, int(house[1]))
            yield f"address {house[1]} {street.sign}, {street.city}: {_at(point)}"
    for street in _streets(gazetteer, name):
        yield _street(gazetteer, street)
    others: list[Landmark | Area] = [*gazetteer.landmarks, *gazetteer.areas]
    for place in others:
        if key(name) in _keys(place):
            yield _named(place)


def _streets(gazetteer: Gazetteer, name: str) -> list[Street]:
    """By its name, with or without its type, and by the side if it says one."""
    wanted = street_name(name)
    spellings = {key(name), key(wanted.name)}
    found = [street for street in gazetteer.every_street if spellings & _spellings(street)]
    return [street for street in found if street.side in (wanted.side, "")] or found


def _spellings(street: Street) -> set[str]:
    names = [street.name, *(street_name(name).name for name in street.names)]
    without_type = (name.rpartition(" ")[0] for name in names)
    return {*_keys(street), *map(key, names), *map(key, without_type)} - {""}


def _keys(place: Street | Landmark | Area) -> set[str]:
    chain = place.name.partition(" (")[0]
    return {key(name) for name in (place.name, chain, *place.names)}


def _street(gazetteer: Gazetteer, street: Street) -> str:
    lies = "its course is not known"
    if street.at is not None and street.axis in ("ew", "ns"):
        runs, of = ("east and west", "lat") if street.axis == "ew" else ("north and south", "lon")
        lies = f"{runs} at {of} {street.at:.4f}"
        if street.begin is not None and street.end is not None:
            lies += f", {street.begin:.4f} to {street.end:.4f}"
    parts = [f"street {street.sign}, {street.city}: {lies}"]
    if street_crossings := sum(
        len(points)
        for (city, *signs), points in gazetteer.met.items()
        if city == street.city and street.sign in signs
    ):
        parts.append(f"{street_crossings} crossings")
    for part in gazetteer.houses.get((street.city, street.sign), ()):
        parts.append(f"{part.side} houses {part.numbers[0]} to {part.numbers[-1]}".strip())
    return "; ".join([*parts, *_also(street)])


def _named(place: Landmark | Area) -> str:
    what = "landmark" if isinstance(place, Landmark) else "area"
    kind = f" ({place.kind})" if place.kind else ""
    near = [f"near {place.near}"] if isinstance(place, Landmark) and place.near else []
    return "; ".join(
        [f"{what} {place.name}{kind}, {place.city}: {_at(place.point)}", *near, *_also(place)]
    )


def _also(place: Street | Landmark | Area) -> list[str]:
    return [f"also {', '.join(place.names)}"] if place.names else []


def _at(point: Point | None) -> str:
    return "where, is not known" if point is None else f"{point.lat:.5f}, {point.lon:.5f}"
