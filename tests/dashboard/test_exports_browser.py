"""What leaves, in a real browser: by keyboard alone, on a small telephone, and copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.chromium import IN_A_BROWSER, SMALL, assert_fits, tab_to
from tests.dashboard.conftest import log_in
from tests.dashboard.stories import Stories, segment

pytestmark = IN_A_BROWSER


@pytest.fixture
def reference(stories: Stories) -> str:
    stories.call("4821", 3, language="en", keys={"when": "1", "officers": "4"})
    stories.recording("4821", "where", heard=[segment("At Lake and Bloomington", 0, 4)])
    said = "Four ICE agents took Maria Lopez, she has no papers, call 612-555-0142"
    stories.recording("4821", "what", heard=[segment(said, 0, 7)])
    return "4821"


def test_a_brief_leaves_and_is_copied_by_keyboard_alone(page: Page, reference: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/r/4821")
    tab_to(page, "export-brief")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dispatcher's brief")
    shown = page.locator("#brief").inner_text()
    tab_to(page, "leave")
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_be_focused()  # the browser asks for it
    page.keyboard.type("For the observers on shift")
    tab_to(page, "leave")
    page.keyboard.press("Enter")
    expect(page.get_by_label("The text")).to_have_value(shown)
    tab_to(page, "copy")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == shown


def test_a_name_is_covered_that_the_machine_missed_and_the_packet_downloaded(
    page: Page, reference: str
) -> None:
    page.goto("/r/4821/export/packet")
    expect(page.get_by_text("Four ICE agents took")).to_contain_text("[name]")
    page.get_by_label("Cover these words everywhere too").fill("Bloomington")
    page.get_by_role("button", name="Show it again like this").click()
    expect(page.get_by_text("At Lake and")).to_contain_text("[hidden]")
    page.get_by_label("What it is for").fill("For the hearing")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    assert downloading.value.suggested_filename.startswith("packet-4821-")
    page.goto("/exports")
    expect(page.get_by_text("For the hearing")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_small_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], reference: str, scheme: str
) -> None:
    page = log_in(opens(viewport=SMALL, color_scheme=scheme))
    paths = ("/r/4821", *(f"/r/4821/export/{kind}" for kind in ("brief", "packet", "research")))
    for path in (*paths, "/export/research", "/exports"):
        page.goto(path)
        if path == paths[1]:
            page.get_by_label("What it is for").fill("For the observers on shift")
            page.get_by_role("button", name="Show the text to copy").click()
            page.get_by_label("The text").wait_for()
        assert_fits(page)
