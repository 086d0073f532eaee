"""Where a call stands and what was pressed there -> what comes next. Pure.

Nobody must be able to press a key: a question without an answer is asked once more and then passed
over, a wrong key gets one short correction, and who chooses no language is recorded at once. Every
path ends, within two turns a question.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.languages import Language, Prompts, Question
from reports.questions import DO_NOT_KNOW

TURNS = 2
"""How often a question is asked at most."""


@dataclass(frozen=True, slots=True)
class AskLanguage:
    """Offer every language in itself."""

    turn: int = 1
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for keys."""

    question: Question
    turn: int = 1
    corrected: bool = False
    first: bool = False
    """The first question after the language: what everybody must be told comes before it."""


@dataclass(frozen=True, slots=True)
class Record:
    """Ask for words."""

    question: Question
    turn: int = 1
    first: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """Say goodbye, with the reference if there is a report."""


Step = AskLanguage | Ask | Record | Finish


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


def begin() -> Step:
    return AskLanguage()


def after_language(prompts: Prompts, turn: int, digits: str) -> ChosenLanguage | Step:
    """What the language menu leads to: a language, the menu once more, or the recorder."""
    chosen = next((language for language in prompts.languages if language.key == digits), None)
    if chosen is not None:
        return ChosenLanguage(chosen, _enter(prompts.script.questions[0], first=True))
    if turn < TURNS:
        return AskLanguage(turn=turn + 1, corrected=bool(digits))
    return Record(prompts.script.unknown_language)


def after_keys(prompts: Prompts, question: Question, turn: int, digits: str) -> Taken | Step:
    """What the keys pressed at a question lead to: an answer, or the question once more."""
    answer = accepted(question, digits)
    if answer is not None:
        return Taken(answer, _following(prompts, question))
    if turn < TURNS:
        return Ask(question, turn=turn + 1, corrected=bool(digits))
    return Taken("", _following(prompts, question))


def after_recording(
    prompts: Prompts, question: Question, turn: int, *, known_language: bool, recorded: bool
) -> Step:
    """What follows a recording, or the silence instead of it."""
    if known_language:
        return _following(prompts, question)
    if not recorded and turn < TURNS:
        return Record(question, turn=turn + 1)
    return Finish()


def accepted(question: Question, digits: str) -> str | None:
    """The answer that these keys are, None when they are none.

    A number may begin with the star for 'I do not know'; what else is no number is not guessed at.
    """
    if not digits:
        return None
    if question.kind == "number":
        if digits.startswith(DO_NOT_KNOW):
            return DO_NOT_KNOW
        return digits if digits.isascii() and digits.isdecimal() else None
    if digits in question.keys:
        return digits
    return question.default


def _enter(question: Question, *, first: bool = False) -> Step:
    if question.kind == "record":
        return Record(question, first=first)
    return Ask(question, first=first)


def _following(prompts: Prompts, question: Question) -> Step:
    following = prompts.script.after(question.id)
    return Finish() if following is None else _enter(following)
