"""The pages in Spanish, which is longer, and from right to left, on the smallest screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.dashboard import languages
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, SMALL, assert_fits
from tests.dashboard.conftest import log_in
from tests.dashboard.languages import MADE
from tests.dashboard.stories import Stories

pytestmark = IN_A_BROWSER


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """With the made language beside those that there are."""
    catalogues = tmp_path / "catalogues"
    languages.write_made(catalogues)
    (catalogues / "es").symlink_to(languages.ROOT / "dashboard" / "translations" / "es")
    return make_app(
        PAGE_LANGUAGES={**languages.LANGUAGES, "es": "Español"}, PAGE_CATALOGUES=catalogues
    )


@pytest.fixture
def small(opens: Callable[..., Page], stories: Stories) -> Page:
    stories.whole_morning()
    stories.spanish_with_everything()
    return log_in(opens(viewport=SMALL, locale="en"))


def chooses(page: Page, code: str) -> None:
    page.goto("/me")
    page.locator(f'button[name="language"][value="{code}"]').click()
    expect(page.locator("html")).to_have_attribute("lang", code)


PATHS = ("/", "/r/4300", "/r/4821", "/incidents", "/roster/new", "/people/new", "/exports", "/me")


def test_spanish_pages_fit_a_screen_of_320_pixels(small: Page) -> None:
    chooses(small, "es")
    for path in PATHS:
        small.goto(path)
        assert_fits(small, path)


def test_pages_from_right_to_left_fit_it_too_and_begin_at_the_right(small: Page) -> None:
    chooses(small, MADE)
    for path in PATHS:
        small.goto(path)
        expect(small.locator("html")).to_have_attribute("dir", "rtl")
        assert_fits(small, path)
    small.goto("/r/4821")
    side = small.locator(".back a").evaluate("one => getComputedStyle(one, '::before').content")
    assert side == '"›"'
    small.goto("/")
    row = small.locator("#row-4821").bounding_box()
    box = small.locator("#row-4821 > input").bounding_box()
    assert row is not None
    assert box is not None
    assert row["x"] + row["width"] - (box["x"] + box["width"]) < 20


def test_what_comes_to_an_open_page_is_told_in_its_language(small: Page, stories: Stories) -> None:
    chooses(small, "es")
    small.goto("/")
    stories.english_earlier("3555", minutes_ago=0.1)
    expect(small.locator("#announcer")).to_have_text("1 reporte nuevo", timeout=LIVE)
    expect(small.locator("#row-3555 [data-t]")).to_contain_text("hace")
