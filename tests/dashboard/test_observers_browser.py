"""Observers are asked in a real browser: by keyboard, and on a small telephone they answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard import Desk
from tests.dashboard.chromium import IN_A_BROWSER, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import log_in
from tests.dashboard.stories import Stories
from tests.dashboard.test_incidents import seen
from tests.dashboard.test_observers import somebody

pytestmark = IN_A_BROWSER


def test_a_request_is_changed_and_sent_by_keyboard_alone(
    page: Page, desk: Desk, stories: Stories
) -> None:
    seen(stories, "4001", 6)
    somebody(desk, "luz", "en")
    page.goto("/r/4001/observers")
    expect(page.locator("#words-left")).to_contain_text(f"/ {desk.dispatcher.room}")
    tab_to(page, "words")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Please look. ")
    tab_to(page, "act-send")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 person is asked")).to_be_visible()
    expect(page.locator("#observers")).to_contain_text("Luz")
    tab_to(page, "end-1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Those who were asked are told.")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_text("The request goes on.").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_all_of_it_fits_and_an_observer_answers(
    opens: Callable[..., Page], stories: Stories, desk: Desk, scheme: str
) -> None:
    seen(stories, "4001", 6)
    somebody(desk, "luz", "es", areas=("A place with averylongnamethatnobodybreaks",))
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    assert_fits(page, "/r/4001/observers")
    page.get_by_label("Luz").check()
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/incidents/1")
    assert_fits(page, "/incidents/1")
    with desk.store.read() as records:
        (dispatch,) = records.observing.dispatches_of([1])
    token = desk.dispatcher.links.token(dispatch.asks[0].ask_id)
    stranger = opens(viewport=SMALL, color_scheme=scheme)
    assert_fits(stranger, f"/observe/{token}")
    stranger.get_by_role("button", name="15 minutes").click()
    expect(stranger.get_by_text("Noted: you come, in 15 minutes.")).to_be_visible()
    expect(stranger.get_by_text("Solo observe y documente.")).to_be_visible()
    page.reload()
    expect(page.locator("#observers")).to_contain_text("comes, in 15 min")
