"""Where a call stands and what was pressed there -> what comes next. Pure.

Nobody must be able to press a key: a question without an answer is asked once more and then passed
over, a wrong key gets one short correction, and who chooses no language is recorded at once. `*`
says a question again, `0` rings the people on shift. Every path ends, within few turns a question.

A turn is how often a question has been put. Up to `TURNS` it is put because there was no answer;
from `OFFERED` on it is a menu offered once more after something was said, and silence there means
that the caller has heard what they wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ivr.languages import MORE, Language, Prompts
from ivr.scripts import PERSON, REPEAT, Question
from reports.questions import DO_NOT_KNOW

TURNS: Final = 2
"""How often a question is put at most while it is not answered."""
OFFERED: Final = 10
"""The turn of a menu that is offered once more begins here."""
OFFERS: Final = 3
"""How often a menu is offered once more."""
DONE: Final = 20
"""The turn of a question that is behind the caller, who is with a person meanwhile."""
AGAIN: Final = "2"
"""The key that has a recording said once more, after it was heard back."""
LANGUAGE: Final = "language"
MORE_LANGUAGES: Final = "more"
FINISH: Final = "finish"
"""What stands in a path instead of a question's id."""


@dataclass(frozen=True, slots=True)
class AskLanguage:
    """Offer languages, each in itself: the most used ones, or (`more`) those of two digits."""

    turn: int = 1
    before: tuple[str, ...] = ()
    """Prompts that are said first; so in every step."""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for keys."""

    question: Question
    turn: int = 1
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """Ask for words."""

    question: Question
    turn: int = 1
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Play a recording back, to be kept or said again."""

    question: Question
    recording_sid: str
    turn: int = 1


@dataclass(frozen=True, slots=True)
class PressDigits:
    """Have the digits pressed that are heard: a machine that calls does not."""

    digits: str
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RingPeople:
    """Ring everybody on shift; if nobody takes the call it goes on at `question`."""

    question: str
    turn: int
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finish:
    """Say the reference if there is a report, what to do next, and goodbye."""

    turn: int = 1
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HangUp:
    """Say goodbye and no more."""


Step = AskLanguage | Ask | Record | Review | PressDigits | RingPeople | Finish | HangUp


@dataclass(frozen=True, slots=True)
class ChosenLanguage:
    """The caller's language, and the step that it leads to."""

    language: Language
    step: Step


@dataclass(frozen=True, slots=True)
class Taken:
    """What is kept as the answer ('' for none) and the step that follows."""

    digits: str
    step: Step


@dataclass(frozen=True, slots=True)
class TextWanted:
    """The caller wants the reference as a text message."""

    step: Step


Answers = Mapping[str, str]
"""What was pressed so far, by question."""


def begin() -> Step:
    return AskLanguage()


def after_language(
    prompts: Prompts, turn: int, digits: str, *, more: bool = False, usual: Language | None = None
) -> ChosenLanguage | Step:
    """What the language menu leads to: a language, the menu once more, a person or the recorder.

    `usual` is the language of the caller's last call: theirs when they press nothing.
    """
    pressed = MORE + digits if more and digits != MORE else digits
    chosen = next((each for each in prompts.offered if digits and each.keys == pressed), None)
    if chosen is not None:
        return ChosenLanguage(chosen, _enter(prompts))
    if digits == MORE and turn <= TURNS and any(len(each.keys) > 1 for each in prompts.offered):
        # Nobody is corrected who types a code of two digits from a poster twice.
        return AskLanguage(turn=turn + more, more=True)
    if digits == PERSON and turn <= TURNS and prompts.script.person != "off":
        return RingPeople(LANGUAGE, turn + 1)
    if turn < TURNS:
        return AskLanguage(turn=turn + 1, before=_correction(digits))
    if usual is not None:
        return ChosenLanguage(usual, _enter(prompts))
    return Record(prompts.script.unknown_language)


def in_a_flood(entered: Step, *, digits: str | None = None) -> Step:
    """What a caller hears first in a flood once they chose a language: that many are calling and,
    if they are checked, the `digits` to press. `entered` is what they would hear otherwise."""
    if digits is not None:
        return PressDigits(digits, before=("many_calls",))
    if isinstance(entered, Ask | Record | RingPeople | Finish):
        return replace(entered, before=("many_calls", *entered.before))
    return entered


def after_digits(prompts: Prompts) -> Step:
    """What follows the digits, whichever were pressed: the script, and so the recorder."""
    return _enter(prompts)


def after_keys(
    prompts: Prompts,
    question: Question,
    turn: int,
    digits: str,
    answers: Answers,
    is_report: Callable[[str], bool] = lambda _: False,
) -> Taken | Step:
    """What the keys pressed at a question lead to: an answer, or the question once more.

    `is_report` says whether there is a report of that reference.
    """
    answer = accepted(question, digits)
    unknown = question.kind == "reference" and answer is not None and not is_report(answer)
    if answer is not None and not unknown:
        return Taken(answer, _next(prompts, question.id, {**answers, question.id: answer}, turn))
    if digits == PERSON and _may_ring(prompts, turn):
        return RingPeople(question.id, turn + 1)
    if digits == REPEAT and (turn < TURNS or OFFERED <= turn < OFFERED + OFFERS):
        return Ask(question, turn=turn + 1)
    if turn < TURNS:
        before = ("no_such_report",) if unknown else _correction(digits)
        return Ask(question, turn=turn + 1, before=before)
    if turn >= OFFERED and not digits:
        return Finish()
    return Taken("", _next(prompts, question.id, {**answers, question.id: ""}, turn))


def after_recording(
    prompts: Prompts,
    question: Question,
    turn: int,
    digits: str,
    answers: Answers,
    *,
    known_language: bool,
    recording_sid: str | None,
) -> Step:
    """What follows a recording that `digits` ended, or the silence instead of it."""
    if recording_sid is not None and digits == REPEAT and turn <= TURNS:
        return Review(question, recording_sid, turn)
    if recording_sid is not None and digits == PERSON and prompts.script.person != "off":
        return RingPeople(question.id, DONE)
    if known_language:
        return _next(prompts, question.id, answers, turn)
    if recording_sid is None and turn < TURNS:
        return Record(question, turn=turn + 1)
    return Finish()


def after_review(
    prompts: Prompts,
    question: Question,
    turn: int,
    digits: str,
    answers: Answers,
    *,
    known_language: bool,
) -> Step:
    """What follows a recording that was heard back: it is kept unless the caller says otherwise."""
    if digits == AGAIN:
        return Record(question, turn=turn + 1)
    return after_recording(
        prompts, question, turn, "", answers, known_language=known_language, recording_sid="kept"
    )


def after_people(
    prompts: Prompts,
    question_id: str,
    turn: int,
    answers: Answers,
    *,
    known_language: bool,
    reached: bool,
) -> Step:
    """What follows the ringing: the end of a call that somebody took, else where it stood."""
    if reached:
        return HangUp()
    kind_word = ("nobody_free",)
    question = prompts.script.question(question_id)
    if question is None:
        if question_id == LANGUAGE:
            return AskLanguage(turn=turn, before=kind_word)
        return Finish(turn=TURNS, before=kind_word)
    if turn >= DONE:
        if not known_language:
            return Finish(before=kind_word)
        return _next(prompts, question.id, answers, turn, kind_word)
    if question.kind == "record":
        return Record(question, turn=turn, before=kind_word)
    return Ask(question, turn=turn, before=kind_word)


def after_finish(
    prompts: Prompts, turn: int, digits: str, *, has_number: bool
) -> TextWanted | Step:
    """What the keys pressed at the end lead to."""
    if digits == "1" and has_number:
        return TextWanted(HangUp())
    if digits == REPEAT and turn < TURNS:
        return Finish(turn=turn + 1)
    if digits == PERSON and turn < TURNS and prompts.script.person != "off":
        return RingPeople(FINISH, turn + 1)
    return HangUp()


def accepted(question: Question, digits: str) -> str | None:
    """The answer that these keys are, None when they are none.

    A number may begin with the star for 'I do not know'; what else is no number is not guessed at.
    The key for a person is no answer: nobody calls to report no officer at all.
    """
    if not digits or digits == PERSON:
        return None
    if question.kind == "number":
        if digits.startswith(DO_NOT_KNOW):
            return DO_NOT_KNOW
        return digits if digits.isascii() and digits.isdecimal() else None
    if digits == REPEAT:
        return None
    if question.kind == "reference":
        return digits if digits.isascii() and digits.isdecimal() else None
    if digits in question.keys:
        return digits
    return question.default


def _enter(prompts: Prompts) -> Step:
    """The beginning of the script: what everybody must be told comes before it."""
    before = ("safety",)
    if prompts.script.person == "first":
        first = prompts.script.following(None, {})
        return RingPeople(FINISH if first is None else first.id, 1, before)
    return _next(prompts, None, {}, 1, before)


def _next(
    prompts: Prompts,
    after: str | None,
    answers: Answers,
    turn: int,
    before: tuple[str, ...] = (),
) -> Step:
    """The question that follows, with what is to be said before it."""
    question = prompts.script.following(after, answers)
    if question is None:
        return Finish(before=before)
    if question.kind == "inform":
        before = (*before, question.id)
        menu = prompts.script.question(question.back_to or "")
        if menu is not None and turn < OFFERED + OFFERS:
            return Ask(menu, turn=max(turn + 1, OFFERED), before=before)
        return _next(prompts, question.id, answers, turn, before)
    if question.kind == "record":
        return Record(question, before=before)
    return Ask(question, before=before)


def _may_ring(prompts: Prompts, turn: int) -> bool:
    waiting = turn <= TURNS or OFFERED <= turn < OFFERED + OFFERS
    return waiting and prompts.script.person != "off"


def _correction(digits: str) -> tuple[str, ...]:
    return ("correction",) if digits and digits != REPEAT else ()
