"""Settings and the guided set-up in a real browser: by keyboard, on a small phone, while they
change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from dashboard import Desk
from reports.people import Person, Reach, address_context
from reports.settings import TrialState
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import Stories

pytestmark = IN_A_BROWSER

PAGES = (
    "/settings",
    "/settings/languages",
    "/settings/channels",
    "/settings/clocks",
    "/settings/flood",
    "/settings/retention",
    "/settings/script",
    "/settings/script?language=so",
    "/people/ana",
    "/people/ana/tests",
    "/setup",
    "/",
)


@pytest.fixture
def reached(desk: Desk, clock: Clock) -> None:
    """Ana has a telephone."""
    with desk.store.begin() as records:
        records.people.put_person(Person("ana", "Ana F", clock(), "ana", username="ana"))
        sealed = desk.sealer.seal(b"+16125550111", address_context("r1"))
        records.people.add_reach(Reach("r1", "ana", "sms", sealed, "hash"))


def ends(desk: Desk, state: TrialState, reason: str | None = None) -> None:
    """The telephone company says what became of the last test."""
    with desk.store.begin() as records:
        trial = records.settings.last_trials()["r1"]
        records.settings.save_trial(replace(trial, state=state, reason=reason))


@pytest.mark.usefixtures("reached")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_small_phone(
    opens: Callable[..., Page], scheme: Literal["light", "dark"]
) -> None:
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    for path in PAGES:
        assert_fits(page, path)
    page.goto("/settings/retention")
    page.get_by_label("Days").fill("7")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("Forget callers after 7 days?")
    assert_fits(page)
    page.get_by_role("button", name="Yes, keep it at 7 days").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    assert_fits(page)


def test_a_language_is_switched_off_and_back_without_a_mouse(
    opens: Callable[..., Page], desk: Desk
) -> None:
    page = log_in(opens(viewport=PHONE))
    page.get_by_text("More", exact=True).press("Enter")
    page.get_by_role("link", name="Settings").press("Enter")
    page.wait_for_url("**/settings")
    tab_to(page, "to-languages")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/languages")
    tab_to(page, "told-so")
    page.keyboard.press("Space")
    tab_to(page, "keep")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It holds from now on")
    assert desk.rulebook.now().languages_off == {"so"}
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Undone")
    expect(page.get_by_label("Soomaali Somali")).to_be_checked()


@pytest.mark.usefixtures("reached")
def test_what_becomes_of_a_test_shows_by_itself(opens: Callable[..., Page], desk: Desk) -> None:
    page = log_in(opens(viewport=PHONE))
    page.goto("/people/ana")
    tab_to(page, "test-r1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/ana/tests")
    expect(page.locator("#trial-r1")).to_contain_text("About to be sent")
    ends(desk, TrialState.SENDING)
    expect(page.locator("#trial-r1")).to_contain_text("waiting for word", timeout=LIVE)
    ends(desk, TrialState.FAILED, "not delivered (code 30003)")
    expect(page.locator("#trial-r1")).to_contain_text("code 30003", timeout=LIVE)
    expect(page.locator("#announcer")).to_have_text("A test message has news")


@pytest.mark.usefixtures("reached")
def test_the_setup_waits_for_its_test_call(
    opens: Callable[..., Page], stories: Stories, desk: Desk
) -> None:
    page = log_in(opens(viewport=PHONE))
    page.get_by_role("link", name="Set the line up, step by step").click()
    page.wait_for_url("**/setup")
    expect(page.locator("#test_call")).to_contain_text("+16125550100")
    tab_to(page, "pass-others")
    page.keyboard.press("Enter")
    expect(page.locator("#others")).to_contain_text("Passed over")
    stories.spanish_happening_now("4821", minutes_ago=0.1)
    expect(page.locator("#test_call")).to_contain_text("Open report 4821", timeout=LIVE)
    page.get_by_role("button", name="Send me a test").click()
    ends(desk, TrialState.DELIVERED)
    expect(page.locator("#reached .standing")).to_have_text("Done", timeout=LIVE)
    assert_fits(page)
