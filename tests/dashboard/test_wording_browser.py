"""Words and questions in a real browser: changed, asked about, taken back, also when small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page, expect

from app import script_questions, spoken_language
from dashboard import Desk, install
from ivr.languages import load_prompts
from oncall.briefs import load_tells
from reports.model import TakeSource
from reports.services.prompts import choose_take, propose_take
from reports.settings import Change
from reports.wording import name_of
from tests.dashboard.chromium import IN_A_BROWSER, PHONE, SMALL, SMALL_TARGETS, assert_fits
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.test_every_page_browser import WCAG

pytestmark = IN_A_BROWSER

PROMPTS = load_prompts(Path("prompts"))
TELLS = load_tells(Path("prompts"), "en")
WHERE = "/prompts/en/where/words"
NEW = "After the tone, say the street, then press pound."
PAGES = (
    "/prompts/en",
    "/prompts/ar/where/words",
    "/prompts/en/text_added/words",
    "/settings/words",
    "/settings/questions",
    "/settings/script",
)


@pytest.fixture
def app(desk: Desk) -> Flask:
    """A desk with all that callers hear."""
    app = Flask("line")
    app.config.update(SECRET_KEY="nobody's secret", SESSION_COOKIE_SAMESITE="Lax")
    install(
        app,
        replace(
            desk,
            spoken=[spoken_language(language) for language in PROMPTS.languages],
            questions=script_questions(PROMPTS.script),
            language_names=TELLS.languages,
            question_titles=TELLS.questions,
        ),
    )
    return app


@pytest.fixture
def recording(desk: Desk, clock: Clock) -> None:
    """Somebody recorded where it is, in English."""
    take = propose_take(
        desk.store,
        desk.audio,
        language="en",
        prompt="where",
        words=PROMPTS.said["en", "where"],
        sound=b"RIFF",
        seconds=6.0,
        source=TakeSource.UPLOAD,
        who="ana",
        at=clock(),
    )
    choose_take(
        desk.store, language="en", prompt="where", take_id=take.take_id, who="ana", at=clock()
    )


@pytest.mark.usefixtures("recording")
def test_words_are_changed_and_taken_back_by_keyboard(page: Page) -> None:
    page.goto(WHERE)
    page.get_by_label("New words").fill(NEW)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("The recording is set aside, for it says other words")
    expect(page.locator("section[aria-labelledby=now]")).to_contain_text("nearest cross street")
    page.get_by_role("button", name="Yes, change them").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Callers hear it from the next call on")
    expect(page.locator("section[aria-labelledby=now]")).to_contain_text(NEW)
    expect(page.locator("section[aria-labelledby=filed]")).to_contain_text("nearest cross street")
    page.locator("#undo").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("The words of before hold again")
    expect(page.locator("section[aria-labelledby=now]")).to_contain_text("nearest cross street")
    expect(page.locator("section[aria-labelledby=now]")).to_contain_text("Recorded by a person")


def test_what_cannot_be_kept_is_still_in_the_field(page: Page) -> None:
    page.goto("/prompts/en/text_added/words")
    page.get_by_label("New words").fill("Added.")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("{reference} is missing")
    expect(page.get_by_label("New words")).to_have_value("Added.")


def test_a_question_is_left_out_and_its_menu_is_one_press_away(page: Page) -> None:
    page.goto("/settings/questions")
    page.get_by_label("Rights").uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status").first).to_contain_text("It holds from now on")
    page.locator("li", has=page.locator("#asked-rights")).get_by_role(
        "link", name="English"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Words: When")


@pytest.mark.usefixtures("recording")
@pytest.mark.parametrize("size", [SMALL, PHONE, {"width": 1280, "height": 900}], ids=str)
def test_each_page_fits_and_its_buttons_can_be_touched(
    opens: Callable[..., Page], desk: Desk, clock: Clock, size: dict[str, int]
) -> None:
    changed = {("en", "where"): NEW, ("ar", "where"): "أين يحدث ذلك؟ " * 12}
    with desk.store.begin() as records:
        for place, words in changed.items():
            records.settings.add_change(Change(name_of(*place), words, clock(), "ana"))
    page = log_in(opens(viewport=size))
    for path in (*PAGES, WHERE):
        page.goto(path)
        assert_fits(page)
        assert page.evaluate(SMALL_TARGETS) == [], path
    page.goto(WHERE)
    page.get_by_label("New words").fill("x" * 900)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("It takes about 60 seconds to say")
    assert_fits(page)
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.usefixtures("recording")
def test_axe_finds_nothing_on_them_nor_where_something_is_asked(page: Page) -> None:
    def finds() -> list[str]:
        violations = Axe().run(page, options=dict(WCAG)).response["violations"]
        return [
            f"{page.url}: {found['id']}: {found['nodes'][0]['html'][:120]}" for found in violations
        ]

    found = []
    for path in (*PAGES, WHERE):
        page.goto(path)
        found += finds()
    for words in (NEW, "{nothing}"):
        page.get_by_label("New words").fill(words)
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_role("alert")).to_be_visible()
        found += finds()
    assert found == []
