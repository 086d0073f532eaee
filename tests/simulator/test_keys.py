"""Gather: prompts that a key stops, keys that are enough, and callers who press nothing."""

from __future__ import annotations

import pytest

from simulator import Heard, PhoneNetwork, Pressed, Waited, WrongMoment
from tests.simulator.conftest import CALLER, Line

PROMPT = "a" * 150
"""Ten seconds of prompt."""


def test_a_caller_hears_the_whole_prompt_before_pressing(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f'<Gather numDigits="1" action="/next"><Say>{PROMPT}</Say></Gather>')
    line.answers("/next", "<Hangup/>")

    call = network.caller(CALLER).dials().presses("1")

    (prompt,) = call.heard.prompts
    assert not prompt.cut_short
    assert prompt.seconds == pytest.approx(10)
    (pressed,) = [event for event in call.heard if isinstance(event, Pressed)]
    assert pressed.at > 10


def test_a_key_cuts_the_prompt_short(line: Line, network: PhoneNetwork) -> None:
    line.answers(
        "/voice",
        f'<Gather numDigits="1" action="/next"><Say>{PROMPT}</Say><Say>And so on</Say></Gather>',
    )
    line.answers("/next", "<Hangup/>")

    call = network.caller(CALLER).dials().presses("1", after=4)

    (prompt,) = call.heard.prompts
    assert prompt == Heard(0.0, 4.0, PROMPT, "en-US", cut_short=True)
    assert call.seconds == pytest.approx(4)


def test_several_keys_are_gathered_until_the_finish_key(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Gather action="/next"/>')
    line.answers("/next", "<Hangup/>")

    network.caller(CALLER).dials().presses("402#")

    (asked,) = line.asked_at("/next")
    assert asked["Digits"] == "402"
    assert asked["FinishedOnKey"] == "#"


def test_keys_without_a_finish_key_are_sent_when_no_more_come(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", '<Gather action="/next" timeout="7"/>')
    line.answers("/next", "<Hangup/>")

    call = network.caller(CALLER).dials().presses("40").waits()

    assert line.asked_at("/next")[0]["Digits"] == "40"
    assert call.seconds == pytest.approx(0.6 + 7)


def test_no_key_at_all_goes_on_with_the_verb_after(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Gather action="/next"/><Say>We heard nothing.</Say>')

    call = network.caller(CALLER).dials().waits()

    assert "we heard nothing" in call.heard
    assert Waited(0.0, 5.0) in call.heard
    assert line.asked_at("/next") == []


def test_no_key_at_all_is_told_where_the_line_asks_for_it(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", '<Gather action="/next" actionOnEmptyResult="true"/>')
    line.answers("/next", "<Hangup/>")

    network.caller(CALLER).dials().waits()

    assert line.asked_at("/next")[0]["Digits"] == ""


def test_a_finish_key_alone_finishes_nothing(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Gather action="/next"/>')

    call = network.caller(CALLER).dials().presses("#")

    assert call.listens_to == "keys"
    assert line.asked_at("/next") == []


def test_a_pound_sign_is_a_digit_like_any_other_without_a_finish_key(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", '<Gather action="/next" numDigits="1" finishOnKey=""/>')
    line.answers("/next", "<Hangup/>")

    network.caller(CALLER).dials().presses("#")

    assert line.asked_at("/next")[0]["Digits"] == "#"


def test_without_an_action_the_same_page_is_asked_again(line: Line, network: PhoneNetwork) -> None:
    line.answers(
        "/voice", lambda params: "<Hangup/>" if "Digits" in params else '<Gather numDigits="1"/>'
    )

    network.caller(CALLER).dials().presses("3")

    assert [asked.get("Digits") for asked in line.asked_at("/voice")] == [None, "3"]


def test_a_get_action_carries_everything_in_its_signed_url(
    line: Line, network: PhoneNetwork
) -> None:
    line.answers("/voice", '<Gather numDigits="1" method="GET" action="/next?step=2"/>')
    line.answers("/next", "<Hangup/>")

    network.caller(CALLER).dials().presses("*")

    (asked,) = [asked for asked in line.asked if asked.path == "/next"]
    assert asked.method == "GET"
    assert asked.params["Digits"] == "*"
    assert asked.params["step"] == "2"
    assert asked.signed


def test_hanging_up_at_a_question_asks_for_no_action(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f'<Gather action="/next"><Say>{PROMPT}</Say></Gather>')

    call = network.caller(CALLER).dials().hangs_up(after=2.5)
    network.waits_until_quiet()

    assert line.paths == ["/voice", "/status"]
    assert line.asked_at("/status")[0]["CallStatus"] == "completed"
    assert line.asked_at("/status")[0]["CallDuration"] == "3"
    assert call.heard.prompts[0].cut_short


def test_a_caller_hears_the_prompt_out_before_hanging_up(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", f"<Gather><Say>{PROMPT}</Say></Gather>")

    call = network.caller(CALLER).dials().hangs_up()

    assert call.seconds == pytest.approx(10)
    assert not call.heard.prompts[0].cut_short


def test_keys_pressed_while_nothing_listens_are_lost(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", '<Gather numDigits="1" action="/next"/>')
    line.answers("/next", f'<Say>{PROMPT}</Say><Gather numDigits="1" action="/last"/>')

    call = network.caller(CALLER).dials().presses("12")

    lost = [event for event in call.heard if isinstance(event, Pressed) and not event.heeded]
    assert [event.key for event in lost] == ["2"]
    assert line.asked_at("/last") == []


def test_a_key_on_a_call_that_is_over_is_a_mistake(line: Line, network: PhoneNetwork) -> None:
    line.answers("/voice", "<Say>We are closed.</Say>")

    with pytest.raises(WrongMoment, match="We are closed"):
        network.caller(CALLER).dials().presses("1")
