"""What the line answers becomes steps that a browser can perform, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from dashboard.phone import Ask, NotASound, Spoken, seconds_of, steps_of, tone
from twiml.reading import TwimlError

TEXT = st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=80).filter(
    lambda text: bool(text.split())
)
PATHS = st.sampled_from(["/voice/language/any/1", "/voice/answer/when/2", "/voice/recorded/what/1"])


def steps(document: object, spoken: dict[str, Spoken] | None = None) -> list[dict[str, Any]]:
    return steps_of(str(document), "/voice/incoming", lambda ask: f"sealed {ask.to}", spoken or {})


@st.composite
def documents(draw: st.DrawFn) -> tuple[VoiceResponse, list[str]]:
    """Any that the line may answer, and what is said in it."""
    response, said = VoiceResponse(), []

    def utter(parent: VoiceResponse | Gather) -> None:
        for words in draw(st.lists(TEXT, max_size=3)):
            parent.say(words, language="en-US")
            said.append(" ".join(words.split()))
        if draw(st.booleans()):
            parent.play(f"/voice/prompts/{'a' * 64}.wav")
        if draw(st.booleans()):
            parent.pause(length=draw(st.integers(1, 5)))

    for verb in draw(
        st.lists(st.sampled_from(["say", "gather", "record", "redirect"]), max_size=4)
    ):
        if verb == "gather":
            gather = Gather(action=draw(PATHS), num_digits=draw(st.integers(1, 6)))
            utter(gather)
            response.append(gather)
        elif verb == "record":
            response.record(action=draw(PATHS), recording_status_callback=draw(PATHS))
        elif verb == "redirect":
            response.redirect(draw(PATHS))
        else:
            utter(response)
    if draw(st.booleans()):
        response.hangup()
    return response, said


@given(documents())
def test_every_word_is_said_in_order_and_every_call_ends(
    made: tuple[VoiceResponse, list[str]],
) -> None:
    document, said = made
    found = steps(document)
    flat = [each for step in found for each in (step, *step.get("prompts", ()))]
    assert [each["words"] for each in flat if each["do"] == "say"] == said
    assert found[-1] == {"do": "end"}
    assert [step["do"] for step in found].count("end") == 1


@given(documents())
def test_a_step_leads_nowhere_but_to_the_line(made: tuple[VoiceResponse, list[str]]) -> None:
    for step in steps(made[0]):
        if "to" in step:
            assert step["to"].startswith("sealed /voice/")
        if step["do"] == "play":
            assert step["address"].startswith("/voice/")


def test_nothing_is_done_after_the_line_hangs_up() -> None:
    response = VoiceResponse()
    response.say("Goodbye", language="en-US")
    response.hangup()
    response.say("never heard", language="en-US")
    assert [step["do"] for step in steps(response)] == ["say", "end"]


def test_nobody_is_rung_and_the_call_goes_on_as_if_nobody_answered() -> None:
    response = VoiceResponse()
    dial = Dial(action="/voice/rung/where/1")
    dial.number("+16125550110")
    response.append(dial)
    assert [step["do"] for step in steps(response)] == ["go", "end"]


def test_where_a_recording_is_told_of_goes_with_it() -> None:
    response = VoiceResponse()
    response.record(
        action="/voice/recorded/where/1",
        recording_status_callback="/voice/recording-status/where/1",
        finish_on_key="#*0",
        max_length=120,
        timeout=5,
    )
    asked: list[Ask] = []

    def seal(ask: Ask) -> str:
        asked.append(ask)
        return "sealed"

    (record, _) = steps_of(str(response), "/voice/incoming", seal, {})
    assert asked == [Ask("/voice/recorded/where/1", "/voice/recording-status/where/1")]
    assert (record["seconds"], record["silence"], set(record["finish"])) == (120, 5, set("#*0"))


def test_what_is_heard_in_a_recorded_prompt_is_written_too() -> None:
    response = VoiceResponse()
    response.play("/voice/prompts/abc.wav")
    response.play("/voice/playback/ticket.wav")
    known = {"abc": Spoken("Khadka markhaatiga.", "so")}
    prompt, own, _ = steps(response, known)
    assert (prompt["words"], prompt["language"]) == ("Khadka markhaatiga.", "so")
    assert own["words"] is None


@pytest.mark.parametrize("elsewhere", ["https://example.org/voice", "//example.org/x"])
def test_a_line_that_sends_elsewhere_is_not_followed(elsewhere: str) -> None:
    response = VoiceResponse()
    response.redirect(elsewhere)
    with pytest.raises(ValueError, match="somewhere else"):
        steps(response)


@pytest.mark.parametrize(
    "document", ["", "not XML", "<Answer/>", "<Response><Enqueue/></Response>"]
)
def test_what_no_telephone_company_would_perform_is_said_to_be_that(document: str) -> None:
    with pytest.raises(TwimlError):
        steps(document)


def test_the_tone_of_who_types_is_a_second_of_telephone_quality() -> None:
    assert seconds_of(tone()) == 1.0


@given(st.binary(max_size=200))
def test_whatever_is_no_sound_is_refused(brought: bytes) -> None:
    with pytest.raises(NotASound):
        seconds_of(brought)


@given(st.integers(44, len(tone()) - 1))
def test_a_sound_that_was_cut_short_is_as_long_as_what_came(kept: int) -> None:
    try:
        seconds = seconds_of(tone()[:kept])
    except NotASound:
        assert kept < 46
    else:
        assert 0 < seconds <= kept / 16_000
