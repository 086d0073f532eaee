"""A prompt is recorded with a browser's microphone, which here says a sentence over and over."""

from __future__ import annotations

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
from dashboard.prompt_page import said_in
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, assert_fits, tab_to
from tests.dashboard.conftest import FLAGS, log_in

SENTENCE = Path("simulator/spoken/audio/en-karmel-mall-where.wav").absolute()

KNOWN_LENGTH = """player => player.readyState > 0 ? player.duration : new Promise(
    done => player.addEventListener("loadedmetadata", () => done(player.duration)))"""
PLAYED = """player => new Promise(done => {
    player.addEventListener("timeupdate",
        () => player.currentTime > 0.5 && done(player.currentTime));
    player.play();
})"""

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
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={said}",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app(MAX_CONTENT_LENGTH=256 * 2**10)


@pytest.fixture
def page(opens: Callable[..., Page]) -> Page:
    return log_in(opens(permissions=["microphone"]))


def heard(desk: Desk) -> dict[tuple[str, str], str]:
    with desk.store.read() as records:
        return dict(records.current_takes(said_in(desk.spoken)))


def seconds_of(page: Page, label: str) -> float:
    """How long the player of that name has to play, once it knows."""
    player = page.locator(f'audio[aria-label="{label}"]')
    expect(player).to_be_visible(timeout=LIVE)
    length: float = player.evaluate(KNOWN_LENGTH)
    return length


def test_a_prompt_is_recorded_listened_to_kept_and_undone(page: Page, desk: Desk) -> None:
    page.goto("/prompts")
    page.get_by_role("link", name="Soomaali").click()
    prompt = page.locator("#prompt-when")
    prompt.get_by_role("button", name="Record").click()
    expect(page.locator("#announcer")).to_have_text("Recording")
    expect(prompt.get_by_role("button", name="Stop")).to_be_focused()
    expect(prompt.locator("[data-elapsed]")).to_have_text("0:04", timeout=LIVE)
    prompt.get_by_role("button", name="Stop").click()
    expect(prompt.get_by_text("Not kept yet")).to_be_visible(timeout=LIVE)
    assert heard(desk) == {}
    assert 2 < seconds_of(page, "When, not kept yet") < 6
    player = prompt.locator("audio")
    assert player.evaluate(PLAYED) > 0.5
    prompt.get_by_role("button", name="Keep").click()
    expect(prompt.get_by_text("Kept. Callers hear it")).to_be_visible(timeout=LIVE)
    expect(page.locator("#progress")).to_contain_text("1 of 4 recorded")
    assert 2 < seconds_of(page, "When, as callers hear it") < 6
    with desk.store.read() as records:
        (take,) = records.prompt_takes("so")
    assert take.source == "microphone"
    assert heard(desk) == {("so", "when"): take.sha256}
    prompt.get_by_role("button", name="Undo").click()
    expect(prompt.get_by_text("the prompt is missing")).to_be_visible(timeout=LIVE)
    assert heard(desk) == {}
    prompt.get_by_text("History").click()
    expect(prompt.locator(".history")).to_contain_text("Ana Fuentes took the recording away")
    prompt.get_by_role("button", name="Use this one").click()
    expect(page.locator("#progress")).to_contain_text("1 of 4 recorded", timeout=LIVE)
    assert heard(desk) == {("so", "when"): take.sha256}


def test_it_is_all_done_by_keyboard(page: Page, desk: Desk) -> None:
    page.goto("/prompts/so")
    record = page.locator("#prompt-choose_language [data-record]")
    for _ in range(40):
        page.keyboard.press("Tab")
        if record.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#prompt-choose_language [data-elapsed]")).to_have_text(
        "0:02", timeout=LIVE
    )
    page.keyboard.press("Enter")
    expect(page.locator("#title-choose_language")).to_be_focused(timeout=LIVE)
    expect(page.locator("#announcer")).to_contain_text("Not kept yet")
    tab_to(page, "keep-choose_language")
    page.keyboard.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Kept", timeout=LIVE)
    expect(page.locator("#title-choose_language")).to_be_focused()
    assert heard(desk).keys() == {("so", "choose_language")}


def test_a_recording_that_will_not_do_says_why_and_can_be_made_again(page: Page) -> None:
    page.goto("/prompts/so")
    prompt = page.locator("#prompt-digit_1")
    prompt.get_by_role("button", name="Record").click()
    expect(prompt.locator("[data-elapsed]")).to_have_text("0:05", timeout=LIVE)
    prompt.get_by_role("button", name="Stop").click()
    expect(prompt.get_by_role("alert")).to_contain_text("3 seconds at most here", timeout=LIVE)
    expect(page.locator("#announcer")).to_contain_text("That is too long")
    expect(prompt.get_by_role("button", name="Record")).to_be_enabled()


def test_without_permission_the_page_says_what_to_do(opens: Callable[..., Page]) -> None:
    page = log_in(opens())
    page.goto("/prompts/so")
    prompt = page.locator("#prompt-welcome")
    prompt.get_by_role("button", name="Record").click()
    expect(prompt.get_by_text("was not allowed to use the microphone")).to_be_visible(timeout=LIVE)
    prompt.get_by_text("Upload a file instead").click()
    prompt.get_by_label("A recording of").set_input_files(SENTENCE)
    prompt.get_by_role("button", name="Upload").click()
    expect(prompt.get_by_text("Not kept yet")).to_be_visible(timeout=LIVE)


def test_without_script_files_are_uploaded_and_kept(opens: Callable[..., Page], desk: Desk) -> None:
    page = log_in(opens(java_script_enabled=False))
    page.goto("/prompts/so")
    prompt = page.locator("#prompt-welcome")
    expect(prompt.get_by_role("button", name="Record")).to_have_count(0)
    prompt.get_by_text("Upload a file instead").click()
    prompt.get_by_label("A recording of").set_input_files(SENTENCE)
    prompt.get_by_role("button", name="Upload").click()
    prompt.get_by_role("button", name="Keep").click()
    expect(prompt.get_by_text("Kept. Callers hear it")).to_be_visible()
    assert heard(desk).keys() == {("so", "welcome")}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_telephone_all_fits_can_be_hit_and_can_be_read(
    opens: Callable[..., Page], scheme: str
) -> None:
    page = log_in(opens(viewport=PHONE, color_scheme=scheme, permissions=["microphone"]))
    page.goto("/prompts/so")
    for prompt in ("welcome", "when"):
        page.locator(f"#prompt-{prompt} summary").first.click()
        page.locator(f"#file-{prompt}").set_input_files(SENTENCE)
        page.locator(f"#upload-{prompt}").click()
        page.locator(f"#keep-{prompt}").wait_for()
    page.locator("#keep-welcome").click()
    expect(page.locator("#prompt-welcome")).to_contain_text("Kept")
    page.locator("#prompt-welcome .history summary").click()
    for path in ("/prompts/so", "/prompts", "/prompts/en"):
        if path != "/prompts/so":
            page.goto(path)
        assert_fits(page)
