"""The list in a real browser: by single keys, several at once, told at once, searched, heard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from dashboard import change_password
from reports.model import Handling, Verdict
from reports.services.review import handle
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, SMALL, assert_fits
from tests.dashboard.conftest import QUICK, Clock, log_in
from tests.dashboard.stories import Stories

pytestmark = IN_A_BROWSER

AT_ONCE = 2200
"""Milliseconds: sooner than a page asks by itself."""


def state(stories: Stories, reference: str) -> tuple[Handling, Verdict]:
    with stories.store.read() as records:
        report = records.report(reference)
    assert report is not None
    return report.handling, report.verdict


@pytest.fixture
def page(opens: Callable[..., Page], stories: Stories) -> Page:
    stories.whole_morning()
    return log_in(opens())


# --- By single keys


def test_reports_are_gone_through_opened_and_taken_up_by_single_keys(
    page: Page, stories: Stories
) -> None:
    page.keyboard.press("j")
    expect(page.locator("#link-4821")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("#link-4821")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#told")).to_contain_text("Acknowledged: 4821.")
    expect(page.locator("#row-4821")).to_contain_text("Acknowledged")
    expect(page.locator("#link-4821")).to_be_focused()
    page.keyboard.press("3")
    expect(page.locator("#row-4821")).to_contain_text("False alarm, says Ana Fuentes")
    assert state(stories, "4821") == (Handling.ACKNOWLEDGED, Verdict.FALSE_ALARM)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#told")).to_contain_text("Put back as before: 4821.")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page.locator("#link-4821")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/4821")


def test_on_the_page_of_a_report_the_same_keys_do_the_same(page: Page, stories: Stories) -> None:
    page.goto("/r/4821")
    page.keyboard.press("a")
    expect(page.get_by_text("It was: New")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".verdict")).to_contain_text("Confirmed by Ana Fuentes")


def test_a_key_pressed_while_the_page_still_comes_is_not_lost(page: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/live.js*", hold_the_first)
    page.goto("/r/4821", wait_until="commit")
    expect(page.locator(".verdict")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".verdict")).not_to_contain_text("Confirmed")
    held[0].continue_()
    expect(page.locator(".verdict")).to_contain_text("Confirmed by Ana Fuentes")


def test_who_types_or_holds_another_key_does_nothing_by_it(page: Page, stories: Stories) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Control+a")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a3jx?")
    expect(page.locator("#q")).to_have_value("a3jx?")
    expect(page.locator("#keys")).to_be_hidden()
    assert state(stories, "4821") == (Handling.NEW, Verdict.UNVERIFIED)


def test_single_keys_are_explained_and_can_be_switched_off_for_good(
    page: Page, stories: Stories
) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("3")
    page.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    for key in ("j", "?", "a"):
        page.keyboard.press(key)
    expect(page.locator("#keys")).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Single keys do this").check()
    page.get_by_role("button", name="Done").click()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator("#link-4821")).to_be_focused()


# --- Several at once


def test_several_are_selected_closed_and_put_back(page: Page, stories: Stories) -> None:
    expect(page.get_by_role("button", name="Close", exact=True)).to_be_hidden()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_label("Select 3107").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    # What comes in meanwhile takes no selection away.
    stories.spanish_with_everything("4300")
    expect(page.locator("#row-4300")).to_be_visible(timeout=LIVE)
    expect(page.get_by_label("Select 3107")).to_be_checked()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator("#told")).to_contain_text("Closed: 4821, 3107.")
    expect(page.locator("#row-4821")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#told")).to_contain_text("Put back as before: 4821, 3107.")
    assert state(stories, "4821")[0] is Handling.NEW
    assert state(stories, "3107")[0] is Handling.ACKNOWLEDGED


def test_a_selected_report_that_changes_shows_it_and_stays_selected(
    page: Page, stories: Stories, clock: Clock
) -> None:
    page.get_by_label("Select 3107").check()
    handle(stories.store, reference="3107", to=Handling.IN_REVIEW, who="ana", at=clock())
    expect(page.locator("#row-3107")).to_contain_text("In review", timeout=LIVE)
    expect(page.get_by_label("Select 3107")).to_be_checked()


def test_all_that_are_shown_are_selected_at_once(page: Page) -> None:
    page.get_by_label("Select all shown").check()
    expect(page.get_by_text("5 selected")).to_be_visible()
    page.get_by_role("button", name="Select none").click()
    expect(page.get_by_text("5 selected")).to_have_count(0)
    expect(page.get_by_label("Select all shown")).to_be_focused()


def test_without_script_several_are_done_with_and_put_back_too(
    opens: Callable[..., Page], stories: Stories
) -> None:
    stories.whole_morning()
    page = log_in(opens(java_script_enabled=False))
    for reference in ("4821", "5590"):
        page.get_by_label(f"Select {reference}").check()
    page.locator("#several-verdict summary").click()
    page.get_by_role("button", name="Unable to verify").click()
    expect(page.locator("#told")).to_contain_text("Unable to verify: 4821, 5590.")
    page.get_by_role("button", name="Undo").click()
    assert state(stories, "4821")[1] is Verdict.UNVERIFIED


# --- Told at once, or asking


def test_an_open_list_is_told_at_once(page: Page, stories: Stories) -> None:
    with page.expect_response(re.compile("/live/inbox")):
        page.reload()
    stories.spanish_with_everything("4300")
    expect(page.locator("#row-4300")).to_be_visible(timeout=AT_ONCE)


def test_a_page_that_gets_no_stream_asks_instead(page: Page, stories: Stories) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=204, body="")

    page.route(re.compile("/live/inbox"), refuse)
    page.reload()
    stories.spanish_with_everything("4300")
    expect(page.locator("#row-4300")).to_be_visible(timeout=LIVE)


def test_a_list_whose_login_ended_leads_to_the_login(page: Page, stories: Stories) -> None:
    with page.expect_response(re.compile("/live/inbox")):
        page.reload()
    change_password(stories.store, "ana", "quite another one", QUICK)
    page.wait_for_url(re.compile(r"/login\?next=/$"), timeout=LIVE)


# --- Searching


def test_words_are_searched_and_come_back_to(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("lavanderia")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search$"))
    expect(page.locator("#found")).to_have_text("1 report")
    expect(page.locator("mark")).to_have_text("lavandería")
    page.locator("#row-4821").get_by_role("link").click()
    page.wait_for_url("**/r/4821")
    page.go_back()
    expect(page.locator("#q")).to_have_value("lavanderia")
    expect(page.locator("#row-4821")).to_be_visible()


# --- Heard

EAR = """
window.heard = 0;
const Tone = window.OscillatorNode;
window.OscillatorNode = class extends Tone { start(at) { window.heard += 1; super.start(at); } };
"""


def test_something_urgent_is_heard_once_sound_was_asked_for(
    opens: Callable[..., Page], stories: Stories
) -> None:
    stories.whole_morning()
    page = opens()
    page.add_init_script(EAR)
    log_in(page)
    stories.spanish_happening_now("4301")
    expect(page.locator("#row-4301")).to_be_visible(timeout=LIVE)
    assert page.evaluate("heard") == 0, "nobody asked for it"
    page.get_by_role("button", name="Sound on").click()
    assert page.evaluate("heard") == 2, "everybody hears what it sounds like"
    page.reload()
    expect(page.get_by_role("button", name="Sound is on")).to_be_visible()
    stories.english_earlier("3108")
    expect(page.locator("#row-3108")).to_be_visible(timeout=LIVE)
    assert page.evaluate("heard") == 0, "what is over is no alarm"
    stories.spanish_happening_now("4302")
    expect(page.locator("#row-4302")).to_be_visible(timeout=LIVE)
    page.wait_for_function("heard === 2")


# --- On a telephone


@pytest.mark.parametrize("viewport", [SMALL, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_of_it_fits_a_telephone(
    opens: Callable[..., Page], stories: Stories, viewport: dict[str, int], scheme: str
) -> None:
    stories.whole_morning()
    page = log_in(opens(viewport=viewport, color_scheme=scheme))
    page.locator("#filters-fold summary").click()
    page.get_by_label("Select 4821").check()
    page.locator("#several-verdict summary").click()
    assert_fits(page)
    page.get_by_role("button", name="False alarm").click()
    expect(page.locator("#told")).to_contain_text("False alarm: 4821.")
    page.wait_for_load_state()
    assert_fits(page)
    page.get_by_role("button", name="Keyboard").click()
    assert_fits(page)
    for path in ("/?mine=1&now=1", "/?language=es&verdict=confirmed", "/search"):
        assert_fits(page, path)
    page.locator("#q").fill("lavan")
    page.keyboard.press("Enter")
    expect(page.locator("mark")).to_be_visible()
    assert_fits(page)
