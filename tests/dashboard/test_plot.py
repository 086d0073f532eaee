"""Points drawn without a map: each has its place, and what is written can be read."""

from __future__ import annotations

from itertools import combinations
from types import MappingProxyType

import pytest

from dashboard.plot import HEIGHT, ROOM, WIDTH, Pin, Plot, plot
from places.gazetteer import Gazetteer, Point, Street
from tests.reader import READER

CORNER = Point(44.9484, -93.2524)
"""Lake St and Bloomington Ave."""
GAZETTEER = READER.names.gazetteer


def drawn(*pins: Pin, gazetteer: Gazetteer = GAZETTEER) -> Plot:
    found = plot(pins, gazetteer)
    assert found is not None
    return found


def pin(key: str, lat: float, lon: float) -> Pin:
    return Pin(key, key, Point(lat, lon))


def test_of_nothing_nothing_is_drawn() -> None:
    assert plot([], GAZETTEER) is None


def test_one_point_stands_in_the_middle_on_its_own_streets() -> None:
    seen = drawn(Pin("4821", "4821", CORNER))
    (dot,) = seen.dots
    assert (dot.x, dot.y) == (WIDTH / 2, HEIGHT / 2)
    assert not dot.is_moved
    by_name = {line.name: line for line in seen.lines}
    assert by_name["Lake St"].y1 == pytest.approx(dot.y, abs=1)
    assert by_name["Bloomington Ave"].x1 == pytest.approx(dot.x, abs=1)
    assert not by_name["Lake St"].is_upright
    assert by_name["Bloomington Ave"].is_upright


def test_north_is_above_and_east_to_the_right() -> None:
    south_west, north_east = drawn(pin("one", 44.93, -93.29), pin("other", 44.97, -93.24)).dots
    assert south_west.x < north_east.x
    assert south_west.y > north_east.y


def test_the_scale_is_as_long_as_it_says() -> None:
    # A hundredth of a degree of latitude is 1113 m.
    seen = drawn(pin("south", 44.94, -93.25), pin("north", 44.95, -93.25))
    south, north = seen.dots
    assert 1113.2 / (south.y - north.y) == pytest.approx(
        seen.scale.metres / seen.scale.units, rel=0.01
    )


def test_what_lies_on_one_spot_is_drawn_side_by_side_with_its_place() -> None:
    seen = drawn(*(Pin(str(number), str(number), CORNER) for number in range(5)))
    for one, other in combinations(seen.dots, 2):
        assert abs(one.x - other.x) >= ROOM or abs(one.y - other.y) >= ROOM
    assert {(dot.true_x, dot.true_y) for dot in seen.dots} == {(WIDTH / 2, HEIGHT / 2)}
    assert [dot.is_moved for dot in seen.dots] == [False, True, True, True, True]


def test_all_is_drawn_inside_and_no_two_streets_stand_on_each_other() -> None:
    pins = [
        pin(str(number), 44.90 + number * 0.013 % 0.1, -93.3 + number * 0.029 % 0.1)
        for number in range(40)
    ]
    seen = drawn(*pins)
    assert [dot.key for dot in seen.dots] == [each.key for each in pins]
    assert all(0 <= dot.x <= WIDTH and 0 <= dot.y <= HEIGHT for dot in seen.dots)
    assert all(0 <= line.x1 <= line.x2 <= WIDTH for line in seen.lines)
    assert all(0 <= line.y1 <= line.y2 <= HEIGHT for line in seen.lines)
    assert len(seen.lines) >= 4
    for one, other in combinations(seen.lines, 2):
        if one.is_upright == other.is_upright:
            at, beside = (one.x1, other.x1) if one.is_upright else (one.y1, other.y1)
            assert abs(at - beside) >= 20


def test_a_city_known_by_its_crossings_has_those() -> None:
    met = MappingProxyType({("Springfield", "Elm St", "Main St"): (Point(44.9490, -93.2530),)})
    seen = drawn(Pin("4821", "4821", CORNER), gazetteer=Gazetteer(met=met))
    assert seen.lines == ()
    assert [corner.name for corner in seen.corners] == ["Elm St & Main St"]


def test_a_street_elsewhere_is_not_drawn() -> None:
    far = Street("Far St", "Duluth", axis="ew", at=46.8, begin=-92.2, end=-92.0)
    short = Street("Short St", "Minneapolis", axis="ew", at=44.95, begin=-93.2531, end=-93.2530)
    seen = drawn(Pin("4821", "4821", CORNER), gazetteer=Gazetteer(streets=(far, short)))
    assert seen.lines == ()
