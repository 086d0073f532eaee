"""The roster in a real browser: put in by keyboard, handed on in two presses, on a small phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from dashboard import Desk, add_organizer
from reports.people import Person
from tests.dashboard.chromium import IN_A_BROWSER, PHONE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import PASSWORD, QUICK, Clock, log_in
from tests.dashboard.stories import MORNING

pytestmark = IN_A_BROWSER


@pytest.fixture(autouse=True)
def people(desk: Desk) -> None:
    add_organizer(desk.store, "sam", "Sam Berg", PASSWORD, MORNING, QUICK)
    with desk.store.begin() as records:
        for handle, name in (("ana", "Ana F"), ("sam", "Sam")):
            records.people.put_person(
                Person(handle, name, MORNING, "ana", languages=("en",), username=handle)
            )


def in_two_days(clock: Clock) -> str:
    today = clock().astimezone(ZoneInfo("America/Chicago")).date()
    return (today + timedelta(days=2)).isoformat()


def log_in_sam(page: Page) -> Page:
    page.goto("/login")
    page.get_by_label("Username").fill("sam")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    return page


def puts_in(page: Page, on: str) -> None:
    page.goto("/roster/new")
    page.get_by_label("First day").fill(on)
    page.get_by_role("button", name="Add the shift").click()


def test_a_shift_is_put_in_and_taken_back_without_a_mouse(page: Page) -> None:
    page.goto("/roster/new?preset=nights")
    expect(page.get_by_label("From")).to_have_value("22:00")
    expect(page.get_by_label("Mon")).to_be_checked()
    tab_to(page, "weekday-0")
    page.keyboard.press("Space")
    expect(page.get_by_label("Mon")).not_to_be_checked()
    tab_to(page, "keep")
    page.keyboard.press("Enter")
    page.wait_for_url("**/roster")
    expect(page.get_by_role("status")).to_contain_text("in the roster")
    expect(page.locator("#mine .card")).to_have_count(6)
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nobody is in the roster yet")).to_be_visible()


def test_a_turn_is_handed_on_in_two_presses(
    page: Page, opens: Callable[..., Page], clock: Clock
) -> None:
    puts_in(page, in_two_days(clock))
    page.get_by_role("button", name="I cannot").click()
    expect(page.locator("#looking .card")).to_have_count(1)
    other = log_in_sam(opens(viewport=PHONE))
    other.get_by_role("link", name="Roster").click()
    other.get_by_role("button", name="I take it").click()
    expect(other.get_by_role("status")).to_contain_text("The turn is taken")
    expect(other.locator("#mine .card")).to_contain_text("for Ana F")
    page.reload()
    expect(page.locator("#looking")).to_have_count(0)
    expect(page.locator(".day").get_by_text("Sam")).to_be_visible()


def test_two_weeks_are_a_grid_where_there_is_room_and_a_list_where_not(
    page: Page, clock: Clock
) -> None:
    puts_in(page, in_two_days(clock))
    days = page.locator(".day")
    expect(days).to_have_count(14)

    def tops() -> list[float]:
        return [box["y"] for box in (day.bounding_box() for day in days.all()) if box]

    assert len(set(tops())) == 2
    page.set_viewport_size({"width": 360, "height": 780})
    assert len(set(tops())) == 14


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_roster_and_people_fit_a_small_phone(
    opens: Callable[..., Page], clock: Clock, scheme: Literal["light", "dark"]
) -> None:
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    assert_fits(page, "/roster")
    puts_in(page, in_two_days(clock))
    expect(page.get_by_role("status")).to_contain_text("in the roster")
    assert_fits(page, "/roster")
    page.get_by_role("button", name="I cannot").click()
    expect(page.get_by_role("status")).to_contain_text("looks for somebody")
    assert_fits(page, "/roster")
    page.locator("#looking a").click()
    expect(page.get_by_role("heading", name=re.compile("Who takes it"))).to_be_visible()
    assert_fits(page, page.url)
    for path in (
        "/roster/new?preset=weekends",
        "/roster/shifts/1",
        f"/roster/then?on={in_two_days(clock)}&at=09:00",
        "/people",
        "/people/new",
        "/people/ana",
    ):
        assert_fits(page, path)
