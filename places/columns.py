"""Which column holds what, by the names that cities and programs give them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from places.found import BadRow, Corner, House, Place, degrees, house_number
from places.gazetteer import Landmark, Point
from places.street_names import StreetName, street_name, tidy


class Kind(StrEnum):
    """What the rows of a table are."""

    CROSSINGS = "crossings"
    ADDRESSES = "addresses"
    LANDMARKS = "landmarks"


SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "lat": (
        *("lat", "latitude", "latitud", "latwgs84", "latdd", "gpslat", "intptlat", "y", "ycoord"),
        *("ycoordinate", "pointy", "coordy"),
    ),
    "lon": (
        *("lon", "lng", "long", "longitude", "longitud", "lonwgs84", "londd", "gpslon"),
        *("gpslong", "intptlon", "intptlong", "x", "xcoord", "xcoordinate", "pointx", "coordx"),
    ),
    "point": ("wkt", "thegeom", "geom", "geometry", "point"),
    "cross street": (
        *("b", "street2", "streetb", "st2", "road2", "name2", "streetname2", "street2name"),
        *("stname2", "fullname2", "crossstreet", "crossst", "crossstreetname", "cross", "xstreet"),
        *("intersectingstreet", "secondstreet", "atstreet", "otherstreet", "streettwo"),
    ),
    "street": (
        *("a", "street1", "streeta", "st1", "road1", "name1", "streetname1", "street1name"),
        *("stname1", "fullname1", "mainstreet", "onstreet", "firststreet", "primarystreet"),
        *("streetone", "addrstreet", "fullstreet", "streetfull", "street", "streetname"),
        *("stname", "road", "roadname", "fullname", "calle"),
    ),
    "crossing": ("intersection", "intersectionname", "crossing", "corner", "intname"),
    "number": (
        *("addrhousenumber", "housenumber", "houseno", "housenum", "hsno", "housenbr"),
        *("addrnum", "addrnumber", "addressnumber", "addnumber", "anumber", "streetnumber"),
        *("streetno", "stnum", "number", "num", "no"),
    ),
    "address": ("address", "fulladdress", "addressfull", "fulladdr", "streetaddress", "addr"),
    "direction before": (
        "predir",
        "stpredir",
        "streetpredir",
        "prefixdir",
        "dirpre",
        "predirection",
    ),
    "type": ("sttype", "streettype", "stpostyp", "postype", "stpostype", "roadtype"),
    "direction behind": ("postdir", "stposdir", "stpostdir", "sufdir", "suffixdir", "posdir"),
    "name": ("name", "placename", "landmark", "title", "label", "nombre", "facility", "poiname"),
    "aliases": ("aliases", "alias", "altname", "alternatename", "othernames", "alsoknownas", "aka"),
    "kind": ("kind", "category", "class", "featuretype", "placetype", "type", "subtype"),
    "city": (
        *("addrcity", "city", "cityname", "municipality", "muni", "town", "ctuname", "ciudad"),
        *("postalcity", "postcomm", "incmuni"),
    ),
}
"""In the order in which they are believed; without capitals, accents, spaces and signs."""

WANTED: Final = {
    Kind.CROSSINGS: "two streets, such as street1 and street2, or one column intersection",
    Kind.ADDRESSES: "house_number and street, or one column address",
    Kind.LANDMARKS: "name",
}
_POINT: Final = re.compile(r"\s*POINT\s*Z?\s*\(\s*(\S+)\s+(\S+?)[\s)]", re.IGNORECASE)
_CROSSING: Final = re.compile(r"\s*(?:&|@|/|\\|\band\b|\bat\b|\by\b)\s*", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\s*(\d{1,6}(?:\s*-\s*\d+)?(?:\s+1/2)?)\s+([^,]+)")


@dataclass(frozen=True)
class Columns:
    """Those of a table, by what they hold."""

    named: Mapping[str, str]

    def __contains__(self, role: str) -> bool:
        return role in self.named

    @property
    def kind(self) -> Kind | None:
        if {"street", "cross street"} <= self.named.keys() or "crossing" in self:
            return Kind.CROSSINGS
        if {"street", "number"} <= self.named.keys() or "address" in self:
            return Kind.ADDRESSES
        return Kind.LANDMARKS if "name" in self else None

    @property
    def has_point(self) -> bool:
        return {"lat", "lon"} <= self.named.keys() or "point" in self

    def __str__(self) -> str:
        return ", ".join(f"{role}: {column}" for role, column in self.named.items())

    def cell(self, row: Mapping[str, object], role: str) -> str:
        value = row.get(self.named[role]) if role in self.named else None
        return "" if value is None else tidy(str(value))

    def point(self, row: Mapping[str, object]) -> Point:
        """Raises:
        BadRow: there is none.
        """
        if {"lat", "lon"} <= self.named.keys():
            return degrees(self.cell(row, "lat"), self.cell(row, "lon"))
        match = _POINT.match(self.cell(row, "point"))
        if match is None:
            raise BadRow(f"'{self.cell(row, 'point')}' is no POINT (lon lat)")
        return degrees(match[2], match[1])

    def places(self, row: Mapping[str, object], point: Point, city: str | None) -> Iterator[Place]:
        """One, or of an address that has a name two.

        Raises:
            BadRow: something is missing or not as it should be.
        """
        where = self.cell(row, "city") or city
        if not where:
            raise BadRow("no city: --city names the one that is meant")
        if self.kind is Kind.CROSSINGS:
            one, other = map(street_name, self._two_streets(row))
            if one == other:
                raise BadRow(f"{one.name} does not cross itself")
            yield Corner(one, other, where, point)
            return
        name = self.cell(row, "name")
        if self.kind is Kind.ADDRESSES:
            try:
                street, number = self._house(row)
            except BadRow:
                if not name:
                    raise
            else:
                yield House(street, number, where, point)
                if not name or name.startswith(str(number)):  # but the address once more
                    return
        if not name:
            raise BadRow("no name")
        value = row.get(self.named["aliases"]) if "aliases" in self else ""
        also = (tidy(each) for each in re.split(r"[|;]", str(value or "")))
        names = tuple(each for each in also if each)
        yield Landmark(name, where, names, self.cell(row, "kind"), "", point)

    def _two_streets(self, row: Mapping[str, object]) -> tuple[str, str]:
        one, other = self.cell(row, "street"), self.cell(row, "cross street")
        if "cross street" not in self:
            parts = _CROSSING.split(self.cell(row, "crossing"))
            if len(parts) != 2:
                raise BadRow(f"'{self.cell(row, 'crossing')}' are not two streets")
            one, other = parts
        if not one or not other:
            raise BadRow("a street has no name")
        return one, other

    def _house(self, row: Mapping[str, object]) -> tuple[StreetName, int]:
        if "number" in self and "street" in self:
            parts = ("direction before", "street", "type", "direction behind")
            street = " ".join(part for role in parts if (part := self.cell(row, role)))
            if not self.cell(row, "street"):
                raise BadRow("the street has no name")
            return street_name(street), house_number(self.cell(row, "number"))
        match = _ADDRESS.match(self.cell(row, "address"))
        if match is None:
            raise BadRow(f"'{self.cell(row, 'address')}' is no number and street")
        return street_name(match[2]), house_number(match[1])


def columns(header: Iterable[str]) -> Columns:
    by_spelling: dict[str, str] = {}
    for column in header:
        by_spelling.setdefault(_plain(column), column)
    named = {
        role: by_spelling[spelling]
        for role, spellings in SPELLINGS.items()
        if (spelling := next((each for each in spellings if each in by_spelling), None)) is not None
    }
    if "lat" not in named or "lon" not in named:  # half of a pair is no pair
        named.pop("lat", None)
        named.pop("lon", None)
    else:
        named.pop("point", None)
    return Columns(named)


def _plain(column: str) -> str:
    parts = unicodedata.normalize("NFKD", column.casefold())
    return "".join(c for c in parts if c.isalnum())
