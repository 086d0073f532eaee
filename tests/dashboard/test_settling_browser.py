"""Setting a field in a real browser: by keyboard, live, without script, on a small telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from reports.fields.counts import Count
from reports.services.settling import settle
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import Clock, QueueInMemory, log_in
from tests.dashboard.stories import Stories
from tests.dashboard.test_incidents import seen

pytestmark = IN_A_BROWSER


@pytest.fixture(autouse=True)
def report(stories: Stories) -> None:
    what = "There are five agents with rifles, and a gray Tahoe, plate K L V four one two."
    seen(stories, "4821", 3, what=what, officers="3")


def set_elsewhere(stories: Stories, clock: Clock, count: int, field: str = "officers") -> None:
    settle(
        stories.store,
        QueueInMemory(),
        reference="4821",
        field=field,
        value=Count(count, count),
        why="",
        seen=None,
        who="ana",
        at=clock(),
    )


def unfold(page: Page, field: str) -> None:
    page.locator(f"#set-{field} > summary").click()


def test_a_conflict_is_settled_and_undone_by_keyboard_alone(page: Page) -> None:
    page.goto("/r/4821")
    expect(page.locator("#field-officers")).to_contain_text("Does not agree")
    page.locator("#set-officers > summary").focus()
    page.keyboard.press("Enter")
    tab_to(page, "set-officers-low")
    page.keyboard.press("Control+a")
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.locator("#field-officers")).to_contain_text("Set by Ana Fuentes")
    expect(page.get_by_role("status").filter(has_text="is set, with your name")).to_be_visible()
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.locator("#field-officers")).to_contain_text("Does not agree")


def test_what_another_sets_comes_by_itself_but_not_under_the_hands_of_who_types(
    page: Page, opens: Callable[..., Page], stories: Stories, clock: Clock
) -> None:
    page.goto("/r/4821")
    unfold(page, "officers")
    page.locator("#set-officers-low").fill("6")
    other = log_in(opens())
    other.goto("/r/4821")
    set_elsewhere(stories, clock, 4)
    set_elsewhere(stories, clock, 2, "detained")
    expect(other.locator("#field-officers")).to_contain_text("Set by Ana", timeout=LIVE)
    expect(page.locator("#field-detained")).to_contain_text("Set by Ana", timeout=LIVE)
    expect(page.locator("#set-officers-low")).to_have_value("6")
    page.locator("#act-set-officers").click()
    warning = page.locator("#wrong-officers")
    expect(warning).to_contain_text("Ana Fuentes set “Officers”")
    expect(page.locator("#set-officers-low")).to_have_value("6")
    page.wait_for_timeout(4000)
    expect(warning).to_be_visible()
    expect(page.locator("#set-officers-low")).to_have_value("6")
    page.locator("#act-set-officers").click()
    expect(page.locator("#field-officers .value").first).to_have_text("6")


def test_a_place_is_chosen_without_script(opens: Callable[..., Page]) -> None:
    page = log_in(opens(java_script_enabled=False))
    page.goto("/r/4821")
    unfold(page, "location")
    page.locator("#set-location-place").fill("26th and lyndale")
    page.locator("#act-set-location").click()
    expect(page.locator("#wrong-location")).to_contain_text("Which one is meant?")
    page.get_by_label("W 26th St & Lyndale Ave, Minneapolis").check()
    page.locator("#act-set-location").click()
    expect(page.locator("#field-location .value")).to_contain_text("W 26th St & Lyndale Ave")


def test_a_mistake_has_the_focus_and_says_how_to_mend_it(page: Page) -> None:
    page.goto("/r/4821")
    unfold(page, "vehicles")
    page.locator("#set-vehicles-0-plate").fill("?!")
    page.locator("#act-set-vehicles").click()
    plate = page.locator("#set-vehicles-0-plate")
    expect(plate).to_be_focused()
    expect(plate).to_have_value("?!")
    expect(plate).to_have_accessible_description(
        "Nothing was kept yet. “?!” is no plate. Write its 2 to 8 letters and digits."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_every_form_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, clock: Clock, scheme: str
) -> None:
    set_elsewhere(stories, clock, 4)
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    page.goto("/r/4821")
    page.evaluate(
        "document.querySelectorAll('#understood details').forEach((d) => (d.open = true))"
    )
    assert_fits(page)
    unlabelled = page.evaluate(
        """[...document.querySelectorAll('.settle input:not([type=hidden]), .settle select')]
           .filter((input) => !input.labels.length).map((input) => input.id || input.name)"""
    )
    assert unlabelled == []
    twice = page.evaluate(
        """[...document.querySelectorAll('[id]')].map((each) => each.id)
           .filter((id, at, all) => all.indexOf(id) !== at)"""
    )
    assert twice == []
