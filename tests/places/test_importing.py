"""Other people's lists of places, imported: what is found in them, and what comes of it."""

from __future__ import annotations

import csv
import json
import re
import resource
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app import cli
from places.extracts import places_of_extract
from places.found import BadSource
from places.gazetteer import (
    COLUMNS,
    BadGazetteer,
    Gazetteer,
    Houses,
    Landmark,
    Point,
    Street,
    load_gazetteer,
)
from places.importing import ImportRefused, Order, import_places
from places.showing import contents, meanings
from places.street_names import key, street_name, tidy
from reports.fields.lexicon import load_lexicons
from reports.fields.location import Location
from reports.fields.names import Names
from reports.fields.plainly import told_from
from reports.fields.understood import understand

NOWHERE = Path("tests/places/nowhere.osm")
TWIN_CITIES = Path("places/twin_cities")
SHARED = Path("../shared/places/minneapolis_intersections.csv")
LICENCE = "CC0: nobody's"


class Office:
    """Where somebody imports places."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.to = folder / "ours"
        self.said: list[str] = []

    def file(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text, encoding="utf-8")
        return self.folder / name

    def geojson(self, *features: tuple[str, Any, dict[str, Any]], **others: Any) -> Path:
        made = [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": {"type": shape, "coordinates": at},
            }
            for shape, at, properties in features
        ]
        return self.file(
            "places.geojson", json.dumps({"type": "FeatureCollection", "features": made, **others})
        )

    def imports(self, *files: Path, **how: Any) -> Gazetteer:
        how = {"to": self.to, "licence": LICENCE, "when": "2026-01-15", "city": "Nowhere", **how}
        self.said.clear()
        return import_places(Order(files, **how), self.said.append)

    def hand_made(self, **files: str) -> Path:
        """A folder in which each file that is not given has no rows."""
        folder = self.folder / "hand_made"
        folder.mkdir()
        for name, header in COLUMNS.items():
            if name in ("streets.csv", "grids.csv", "landmarks.csv", "areas.csv"):
                rows = files.get(name.removesuffix(".csv"), "")
                (folder / name).write_text(f"{','.join(header)}\n{rows}", encoding="utf-8")
        return folder


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def street(gazetteer: Gazetteer, sign: str) -> Street:
    (found,) = [each for each in gazetteer.every_street if each.sign == sign]
    return found


def crossing(gazetteer: Gazetteer, one: str, other: str) -> Point | None:
    (found,) = gazetteer.crossings([street(gazetteer, one)], [street(gazetteer, other)])
    return found.point


def left_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


# --- Tables ---------------------------------------------------------------------------------------


def test_a_city_names_its_columns_as_it_likes(office: Office) -> None:
    found = office.imports(
        office.file(
            "corners.csv",
            "\ufeffStreet_1;CROSS-STREET;Y_Coord;X_Coord;OBJECTID\n"
            "WILLOW ST E;ALDER AVE S;45.0;-93.0;1\n"
            "WILLOW ST W;BIRCH AVE S;45.0;-93.01;2\n"
            "4TH ST E;ALDER AVE S;45,01;-93,0;3\n",
        )
    )
    assert crossing(found, "Willow St", "Alder Ave S") == Point(45.0, -93.0)
    assert crossing(found, "Willow St", "Birch Ave S") == Point(45.0, -93.01)
    assert crossing(found, "4th St E", "Alder Ave S") == Point(45.01, -93.0)
    assert found.number(4, "St")[0].city == "Nowhere"
    assert "street: Street_1" in "\n".join(office.said)
    assert "cross street: CROSS-STREET" in "\n".join(office.said)


def test_crossings_may_stand_in_one_column(office: Office) -> None:
    found = office.imports(
        office.file(
            "corners.csv",
            "intersection,the_geom\nWillow St & Alder Ave,POINT (-93.0 45.0)\n"
            "Willow St and Birch Ave,POINT (-93.01 45.0)\nWillow St,POINT (-93 45)\n",
        )
    )
    assert crossing(found, "Willow St", "Birch Ave") == Point(45.0, -93.01)
    assert "  not taken: line 4: 'Willow St' are not two streets" in office.said


def test_houses_get_a_point_between_those_that_are_known(office: Office) -> None:
    found = office.imports(
        office.file(
            "addresses.csv",
            "LON,LAT,NUMBER,STREET,UNIT,CITY\n"
            "-93.0,45.002,2400,BLOOMINGTON AVE S,,Nowhere\n"
            "-93.0,45.000,2500,BLOOMINGTON AVE S,1,Nowhere\n"
            "-93.0,45.000,2500,BLOOMINGTON AVE S,2,Nowhere\n"
            "-93.0,44.900,9900,BLOOMINGTON AVE S,,Nowhere\n",
        ),
        city=None,
    )
    bloomington = street(found, "Bloomington Ave S")
    assert found.address(bloomington, 2400) == Point(45.002, -93.0)
    assert found.address(bloomington, 2450) == Point(45.001, -93.0)
    assert found.address(bloomington, 2399) is None
    assert found.address(bloomington, 9901) is None
    assert found.address(bloomington, 5000) is None, "10 km apart: a guess"
    assert bloomington.axis == "ns"


def test_addresses_come_in_parts_and_in_one(office: Office) -> None:
    parts = office.file(
        "parts.csv",
        "HouseNo,ST_PREDIR,ST_NAME,ST_POS_TYP,Latitude,Longitude\n"
        "100,E,WILLOW,ST,45.0,-93.0\n101-103,E,WILLOW,ST,45.0001,-93.0\n",
    )
    whole = office.file("whole.csv", 'Address,Lat,Long\n"250 Birch Ave, Nowhere",45.1,-93\n')
    found = office.imports(parts, whole)
    assert found.address(street(found, "Willow St E"), 101) == Point(45.0001, -93.0)
    assert found.address(street(found, "Birch Ave"), 250) == Point(45.1, -93.0)


def test_a_caller_who_says_a_house_number_says_where_it_is(office: Office) -> None:
    file = office.file(
        "addresses.csv",
        "number,street,lat,lon\n2400,Bloomington Ave S,45.002,-93\n2500,Bloomington Ave S,45,-93\n",
    )
    names = Names(office.imports(file))
    lexicons = load_lexicons(Path("prompts"))
    words = {"words": "Three agents at 2450 Bloomington Avenue.", "lang": "en"}
    told = told_from(words, lexicons, datetime(2026, 1, 15, tzinfo=UTC))
    where = understand(told, names).location.value
    assert isinstance(where, Location)
    assert (where.streets, where.number) == (("Bloomington Ave",), 2450)
    assert [each.point for each in where.candidates] == [Point(45.001, -93.0)]


def test_addresses_may_stand_in_any_order(office: Office) -> None:
    folder = office.hand_made(streets="Oak Ave,Nowhere,,other,,,,\n")
    (folder / "addresses.csv").write_text(
        "street,city,number,lat,lon\nOak Ave,Nowhere,30,45.003,-93\nOak Ave,Nowhere,10,45.001,-93\n"
    )
    known = load_gazetteer(folder)
    assert known.address(street(known, "Oak Ave"), 20) == Point(45.002, -93.0)
    (folder / "addresses.csv").write_text("street,city,number,lat,lon\nOak Ave,Nowhere,A,45,-93\n")
    with pytest.raises(BadGazetteer, match="A is no whole number"):
        load_gazetteer(folder)
    (folder / "addresses.csv").write_text("street,city,number,lat,lon\nOak Ave,Nowhere,1,,-93\n")
    with pytest.raises(BadGazetteer, match="1 Oak Ave without lat and lon"):
        load_gazetteer(folder)


def test_a_number_east_and_west_is_nowhere_unless_it_says_which(office: Office) -> None:
    found = office.imports(
        office.file(
            "addresses.csv",
            "number,street,lat,lon\n100,E Lake St,45.0,-93.00\n100,W Lake St,45.0,-93.02\n"
            "300,E Lake St,45.0,-92.99\n",
        )
    )
    lake = street(found, "Lake St")
    assert found.address(lake, 100) is None
    assert found.address(lake, 200) == Point(45.0, -92.995)


def test_landmarks_have_names_kinds_and_cities_of_their_own(office: Office) -> None:
    found = office.imports(
        office.file(
            "landmarks.csv",
            "Name,Category,Aliases,City,lat,lng\n"
            "Mercado Nadie,market,El Mercado;the market,Elsewhere,45.0,-93.0\n"
            "Nowhere Clinic,,,,45.0,-93.0\n",
        )
    )
    assert found.landmarks == (
        Landmark(
            "Mercado Nadie",
            "Elsewhere",
            ("El Mercado", "the market"),
            "market",
            "",
            Point(45.0, -93.0),
        ),
        Landmark("Nowhere Clinic", "Nowhere", point=Point(45.0, -93.0)),
    )


def test_what_has_a_name_and_an_address_is_found_by_both(office: Office) -> None:
    found = office.imports(
        office.file(
            "clinics.csv",
            "name,address,lat,lon\nNowhere Clinic,100 Willow St,45.0,-93.0\n"
            "102 Willow St,102 Willow St,45.0,-93.001\nMobile clinic,by the river,45.1,-93.0\n"
            ",by the river,45.1,-93.0\n",
        )
    )
    assert [each.name for each in found.landmarks] == ["Nowhere Clinic", "Mobile clinic"]
    assert found.address(street(found, "Willow St"), 102) == Point(45.0, -93.001)
    assert "  not taken: line 5: 'by the river' is no number and street" in office.said


def test_columns_that_are_missing_are_named(office: Office) -> None:
    file = office.file("odd.csv", "street,Latitude,colour\nWillow St,45,red\n")
    with pytest.raises(BadSource) as refused:
        office.imports(file, city=None)
    said = str(refused.value)
    assert "its columns are street, Latitude, colour" in said
    assert "found: street: street" in said
    assert "street1 and street2" in said
    assert "house_number and street" in said
    assert "missing: lat and lon" in said
    assert "--city NAME" in said
    assert left_in(office.folder) == {"odd.csv"}


def test_bad_rows_are_shown_and_the_others_taken(office: Office) -> None:
    good = "Willow St,Alder Ave,45.0,-93.0\n"
    bad = [
        "Willow St,Alder Ave,north,-93.0",
        "Willow St,Alder Ave,4980000,480000",
        "Willow St,,45.0,-93.0",
        "Willow St,Alder Ave,45.0",
        "Willow St,E Willow St.,0,0",
        "Willow St,WILLOW ST,45.0,-93.0",
        "Willow St,Alder Ave,nan,-93.0",
    ]
    rows = "".join(f"{row}\n" for row in [*bad, *["x,y,,"] * 6])
    office.imports(office.file("corners.csv", f"a,b,lat,lon\n{good}\n{rows}{good}"))
    refused = [line for line in office.said if line.startswith("  not taken")]
    assert len(refused) == 10
    assert refused[0] == "  not taken: line 4: 'north', '-93.0' are no numbers of degrees"
    assert "line 5: 4980000, 480000 are no degrees: export it in WGS84" in refused[1]
    assert refused[2].endswith("line 6: a street has no name")
    assert refused[3].endswith("line 7: 3 cells, and not 4")
    assert "0, 0 is where a place is not known" in refused[4]
    assert refused[5].endswith("line 9: Willow St does not cross itself")
    assert "  … and 3 more" in office.said
    assert "  2 of use, 13 not taken" in office.said


def test_a_letter_that_is_no_utf8_costs_one_row(office: Office) -> None:
    file = office.folder / "landmarks.csv"
    file.write_bytes("name,lat,lon\nMarché,45,-93\nClinic,45,-93\n".encode("latin-1"))
    found = office.imports(file)
    assert [each.name for each in found.landmarks] == ["Clinic"]
    assert "  not taken: line 2: letters that are no UTF-8: save the file as UTF-8" in office.said


# --- GeoJSON --------------------------------------------------------------------------------------

SQUARE = [[[-93.02, 45.0], [-93.0, 45.0], [-93.0, 45.02], [-93.02, 45.02], [-93.02, 45.0]]]


def test_geojson_holds_everything(office: Office) -> None:
    found = office.imports(
        office.geojson(
            ("Point", [-93.0, 45.0], {"name": "Mercado Nadie", "kind": "market"}),
            ("Point", [-93.0, 45.0], {"street1": "Willow St", "street2": "Alder Ave"}),
            ("Point", [-93.0, 45.1], {"addr:housenumber": 240, "addr:street": "Alder Avenue"}),
            ("LineString", [[-93.1, 44.9], [-93.0, 44.9]], {"name": "4th Street"}),
            (
                "MultiLineString",
                [[[-93.0, 44.8], [-93.0, 44.9]], [[-93.0, 44.9], [-93.0, 45.0]]],
                {"FULLNAME": "Alder Ave", "highway": "residential"},
            ),
            ("LineString", [[-93.1, 44.9], [-93.0, 44.9]], {"name": "A", "waterway": "river"}),
            ("Polygon", SQUARE, {"name": "Lowtown", "place": "neighbourhood"}),
            ("Polygon", SQUARE, {"BDNAME": "?", "name": "Hightown"}),
            ("Polygon", SQUARE, {"name": "Nowhere Park", "leisure": "park"}),
            ("Point", None, {"name": "Nobody"}),
            crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        )
    )
    assert crossing(found, "Willow St", "Alder Ave") == Point(45.0, -93.0)
    assert crossing(found, "4th St", "Alder Ave") == Point(44.9, -93.0)
    assert found.address(street(found, "Alder Ave"), 240) == Point(45.1, -93.0)
    middle = Point(45.01, -93.01)
    assert {(each.name, each.kind, each.point) for each in found.areas} == {
        ("Lowtown", "neighbourhood", middle),
        ("Hightown", "", middle),
    }
    assert {(each.name, each.kind, each.point) for each in found.landmarks} == {
        ("Mercado Nadie", "market", Point(45.0, -93.0)),
        ("Nowhere Park", "park", middle),
    }
    assert "  not taken: feature 10: coordinates that are no pairs" in office.said
    assert "  9 of use, 1 not taken, 1 no places" in office.said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON at letter 0: wanted {"),
        ('{"type": "Feature"}', "wanted a FeatureCollection"),
        ('{"features": [{"geometry": nothing}]}', "no JSON at letter 14"),
        ('{"features": [{}', "wanted ,"),
        ('{"features": ' + "[" * 100_000, "recursion"),
    ],
)
def test_what_is_no_geojson_is_refused(office: Office, text: str, why: str) -> None:
    with pytest.raises(BadSource, match=re.escape(why)):
        office.imports(office.file("places.geojson", text))
    assert left_in(office.folder) == {"places.geojson"}


def test_geojson_is_read_in_pieces(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("places.geojson.CHUNK", 7)
    found = office.imports(
        office.geojson(*[("Point", [-93.0, 45.0 + n / 100], {"name": f"M{n}"}) for n in range(50)])
    )
    assert len(found.landmarks) == 50


# --- OpenStreetMap --------------------------------------------------------------------------------


def test_an_extract_of_openstreetmap(office: Office) -> None:
    found = office.imports(NOWHERE)
    willow = street(found, "Willow St")
    assert (willow.axis, willow.begin, willow.end) == ("ew", -93.01, -92.99)
    assert {"East Willow Street", "West Willow", "Poplar Street", "calle Sauce"} <= {*willow.names}
    assert crossing(found, "Willow St", "Alder Ave") == Point(45.0, -93.0)
    assert crossing(found, "4th St", "Alder Ave") == Point(45.01, -93.0)
    assert found.address(willow, 150) == Point(45.00025, -93.003)
    named = {each.name: each for each in found.landmarks}
    assert named.keys() == {"Mercado Nadie", "Nowhere Clinic", "Nowhere Park"}
    assert named["Mercado Nadie"].names == ("Nobody's Market", "The Market")
    assert named["Nowhere Park"].point == Point(45.005, -93.003)
    assert [(each.name, each.kind) for each in found.areas] == [("Lowtown", "neighbourhood")]
    assert "  not taken: node 13: 'none' is no number of a house" in office.said


def test_a_packed_extract_says_the_same(office: Office) -> None:
    import osmium

    plain = list(places_of_extract(NOWHERE, "Nowhere"))
    for ending in ("pbf", "osm.bz2", "osm.gz"):
        packed = office.folder / f"nowhere.{ending}"
        with osmium.SimpleWriter(str(packed)) as writer:
            for thing in osmium.FileProcessor(str(NOWHERE)):
                writer.add(thing)
        assert list(places_of_extract(packed, "Nowhere")) == plain


def test_an_extract_needs_a_city(office: Office) -> None:
    with pytest.raises(BadSource, match="--city NAME"):
        office.imports(NOWHERE, city=None)


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        (
            "bomb.osm",
            '<!DOCTYPE osm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><osm version="0.6">'
            '<node id="1" lat="45" lon="-93"><tag k="name" v="&b;"/></node></osm>',
            "XML entities are not supported",
        ),
        ("prose.osm", "It is a quiet town.", "XML parsing error"),
        ("cut.osm", '<osm version="0.6"><node id="1" lat="45"', "XML parsing error"),
        ("prose.osm.pbf", "It is a quiet town.", "PBF error"),
    ],
)
def test_an_extract_that_is_none_is_refused(office: Office, name: str, text: str, why: str) -> None:
    with pytest.raises(BadSource, match=why):
        office.imports(office.file(name, text))
    assert left_in(office.folder) == {name}


# --- Streets --------------------------------------------------------------------------------------


def test_streets_of_a_number_are_told_apart_by_their_side(office: Office) -> None:
    found = office.imports(
        office.file(
            "corners.csv",
            "a,b,lat,lon\n"
            "26TH AVE N,LYNDALE AVE N,45.006,-93.288\n26TH AVE N,PENN AVE N,45.006,-93.308\n"
            "26TH AVE S,LAKE ST E,44.948,-93.235\n26TH AVE S,38TH ST E,44.934,-93.235\n"
            "26TH ST E,CHICAGO AVE S,44.956,-93.262\n26TH ST W,LYNDALE AVE S,44.956,-93.288\n"
            "2ND ST NE,LOWRY AVE NE,45.0,-93.26\n2ND ST SE,MAIN ST SE,44.98,-93.25\n"
            "8TH ST N,1ST AVE N,44.979,-93.275\n8TH ST N,HENNEPIN AVE,44.977,-93.276\n"
            "8TH ST S,HENNEPIN AVE,44.977,-93.276\n8TH ST S,PARK AVE,44.971,-93.264\n"
            "16TH AVE N,LYNDALE AVE N,44.992,-93.288\n16TH AVE N,A ST,44.99,-93.2881\n"
            "16TH AVE N,PENN AVE N,44.992,-93.308\n16TH AVE S,LAKE ST E,44.948,-93.252\n"
            "16TH AVE S,B ST,44.94,-93.26\n",
        )
    )
    assert {each.sign for each in found.number(26)} == {"26th St", "26th Ave N", "26th Ave S"}
    assert {each.sign for each in found.number(8)} == {"8th St"}, "its halves meet"
    assert {each.sign for each in found.number(16)} == {"16th Ave N", "16th Ave S"}
    assert {each.sign for each in found.number(2)} == {"2nd St NE", "2nd St SE"}
    corners = found.crossings(found.number(26), [street(found, "Lyndale Ave")])
    assert {(each.first.sign, each.point) for each in corners} == {
        ("26th St", Point(44.956, -93.288)),
        ("26th Ave N", Point(45.006, -93.288)),
    }


def test_a_street_that_winds_has_no_line_and_yet_its_crossings(office: Office) -> None:
    bend = [[-93.0 + n / 1000, 45.0 + (n % 7) / 1000] for n in range(20)]
    found = office.imports(
        office.geojson(
            ("LineString", bend, {"name": "River Road"}),
            ("LineString", [bend[5], [bend[5][0], 45.5]], {"name": "Alder Avenue"}),
        )
    )
    assert (street(found, "River Rd").axis, street(found, "River Rd").at) == ("other", None)
    assert crossing(found, "River Rd", "Alder Ave") == Point(45.005, -92.995)


def test_two_carriageways_cross_once_and_two_corners_are_two(office: Office) -> None:
    found = office.imports(
        office.file(
            "corners.csv",
            "a,b,lat,lon\nA St,B Ave,45.0000,-93.0000\nB Ave,A St,45.0002,-93.0000\n"
            "A St,Loop Rd,45.0,-93.1\nA St,Loop Rd,45.0,-93.2\n",
        )
    )
    assert crossing(found, "A St", "B Ave") == Point(45.0001, -93.0)
    loop = found.crossings([street(found, "A St")], [street(found, "Loop Rd")])
    assert {each.point for each in loop} == {Point(45.0, -93.1), Point(45.0, -93.2)}


def test_what_is_known_of_a_crossing_goes_before_what_is_worked_out() -> None:
    one = Street("A St", "Here", axis="ew", at=45.0)
    other = Street("B Ave", "Here", axis="ns", at=-93.0)
    elsewhere = Street("B Ave", "There", axis="ns", at=-93.0)
    known = Gazetteer(met={("Here", "A St", "B Ave"): (Point(45.001, -93.001),)})
    assert known.crossings([other], [one])[0].point == Point(45.001, -93.001)
    assert Gazetteer().crossings([other], [one])[0].point == Point(45.0, -93.0)
    assert known.crossings([one], [elsewhere]) == ()


@pytest.mark.parametrize(
    ("written", "name", "side"),
    [
        ("38TH ST E", "38th St", "E"),
        ("East 38th Street", "38th St", "E"),
        ("E. Lake St.", "Lake St", "E"),
        ("University Avenue Southeast", "University Ave", "SE"),
        ("West Broadway", "Broadway", "W"),
        ("North St", "North St", ""),
        ("Avenue N", "Avenue N", ""),
        ("ST CLAIR AVE", "St Clair Ave", ""),
        ("04TH AVE S", "4th Ave", "S"),
        ("INTERSTATE 35W", "Interstate 35W", ""),
        ("N", "N", ""),
    ],
)
def test_street_names_are_written_in_one_way(written: str, name: str, side: str) -> None:
    found = street_name(written)
    assert (found.name, found.side) == (name, side)


# --- Into what is there ---------------------------------------------------------------------------


def test_what_is_made_by_hand_stays_and_wins(office: Office) -> None:
    base = office.hand_made(
        streets="Lake St,Nowhere,la Lake,other,,,,\nWest Elm Ave,Nowhere,West Elm|Elm,other,,,,\n"
        "Oak Ave,Nowhere,,ns,-93.5,,,\n",
        landmarks="Karmel Mall,Nowhere,Karmel,market,Lake St & 1st Ave,,\n"
        "Target (Quarry),Nowhere,,store,,45.0,-93.0\n",
        areas="Lowtown,Nowhere,el bajo,community,,\n",
        grids="Nowhere,St,S,ew,22,44.96,-93.3,-92.9\nNowhere,St,S,ew,60,44.89,-93.3,-92.9\n",
    )
    found = office.imports(
        office.geojson(
            ("LineString", [[-93.1, 45.0], [-93.0, 45.0]], {"name": "East Lake Street"}),
            ("LineString", [[-93.0, 45.0], [-93.0, 45.1]], {"name": "West Elm"}),
            ("LineString", [[-93.4, 45.0], [-93.4, 45.1]], {"name": "Oak Avenue"}),
            ("LineString", [[-93.1, 44.9305], [-93.0, 44.9305]], {"name": "East 38th Street"}),
            ("Point", [-93.0, 45.0], {"name": "karmel mall", "amenity": "marketplace"}),
            ("Point", [-93.0, 45.001], {"name": "Target", "shop": "supermarket"}),
            ("Point", [-93.2, 45.0], {"name": "Target", "shop": "supermarket"}),
            ("Point", [-93.0, 45.0], {"name": "Lowtown", "place": "neighbourhood"}),
            ("Point", [-93.0, 45.2], {"name": "El Bajo", "amenity": "bar", "alt_name": "la Lake"}),
        ),
        city="NOWHERE",
        base=base,
    )
    lake = street(found, "Lake St")
    assert lake.names[0] == "la Lake"
    assert (lake.axis, lake.at, lake.city) == ("ew", 45.0, "Nowhere")
    assert street(found, "West Elm Ave").axis == "ns"
    assert street(found, "Oak Ave").at == -93.5, "by hand"
    assert (street(found, "Oak Ave").begin, street(found, "Oak Ave").end) == (45.0, 45.1)
    (thirty_eighth,) = found.number(38, "St")
    assert (thirty_eighth.side, thirty_eighth.at) == ("S", 44.9305)
    assert found.number(39, "St")[0].at == pytest.approx(44.9287), "still of the grid"
    assert [(each.name, each.kind, each.point) for each in found.landmarks] == [
        ("Karmel Mall", "market", Point(45.0, -93.0)),
        ("Target (Quarry)", "store", Point(45.0, -93.0)),
        ("Target", "supermarket", Point(45.0, -93.2)),
        ("El Bajo", "bar", Point(45.2, -93.0)),
    ]
    assert found.landmarks[-1].names == (), "la Lake is the street's"
    (lowtown,) = found.areas
    assert (lowtown.kind, lowtown.names, lowtown.point) == (
        "community",
        ("el bajo",),
        Point(45.0, -93.0),
    )


def test_of_several_shops_none_is_taken_for_the_one_without_a_place(office: Office) -> None:
    base = office.hand_made(landmarks="Target,Nowhere,,store,,,\n")
    found = office.imports(
        office.file("shops.csv", "name,lat,lon\nTarget,45.0,-93.0\nTarget,45.1,-93.0\n"), base=base
    )
    assert [each.point for each in found.landmarks] == [
        None,
        Point(45.0, -93.0),
        Point(45.1, -93.0),
    ]


def test_a_second_import_adds_to_the_first(office: Office) -> None:
    first = office.file(
        "one.csv", "a,b,lat,lon\nWillow St,Alder Ave,45.0,-93.0\nWillow St,Birch Ave,45,-93.01\n"
    )
    office.imports(first, licence="One's")
    second = office.file("two.csv", "number,street,lat,lon\n100,Willow St,45.0,-93.0\n")
    again = office.file("again.csv", "a,b,lat,lon\nAlder Ave,Willow St,45.0009,-93.0\n")
    found = office.imports(second, again, licence="Two's", base=office.to, replace=True)
    assert found.licences == ("One's", "Two's")
    assert [each.file for each in found.sources] == ["one.csv", "two.csv", "again.csv"]
    assert crossing(found, "Willow St", "Alder Ave") == Point(45.0, -93.0), "the first one's"
    assert found.address(street(found, "Willow St"), 100) == Point(45.0, -93.0)
    assert load_gazetteer(office.to) == found


def test_where_streets_cross_a_survey_is_more_exact_than_what_was_written_down(
    office: Office,
) -> None:
    base = office.hand_made(streets="Willow St,Here,,other,,,,\nAlder Ave,Here,,other,,,,\n")
    header, row = ",".join(COLUMNS["crossings.csv"]), "Alder Ave,Willow St,Here"
    (base / "crossings.csv").write_text(f"{header}\n{row},45.002,-93.001\n", encoding="utf-8")
    survey = office.file("one.csv", "a,b,lat,lon\nWillow St,Alder Ave,45.0,-93.0\n")
    found = office.imports(survey, base=base, city="Here")
    assert crossing(found, "Willow St", "Alder Ave") == Point(45.0, -93.0)


def test_nothing_that_was_made_by_hand_is_lost(office: Office) -> None:
    before = load_gazetteer(TWIN_CITIES)
    after = office.imports(NOWHERE, base=TWIN_CITIES)
    assert after.landmarks[: len(before.landmarks)] == before.landmarks
    assert after.areas[: len(before.areas)] == before.areas
    assert {*before.every_street} <= {*after.every_street}
    assert after.sides == before.sides


# --- All or nothing -------------------------------------------------------------------------------


def corners(office: Office) -> Path:
    return office.file("corners.csv", "a,b,lat,lon\nWillow St,Alder Ave,45.0,-93.0\n")


def test_a_licence_has_to_be_named(office: Office) -> None:
    with pytest.raises(ImportRefused, match=r"ODbL") as refused:
        office.imports(corners(office), licence=" ")
    assert "how they may be used" in str(refused.value)
    assert not office.to.exists()


def test_a_folder_that_is_there_is_replaced_only_if_that_is_said(office: Office) -> None:
    office.imports(corners(office))
    with pytest.raises(ImportRefused, match="--replace"):
        office.imports(NOWHERE)
    assert len(load_gazetteer(office.to).streets) == 2
    office.imports(NOWHERE, replace=True)
    assert len(load_gazetteer(office.to).landmarks) == 3
    assert left_in(office.folder) == {"corners.csv", "ours"}


def test_what_is_no_gazetteer_is_never_replaced(office: Office) -> None:
    home = office.folder / "home"
    home.mkdir()
    (home / "letter.txt").write_text("Dear nobody")
    for to in (home, office.file("notes", "mine")):
        with pytest.raises(ImportRefused, match="nothing of a gazetteer"):
            office.imports(corners(office), to=to, replace=True)
    assert (home / "letter.txt").read_text() == "Dear nobody"
    with pytest.raises(ImportRefused, match="is no folder: make it first"):
        office.imports(corners(office), to=office.folder / "not" / "there")


def test_a_trial_writes_nothing(office: Office) -> None:
    found = office.imports(corners(office), dry_run=True)
    assert len(found.streets) == 2
    assert left_in(office.folder) == {"corners.csv"}


def test_whoever_breaks_off_leaves_nothing(office: Office) -> None:
    def interrupt(line: str) -> None:
        if line.startswith("Putting together"):
            raise KeyboardInterrupt

    order = Order([corners(office)], office.to, LICENCE, "2026-01-15", city="Nowhere")
    with pytest.raises(KeyboardInterrupt):
        import_places(order, interrupt)
    assert left_in(office.folder) == {"corners.csv"}


def test_what_was_there_stays_if_the_new_one_cannot_be_put_in_its_place(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.imports(corners(office))
    rename: Callable[[Path, Path], Path] = Path.rename

    def breaks(self: Path, to: Path) -> Path:
        if to == office.to and not self.name.endswith(".old"):
            raise OSError("the disk is gone")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", breaks)
    with pytest.raises(OSError, match="the disk is gone"):
        office.imports(NOWHERE, replace=True)
    assert len(load_gazetteer(office.to).streets) == 2
    assert left_in(office.folder) == {"corners.csv", "ours"}


def test_nothing_of_use_says_what_was_looked_for(office: Office) -> None:
    with pytest.raises(ImportRefused, match="Looked for: in CSV, columns for two streets"):
        office.imports(office.file("corners.csv", "a,b,lat,lon\nWillow St,,45,-93\n"))
    with pytest.raises(ImportRefused, match=r"town\.shp: wanted \.csv"):
        office.imports(office.file("town.shp", ""))
    assert not office.to.exists()


def test_a_long_file_says_how_far_it_is(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("places.importing.EVERY", 2)
    office.imports(NOWHERE)
    assert "  2 so far" in office.said
    assert "  12 so far" in office.said


# --- On the command line --------------------------------------------------------------------------


def test_import_and_show_on_the_command_line(office: Office) -> None:
    told = CliRunner().invoke(
        cli,
        [
            *("places", "import", str(NOWHERE), "--to", str(office.to), "--city", "Nowhere"),
            *("--licence", "© nobody, ODbL 1.0"),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "3 streets" in told.output
    assert "10 rows: © nobody, ODbL 1.0" in told.output
    for name, means in (
        ("Willow & Alder", "crossing Willow St & Alder Ave, Nowhere: 45.00000, -93.00000"),
        ("150 east willow", "address 150 Willow St, Nowhere: 45.00025, -93.00300"),
        ("poplar", "street Willow St, Nowhere: east and west at lat 45.0000"),
        ("the market", "landmark Mercado Nadie (supermarket), Nowhere: 45.00020, -93.00800"),
        ("lowtown", "area Lowtown (neighbourhood), Nowhere: 45.01500, -93.00500"),
    ):
        shown = CliRunner().invoke(cli, ["places", "show", name, "--in", str(office.to)])
        assert means in shown.output
        assert "© nobody, ODbL 1.0" in shown.output
    nothing = CliRunner().invoke(cli, ["places", "show", "Atlantis", "--in", str(office.to)])
    assert nothing.exit_code == 1
    assert "Atlantis means nothing here" in nothing.output
    refused = CliRunner().invoke(cli, ["places", "import", str(NOWHERE), "--to", str(office.to)])
    assert refused.exit_code == 1
    assert "--licence is missing" in refused.output


def test_the_twin_cities_are_shown_as_made_by_hand() -> None:
    lines = [*contents(load_gazetteer(TWIN_CITIES))]
    assert "      503 landmarks" in lines
    assert lines[-1] == "made by hand, from no file"


def test_a_full_disk_is_no_riddle(office: Office) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**12, before[1]))
    try:
        with pytest.raises(ImportRefused, match="there may be no room on the disk"):
            office.imports(NOWHERE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert left_in(office.folder) == set()


# --- For all --------------------------------------------------------------------------------------

WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")), max_size=20
)


@given(
    names=st.lists(WORDS.filter(key), max_size=8),
    lat=st.floats(-89, 89).map(lambda each: round(each, 5)),
)
def test_what_is_imported_is_found_by_its_name(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], lat: float
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    file = office.folder / "names.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["name", "lat", "lon"])
        writer.writerow(["The Town Hall", lat, 20.0])
        writer.writerows([name, lat, 20.0] for name in names)
    found = office.imports(file)
    assert found == load_gazetteer(office.to)
    for name in [*names, "The Town Hall"]:
        assert any(line.startswith("landmark ") for line in meanings(found, name)), name
    shutil.rmtree(office.folder)


@given(name=WORDS)
def test_a_street_name_fits_into_a_cell(name: str) -> None:
    found = street_name(name)
    for each in (found.name, *found.names):
        assert each == tidy(each)


@given(
    numbers=st.dictionaries(st.integers(1, 9999), st.floats(44.99, 45.0), min_size=2, max_size=8),
    number=st.integers(1, 9999),
)
def test_a_house_lies_between_its_neighbours_or_nowhere(
    numbers: dict[int, float], number: int
) -> None:
    known = sorted(numbers)
    houses = Houses("", known, [numbers[each] for each in known], [-93.0] * len(known))
    point = houses.at(number)
    if not known[0] <= number <= known[-1]:
        assert point is None
    elif point is not None:
        low = max(each for each in known if each <= number)
        high = min(each for each in known if each >= number)
        ends = sorted((numbers[low], numbers[high]))
        assert ends[0] - 1e-6 <= point.lat <= ends[1] + 1e-6


# --- The city's own -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def minneapolis(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    if not SHARED.exists():
        pytest.skip("the city's crossings are not here: none were imported")
    office = Office(tmp_path_factory.mktemp("city"))
    licence = "City of Minneapolis, open data of 2018, no warranty"
    return office.imports(SHARED, city="Minneapolis", base=TWIN_CITIES, licence=licence)


def test_the_citys_crossings_are_where_the_city_has_them(minneapolis: Gazetteer) -> None:
    lake = street_of(minneapolis, "Lake St")
    (corner,) = minneapolis.crossings([lake], [street_of(minneapolis, "Bloomington Ave")])
    assert corner.point is not None
    assert corner.point.metres(Point(44.94837, -93.25250)) < 5
    assert minneapolis.signs(corner) == ("E Lake St", "Bloomington Ave")
    both = minneapolis.crossings(minneapolis.number(26), [street_of(minneapolis, "Lyndale Ave")])
    assert {minneapolis.signs(each)[0] for each in both} == {"W 26th St", "26th Ave N"}
    (winding,) = minneapolis.crossings(
        [street_of(minneapolis, "West Broadway Ave")], [street_of(minneapolis, "Penn Ave")]
    )
    assert winding.point is not None, "the gazetteer alone does not know it"
    by_name: dict[str, list[Street]] = {}
    for each in minneapolis.every_street:
        for name in {key(street_name(name).name) for name in (each.name, *each.names)}:
            by_name.setdefault(name, []).append(each)
    crossed = off = 0
    with SHARED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one, other = (key(street_name(row[column]).name) for column in "ab")
            point = Point(float(row["lat"]), float(row["lon"]))
            corners = minneapolis.crossings(by_name[one], by_name[other])
            near = [each for each in corners if each.point and each.point.metres(point) < 100]
            crossed += one != other  # where East of a street meets West of it is no crossing
            off += one != other and not near
    assert crossed > 6900
    assert off / crossed < 0.001


def street_of(gazetteer: Gazetteer, name: str) -> Street:
    (found,) = [s for s in gazetteer.streets if (s.name, s.city) == (name, "Minneapolis")]
    return found
