"""Whatever keys, silences and recordings come, in whatever order, the call comes to an end."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.languages import Language, load_prompts
from ivr.script import (
    TURNS,
    Ask,
    AskLanguage,
    ChosenLanguage,
    Finish,
    Record,
    Step,
    Taken,
    accepted,
    after_keys,
    after_language,
    after_recording,
    begin,
)
from ivr.twiml import render
from simulator.twiml import read_twiml

PROMPTS = load_prompts(Path("prompts"))
QUESTIONS = {question.id: question for question in PROMPTS.script.questions}
LONGEST = TURNS + TURNS * len(PROMPTS.script.questions) + TURNS + 1
KEYS = st.one_of(st.just(""), st.text("0123456789*#", max_size=4), st.sampled_from(["1", "2", "4"]))


def url(what: str, question: str, turn: int) -> str:
    return f"/voice/{what}/{question}/{turn}"


def act(step: Step, language: Language | None, keys: str, speaks: bool) -> tuple[Step, str | None]:
    """What the caller's doing leads to, and the code of the language chosen by it."""
    match step:
        case AskLanguage(turn=turn):
            led = after_language(PROMPTS, turn, keys)
            return (led.step, led.language.code) if isinstance(led, ChosenLanguage) else (led, None)
        case Ask(question=question, turn=turn):
            taken = after_keys(PROMPTS, question, turn, keys)
            return (taken.step if isinstance(taken, Taken) else taken), None
        case Record(question=question, turn=turn):
            known = language is not None
            return (
                after_recording(PROMPTS, question, turn, known_language=known, recorded=speaks),
                None,
            )
        case Finish():
            raise AssertionError("nothing follows the end")


@given(st.lists(st.tuples(KEYS, st.booleans()), min_size=LONGEST, max_size=LONGEST))
def test_every_call_ends_and_says_only_what_a_provider_understands(
    doings: list[tuple[str, bool]],
) -> None:
    step, language = begin(), None
    for steps, (keys, speaks) in enumerate(doings):
        read_twiml(render(step, PROMPTS, language, url, "4821"), "http://localhost/voice/x")
        if isinstance(step, Finish):
            assert steps >= 1
            return
        step, chosen = act(step, language, keys, speaks)
        language = PROMPTS.language(chosen) or language
    raise AssertionError(f"still going on after {LONGEST} steps")


def test_a_caller_who_never_presses_a_key_is_recorded_after_two_turns() -> None:
    first = after_language(PROMPTS, 1, "")
    assert first == AskLanguage(turn=2)
    assert after_language(PROMPTS, 2, "") == Record(PROMPTS.script.unknown_language)


@pytest.mark.parametrize("language", PROMPTS.languages, ids=lambda language: language.code)
def test_what_everybody_must_know_is_said_before_the_first_question(language: Language) -> None:
    led = after_language(PROMPTS, 1, language.key)
    assert isinstance(led, ChosenLanguage)
    said = render(led.step, PROMPTS, language, url)
    assert language.prompts["safety"] in said
    taken = after_keys(PROMPTS, QUESTIONS["when"], 1, "1")
    assert isinstance(taken, Taken)
    assert language.prompts["safety"] not in render(taken.step, PROMPTS, language, url)


@pytest.mark.parametrize(
    ("pressed", "answer"),
    [("4", "4"), ("12", "12"), ("*", "*"), ("*7", "*"), ("", None), ("4*", None), ("#", None)],
)
def test_a_number_is_a_number_or_not_known(pressed: str, answer: str | None) -> None:
    assert accepted(QUESTIONS["officers"], pressed) == answer


def test_anything_but_yes_to_a_call_back_is_no() -> None:
    assert accepted(QUESTIONS["callback"], "1") == "1"
    for other in ("2", "9", "*"):
        assert accepted(QUESTIONS["callback"], other) == "2"


def test_a_wrong_key_is_corrected_and_silence_is_not() -> None:
    wrong = after_keys(PROMPTS, QUESTIONS["when"], 1, "9")
    silent = after_keys(PROMPTS, QUESTIONS["when"], 1, "")
    assert isinstance(wrong, Ask)
    assert isinstance(silent, Ask)
    english = PROMPTS.languages[0]
    assert english.prompts["correction"] in render(wrong, PROMPTS, english, url)
    assert english.prompts["correction"] not in render(silent, PROMPTS, english, url)


def test_the_reference_is_said_digit_by_digit_and_twice() -> None:
    said = render(Finish(), PROMPTS, PROMPTS.languages[0], url, "4821")
    assert said.count("4, 8, 2, 1") == 2


def test_a_recording_says_all_that_matters_of_itself() -> None:
    said = render(Record(QUESTIONS["where"]), PROMPTS, PROMPTS.languages[0], url)
    for attribute in (
        'finishOnKey="#"',
        'timeout="5"',
        'maxLength="60"',
        'trim="do-not-trim"',
        'recordingStatusCallbackEvent="completed absent"',
        'playBeep="true"',
    ):
        assert attribute in said
    assert said.index("<Record") < said.index("<Redirect"), "a verb for the empty recording"
