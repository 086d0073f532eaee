"""The short script: in a flood, for who calls too often, for who is blocked. It never ends before a
recorder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.attestation import attestation_of
from ivr.languages import BadPrompts, Prompts, load_prompts
from ivr.script import (
    Ask,
    AskLanguage,
    ChosenLanguage,
    Finish,
    HangUp,
    PressDigits,
    Record,
    RingPeople,
    Step,
    Taken,
    after_digits,
    after_keys,
    after_language,
    after_people,
    after_recording,
    begin,
    in_a_flood,
)
from ivr.twiml import render
from reports.model import Admission, Attestation
from tests.ivr.paths import PATHS
from twiml.reading import read_twiml

PROMPTS = load_prompts(Path("prompts"))
ENGLISH = next(language for language in PROMPTS.languages if language.code == "en")
SHORT = [each for each in Admission if each.short]
OTHER_SCRIPTS = [
    PROMPTS,
    replace(PROMPTS, script=replace(PROMPTS.script, person="first")),
    replace(PROMPTS, script=replace(PROMPTS.script, person="off")),
    replace(PROMPTS, script=replace(PROMPTS.script, flood=())),
    replace(PROMPTS, script=replace(PROMPTS.script, flood=("officers",))),
    replace(PROMPTS, script=replace(PROMPTS.script, flood=("officers", "what", "callback"))),
]


def recorders_until_the_end(
    prompts: Prompts, let_in: Admission, checked: bool, keys: list[str], silent: bool
) -> list[str]:
    """The recorders that a caller comes to who presses these keys, as the webhooks lead them."""
    step: Step = begin()
    known, pressed = False, iter(keys)
    answers: dict[str, str] = {}
    came_to: list[str] = []
    for _ in range(80):
        key = next(pressed, "")
        match step:
            case AskLanguage(turn=turn, more=more):
                led = after_language(prompts, turn, key, more=more)
                if isinstance(led, ChosenLanguage):
                    known, step = True, led.step
                    if let_in is Admission.FLOOD:
                        step = in_a_flood(step, digits="123" if checked else None)
                else:
                    step = led
            case PressDigits():
                step = after_digits(prompts)
            case Ask(question=question, turn=turn):
                taken = after_keys(prompts, question, turn, key, answers)
                if isinstance(taken, Taken):
                    answers[question.id] = taken.digits
                    step = taken.step
                else:
                    step = taken
            case Record(question=question, turn=turn):
                came_to.append(question.id)
                step = after_recording(
                    prompts,
                    question,
                    turn,
                    "#",
                    answers,
                    known_language=known,
                    recording_sid=None if silent else "RE1",
                )
            case RingPeople(question=at, turn=turn):
                assert let_in.alerts, "nobody is rung for who is limited or blocked"
                step = after_people(prompts, at, turn, answers, known_language=known, reached=False)
            case Finish() | HangUp():
                return came_to
    raise AssertionError("the call never ended")


@given(
    st.sampled_from(OTHER_SCRIPTS),
    st.sampled_from(SHORT),
    st.booleans(),
    st.lists(st.sampled_from(["", "0", "1", "2", "9", "*", "123"]), max_size=30),
    st.booleans(),
)
def test_whoever_is_let_in_however_comes_to_a_recorder(
    prompts: Prompts, let_in: Admission, checked: bool, keys: list[str], silent: bool
) -> None:
    assert recorders_until_the_end(prompts.short(let_in), let_in, checked, keys, silent)


def test_in_a_flood_callers_say_where_and_what_they_see_and_no_more() -> None:
    flood = PROMPTS.short(Admission.FLOOD)
    assert recorders_until_the_end(flood, Admission.FLOOD, False, ["1"], False) == [
        "where",
        "what",
    ]
    assert [question.id for question in flood.script.questions] == ["where", "what"]


def test_of_a_blocked_caller_one_recording_is_enough() -> None:
    blocked = PROMPTS.short(Admission.BLOCKED)
    assert recorders_until_the_end(blocked, Admission.BLOCKED, False, ["1"], False) == ["where"]


def test_people_are_rung_in_a_flood_and_not_by_who_is_limited() -> None:
    rings = {let_in: PROMPTS.short(let_in).script.person for let_in in SHORT}
    assert rings == {
        Admission.FLOOD: "key",
        Admission.LIMITED: "off",
        Admission.BLOCKED: "off",
    }


def test_a_flood_is_told_of_first_and_the_danger_before_the_question() -> None:
    flood = PROMPTS.short(Admission.FLOOD)
    led = after_language(flood, 1, ENGLISH.keys)
    assert isinstance(led, ChosenLanguage)
    said = render(in_a_flood(led.step), flood, ENGLISH, PATHS)
    order = [said.index(ENGLISH.words[word]) for word in ("many_calls", "safety", "where")]
    assert order == sorted(order)


def test_the_digits_are_read_out_and_asked_for() -> None:
    step = in_a_flood(Finish(), digits="482")
    said = render(step, PROMPTS, ENGLISH, PATHS)
    (gather,) = read_twiml(said, "http://localhost/voice/x")
    assert 'numDigits="3"' in said
    assert 'actionOnEmptyResult="true"' in said
    assert said.index(ENGLISH.words["digits_check"]) < said.index("4, 8, 2")
    assert gather is not None


# --- prompts/ ----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree("prompts", tmp_path / "prompts"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_question_of_a_flood_that_there_is_not_is_found(folder: Path) -> None:
    change(folder / "script.toml", 'flood = ["where", "what"]', 'flood = ["wher"]')
    with pytest.raises(BadPrompts, match="there is no question 'wher'"):
        load_prompts(folder)
    change(folder / "script.toml", 'flood = ["wher"]', 'flood = "where"')
    with pytest.raises(BadPrompts, match="flood must be a list"):
        load_prompts(folder)


# --- What the telephone companies say -----------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("TN-Validation-Passed-A", Attestation.FULL),
        ("TN-Validation-Passed-B", Attestation.PARTIAL),
        ("TN-Validation-Passed-C", Attestation.GATEWAY),
        ("TN-Validation-Passed-A-Diverted", Attestation.FULL),
        ("TN-Validation-Passed", Attestation.FULL),
        ("TN-Validation-Failed-A", Attestation.FAILED),
        ("TN-Validation-Failed", Attestation.FAILED),
        ("No-TN-Validation", None),
        ("TN-Validation-Passed-D", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_said_of_a_number_is_understood_or_left_open(
    said: str | None, meant: Attestation | None
) -> None:
    assert attestation_of(said) is meant
