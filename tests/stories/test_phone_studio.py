"""Organizers record prompts with nothing but a telephone."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from ivr import recording_studio
from ivr.languages import Language, load_prompts
from ivr.recording_script import (
    ChooseLanguage,
    EnterPin,
    Leave,
    Review,
    SayPrompt,
    Step,
    after_fault,
    after_language,
    after_pin,
    after_review,
    after_silence,
)
from oncall.briefs import load_tells
from reports.model import PromptTake, TakeSource
from simulator.caller import PhoneCall
from simulator.conversation import Heard
from simulator.faults import FOREVER, Faults
from simulator.sound import Sound
from simulator.spoken import spoken_call
from tests.stories.conftest import ORGANIZER, TOKEN, Line

PIN = "493817"
SHIPPED = Path("prompts").absolute()
SAYS = load_tells(SHIPPED, "en").studio
LANGUAGES = load_prompts(SHIPPED).languages
SOMALI = next(each for each in LANGUAGES if each.code == "so")
ENGLISH = next(each for each in LANGUAGES if each.code == "en")
FIRST, SECOND = list(SOMALI.words)[:2]
VOICE = spoken_call("en-lake-bloomington").where.path
CLICK = Sound.tone(440, 0.08) + Sound.silence(1)
"""Heard by the provider, and no prompt."""

with_pin = pytest.mark.line(studio_pin=PIN, audio_url="audio")


def at_the_menu(line: Line) -> PhoneCall:
    return line.network.caller(ORGANIZER).dials()


def at_the_first_prompt(line: Line) -> PhoneCall:
    return at_the_menu(line).presses("*").presses(f"{PIN}#").presses(f"{SOMALI.keys}#")


def says_prompt(number: int, prompt: str) -> str:
    return SAYS["prompt"].format(
        number=number, count=len(SOMALI.words), words=ENGLISH.words[prompt]
    )


def takes(line: Line) -> tuple[PromptTake, ...]:
    with line.adapters.store.read() as records:
        return tuple(records.prompt_takes("so"))


def current(line: Line) -> dict[tuple[str, str], str]:
    with line.adapters.store.read() as records:
        return dict(records.current_takes(line.adapters.prompts.said))


def nothing_is_left(line: Line) -> None:
    """Nothing at the provider, no report, nobody woken; also not once the sweeper has looked."""
    line.works()
    line.time_passes(3600)
    assert line.network.recordings == ()
    assert not line.network.failures
    assert line.dossiers == []
    assert line.texts == ()


@with_pin
def test_an_organizer_records_a_prompt_and_callers_hear_it(line: Line) -> None:
    call = at_the_menu(line).presses("*")
    assert SAYS["pin"] in call.heard
    call.presses(f"{PIN}#")
    assert SAYS["language"] in call.heard
    call.presses(f"{SOMALI.keys}#")
    assert says_prompt(1, FIRST) in call.heard
    assert call.listens_to == "voice"
    call.says(VOICE, then="#")
    assert SAYS["review"] in call.heard
    (draft,) = takes(line)
    assert line.network.recordings == (), "deleted before it is heard"
    assert any(
        isinstance(event, Heard) and event.audio.endswith(f"/voice/prompts/{draft.sha256}.wav")
        for event in call.heard
    )
    assert current(line) == {}, "a draft until it is kept"
    call.presses("1")
    assert SAYS["kept"] in call.heard
    assert says_prompt(2, SECOND) in call.heard
    assert current(line) == {("so", FIRST): draft.sha256}
    assert (draft.source, draft.made_by) == (TakeSource.TELEPHONE, "telephone")
    assert draft.words == SOMALI.words[FIRST]
    call.hangs_up()
    again = at_the_first_prompt(line)
    assert says_prompt(2, SECOND) in again.heard, "goes on where it was left"
    assert says_prompt(1, FIRST) not in again.heard
    again.hangs_up()
    asked = [webhook.url for webhook in line.network.webhooks]
    assert not [url for url in asked if PIN in url]
    nothing_is_left(line)


@with_pin
def test_what_went_wrong_is_said_again_and_what_nobody_can_say_is_skipped(line: Line) -> None:
    call = at_the_first_prompt(line).says(VOICE, then="#").presses("2")
    assert takes(line) == ()
    call.says(VOICE, then="#")
    assert SAYS["review"] in call.heard
    call.presses("3")
    assert says_prompt(2, SECOND) in call.heard
    assert takes(line) == ()
    assert current(line) == {}
    call.hangs_up()
    nothing_is_left(line)


@with_pin
def test_silence_and_what_is_no_prompt_are_refused_and_asked_again(line: Line) -> None:
    call = at_the_first_prompt(line).says(CLICK, then="#")
    refused = [SAYS[name] for name in ("silent", "too_short", "noisy", "faint")]
    assert [said for said in refused if said in call.heard]
    assert call.heard.text.count(says_prompt(1, FIRST)) == 2
    assert takes(line) == ()
    call.waits()
    assert says_prompt(2, SECOND) in call.heard, "two that came to nothing are enough"
    call.waits()
    assert SAYS["nothing_heard"] in call.heard
    assert call.heard.text.count(says_prompt(2, SECOND)) == 2
    call.hangs_up()
    nothing_is_left(line)


@with_pin
@pytest.mark.parametrize("when", ["speaking", "deciding"])
def test_who_hangs_up_in_the_middle_leaves_no_recording_and_no_report(
    line: Line, when: str
) -> None:
    call = at_the_first_prompt(line)
    if when == "speaking":
        call.hangs_up_while_saying(VOICE)
    else:
        call.says(VOICE, then="#").hangs_up()
    assert call.is_over
    assert current(line) == {}
    nothing_is_left(line)


@with_pin
def test_a_provider_that_takes_its_time_is_waited_for(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_studio, "WAITS", (0, 0.01, 0.01))
    line.network.suffers(Faults(media_missing=2))
    call = at_the_first_prompt(line).says(VOICE, then="#")
    assert SAYS["review"] in call.heard
    line.network.suffers(Faults(media_missing=FOREVER))
    call.presses("2").says(VOICE, then="#")
    assert SAYS["not_had"] in call.heard
    line.network.suffers(Faults(recordings_down=2))
    call.hangs_up_while_saying(VOICE)
    line.network.recovers()
    nothing_is_left(line)


@with_pin
def test_three_wrong_pins_end_the_call(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    call = at_the_menu(line).presses("*")
    with caplog.at_level(logging.WARNING, "ivr.recording_studio"):
        for wrong in ("000000#", "4938170#", "1#"):
            assert not call.is_over
            call.presses(wrong)
    assert call.is_over
    assert SAYS["pin_wrong"] in call.heard
    assert SAYS["goodbye"] in call.heard
    assert SAYS["language"] not in call.heard
    assert "wrong PINs" in caplog.text
    assert ORGANIZER not in caplog.text
    nothing_is_left(line)


@pytest.mark.line(studio_pin=PIN, audio_url="audio", caller_calls_an_hour=2)
def test_a_number_that_calls_again_and_again_gets_no_more_guesses(line: Line) -> None:
    for _ in range(2):
        assert SAYS["pin"] in at_the_menu(line).presses("*").hangs_up().heard
    call = at_the_menu(line).presses("*")
    assert SAYS["pin"] not in call.heard
    assert call.listens_to is not None, "the caller still reaches the line"


@with_pin
def test_whoever_forgot_why_they_called_is_let_go(line: Line) -> None:
    call = at_the_first_prompt(line).says(VOICE, then="#").waits().waits()
    assert call.is_over
    assert SAYS["goodbye"] in call.heard
    assert takes(line) == ()
    nothing_is_left(line)


def hears_the_menu_again(call: PhoneCall) -> None:
    before = call.heard.text.count(ENGLISH.words["choose_language"])
    call.presses("*")
    assert call.heard.text.count(ENGLISH.words["choose_language"]) == before + 1
    assert SAYS["pin"] not in call.heard


@with_pin
@pytest.mark.parametrize("number", ["+16125550142", None])
def test_a_stranger_who_presses_the_star_hears_the_menu_again(
    line: Line, number: str | None
) -> None:
    hears_the_menu_again(line.network.caller(number).dials())


def test_without_a_pin_there_is_no_studio(line: Line) -> None:
    hears_the_menu_again(at_the_menu(line))


@with_pin
def test_nobody_gets_past_the_pin_with_the_ticket_of_another_call(line: Line) -> None:
    at_the_first_prompt(line).hangs_up()
    (asked,) = {
        webhook.url for webhook in line.network.webhooks if "/studio/language/" in webhook.url
    }
    other = at_the_menu(line)
    for url in (asked, asked.partition("?")[0], f"{asked}x"):
        form = {"CallSid": other.sid, "Digits": SOMALI.keys}
        signed = RequestValidator(TOKEN).compute_signature(url, form)
        answer = requests.post(url, form, headers={"X-Twilio-Signature": signed}, timeout=10)
        assert answer.status_code == 403
        assert "studio" not in answer.text


# --- Whatever is done ---------------------------------------------------------------------------

KEYS = st.sampled_from(["", "1", "2", "3", "9", SOMALI.keys, "*"])
LONGEST_WALK = 10 + len(SOMALI.words) * 5 * 3


def next_step(step: Step, keys: str, made: str, spoken: Language) -> Step:
    match step:
        case EnterPin(turn):
            return after_pin(turn, right=keys == "1")
        case ChooseLanguage(turn):
            return after_language([spoken], turn, keys)
        case SayPrompt(place):
            if made == "take":
                return Review(place, "a take")
            return after_fault(spoken, place, made) if made else after_silence(spoken, place)
        case Review():
            return after_review(spoken, step, keys)
        case Leave():
            return step


@given(st.data())
def test_it_always_ends(data: st.DataObject) -> None:
    step = after_pin(0, right=False)
    for _ in range(LONGEST_WALK):
        if isinstance(step, Leave):
            return
        made = data.draw(st.sampled_from(["take", "take", "noisy", ""]))
        step = next_step(step, data.draw(KEYS), made, SOMALI)
    assert isinstance(step, Leave)


@pytest.mark.parametrize(
    ("keys", "made"), [("2", "take"), ("2", "noisy"), ("", ""), ("1", "take"), ("3", "take")]
)
def test_the_stubborn_come_to_an_end_too(keys: str, made: str) -> None:
    step = after_language([SOMALI], 1, SOMALI.keys)
    walked = 0
    while not isinstance(step, Leave):
        step = next_step(step, keys, made, SOMALI)
        walked += 1
        assert walked <= LONGEST_WALK
    assert walked > 1
    assert "complete" in step.before
