"""Places from an extract of OpenStreetMap (`.osm`, also packed, or `.pbf`), as it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from places.found import (
    BadRow,
    BadSource,
    Found,
    House,
    Line,
    PassedOver,
    Refused,
    degrees,
    house_number,
)
from places.gazetteer import Area, Landmark, Point
from places.shapes import middle
from places.street_names import StreetName, street_name, tidy
from places.tags import area_kind, is_road, landmark_kind, other_names

LOCATIONS: Final = "sparse_file_array"
"""Where libosmium keeps the places of all nodes: in a file without a name, not in memory."""
NUMBER: Final = "addr:housenumber"
STREET: Final = "addr:street"
CITY: Final = "addr:city"


def places_of_extract(file: Path, city: str | None) -> Iterator[Found]:
    """Raises:
    BadSource: it is no such file, or no city is named.
    """
    import osmium  # here: only who imports an extract has to load it
    from osmium.filter import KeyFilter

    if city is None:
        raise BadSource(
            f"{file.name}: an extract does not say which city its streets are in: --city NAME.\n"
            "  Several cities: cut it by their borders, and import each with --base on the last."
        )
    # An absolute path: what looks like a URL would be fetched.
    reader = (
        osmium.FileProcessor(str(file.resolve()))
        .with_locations(LOCATIONS)
        .with_areas(KeyFilter("name", NUMBER))
        .with_filter(KeyFilter("name", NUMBER))
    )
    try:
        for thing in reader:
            try:
                yield from _places(thing, city)
            except BadRow as bad:
                yield Refused(_where(thing), str(bad))
    except (RuntimeError, osmium.InvalidLocationError) as error:  # all that libosmium raises
        raise BadSource(f"{file.name}: {error}") from error


def _where(thing: Any) -> str:
    if thing.is_area():
        return f"{'way' if thing.from_way() else 'relation'} {thing.orig_id()}"
    return f"{'node' if thing.is_node() else 'way' if thing.is_way() else 'relation'} {thing.id}"


def _places(thing: Any, city: str) -> Iterator[Found]:
    tags = dict(thing.tags)
    if thing.is_way():  # a closed one comes again as an area
        if is_road(tags) and (name := tidy(tags.get("name", ""))):
            yield Line(_with_names(name, tags), city, _line(thing))
        return
    if thing.is_relation():
        return
    found = list(_at_a_point(tags, city))
    if not found:
        yield PassedOver()
        return
    point = _node(thing) if thing.is_node() else _middle(thing)
    for make in found:
        yield make(point)


def _at_a_point(tags: Mapping[str, str], city: str) -> Iterator[Any]:
    """What stands there, each as a function of the point."""
    name, where = tidy(tags.get("name", "")), tidy(tags.get(CITY, "")) or city
    street = tidy(tags.get(STREET, ""))
    if (kind := area_kind(tags)) is not None and name:
        in_city = name if kind == "city" else city
        yield lambda point: Area(name, in_city, other_names(tags), kind, point)
    elif (what := landmark_kind(tags)) is not None and name:
        yield lambda point: Landmark(name, where, other_names(tags), what, "", point)
    if (number := tags.get(NUMBER)) is not None and street:
        named, first = street_name(street), house_number(number)
        yield lambda point: House(named, first, where, point)


def _with_names(name: str, tags: Mapping[str, str]) -> StreetName:
    parts = street_name(name)
    others = [street_name(other) for other in other_names(tags)]
    also = (name for other in others for name in (other.name, *other.names))
    return StreetName(parts.name, parts.side, (*parts.names, *also))


def _node(node: Any) -> Point:
    if not node.location.valid():
        raise BadRow("it has no place")
    return degrees(node.lat, node.lon)


def _line(way: Any) -> tuple[Point, ...]:
    # At the edge of an extract nodes are missing: that part of the street is left out.
    points = tuple(_node(node) for node in way.nodes if node.location.valid())
    if not points:
        raise BadRow("none of its nodes has a place: is the extract complete?")
    return points


def _middle(area: Any) -> Point:
    outlines = [[_node(node) for node in ring] for ring in area.outer_rings()]
    if not outlines:
        raise BadRow("its outline is not complete")
    return middle(max(outlines, key=len))
