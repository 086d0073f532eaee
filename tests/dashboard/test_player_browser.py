"""Listening to a report in a real browser: the player, the words that it lights, and the fields
that play their own seconds."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from reports.custody import Deed
from reports.model import Verdict
from reports.services.review import judge
from tests.dashboard.chromium import IN_A_BROWSER, LIVE, PHONE, assert_fits, tab_to
from tests.dashboard.conftest import Clock, log_in
from tests.dashboard.stories import SPOKEN_SECONDS, Stories, segment

pytestmark = IN_A_BROWSER
SID = "RE4821what"


def position(page: Page, sid: str = SID) -> float:
    at: float = page.locator(f"#player-{sid}").evaluate("player => player.currentTime")
    return at


def plays(page: Page, sid: str = SID) -> None:
    expect(page.locator(f"#player-{sid}")).to_have_js_property("paused", False, timeout=LIVE)


def rests(page: Page, sid: str = SID) -> None:
    expect(page.locator(f"#player-{sid}")).to_have_js_property("paused", True, timeout=LIVE)


def reaches(page: Page, condition: str, sid: str = SID) -> None:
    """`condition`: of `at`, where the sound is."""
    page.wait_for_function(
        f"() => {{ const at = document.getElementById('player-{sid}').currentTime;"
        f" return {condition}; }}",
        timeout=LIVE,
    )


def deck(page: Page, sid: str = SID) -> Locator:
    return page.locator(f"#deck-{sid}")


def word(page: Page, text: str, sid: str = SID) -> Locator:
    return page.locator(f"#text-{sid} .w", has_text=text).first


@pytest.fixture
def heard(page: Page, stories: Stories) -> Page:
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    expect(deck(page)).to_be_visible()
    return page


def test_looking_shows_the_shape_and_loads_no_sound(heard: Page, stories: Stories) -> None:
    expect(deck(heard)).to_have_class("deck drawn")
    assert heard.locator("audio").evaluate_all("all => all.map(each => each.readyState)") == [0, 0]
    with stories.store.read() as records:
        told = records.custody_of([f"recording:{SID}", "recording:RE4821where"])
    assert Deed.RECORDING_HEARD not in {entry.deed for entry in told}


def test_it_plays_and_pauses_and_says_where_it_is(heard: Page) -> None:
    button = deck(heard).locator(".toggle")
    expect(button).to_have_text("Play")
    button.click()
    plays(heard)
    expect(button).to_have_text("Pause")
    expect(deck(heard).locator(".now")).to_have_text("0:01", timeout=LIVE)
    expect(deck(heard).locator(".all")).to_have_text("0:08")
    button.click()
    rests(heard)
    expect(button).to_have_text("Play")


def test_one_plays_at_a_time(heard: Page) -> None:
    deck(heard, "RE4821where").locator(".toggle").click()
    plays(heard, "RE4821where")
    deck(heard).locator(".toggle").click()
    plays(heard)
    rests(heard, "RE4821where")


def test_a_press_on_the_shape_goes_there(heard: Page) -> None:
    expect(deck(heard)).to_have_class("deck drawn")
    box = deck(heard).locator(".wave").bounding_box()
    assert box is not None
    deck(heard).locator(".seek").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert position(heard) == pytest.approx(SPOKEN_SECONDS / 2, abs=0.3)
    player = heard.locator(f"#player-{SID}")
    assert player.evaluate("player => player.readyState") == 0, "looking for a place loads nothing"
    deck(heard).locator(".toggle").click()
    reaches(heard, "at > 4.3 && at < 6")


def test_arrow_keys_move_and_the_space_bar_plays(heard: Page) -> None:
    tab_to(heard, f"seek-{SID}")
    heard.keyboard.press("ArrowRight")
    heard.keyboard.press("ArrowRight")
    assert position(heard) == pytest.approx(4, abs=0.01)
    heard.keyboard.press("ArrowLeft")
    seek = deck(heard).locator(".seek")
    expect(seek).to_have_attribute("aria-valuetext", "0:02 of 0:08")
    heard.keyboard.press("Space")
    plays(heard)
    heard.keyboard.press("Space")
    rests(heard)
    heard.keyboard.press("Home")
    assert position(heard) == 0


def test_words_are_lit_as_they_are_spoken(heard: Page) -> None:
    # A word is lit for half a second: who looks now and then may miss it.
    heard.evaluate(
        """sid => {
            window.lit = [];
            const note = changes => changes
                .filter(({ target }) => target.classList.contains("spoken"))
                .forEach(({ target }) => window.lit.push(target.textContent.trim()));
            const watched = { subtree: true, attributes: true, attributeFilter: ["class"] };
            new MutationObserver(note).observe(document.getElementById(`text-${sid}`), watched);
        }""",
        SID,
    )
    word(heard, "camionetas").click()
    plays(heard)
    heard.wait_for_function("() => window.lit.includes('blancas')", timeout=LIVE)
    lit = heard.evaluate("() => window.lit")
    assert lit.index("camionetas") < lit.index("blancas")
    expect(heard.locator(f"#text-{SID} .spoken")).to_have_count(1)


def test_a_touched_word_is_where_it_begins(heard: Page) -> None:
    word(heard, "pidiendo").click()
    plays(heard)
    assert 4.3 <= position(heard) < 5.5


def test_words_are_chosen_by_keyboard_on_the_link_of_their_line(heard: Page) -> None:
    line = heard.locator(f"#text-{SID} .at").nth(1)
    line.focus()
    for _ in range(3):
        heard.keyboard.press("ArrowRight")
    expect(word(heard, "pidiendo")).to_have_class("w chosen")
    expect(heard.locator("#announcer")).to_have_text("pidiendo")
    heard.keyboard.press("Enter")
    plays(heard)
    assert 4.3 <= position(heard) < 5.5
    heard.keyboard.press("Tab")
    expect(heard.locator(".chosen")).to_have_count(0)


def test_a_field_plays_its_words_and_a_second_before_and_no_more(
    page: Page, stories: Stories
) -> None:
    stories.call("4821", 3, keys={"when": "1"})
    stories.recording(
        "4821",
        "what",
        heard=[
            segment("Something is going on here now.", 0.0, 3.0),
            segment("five officers", 3.0, 4.0),
            segment("by the mill and the bridge.", 4.0, 8.0),
        ],
    )
    page.goto("/r/4821")
    link = page.locator("#field-officers .play")
    expect(link).to_have_text("Hear it: Officers 0:03–0:04")
    link.click()
    plays(page)
    assert 2.0 <= position(page) < 3.2
    expect(page.locator(".meant")).to_have_text(["five", "officers"])
    rests(page)
    assert position(page) == pytest.approx(4.0, abs=0.3)
    expect(page.locator(".meant")).to_have_count(2)
    link.click()
    reaches(page, "at > 2 && at < 4")
    link.click()
    rests(page)
    assert position(page) < 3.9, "a second press has it stop"


def test_what_is_looped_comes_again_until_it_is_ended(heard: Page) -> None:
    loop = deck(heard).locator("[data-do=loop]")
    said = deck(heard).locator(".loop-said")
    heard.locator(f"#seek-{SID}").focus()
    heard.keyboard.press("ArrowRight")
    loop.click()
    expect(said).to_have_text("The loop begins at 0:02")
    heard.locator(f"#seek-{SID}").focus()
    heard.keyboard.press("ArrowRight")
    expect(loop).to_have_text("… to here")
    loop.click()
    expect(said).to_have_text("Loop: 0:02 to 0:04")
    expect(loop).to_have_attribute("aria-pressed", "true")
    plays(heard)
    reaches(heard, "at > 3.3 && at < 4.2")
    reaches(heard, "at < 3")
    loop.click()
    expect(said).to_be_empty()
    reaches(heard, "at > 4.5")


def test_a_line_is_repeated(heard: Page) -> None:
    word(heard, "tres").click()
    button = deck(heard).locator("[data-do=line]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(deck(heard).locator(".loop-said")).to_have_text("Loop: 0:00 to 0:03")
    reaches(heard, "at > 2.4")
    reaches(heard, "at < 1")
    word(heard, "pidiendo").click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_the_speed_is_remembered_in_the_browser(heard: Page) -> None:
    deck(heard).get_by_label("Speed").select_option("1.5")
    rate = "all => all.map(each => each.playbackRate)"
    assert heard.locator("audio").evaluate_all(rate) == [1.5, 1.5]
    heard.reload()
    expect(deck(heard).get_by_label("Speed")).to_have_value("1.5")
    deck(heard).locator(".toggle").click()
    plays(heard)
    assert heard.locator("audio").evaluate_all(rate) == [1.5, 1.5]


def paused_speech() -> bytes:
    """Two seconds of a voice, four of nothing, two of a voice."""
    times = np.arange(8 * 8000) / 8000
    tone = 0.3 * np.sin(2 * np.pi * 220 * times)
    tone[2 * 8000 : 6 * 8000] = 0
    wave = io.BytesIO()
    soundfile.write(wave, tone, 8000, format="WAV", subtype="PCM_16")
    return wave.getvalue()


@pytest.mark.parametrize("whispered", [False, True])
def test_silence_is_skipped_but_no_word_that_was_heard_in_it(
    page: Page, stories: Stories, whispered: bool
) -> None:
    stories.call("4821", 3, keys={"when": "1"})
    spoken = [segment("They are here.", 0.0, 2.0), segment("By the mill.", 6.0, 8.0)]
    if whispered:
        spoken.insert(1, segment("Quiet", 4.0, 4.8))
    stories.recording("4821", "what", heard=spoken, audio=paused_speech())
    page.goto("/r/4821")
    expect(deck(page)).to_have_class("deck drawn")
    button = deck(page).get_by_role("button", name="Skip silence")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.evaluate(
        """sid => {
            window.heard = [];
            const player = document.getElementById(`player-${sid}`);
            const note = () => {
                window.heard.push(player.currentTime);
                requestAnimationFrame(note);
            };
            note();
        }""",
        SID,
    )
    deck(page).locator(".toggle").click()
    reaches(page, "at > 6")
    passed: list[float] = page.evaluate("window.heard")
    assert not [at for at in passed if 2.7 < at < 3.9]
    assert bool([at for at in passed if 4.1 < at < 4.7]) is whispered


def test_what_plays_goes_on_through_news_and_lights_the_words_that_came(
    heard: Page, stories: Stories, clock: Clock
) -> None:
    field = heard.locator(".fact.account .play")
    field.click()
    plays(heard)
    heard.evaluate("sid => { window.kept = document.getElementById(`player-${sid}`); }", SID)
    heard.locator(f"#player-{SID}").evaluate("player => { player.playbackRate = 0.25; }")
    judge(stories.store, reference="4821", verdict=Verdict.CONFIRMED, who="ana", at=clock())
    with stories.store.begin() as records:
        report = records.report("4821")
        assert report is not None
        [first, *_] = [
            each
            for tape in records.recordings_of(report.call_sid)
            for each in records.transcripts_of(tape.recording_sid)
            if tape.recording_sid == SID
        ]
        records.add_transcript(
            type(first)(
                recording_sid=SID,
                language="es",
                language_probability=0.9,
                segments=(segment("Hay cuatro camionetas y piden papeles", 0.0, 7.6),),
                engine="openai-whisper",
                model="large",
                made_at=clock(),
            )
        )
        records.touch(report.call_sid, clock())
    expect(heard.get_by_text("Confirmed by Ana Fuentes")).to_be_visible(timeout=LIVE)
    expect(word(heard, "cuatro")).to_be_visible(timeout=LIVE)
    assert heard.evaluate("sid => window.kept === document.getElementById(`player-${sid}`)", SID)
    plays(heard)
    expect(deck(heard).locator(".toggle")).to_have_text("Pause")
    expect(heard.locator(f"#text-{SID} > .transcript .spoken")).to_have_count(1)
    assert heard.locator(f"#text-{SID} > .transcript .meant").count() > 1


def test_what_plays_off_the_screen_can_be_stopped_where_one_is(
    opens: Callable[..., Page], stories: Stories
) -> None:
    phone = log_in(opens(viewport=PHONE))
    stories.spanish_happening_now("4821")
    phone.goto("/r/4821")
    phone.locator(".fact.account .play").click()
    bar = phone.get_by_role("group", name="Playing now")
    expect(bar).to_be_in_viewport(timeout=LIVE)
    expect(bar).to_contain_text("What 0:0")
    assert_fits(phone)
    bar.get_by_role("button", name="Pause").click()
    rests(phone)
    bar.get_by_role("link", name="Show").click()
    expect(deck(phone)).to_be_in_viewport()
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}, {"color_scheme": "dark"}])
def test_it_fits_and_can_be_read(
    opens: Callable[..., Page], stories: Stories, options: dict[str, Any]
) -> None:
    page = log_in(opens(**options))
    stories.spanish_with_everything("4300")
    page.goto("/r/4300")
    deck(page, "RE4300where").locator(".toggle").click()
    plays(page, "RE4300where")
    page.locator(".fact.place .play").click()
    reaches(page, "at > 0.6", "RE4300where")
    assert_fits(page)


def test_without_script_the_browsers_own_player_stands_there(
    opens: Callable[..., Page], stories: Stories
) -> None:
    page = log_in(opens(java_script_enabled=False))
    stories.spanish_happening_now("4821")
    page.goto("/r/4821")
    expect(page.locator(f"#player-{SID}")).to_be_visible()
    expect(deck(page)).to_be_hidden()


# --- Putting words right where one hears them


def test_words_are_put_right_by_keyboard_where_they_are_heard(heard: Page) -> None:
    word(heard, "pidiendo").click()
    plays(heard)
    deck(heard).locator(".toggle").click()
    heard.locator(f"#correct-fold-{SID} > summary").focus()
    heard.keyboard.press("Enter")
    words = heard.locator(f"#words-{SID}")
    expect(words).to_be_focused()
    heard.keyboard.press("Control+Space")
    plays(heard)
    heard.keyboard.press("Control+Space")
    rests(heard)
    heard.keyboard.type("[second line] ")
    expect(words).to_have_value(
        "Hay tres camionetas blancas sin placas\n"
        "[second line] y están pidiendo papeles a la gente que sale."
    )
    heard.keyboard.press("Control+Enter")
    expect(heard.get_by_text("Your words are kept")).to_be_visible()
    expect(heard.locator(f"#text-{SID}")).to_contain_text("[second line] y están")


def test_on_a_phone_the_sound_is_beside_what_is_written(
    opens: Callable[..., Page], stories: Stories
) -> None:
    phone = log_in(opens(viewport=PHONE, has_touch=True, is_mobile=True))
    stories.spanish_happening_now("4821")
    phone.goto("/r/4821")
    phone.locator(f"#correct-fold-{SID} > summary").tap()
    form = phone.locator(f"#correct-{SID} form.correcting")
    form.get_by_role("button", name="Play").tap()
    plays(phone)
    expect(form.locator(".toggle")).to_have_text("Pause")
    assert_fits(phone)
    form.locator(".toggle").tap()
    rests(phone)
