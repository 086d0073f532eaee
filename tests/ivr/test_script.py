"""Whatever keys, silences and recordings come, in whatever order, the call comes to an end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.beep import LIMIT, Manner, until_beep
from ivr.languages import DIGITS, Language, Prompts, Voice, load_prompts
from ivr.script import (
    DONE,
    FINISH,
    LANGUAGE,
    OFFERED,
    OFFERS,
    TURNS,
    Ask,
    AskLanguage,
    ChosenLanguage,
    Finish,
    HangUp,
    PressDigits,
    Record,
    Review,
    RingPeople,
    Step,
    Taken,
    TextWanted,
    accepted,
    after_finish,
    after_keys,
    after_language,
    after_people,
    after_recording,
    after_review,
    begin,
)
from ivr.twiml import Surroundings, render
from tests.ivr.paths import PATHS
from twiml.reading import Say, read_twiml

PROMPTS = load_prompts(Path("prompts"))
QUESTIONS = {question.id: question for question in PROMPTS.script.questions}
ENGLISH = next(language for language in PROMPTS.languages if language.code == "en")
PEOPLE = Surroundings("4821", True, ("+16125550110", "+16125550111"), "+16125550100")
LONGEST = 120
"""Steps. Every question at its slowest, with a person rung at each, every menu offered again."""
KEYS = st.one_of(
    st.just(""),
    st.sampled_from(["0", "*", "1", "2", "3", "4", "5", "6", "9", "4821"]),
    st.text("0123456789*#", max_size=4),
)


def by_recordings(language: Language) -> Language:
    """The same language without the provider's voice, every prompt recorded."""
    return replace(language, voice=None, recorded=dict.fromkeys(language.words, "ab" * 32))


RECORDED = replace(PROMPTS, languages=tuple(map(by_recordings, PROMPTS.languages)))
FIRST = replace(PROMPTS, script=replace(PROMPTS.script, person="first"))
OFF = replace(PROMPTS, script=replace(PROMPTS.script, person="off"))


class Caller:
    """Follows a script as the webhooks do."""

    def __init__(self, prompts: Prompts, usual: Language | None = None) -> None:
        self.prompts = prompts
        self.usual = usual
        self.step: Step = begin()
        self.language: Language | None = None
        self.answers: dict[str, str] = {}
        self.recorded: list[str] = []

    def stands(self) -> Step:
        return self.step

    def does(self, keys: str, speaks: bool, reached: bool) -> None:
        known = self.language is not None
        match self.step:
            case AskLanguage(turn=turn, more=more):
                led = after_language(self.prompts, turn, keys, more=more, usual=self.usual)
                if isinstance(led, ChosenLanguage):
                    self.language, self.step = led.language, led.step
                else:
                    self.step = led
            case Ask(question=question, turn=turn):
                taken = after_keys(
                    self.prompts, question, turn, keys, self.answers, lambda ref: ref == "4821"
                )
                if isinstance(taken, Taken):
                    self.answers[question.id] = taken.digits
                    self.step = taken.step
                else:
                    self.step = taken
            case Record(question=question, turn=turn):
                if speaks:
                    self.recorded.append(question.id)
                self.step = after_recording(
                    self.prompts,
                    question,
                    turn,
                    keys[:1],
                    self.answers,
                    known_language=known,
                    recording_sid="RE" + "0" * 32 if speaks else None,
                )
            case Review(question=question, turn=turn):
                self.step = after_review(
                    self.prompts, question, turn, keys[:1], self.answers, known_language=known
                )
            case RingPeople(question=at, turn=turn):
                self.step = after_people(
                    self.prompts, at, turn, self.answers, known_language=known, reached=reached
                )
            case Finish(turn=turn):
                led_to = after_finish(self.prompts, turn, keys[:1], has_number=True)
                self.step = led_to.step if isinstance(led_to, TextWanted) else led_to
            case HangUp():
                raise AssertionError("nothing follows the end")


@given(
    st.sampled_from([PROMPTS, RECORDED, FIRST, OFF]),
    st.booleans(),
    st.lists(st.tuples(KEYS, st.booleans(), st.booleans()), min_size=LONGEST, max_size=LONGEST),
)
def test_every_call_ends_and_says_only_what_a_provider_understands(
    prompts: Prompts, returning: bool, doings: list[tuple[str, bool, bool]]
) -> None:
    caller = Caller(prompts, prompts.languages[1] if returning else None)
    for keys, speaks, reached in doings:
        said = render(caller.step, prompts, caller.language, PATHS, PEOPLE)
        read_twiml(said, "http://localhost/voice/x")
        if isinstance(caller.step, HangUp):
            return
        caller.does(keys, speaks, reached)
    raise AssertionError(f"still going on after {LONGEST} steps")


@given(st.sampled_from(["", "0", "*", "9", "7"]), st.sampled_from([PROMPTS, FIRST, OFF]))
def test_who_always_does_the_same_is_through_soon(keys: str, prompts: Prompts) -> None:
    caller = Caller(prompts)
    steps = 0
    while not isinstance(caller.step, HangUp):
        caller.does(keys, False, False)
        steps += 1
    assert steps <= 2 * (TURNS + 1) * (len(prompts.script.questions) + 2)


# --- The language -------------------------------------------------------------------------------


def test_a_caller_who_never_presses_a_key_is_recorded_after_two_turns() -> None:
    first = after_language(PROMPTS, 1, "")
    assert first == AskLanguage(turn=2)
    assert after_language(PROMPTS, 2, "") == Record(PROMPTS.script.unknown_language)


def test_a_returning_caller_who_presses_nothing_is_spoken_to_as_last_time() -> None:
    spanish = PROMPTS.languages[1]
    led = after_language(PROMPTS, 2, "", usual=spanish)
    assert isinstance(led, ChosenLanguage)
    assert led.language is spanish
    other = after_language(PROMPTS, 1, "1", usual=spanish)
    assert isinstance(other, ChosenLanguage)
    assert other.language is ENGLISH


def with_keys(*keys: str) -> Prompts:
    """A line of as many languages as there are keys."""
    return replace(
        PROMPTS,
        languages=tuple(
            replace(ENGLISH, code=f"x{place}", keys=each) for place, each in enumerate(keys)
        ),
    )


MANY = with_keys("1", "2", "3", "4", "5", "6", "7", "8", "91", "92")


def test_a_code_of_two_digits_leads_to_its_language_whatever_was_offered() -> None:
    more = after_language(MANY, 1, "9")
    assert more == AskLanguage(turn=1, more=True)
    led = after_language(MANY, 1, "2", more=True)
    assert isinstance(led, ChosenLanguage)
    assert led.language.keys == "92"
    first_digit_again = after_language(MANY, 1, "9", more=True)
    assert first_digit_again == AskLanguage(turn=2, more=True)


def test_a_line_without_more_languages_corrects_the_key_for_them() -> None:
    assert after_language(with_keys("1", "2"), 1, "9") == AskLanguage(
        turn=2, before=("correction",)
    )


def test_the_menu_offers_the_first_eight_and_says_that_there_are_more() -> None:
    said = render(begin(), MANY, None, PATHS)
    assert said.count(ENGLISH.words["choose_language"]) == 8
    assert ENGLISH.words["more_languages"] in said
    behind = render(AskLanguage(more=True), MANY, None, PATHS)
    assert behind.count(ENGLISH.words["choose_language"]) == 2
    few = render(begin(), with_keys("1", "2"), None, PATHS)
    assert ENGLISH.words["more_languages"] not in few


# --- What is said, and when ---------------------------------------------------------------------


@pytest.mark.parametrize("language", PROMPTS.offered, ids=lambda language: language.code)
def test_what_everybody_must_know_is_said_before_the_first_question(language: Language) -> None:
    caller = Caller(PROMPTS)
    for key in language.keys:
        caller.does(key, False, False)
    said = render(caller.step, PROMPTS, language, PATHS)
    assert language.words["safety"] in said
    caller.does("1", False, False)
    assert language.words["safety"] not in render(caller.step, PROMPTS, language, PATHS)


def test_a_wrong_key_is_corrected_and_silence_is_not() -> None:
    silent = after_keys(PROMPTS, QUESTIONS["when"], 1, "", {})
    assert silent == Ask(QUESTIONS["when"], turn=2)
    wrong = after_keys(PROMPTS, QUESTIONS["when"], 1, "9", {})
    assert wrong == Ask(QUESTIONS["when"], turn=2, before=("correction",))
    assert isinstance(wrong, Ask)
    assert ENGLISH.words["correction"] in render(wrong, PROMPTS, ENGLISH, PATHS)


def test_the_star_says_a_question_again_and_corrects_nobody() -> None:
    assert after_keys(PROMPTS, QUESTIONS["when"], 1, "*", {}) == Ask(QUESTIONS["when"], turn=2)
    assert after_language(PROMPTS, 1, "*") == AskLanguage(turn=2)
    assert after_finish(PROMPTS, 1, "*", has_number=True) == Finish(turn=2)


def test_the_reference_is_said_digit_by_digit_and_twice() -> None:
    said = render(Finish(), PROMPTS, ENGLISH, PATHS, PEOPLE)
    assert said.count("4, 8, 2, 1") == 2
    recorded = by_recordings(replace(ENGLISH, words=dict(ENGLISH.words)))
    sounds = {digit: f"{place:x}" * 64 for place, digit in enumerate(DIGITS)}
    recorded = replace(recorded, recorded={**recorded.recorded, **sounds})
    played = render(Finish(), replace(PROMPTS, languages=(recorded,)), recorded, PATHS, PEOPLE)
    order = [sounds[f"digit_{digit}"] for digit in "48214821"]
    assert [sha for sha in sounds_of(played) if sha in sounds.values()] == order
    assert "<Say" not in played


def sounds_of(document: str) -> list[str]:
    return [part.split(".wav")[0] for part in document.split("/voice/prompts/")[1:]]


def test_a_recorded_prompt_is_played_and_what_is_not_recorded_is_read() -> None:
    english = replace(ENGLISH, recorded={"safety": "cd" * 32})
    said = render(Ask(QUESTIONS["when"], before=("safety",)), PROMPTS, english, PATHS)
    assert sounds_of(said) == ["cd" * 32]
    assert english.words["safety"] not in said
    assert english.words["when"] in said


def test_a_recording_says_all_that_matters_of_itself() -> None:
    said = render(Record(QUESTIONS["where"]), PROMPTS, ENGLISH, PATHS)
    for attribute in (
        'finishOnKey="#*0"',
        'timeout="5"',
        'maxLength="60"',
        'trim="do-not-trim"',
        'recordingStatusCallbackEvent="completed absent"',
        'playBeep="true"',
    ):
        assert attribute in said
    assert said.index("<Record") < said.index("<Redirect"), "a verb for the empty recording"


# --- The report ---------------------------------------------------------------------------------


def asked(*doings: tuple[str, bool]) -> list[str]:
    """The ids of what an English caller is asked who does so."""
    caller = Caller(PROMPTS)
    caller.does("1", False, False)
    ids = []
    for keys, speaks in doings:
        if isinstance(caller.step, Ask | Record):
            ids.append(caller.step.question.id)
        caller.does(keys, speaks, False)
    assert isinstance(caller.step, Finish), caller.step
    return ids


SPEAKS = ("#", True)


def test_what_is_over_is_not_asked_whether_it_goes_on() -> None:
    now = asked(("1", False), SPEAKS, ("4", False), ("1", False), SPEAKS, ("1", False))
    assert now == ["when", "where", "officers", "still_there", "what", "callback"]
    earlier = asked(("2", False), SPEAKS, ("4", False), SPEAKS, ("1", False))
    assert earlier == ["when", "where", "officers", "what", "callback"]


def test_a_family_has_a_short_path_of_its_own() -> None:
    assert asked(("3", False), SPEAKS, ("1", False)) == ["when", "family", "callback"]


def test_an_addition_names_the_report_first() -> None:
    assert asked(("6", False), ("4821", False), SPEAKS) == ["when", "add_to", "addition"]


def test_a_reference_that_there_is_not_is_said_so_once_and_the_words_are_taken_all_the_same() -> (
    None
):
    caller = Caller(PROMPTS)
    for keys in ("1", "6", "1111"):
        caller.does(keys, False, False)
    assert caller.stands() == Ask(QUESTIONS["add_to"], turn=2, before=("no_such_report",))
    caller.does("2222", False, False)
    assert caller.step == Record(QUESTIONS["addition"])


def test_who_heard_their_rights_is_offered_the_menu_again_and_may_just_go() -> None:
    caller = Caller(PROMPTS)
    for keys in ("1", "4"):
        caller.does(keys, False, False)
    assert caller.stands() == Ask(QUESTIONS["when"], turn=OFFERED, before=("rights",))
    assert ENGLISH.words["rights"] in render(caller.step, PROMPTS, ENGLISH, PATHS)
    reports = Caller(PROMPTS)
    for keys in ("1", "4", "1"):
        reports.does(keys, False, False)
    assert reports.step == Record(QUESTIONS["where"])
    caller.does("", False, False)
    assert caller.step == Finish()


def test_a_menu_is_not_offered_for_ever() -> None:
    caller = Caller(PROMPTS)
    caller.does("1", False, False)
    heard = 0
    while isinstance(caller.step, Ask):
        caller.does("4", False, False)
        heard += 1
    assert heard == OFFERS + 2
    assert caller.step == Finish(before=("rights",))


@pytest.mark.parametrize(
    ("pressed", "answer"),
    [
        ("4", "4"),
        ("12", "12"),
        ("10", "10"),
        ("*", "*"),
        ("*7", "*"),
        ("", None),
        ("4*", None),
        ("#", None),
        ("0", None),
    ],
)
def test_a_number_is_a_number_or_not_known(pressed: str, answer: str | None) -> None:
    assert accepted(QUESTIONS["officers"], pressed) == answer


def test_anything_but_yes_to_a_call_back_is_no() -> None:
    assert accepted(QUESTIONS["callback"], "1") == "1"
    for other in ("2", "9"):
        assert accepted(QUESTIONS["callback"], other) == "2"


# --- Heard back, and a person -------------------------------------------------------------------


def test_a_recording_may_be_heard_back_and_said_again() -> None:
    where = QUESTIONS["where"]
    ended_by_star = after_recording(
        PROMPTS, where, 1, "*", {"when": "1"}, known_language=True, recording_sid="RE1"
    )
    assert ended_by_star == Review(where, "RE1", 1)
    assert PATHS.playback("RE1") in render(ended_by_star, PROMPTS, ENGLISH, PATHS)
    again = after_review(PROMPTS, where, 1, "2", {"when": "1"}, known_language=True)
    assert again == Record(where, turn=2)
    for kept in ("1", ""):
        follows = after_review(PROMPTS, where, 1, kept, {"when": "1"}, known_language=True)
        assert follows == Ask(QUESTIONS["officers"])


def test_nothing_is_asked_of_who_does_not_want_to_hear_it_back() -> None:
    follows = after_recording(
        PROMPTS,
        QUESTIONS["where"],
        1,
        "#",
        {"when": "1"},
        known_language=True,
        recording_sid="RE1",
    )
    assert follows == Ask(QUESTIONS["officers"])


def test_zero_reaches_a_person_at_every_question_and_nobody_free_goes_on_where_it_was() -> None:
    for question in PROMPTS.script.questions:
        if question.kind in ("record", "inform"):
            continue
        ringing = after_keys(PROMPTS, question, 1, "0", {})
        assert ringing == RingPeople(question.id, 2)
        back = after_people(PROMPTS, question.id, 2, {}, known_language=True, reached=False)
        assert back == Ask(question, turn=2, before=("nobody_free",))
    assert after_language(PROMPTS, 1, "0") == RingPeople(LANGUAGE, 2)
    assert after_finish(PROMPTS, 1, "0", has_number=True) == RingPeople(FINISH, 2)


def test_who_asks_for_a_person_while_speaking_loses_nothing_of_the_report() -> None:
    where, answers = QUESTIONS["where"], {"when": "1"}
    ringing = after_recording(
        PROMPTS, where, 1, "0", answers, known_language=True, recording_sid="RE1"
    )
    assert ringing == RingPeople("where", DONE)
    back = after_people(PROMPTS, "where", DONE, answers, known_language=True, reached=False)
    assert back == Ask(QUESTIONS["officers"], before=("nobody_free",))


def test_where_nobody_can_be_rung_the_key_is_a_wrong_one() -> None:
    assert after_keys(OFF, QUESTIONS["when"], 1, "0", {}) == Ask(
        QUESTIONS["when"], turn=2, before=("correction",)
    )


def test_a_group_may_have_everybody_rung_first() -> None:
    led = after_language(FIRST, 1, "1")
    assert isinstance(led, ChosenLanguage)
    assert led.step == RingPeople("when", 1, ("safety",))
    back = after_people(FIRST, "when", 1, {}, known_language=True, reached=False)
    assert back == Ask(QUESTIONS["when"], before=("nobody_free",))


def test_everybody_is_rung_at_once_and_the_words_come_before_the_ringing() -> None:
    said = render(RingPeople("when", 2), PROMPTS, ENGLISH, PATHS, PEOPLE)
    assert said.count("<Number") == 2
    assert 'timeout="25"' in said
    assert said.index(ENGLISH.words["calling_person"]) < said.index("<Dial")


def test_a_text_is_offered_only_to_who_can_be_sent_one() -> None:
    assert ENGLISH.words["offer_text"] in render(Finish(), PROMPTS, ENGLISH, PATHS, PEOPLE)
    withheld = replace(PEOPLE, has_number=False)
    assert ENGLISH.words["offer_text"] not in render(Finish(), PROMPTS, ENGLISH, PATHS, withheld)
    assert after_finish(PROMPTS, 1, "1", has_number=True) == TextWanted(HangUp())
    assert after_finish(PROMPTS, 1, "1", has_number=False) == HangUp()


def test_the_first_beep_comes_soon_for_an_english_caller() -> None:
    # Nothing is timed: it is the length of what is said, at the pace that the simulator speaks.
    assert until_beep(PROMPTS, ENGLISH, Manner.FIRST_CHANCE) < LIMIT


# --- Every document -----------------------------------------------------------------------------

STEPS: list[Step] = [
    AskLanguage(),
    AskLanguage(turn=2, before=("correction",)),
    AskLanguage(more=True),
    AskLanguage(turn=2, before=("nobody_free",)),
    *(
        Record(question, before=("safety", "many_calls"))
        if question.kind == "record"
        else Ask(question, turn=2, before=("correction", "no_such_report", "rights", "others"))
        for question in PROMPTS.script.questions
        if question.kind != "inform"
    ),
    Record(PROMPTS.script.unknown_language, turn=2),
    Review(QUESTIONS["where"], "RE" + "0" * 32),
    PressDigits("482", ("many_calls",)),
    RingPeople("when", 2),
    Finish(before=("rights",)),
    Finish(turn=2),
    HangUp(),
]


@pytest.mark.parametrize("prompts", [PROMPTS, RECORDED], ids=["by voice", "by recordings"])
@pytest.mark.parametrize("code", [language.code for language in PROMPTS.languages])
def test_every_document_of_every_language_is_what_a_provider_runs(
    prompts: Prompts, code: str
) -> None:
    language = prompts.language(code)
    if language is None:
        # No voice speaks it: nothing may be said in it until it is recorded.
        waiting = next(each for each in prompts.languages if each.code == code)
        assert waiting.voice is None
        with pytest.raises(LookupError):
            render(HangUp(), prompts, waiting, PATHS)
        return
    for step in STEPS:
        verbs = read_twiml(render(step, prompts, language, PATHS, PEOPLE), "http://localhost/v/x")
        assert verbs, step
        said = [prompt for verb in verbs for prompt in getattr(verb, "prompts", (verb,))]
        for prompt in said:
            if isinstance(prompt, Say):
                assert prompt.text.strip()
                voices = {each.voice for each in prompts.offered}
                assert Voice(prompt.language, prompt.voice) in voices
