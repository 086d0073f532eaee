"""What else was seen near a report, on its page."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from places.gazetteer import Point
from reports.incidents import Nearby, Sighting, nearby
from reports.incidents.sighting import Grain, Spot
from reports.model import Handling
from reports.services.review import handle
from tests.dashboard.conftest import Browser, Clock
from tests.dashboard.stories import MORNING, Stories
from tests.dashboard.test_incidents import OTHER, THIRD, seen
from tests.dashboard.test_report import part

HERE = Point(44.9484, -93.2524)
HUNDRED_METRES = 0.0009
"""Degrees of latitude."""


UP_THE_STREET = "It's at Lake and 11th Avenue."


def spot(name: str, north: float | None = 0, grain: Grain = Grain.CORNER) -> Spot:
    """`north`: hundreds of metres; None: no list has where it is."""
    point = None if north is None else Point(HERE.lat + north * HUNDRED_METRES, HERE.lon)
    return Spot(name, "Minneapolis", grain, point)


def sighting(reference: str, minutes: float, *spots: Spot) -> Sighting:
    at = MORNING + timedelta(minutes=minutes)
    return Sighting(reference, at, timedelta(minutes=5), at, spots=spots)


ONE = sighting("1", 0, spot("Lake & Bloomington"))


def found(*others: Sighting, here: Sighting = ONE) -> list[str]:
    return [each.reference for each in nearby(here, others, most=5)]


def test_the_nearest_stands_first_and_of_one_place_the_nearest_in_time() -> None:
    others = [
        sighting("far", 0, spot("Four streets up", 4)),
        sighting("later", 90, spot("Lake & Bloomington")),
        sighting("soon", -10, spot("Lake & Bloomington")),
    ]
    assert found(*others) == ["soon", "later", "far"]
    assert nearby(ONE, others, most=1) == (
        Nearby("soon", 0, "Lake & Bloomington", timedelta(minutes=-10)),
    )


@pytest.mark.parametrize(
    "other",
    [
        sighting("1", 5, spot("Lake & Bloomington")),
        sighting("2", 0, spot("Six streets up", 6)),
        sighting("2", 181, spot("Lake & Bloomington")),
        sighting("2", -181, spot("Lake & Bloomington")),
        sighting("2", 0, spot("Powderhorn", 1, Grain.AREA)),
        sighting("2", 0, spot("A mill", None)),
        sighting("2", 0),
    ],
    ids=["itself", "600 m", "3 h later", "3 h before", "a part of town", "nowhere", "not said"],
)
def test_what_is_not_near(other: Sighting) -> None:
    assert found(other) == []


def test_a_name_is_enough() -> None:
    mill = sighting("1", 0, spot("The mill", None))
    assert found(sighting("2", 0, spot("The mill", None)), here=mill) == ["2"]
    park = sighting("1", 0, spot("Powderhorn", 1, Grain.AREA))
    assert found(sighting("2", 0, spot("Powderhorn", 1, Grain.AREA)), here=park) == ["2"]


def test_where_several_may_be_meant_the_nearest_counts() -> None:
    other = sighting("2", 0, spot("Ten streets up", 10), spot("Two streets up", 2))
    [near] = nearby(ONE, [other], most=5)
    assert near.place == "Two streets up"
    assert near.metres == pytest.approx(200, abs=5)


# --- On the page


def test_what_is_near_has_a_line_each(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 100)
    # Too far apart to be suggested as the same.
    seen(stories, "4002", 5, UP_THE_STREET, "A blue van.", OTHER)
    seen(stories, "4003", 5, "It's at Lake and Hennepin.", "A blue van.", THIRD)
    near = unescape(part(ana.get("/r/4001").text, "near"))
    assert "Report 4002" in near
    assert "m away: E Lake St & 11th Ave S" in near
    assert "95 min. after" in near
    assert UP_THE_STREET in near
    assert "4003" not in near
    assert "95 min. before" in part(ana.get("/r/4002").text, "near")


def test_what_may_be_the_same_is_listed_as_that(ana: Browser, stories: Stories) -> None:
    seen(stories, "4001", 12)
    seen(stories, "4002", 6, "It's at Lake and Bloomington.", number=OTHER)
    page = ana.get("/r/4001").text
    assert "4002" in part(page, "kin")
    assert "No other open report within 500 m" in part(page, "near")


def test_what_is_closed_is_near_nothing(ana: Browser, stories: Stories, clock: Clock) -> None:
    seen(stories, "4001", 100)
    seen(stories, "4002", 5, UP_THE_STREET, "A blue van.", OTHER)
    assert "4002" in part(ana.get("/r/4001").text, "near")
    handle(stories.store, reference="4002", to=Handling.CLOSED, who="ana", at=clock())
    assert "4002" not in part(ana.get("/r/4001").text, "near")
    near = part(ana.get("/r/4002").text, "near")
    assert "4001" in near, "of a closed report the open ones are"
