"""Incidents in a real browser: live, by keyboard alone, and on a small telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reports.model import Judgement, Verdict, Verification
from reports.services.incidents import merge, set_verdict
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import Stories
from tests.dashboard.test_incidents import OTHER, THIRD, seen

pytestmark = IN_A_BROWSER


def two(stories: Stories) -> None:
    seen(stories, "4001", 9, still_there="1")
    words = "There's seven agents and a gray S U V, plate K L V four one two."
    seen(stories, "4002", 4, "It's by Mercado Central.", words, OTHER)


def test_a_suggestion_comes_by_itself_and_is_pressed_and_undone_by_keyboard_alone(
    page: Page, stories: Stories
) -> None:
    page.goto("/incidents")
    expect(page.get_by_text("No incident yet")).to_be_visible()
    two(stories)
    suggested = page.get_by_role("button", name="Put together")
    expect(suggested).to_be_visible(timeout=LIVE)
    button = suggested.get_attribute("id")
    assert button is not None
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Incident 1")
    expect(page.get_by_text("they do not agree: listen")).to_be_visible()
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(page.get_by_text("It has no reports any more")).to_be_visible()


def test_a_verdict_with_its_evidence_is_given_by_keyboard_and_shows_on_the_open_report(
    page: Page, opens: Callable[..., Page], stories: Stories, clock: Clock
) -> None:
    two(stories)
    merge(stories.store, references=["4001", "4002"], who="ana", at=clock())
    other = log_in(opens())
    other.goto("/r/4002")
    page.goto("/incidents/1")
    expect(page.get_by_label("What was it instead?")).to_be_hidden()
    tab_to(page, "judge-to-confirmed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Not enforcement")).to_be_checked()
    tab_to(page, "judge-how-on_scene")
    page.keyboard.press("ArrowDown")
    tab_to(page, "judge-instead")
    page.keyboard.type("a fire drill")
    tab_to(page, "act-judge")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("a photo or film, it was a fire drill")
    expect(other.locator(".verdict")).to_contain_text("of incident 1", timeout=LIVE)


def test_what_somebody_writes_of_an_incident_is_not_taken_away_by_news(
    page: Page, stories: Stories, clock: Clock
) -> None:
    two(stories)
    merge(stories.store, references=["4001"], who="ana", at=clock())
    page.goto("/incidents/1")
    page.get_by_label("Note", exact=True).fill("our observer is on the way")
    merge(stories.store, references=["4001", "4002"], who="ana", at=clock())
    expect(page.locator("#member-4002")).to_be_visible(timeout=LIVE)
    expect(page.get_by_label("Note", exact=True)).to_have_value("our observer is on the way")


def test_two_incidents_are_told_apart_by_keyboard_alone(
    page: Page, stories: Stories, clock: Clock
) -> None:
    two(stories)
    for reference in ("4001", "4002"):
        merge(stories.store, references=[reference], who="ana", at=clock())
    page.goto("/incidents/1")
    suggested = page.locator("#done .alike li", has_text="Incident 2").get_by_role("button")
    button = suggested.get_attribute("id")
    assert button is not None
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept apart.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Incident 1")
    expect(page.locator("#timeline")).to_contain_text("it is not the same as incident 2 (4002)")
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(suggested).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, clock: Clock, scheme: str
) -> None:
    two(stories)
    seen(stories, "4003", 2, number=THIRD)
    heard = "I heard on Facebook that they are at Lake and Bloomington. I did not see it."
    seen(stories, "4004", 1, "I don't know.", heard, None)
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))

    assert_fits(page, "/incidents")
    assert_fits(page, "/r/4001")
    merge(stories.store, references=["4001", "4002"], who="ana", at=clock())
    drill = Judgement(Verdict.NOT_ENFORCEMENT, Verification.PHOTO, "a fire drill", "two films")
    set_verdict(stories.store, incident_id=1, judgement=drill, who="ana", at=clock())
    left = [f"/incidents/1/export/{kind}" for kind in ("brief", "packet", "research")]
    narrowed = "/incidents?view=board&now=1"
    for path in (
        "/incidents",
        "/incidents?view=board",
        narrowed,
        "/incidents/1",
        "/r/4001",
        "/r/4004",
        *left,
    ):
        assert_fits(page, path)
