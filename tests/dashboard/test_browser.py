"""The pages in a real browser: live, by keyboard alone, on a telephone, and without script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard import change_password
from reports.model import FloodMode, Handling, Verdict
from reports.pressure import Limits
from reports.services.blocks import block_caller
from reports.services.correcting import correct
from reports.services.pressure import switch_flood
from reports.services.review import handle, judge
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, assert_fits, tab_to
from tests.dashboard.conftest import QUICK, Clock, QueueInMemory, log_in
from tests.dashboard.stories import CALLER, Stories, segment

pytestmark = IN_A_BROWSER


# --- Live


def test_a_report_comes_into_an_open_list_by_itself(page: Page, stories: Stories) -> None:
    expect(page.get_by_text("No report yet")).to_be_visible()
    stories.spanish_happening_now("4821")
    row = page.locator("#row-4821")
    expect(row).to_be_visible(timeout=LIVE)
    expect(row).to_contain_text("Unverified")
    expect(page.get_by_text("No report yet")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("1 new report")
    expect(page).to_have_title("(1 new) Reports · Witness Line")
    stories.alert_that_failed("6644")
    expect(page).to_have_title("(2 new) Reports · Witness Line", timeout=LIVE)
    expect(page.get_by_role("alert")).to_contain_text("call the on-call person")
    page.keyboard.press("Shift")
    expect(page).to_have_title("Reports · Witness Line")


def test_what_has_the_focus_and_is_being_read_stays_where_it_is(
    page: Page, stories: Stories, clock: Clock
) -> None:
    for place in range(15):
        stories.english_earlier(f"{3100 + place}", minutes_ago=30 + place)
    page.reload()
    page.locator("#link-3110").focus()
    page.evaluate("window.kept = document.getElementById('row-3105')")
    before = page.locator("#row-3110").bounding_box()
    handle(stories.store, reference="3110", to=Handling.IN_REVIEW, who="ana", at=clock())
    stories.spanish_happening_now("4821")
    expect(page.locator("#row-4821")).to_be_attached(timeout=LIVE)
    expect(page.locator("#row-3110")).to_contain_text("In review")
    expect(page.locator("#link-3110")).to_be_focused()
    after = page.locator("#row-3110").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 3
    assert page.evaluate("window.kept === document.getElementById('row-3105')")


def test_a_lost_connection_is_said_and_so_is_its_end(page: Page, stories: Stories) -> None:
    for place in range(12):
        stories.english_earlier(f"{3100 + place}", minutes_ago=30 + place)
    page.reload()
    lost = page.get_by_text("Connection lost, trying again")
    expect(lost).to_be_hidden()
    page.context.set_offline(True)
    expect(lost).to_be_visible(timeout=LIVE)
    page.mouse.wheel(0, 2000)
    expect(lost).to_be_in_viewport()
    stories.spanish_happening_now("4821")
    page.context.set_offline(False)
    expect(page.locator("#row-4821")).to_be_visible(timeout=2 * LIVE)
    expect(lost).to_be_hidden()


def test_a_session_that_ended_leads_to_the_login_and_back(page: Page, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    change_password(stories.store, "ana", "quite another one", QUICK)
    page.wait_for_url(re.compile(r"/login\?next=/r/4821$"), timeout=LIVE)
    page.get_by_label("Username").fill("ana")
    page.get_by_label("Password").fill("quite another one")
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/4821")


def test_the_page_of_a_report_follows_what_others_do(
    page: Page, stories: Stories, clock: Clock
) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    judge(stories.store, reference="4821", verdict=Verdict.CONFIRMED, who="ana", at=clock())
    expect(page.get_by_text("Confirmed by Ana Fuentes")).to_be_visible(timeout=LIVE)
    expect(page.locator("#announcer")).to_have_text("This report has changed")


# --- By keyboard


def test_a_verdict_is_given_and_undone_without_a_mouse(page: Page, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "link-4821")
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/4821")
    tab_to(page, "act-confirmed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Confirmed by Ana Fuentes")).to_be_visible()
    tab_to(page, "undo")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Unverified")


# --- Audio

POSITION = "player => player.currentTime"


def test_audio_plays_from_any_second(page: Page, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    player = page.locator("#player-RE4821what")
    assert player.evaluate("player => player.readyState") == 0, "nothing is had by looking"
    player.evaluate(
        """player => new Promise(done => {
            player.addEventListener("seeked", done, { once: true });
            player.addEventListener("loadedmetadata", () => { player.currentTime = 6; });
            player.load();
            player.preload = "auto";
        })"""
    )
    assert player.evaluate(POSITION) == pytest.approx(6, abs=0.1)
    assert player.evaluate("player => player.duration") == pytest.approx(8, abs=0.1)
    page.locator("#text-RE4821what .at").nth(1).click()
    expect(player).to_have_js_property("paused", False, timeout=LIVE)
    assert 3.3 <= player.evaluate(POSITION) < 5


def test_who_listens_sees_it_in_the_custody_log_and_is_not_talked_over(
    page: Page, stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    page.locator("#custody-fold summary").click()
    page.locator("#text-RE4821what .at").nth(1).click()
    log = page.locator("#custody-fold")
    expect(log).to_contain_text("Ana Fuentes was given “What” to hear", timeout=LIVE)
    assert page.locator("#announcer").text_content() == ""


def test_a_fact_plays_its_own_seconds_and_stops(page: Page, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    page.locator(".fact.place .play").click()
    player = page.locator("#player-RE4821where")
    expect(player).to_have_js_property("paused", False, timeout=LIVE)
    expect(player).to_have_js_property("paused", True, timeout=LIVE)
    assert player.evaluate(POSITION) == pytest.approx(4.2, abs=0.6)


def test_what_plays_is_not_cut_off_by_news(page: Page, stories: Stories, clock: Clock) -> None:
    stories.hmong_needs_a_listener("5590")
    page.goto("/r/5590")
    player = page.locator("#player-RE5590where")
    player.evaluate("player => { window.kept = player; player.loop = true; player.play(); }")
    judge(stories.store, reference="5590", verdict=Verdict.CONFIRMED, who="ana", at=clock())
    expect(page.get_by_text("Confirmed by Ana Fuentes")).to_be_visible(timeout=LIVE)
    assert page.evaluate("window.kept === document.getElementById('player-RE5590where')")
    assert not player.evaluate("player => player.paused")


def test_what_somebody_is_writing_is_not_taken_away_by_news(
    page: Page, stories: Stories, clock: Clock
) -> None:
    stories.spanish_with_everything("4300")
    page.goto("/r/4300")
    page.get_by_text("Correct the words").click()
    words = page.get_by_label("What is said, in the caller's language")
    words.fill("En la calle Orchard con la Sexta")
    correct(
        stories.store,
        QueueInMemory(),
        recording_sid="RE4300where",
        text="En la calle Orchard",
        of=None,
        who="ben",
        at=clock(),
    )
    expect(page.get_by_text("Written down by")).to_be_visible(timeout=LIVE)
    expect(words).to_have_value("En la calle Orchard con la Sexta")
    page.get_by_role("button", name="Keep these words").click()
    expect(page.get_by_text("Your words are kept")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("Sexta")


# --- The number


def test_a_number_that_was_shown_is_hidden_again_on_reload(page: Page, stories: Stories) -> None:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    page.get_by_role("button", name="Show number").click()
    expect(page.get_by_role("link", name=CALLER)).to_be_visible()
    page.wait_for_url("**/r/4821")
    page.reload()
    expect(page.get_by_role("button", name="Show number")).to_be_visible()
    assert CALLER[-7:] not in page.content()


def test_a_number_in_the_message_is_covered_until_it_is_asked_for(
    page: Page, stories: Stories
) -> None:
    stories.call("4821", 3, keys={"when": "1", "callback": "1"})
    said = "Two vans on Lake. Call me after six at 612 555 0137."
    stories.recording("4821", "what", heard=[segment(said, 0.0, 6.0)])
    page.goto("/r/4821")
    assert "555 0137" not in page.content()
    page.get_by_role("button", name="Show the number").click()
    expect(page.get_by_role("link", name="+16125550137")).to_be_visible()
    expect(page.get_by_text("612 555 0137").first).to_be_visible()
    page.wait_for_url("**/r/4821")
    # What comes in meanwhile covers nothing that somebody reads.
    handle(stories.store, reference="4821", to=Handling.ACKNOWLEDGED, who="ana", at=stories.now)
    expect(page.get_by_text("Acknowledged").first).to_be_visible(timeout=LIVE)
    expect(page.get_by_text("612 555 0137").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Show the number")).to_be_visible()
    assert "555 0137" not in page.content()


# --- On a telephone, in the dark, without script

PATHS = (
    *("/?show=all", "/r/4821", "/r/5590", "/r/3107", "/r/2296", "/r/6644", "/r/4300"),
    *("/?show=limited", "/r/9001", "/blocklist"),
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, scheme: str
) -> None:
    stories.whole_morning()
    stories.spanish_with_everything()
    stories.limited_prank("9001")
    for reference in ("9001", "3107"):
        block_caller(
            stories.store,
            reference=reference,
            reason="laughs and hangs up, again and again, since midnight",
            who="ana",
            at=stories.now,
        )
    switch_flood(stories.store, mode=FloodMode.ON, who="ana", at=stories.now, limits=Limits())
    page = opens(viewport=PHONE, color_scheme=scheme)
    for path in ("/login", *PATHS):
        if path == PATHS[0]:
            log_in(page)
        assert_fits(page, path)


def test_without_script_everything_can_still_be_done(
    opens: Callable[..., Page], stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    page = log_in(opens(java_script_enabled=False))
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    page.locator("#row-4821").get_by_role("link").click()
    page.get_by_role("button", name="Acknowledge: I have it").click()
    expect(page.get_by_text("It was: New")).to_be_visible()
    page.get_by_role("button", name="False alarm").click()
    expect(page.locator(".verdict")).to_contain_text("False alarm, says Ana Fuentes")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".verdict")).not_to_contain_text("False alarm")
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are logged out")).to_be_visible()


# --- Floods and pranks


def test_a_caller_is_blocked_and_let_in_again_by_keyboard_alone(
    page: Page, stories: Stories
) -> None:
    stories.limited_prank("9001")
    page.goto("/r/9001")
    summary = page.get_by_text("Block this caller").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if summary.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    tab_to(page, "block-reason")
    page.keyboard.type("laughs and hangs up")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The caller is blocked.")).to_be_visible()
    tab_to(page, "act-unblock")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The block is undone.")).to_be_visible()


def test_flood_mode_is_switched_by_keyboard_and_shows_on_pages_that_are_open(
    page: Page, opens: Callable[..., Page], stories: Stories
) -> None:
    stories.spanish_happening_now("4821")
    other = log_in(opens())
    expect(other.locator("#flood")).not_to_contain_text("Flood mode")
    page.goto("/")
    page.locator("#flood-fold summary").focus()
    page.keyboard.press("Enter")
    tab_to(page, "flood-on")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Flood mode is on")).to_be_visible()
    expect(other.get_by_text("Flood mode is on")).to_be_visible(timeout=2.5 * LIVE)
