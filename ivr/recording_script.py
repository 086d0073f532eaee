"""Recording prompts by telephone: where somebody stands and what they did -> what comes next. Pure.

A PIN, a language by its keys, then one prompt after the other that nobody recorded yet. It always
ends: each thing is asked a few times and then passed over, and prompts are only ever gone forward.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from ivr.languages import Language

PINS: Final = 3
"""How many PINs may be tried in a call."""
LANGUAGES: Final = 3
"""How many times the language is asked for."""
SILENCES: Final = 2
"""From which turn on nothing said at a prompt passes it over."""
RECORDINGS: Final = 5
"""How many times a prompt is recorded at most before the next one comes."""
HEARINGS: Final = 2
"""How many times a recording is played for a decision."""
KEEP: Final = "1"
AGAIN: Final = "2"
SKIP: Final = "3"


@dataclass(frozen=True, slots=True)
class Place:
    """A prompt of a language, by its place among all of them from 0, and how often it is put."""

    language: str
    index: int
    turn: int = 1


@dataclass(frozen=True, slots=True)
class EnterPin:
    turn: int = 1
    before: tuple[str, ...] = ()
    """Names of what is said first; so in every step."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    turn: int = 1
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SayPrompt:
    """Read the words out and record them."""

    place: Place
    before: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """Play the take, to be kept, made again or passed over."""

    place: Place
    take_id: str
    asked: int = 1


@dataclass(frozen=True, slots=True)
class Leave:
    before: tuple[str, ...] = ()


Step = EnterPin | ChooseLanguage | SayPrompt | Review | Leave


def after_pin(asked: int, *, right: bool) -> Step:
    """What follows the PIN that was `asked` for so many times; 0: it was not yet."""
    if asked == 0:
        return EnterPin()
    if right:
        return ChooseLanguage()
    if asked < PINS:
        return EnterPin(asked + 1, before=("pin_wrong",))
    return Leave(before=("pin_wrong",))


def after_language(languages: Sequence[Language], turn: int, digits: str) -> Step:
    """The first prompt of the language with these keys. Also of one that is not offered yet."""
    chosen = next((each for each in languages if each.keys == digits), None)
    if chosen is not None:
        return following(chosen, -1)
    if turn < LANGUAGES:
        return ChooseLanguage(turn + 1, before=("no_such_language",))
    return Leave()


def after_silence(language: Language, place: Place) -> Step:
    if place.turn >= SILENCES:
        return following(language, place.index)
    return _again(language, place, "nothing_heard")


def after_fault(language: Language, place: Place, fault: str) -> Step:
    """What follows a recording that will not do, for the reason of that name."""
    return _again(language, place, fault)


def after_review(language: Language, review: Review, digits: str) -> Step:
    """What follows a take that was heard; keeping it is not done here."""
    if digits == KEEP:
        return following(language, review.place.index, before=("kept",))
    if digits == AGAIN:
        return _again(language, review.place)
    if digits == SKIP:
        return following(language, review.place.index)
    if review.asked < HEARINGS:
        return replace(review, asked=review.asked + 1)
    return Leave()


def following(language: Language, index: int, before: tuple[str, ...] = ()) -> Step:
    """The next prompt after `index` that nobody recorded."""
    for place, prompt in enumerate(language.words):
        if place > index and prompt not in language.recorded:
            return SayPrompt(Place(language.code, place), before)
    return Leave(before=(*before, "complete"))


def _again(language: Language, place: Place, *before: str) -> Step:
    if place.turn < RECORDINGS:
        return SayPrompt(replace(place, turn=place.turn + 1), before)
    return following(language, place.index, before)
