"""A second opinion in a real browser: asked for by keyboard, waited for, and left where it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from dashboard import Desk, install
from reports.model import Handling
from reports.services.review import handle
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import Stories
from tests.dashboard.test_second_opinion import Parrot, six_at_lake

pytestmark = IN_A_BROWSER

REMEMBERS = """() => new MutationObserver(changes => {
    sessionStorage.said = changes[0].target.textContent;
}).observe(document.getElementById("opinion-waiting"), { childList: true })"""


@pytest.fixture
def parrot() -> Parrot:
    parrot = Parrot()
    parrot.says("officers", "6", "six agents")
    parrot.says("activity", "hiding behind things that stand around", "two of them hide")
    return parrot


@pytest.fixture
def app(desk: Desk, parrot: Parrot) -> Flask:
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret")
    install(app, replace(desk, second_reader=parrot))
    return app


def test_it_is_asked_for_by_keyboard_waited_for_and_stays_while_the_page_goes_on(
    page: Page, stories: Stories, parrot: Parrot, clock: Clock
) -> None:
    six_at_lake(stories)
    parrot.meanwhile = lambda: time.sleep(1)
    page.goto("/r/4821")
    page.evaluate(REMEMBERS)
    tab_to(page, "act-opinion")
    page.keyboard.press("Enter")
    says = page.locator(".fact.officers .opinion")
    expect(says).to_contain_text("parrot-1 says: 6 agrees")
    assert page.evaluate("sessionStorage.said").startswith("Asking parrot-1 …")
    expect(page.locator("#understood-heading")).to_be_in_viewport()
    handle(stories.store, reference="4821", to=Handling.IN_REVIEW, who="ana", at=clock())
    expect(page.locator("#head")).to_contain_text("In review", timeout=LIVE)
    expect(says).to_be_visible()
    page.reload()
    expect(page.locator("#head")).to_be_visible()
    expect(says).to_have_count(0)


def test_it_needs_no_script(opens: Callable[..., Page], stories: Stories) -> None:
    six_at_lake(stories)
    page = log_in(opens(java_script_enabled=False))
    page.goto("/r/4821")
    page.get_by_role("button", name="second opinion").click()
    expect(page.locator(".fact.officers .opinion")).to_contain_text("parrot-1 says:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, scheme: str
) -> None:
    six_at_lake(stories)
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    page.goto("/r/4821")
    page.get_by_role("button", name="second opinion").click()
    expect(page.locator(".opinion")).to_have_count(2)
    assert_fits(page)
