"""What the group's places say: where streets cross, and what a name may mean."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from statistics import median

import pytest

from places.gazetteer import (
    Area,
    BadGazetteer,
    Gazetteer,
    Landmark,
    Point,
    Street,
    crossings,
    load_gazetteer,
    ordinal,
)
from places.street_names import key, street_name

TWIN_CITIES = Path("places/twin_cities")
METRO = (44.5, 45.4, -93.9, -92.7)
"""From where to where: south, north, west, east."""
SHARED = Path("../shared/places/minneapolis_intersections.csv")


@pytest.fixture(scope="module")
def twin_cities() -> Gazetteer:
    return load_gazetteer(TWIN_CITIES)


def street(gazetteer: Gazetteer, name: str, city: str = "Minneapolis") -> Street:
    return next(s for s in gazetteer.streets if (s.name, s.city) == (name, city))


def metres(one: Point, other: Point) -> float:
    north = (one.lat - other.lat) * 111_320
    east = (one.lon - other.lon) * 111_320 * math.cos(math.radians(one.lat))
    return math.hypot(north, east)


def test_two_streets_cross_where_they_do(twin_cities: Gazetteer) -> None:
    (crossing,) = crossings(
        [street(twin_cities, "Lake St")], [street(twin_cities, "Bloomington Ave")]
    )
    assert crossing.city == "Minneapolis"
    assert crossing.point is not None
    assert metres(crossing.point, Point(44.9483, -93.2524)) < 150


def test_a_number_alone_may_be_of_the_south_or_of_the_north(twin_cities: Gazetteer) -> None:
    found = crossings(twin_cities.number(26), [street(twin_cities, "Lyndale Ave")])
    assert {(c.first.name, c.first.side) for c in found} == {("26th St", "S"), ("26th Ave", "N")}


def test_signs_say_east_or_west_and_the_side_of_a_number(twin_cities: Gazetteer) -> None:
    (south,) = crossings(twin_cities.number(38, "St"), twin_cities.number(4, "Ave"))
    assert twin_cities.signs(south) == ("E 38th St", "4th Ave S")
    lyndale = [street(twin_cities, "Lyndale Ave")]
    signs = {twin_cities.signs(each) for each in crossings(twin_cities.number(26), lyndale)}
    assert signs == {("W 26th St", "Lyndale Ave"), ("26th Ave N", "Lyndale Ave")}
    dale, university = (street(twin_cities, n, "St. Paul") for n in ("Dale St", "University Ave"))
    (elsewhere,) = crossings([university], [dale])
    assert twin_cities.signs(elsewhere) == ("University Ave", "Dale St")


def test_streets_of_two_cities_do_not_cross(twin_cities: Gazetteer) -> None:
    payne = street(twin_cities, "Payne Ave", "St. Paul")
    assert crossings([payne], [street(twin_cities, "Lake St")]) == ()


def test_streets_side_by_side_do_not_cross() -> None:
    one = Street("1st St", "Here", axis="ew", at=45.0)
    other = Street("2nd St", "Here", axis="ew", at=45.1)
    assert crossings([one], [other]) == ()


def test_streets_that_end_before_each_other_do_not_cross() -> None:
    across = Street("A St", "Here", axis="ew", at=45.0, begin=-93.3, end=-93.2)
    along = Street("B Ave", "Here", axis="ns", at=-93.1, begin=44.9, end=45.1)
    assert crossings([across], [along]) == ()


def test_where_a_winding_street_crosses_is_not_said() -> None:
    winding = Street("River Rd", "Here")
    (crossing,) = crossings([winding], [Street("A St", "Here", axis="ew", at=45.0)])
    assert crossing.point is None


def test_there_is_one_place_a_name_in_a_city(twin_cities: Gazetteer) -> None:
    everything: tuple[tuple[Street | Landmark | Area, ...], ...] = (
        twin_cities.streets,
        twin_cities.landmarks,
        twin_cities.areas,
    )
    for places in everything:
        names = [(place.name, place.city) for place in places]
        assert len(names) == len({*names})
    assert len(twin_cities.streets) > 400
    assert len(twin_cities.landmarks) > 400
    assert len(twin_cities.areas) > 250


def test_all_places_lie_in_the_twin_cities_and_towns_in_minnesota(twin_cities: Gazetteer) -> None:
    places: list[Landmark | Area] = [*twin_cities.landmarks, *twin_cities.areas]
    for place in places:
        if place.point is not None:
            # Towns that people are taken from lie in all of Minnesota.
            is_town = isinstance(place, Area) and place.kind == "city"
            south, north, west, east = (43.5, 49.4, -97.3, -89.5) if is_town else METRO
            assert south < place.point.lat < north, place.name
            assert west < place.point.lon < east, place.name


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (21, "21st"), (112, "112th")],
)
def test_numbers_of_streets_are_written_as_on_their_signs(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_a_folder_that_is_not_right_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadGazetteer, match=r"streets\.csv: .*No such file"):
        load_gazetteer(tmp_path)
    for file in TWIN_CITIES.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "areas.csv").write_text("name,city,aliases,kind,lat,lon\nPhillips,Minneapolis\n")
    with pytest.raises(BadGazetteer, match=r"areas\.csv, line 2: a cell too few"):
        load_gazetteer(tmp_path)
    (tmp_path / "areas.csv").write_text(
        "name,city,aliases,kind,lat,lon\nPhillips,Minneapolis,,area,north,-93\n"
    )
    with pytest.raises(BadGazetteer, match=r"areas\.csv, line 2: north is no number of degrees"):
        load_gazetteer(tmp_path)
    (tmp_path / "areas.csv").write_text("name,city,kind,lat,lon\nPhillips,Minneapolis,,45,-93\n")
    with pytest.raises(BadGazetteer, match=r"areas\.csv: no column aliases"):
        load_gazetteer(tmp_path)


@pytest.mark.parametrize(
    ("one", "other", "point"),
    [
        ("LAKE ST E", "BLOOMINGTON AVE", Point(44.94837, -93.25250)),
        ("38TH ST E", "CHICAGO AVE", Point(44.93415, -93.26249)),
        ("38TH ST E", "CEDAR AVE S", Point(44.93412, -93.24734)),
        ("26TH ST W", "NICOLLET AVE", Point(44.95554, -93.27787)),
        ("26TH ST E", "CEDAR AVE S", Point(44.95554, -93.24736)),
    ],
)
def test_well_known_corners_are_where_they_are(
    twin_cities: Gazetteer, one: str, other: str, point: Point
) -> None:
    """Also where the city's list, which the next test compares all with, is not at hand."""
    found = crossings(known(one, twin_cities), known(other, twin_cities))
    assert [metres(each.point, point) < 60 for each in found if each.point is not None] == [True]


def test_hand_made_crossings_lie_near_the_citys_own(twin_cities: Gazetteer) -> None:
    """Of Minneapolis south of downtown, where all streets are straight."""
    if not SHARED.exists():
        pytest.skip("the city's crossings are not here: ours were compared with nothing")
    off: list[float] = []
    with SHARED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = Point(float(row["lat"]), float(row["lon"]))
            if point.lat > 44.96:
                continue
            found = crossings(known(row["a"], twin_cities), known(row["b"], twin_cities))
            off += [metres(each.point, point) for each in found if each.point is not None][:1]
    assert len(off) > 500
    assert median(off) < 60
    assert sorted(off)[int(0.95 * len(off))] < 250
    assert max(corners_off(twin_cities)) < 200, "downtown, and where streets wind"


def corners_off(gazetteer: Gazetteer) -> list[float]:
    """Of each corner that is written down by itself how far it is from the city's, in metres."""
    citys: dict[frozenset[str], list[Point]] = {}
    with SHARED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = Point(float(row["lat"]), float(row["lon"]))
            citys.setdefault(corner(row["a"], row["b"]), []).append(point)
    off = [
        min(metres(point, each) for each in citys[corner(one, other)])
        for (_, one, other), points in gazetteer.met.items()
        if corner(one, other) in citys
        for point in points
    ]
    assert len(off) > 100
    return off


UNTYPED = {"broadway": "broadway ave"}
"""What the city's list calls a street without its type: 'WEST BROADWAY'."""


def corner(one: str, other: str) -> frozenset[str]:
    called = (key(street_name(each).name) for each in (one, other))
    return frozenset(UNTYPED.get(each, each) for each in called)


def known(name: str, gazetteer: Gazetteer) -> list[Street]:
    """The city's name of a street, as '38TH ST E'."""
    plain = re.sub(r" [NSEW]{1,2}$", "", name).title()
    if match := re.match(r"(\d+)\w\w (St|Ave)$", plain):
        numbered = gazetteer.number(int(match[1]), match[2])
        return [each for each in numbered if each.side == "S"]
    return [s for s in gazetteer.streets if s.name == plain and s.city == "Minneapolis"]
