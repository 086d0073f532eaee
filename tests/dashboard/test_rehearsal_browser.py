"""A call is rehearsed in a real browser, whose microphone here says a sentence over and over."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import soundfile
import soxr
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect, sync_playwright

from dashboard import Desk
from reports.model import Dossier, RecordingState
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, assert_fits, tab_to
from tests.dashboard.conftest import FLAGS, Browser, log_in
from tests.dashboard.rehearsing import with_a_line, writes

SENTENCE = Path("simulator/spoken/audio/en-karmel-mall-where.wav").absolute()
SLOW = 20_000
"""Milliseconds within which the line has said what it says before it records."""

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    # Of a file with fewer samples a second Chromium's microphone makes silence.
    said = tmp_path_factory.mktemp("microphone") / "said.wav"
    sound, rate = soundfile.read(SENTENCE, dtype="float32")
    soundfile.write(said, soxr.resample(sound, rate, 48_000), 48_000, subtype="PCM_16")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                *FLAGS,
                "--autoplay-policy=no-user-gesture-required",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={said}",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def desk(desk: Desk) -> Desk:
    return with_a_line(desk)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(MAX_CONTENT_LENGTH=256 * 2**10)


@pytest.fixture
def page(opens: Callable[..., Page]) -> Page:
    return log_in(opens(permissions=["microphone"]))


def made(desk: Desk) -> Dossier:
    with desk.store.read() as records:
        (dossier,) = records.rehearsals()
    return dossier


def calls(page: Page) -> None:
    page.get_by_role("button", name="Call the line").click()
    expect(page.locator("#captions")).to_contain_text("Witness Line.", timeout=LIVE)


def key(page: Page, digit: str) -> None:
    page.locator(f'#keypad [data-key="{digit}"]').click()


def test_a_call_is_rehearsed_spoken_marked_and_deleted(page: Page, desk: Desk) -> None:
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Rehearsal", exact=True).first.click()
    calls(page)
    key(page, "1")
    expect(page.locator("#captions")).to_contain_text("Is it happening now", timeout=LIVE)
    key(page, "1")
    expect(page.locator("#state")).to_contain_text("Recording: speak", timeout=SLOW)
    page.wait_for_timeout(3000)  # somebody speaks
    key(page, "#")
    expect(page.locator("#state")).not_to_contain_text("Record", timeout=LIVE)
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#came-of-it")).to_be_focused(timeout=LIVE)
    dossier = made(desk)
    (where,) = dossier.recordings
    assert (where.question, where.state) == ("where", RecordingState.STORED)
    sound, rate = soundfile.read(_file(desk, where.recording_sid))
    assert rate == 8000
    assert 2 < len(sound) / rate < 6
    assert abs(sound).max() > 0.05
    page.locator("#came-of-it").click()
    expect(page.locator("#head")).to_contain_text("REHEARSAL")
    expect(page.locator("#head")).to_contain_text("Nobody called: Ana Fuentes rehearsed this")
    page.get_by_text("Delete all rehearsals").click()
    page.get_by_role("button", name="Press again to delete them").click()
    expect(page.get_by_text("The rehearsals are deleted")).to_be_visible()
    with desk.store.read() as records:
        assert not records.rehearsal_calls()


def _file(desk: Desk, recording_sid: str) -> io.BytesIO:
    return io.BytesIO(desk.audio.get(recording_sid))


def test_what_somebody_writes_in_rehearsal_comes_into_an_open_list_by_itself(
    page: Page, ana: Browser
) -> None:
    page.goto("/rehearsal")
    expect(page.locator("#made")).to_contain_text("Nothing yet.")
    page.locator("#text-body").fill("Half a sentence")
    writes(ana, "Two vans at Lake and Bloomington")
    row = page.locator("#made #reports > li")
    expect(row).to_contain_text("Two vans at Lake and Bloomington", timeout=LIVE)
    expect(row).to_contain_text("REHEARSAL")
    expect(page.locator("#made")).not_to_contain_text("Nothing yet.")
    expect(page.get_by_text("Delete all rehearsals")).to_be_visible()
    expect(page.locator("#text-body")).to_have_value("Half a sentence")
    page.locator("#text-body").fill("They are leaving")
    page.get_by_role("button", name="Send it to the line").click()
    expect(page.locator("#answered")).to_contain_text("answers nothing")
    expect(row).to_have_count(1)


def test_what_was_said_before_hanging_up_is_kept(page: Page, desk: Desk) -> None:
    page.goto("/rehearsal")
    calls(page)
    page.keyboard.press("1")
    expect(page.locator("#captions")).to_contain_text("Is it happening now", timeout=LIVE)
    page.keyboard.press("1")
    expect(page.locator("#state")).to_contain_text("Recording: speak", timeout=SLOW)
    page.wait_for_timeout(2000)
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#came-of-it")).to_be_visible(timeout=LIVE)
    assert made(desk).recordings[0].state is RecordingState.STORED
    assert made(desk).call.state == "completed"


def test_whoever_allows_no_microphone_types_and_all_is_done_by_keyboard(
    opens: Callable[..., Page], desk: Desk
) -> None:
    page = log_in(opens(viewport=PHONE))
    page.goto("/rehearsal")
    tab_to(page, "microphone")
    page.keyboard.press("Space")
    tab_to(page, "call")
    page.keyboard.press("Enter")
    expect(page.locator("#hang-up")).to_be_focused(timeout=LIVE)
    expect(page.locator("#captions")).to_contain_text("Witness Line.", timeout=LIVE)
    assert_fits(page)
    page.keyboard.press("1")
    expect(page.locator("#captions")).to_contain_text("Is it happening now", timeout=LIVE)
    page.keyboard.press("1")
    expect(page.locator("#typed")).to_be_focused(timeout=SLOW)
    page.keyboard.type("By the laundry at Lake and 12th")
    assert_fits(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#captions")).to_contain_text("How many", timeout=SLOW)
    tab_to(page, "hang-up")
    page.keyboard.press("Enter")
    expect(page.locator("#came-of-it")).to_be_focused(timeout=LIVE)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Typed in rehearsal, and not spoken")).to_be_visible()
    assert made(desk).transcripts[0].segments[0].text == "By the laundry at Lake and 12th"
    tab_to(page, "delete-rehearsals-first")
    page.keyboard.press("Enter")
    tab_to(page, "delete-rehearsals-now")
    assert_fits(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The rehearsals are deleted")).to_be_visible()


def test_the_line_speaks_through_a_region_that_screen_readers_follow(page: Page) -> None:
    page.goto("/rehearsal")
    captions = page.get_by_role("log", name="What the line says")
    assert captions.get_attribute("aria-live") == "polite"
    page.get_by_role("button", name="Call the line").click()
    expect(captions.locator("p[lang]").first).to_have_attribute("lang", "en-US", timeout=LIVE)
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#state")).to_have_text("The call is over.", timeout=LIVE)


def test_a_sound_file_can_be_played_to_the_line(opens: Callable[..., Page], desk: Desk) -> None:
    page = log_in(opens())
    page.goto("/rehearsal")
    page.locator("#microphone").uncheck()
    calls(page)
    page.keyboard.press("1")
    expect(page.locator("#captions")).to_contain_text("Is it happening now", timeout=LIVE)
    page.keyboard.press("1")
    expect(page.locator("#typed")).to_be_focused(timeout=SLOW)
    page.get_by_label("Or play a sound file").set_input_files(SENTENCE)
    expect(page.locator("#captions")).to_contain_text("How many", timeout=SLOW)
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#came-of-it")).to_be_visible(timeout=LIVE)
    assert made(desk).recordings[0].state is RecordingState.STORED


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], desk: Desk, scheme: str
) -> None:
    page = log_in(opens(viewport=PHONE, color_scheme=scheme))
    page.goto("/rehearsal")
    assert_fits(page)
    page.locator("#microphone").uncheck()
    calls(page)
    page.keyboard.press("1")
    expect(page.locator("#captions")).to_contain_text("Is it happening now", timeout=LIVE)
    page.keyboard.press("1")
    page.get_by_role("button", name="Hang up").click()
    expect(page.locator("#came-of-it")).to_be_visible(timeout=LIVE)
    reference = made(desk).report.reference
    for path in ("/rehearsal", f"/r/{reference}", "/", "/?show=rehearsal"):
        assert_fits(page, path)
