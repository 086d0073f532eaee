"""Places from GeoJSON (RFC 7946), one feature at a time: a city's may be larger than memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TextIO

from places.columns import Columns, Kind, columns
from places.found import BadRow, BadSource, Found, Line, PassedOver, Place, Refused, degrees
from places.gazetteer import Area, Landmark, Point
from places.shapes import middle
from places.street_names import street_name, tidy
from places.tags import OTHER_LINES, area_kind, landmark_kind, other_names

CHUNK: Final = 2**20
LARGEST: Final = 2**26
"""Letters of one feature."""

_known = lru_cache(maxsize=1024)(columns)


def places_of_geojson(file: Path, city: str | None) -> Iterator[Found]:
    """Raises:
    BadSource: it is no GeoJSON.
    """
    with file.open(encoding="utf-8-sig") as opened:
        features = _features(_Text(opened, file.name))
        count = 0
        while True:
            try:
                feature = next(features, None)
            except (UnicodeDecodeError, RecursionError) as error:
                raise BadSource(f"{file.name}: behind feature {count}: {error}") from error
            if feature is None:
                return
            count += 1
            try:
                yield from _places(feature, city)
            except BadRow as bad:
                yield Refused(f"feature {count}", str(bad))


def _places(feature: Any, city: str | None) -> Iterator[Place | PassedOver]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise BadRow("no feature with a geometry")
    given = feature.get("properties")
    properties = given if isinstance(given, dict) else {}
    tags = {key: str(value) for key, value in properties.items() if value not in (None, "")}
    known = _known(tuple(tags))
    shape, at = geometry.get("type"), geometry.get("coordinates")
    if shape in ("LineString", "MultiLineString"):
        lines = at if shape == "MultiLineString" else [at]
        yield from _street(tags, known, [_points(line) for line in _listed(lines)], city)
        return
    if shape == "Point":
        point = _points([at])[0]
    elif shape in ("Polygon", "MultiPolygon"):
        rings = at if shape == "MultiPolygon" else [at]
        outlines = [_points(_listed(polygon)[0]) for polygon in _listed(rings)]
        point = middle(max(outlines, key=len))
    else:
        raise BadRow(f"a {shape} is neither Point, LineString nor Polygon")
    yield from _at_a_point(tags, known, point, city, is_surface=shape != "Point")


def _street(
    tags: Mapping[str, str], known: Columns, lines: list[list[Point]], city: str | None
) -> Iterator[Place | PassedOver]:
    name = tidy(tags.get("name", "")) or known.cell(tags, "street") or known.cell(tags, "name")
    if not name or ("highway" not in tags and any(key in tags for key in OTHER_LINES)):
        yield PassedOver()
        return
    where = _city(tags, known, city)
    for points in lines:
        yield Line(street_name(name), where, tuple(points))


def _at_a_point(
    tags: Mapping[str, str], known: Columns, point: Point, city: str | None, is_surface: bool
) -> Iterator[Place | PassedOver]:
    name = tidy(tags.get("name", "")) or known.cell(tags, "name")
    kind, landmark = area_kind(tags), landmark_kind(tags)
    is_named_surface = is_surface and known.kind is Kind.LANDMARKS and "building" not in tags
    if name and (kind is not None or (is_named_surface and landmark is None)):
        where = name if kind == "city" else _city(tags, known, city)
        yield Area(name, where, other_names(tags), kind or known.cell(tags, "kind"), point)
        return
    if known.kind is None or (known.kind is Kind.LANDMARKS and not name):
        yield PassedOver()
        return
    for place in known.places(tags, point, city):
        if isinstance(place, Landmark):
            names = tuple(dict.fromkeys((*place.names, *other_names(tags))))
            yield replace(place, names=names, kind=landmark or place.kind)
        else:
            yield place


def _city(tags: Mapping[str, str], known: Columns, city: str | None) -> str:
    if not (where := known.cell(tags, "city") or city):
        raise BadRow("no city: --city names the one that is meant")
    return where


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise BadRow("no coordinates")
    return given


def _points(given: Any) -> list[Point]:
    pairs = _listed(given)
    if not all(isinstance(pair, list) and len(pair) >= 2 for pair in pairs):
        raise BadRow("coordinates that are no pairs")
    return [degrees(pair[1], pair[0]) for pair in pairs]


class _Text:
    """Of a file as it is read: values of JSON, in turn."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._passed = 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """The next letter that is no space; '' at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def take(self, wanted: str) -> None:
        if self.peek() != wanted:
            raise self.bad(f"wanted {wanted}")
        self._at += 1

    def value(self) -> Any:
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if len(self._text) - self._at > LARGEST or not self._read_on():
                    raise self.bad(error.msg) from error
                continue
            rest = len(self._text) - end
            if not rest and self._read_on():
                continue  # a number may go on
            self._at = len(self._text) - rest
            return value

    def bad(self, why: str) -> BadSource:
        return BadSource(f"{self._name}: no JSON at letter {self._passed + self._at}: {why}")

    def _read_on(self) -> bool:
        more = self._file.read(max(CHUNK, len(self._text) - self._at))
        self._passed += self._at
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more)


def _features(text: _Text) -> Iterator[Any]:
    seen = False
    text.take("{")
    while text.peek() != "}":
        key = text.value()
        text.take(":")
        if key == "features":
            seen = True
            text.take("[")
            while text.peek() != "]":
                yield text.value()
                if text.peek() != "]":
                    text.take(",")
            text.take("]")
        else:
            text.value()
        if text.peek() != "}":
            text.take(",")
    if not seen:
        raise text.bad("wanted a FeatureCollection, with its features")
