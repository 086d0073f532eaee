"""A handover in a real browser: changed and signed by keyboard, read on a small telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard import Desk, add_organizer
from reports.model import Handover
from tests.dashboard.chromium import IN_A_BROWSER, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import PASSWORD, QUICK, Clock, log_in
from tests.dashboard.stories import MORNING, Stories

pytestmark = IN_A_BROWSER


def test_a_draft_is_changed_and_signed_by_keyboard_alone(page: Page, stories: Stories) -> None:
    stories.whole_morning()
    page.goto("/handover")
    tab_to(page, "words")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Ben has the van.\n")
    tab_to(page, "act-sign")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept, with your name")).to_be_visible()
    expect(page.locator(".handover-words")).to_contain_text("Ben has the van.")
    expect(page.locator(".handover-words")).to_contain_text("UNVERIFIED 4821")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_the_notice_and_the_note_fit_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, desk: Desk, clock: Clock, scheme: str
) -> None:
    stories.whole_morning()
    add_organizer(desk.store, "ben", "Ben Ito", PASSWORD, MORNING, QUICK)
    with desk.store.begin() as records:
        records.add_handover(Handover(clock(), "ben", "UNVERIFIED 4821 waits for Ana."))
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    expect(page.get_by_role("link", name="Handover by Ben Ito")).to_be_visible()
    for path in ("/", "/handover", "/handover/1"):
        assert_fits(page, path)
    page.get_by_role("button", name="I have read it").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("link", name="Handover by Ben Ito")).to_have_count(0)
