"""What the pages of callers' words show, and what changing words does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dashboard.prompt_page import SpokenLanguage
from reports.settings import Change, last_hand, standing
from reports.wording import (
    Place,
    check,
    digits_in,
    is_text,
    name_of,
    place_of,
    seconds_to_say,
    tidy,
)
from sounds.lengths import longest

LAST_CHANGES: Final = 50


@dataclass(frozen=True, slots=True)
class WordingLine:
    """Somebody changed the words of a prompt."""

    change: Change
    words: str
    """What they changed them to."""
    counts: bool
    """It is what holds now, and can be undone."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What other words do beside being said."""

    sets_aside: bool = False
    """Callers do not hear the recording any more: it says other words."""
    brings_back: bool = False
    """An earlier recording says them."""
    not_offered: bool = False
    """The language has no voice, and is not offered until the prompt is recorded anew."""
    too_long: float | None = None
    """About how many seconds they take, where that is more than the prompt may."""
    lost_digits: tuple[str, ...] = ()
    """Digits, such as keys, that are not in them any more."""

    @property
    def asked_about(self) -> bool:
        """Whether somebody is to be told before it is done."""
        return self.sets_aside or self.too_long is not None or bool(self.lost_digits)


@dataclass(frozen=True, slots=True)
class ChangedWords:
    """A prompt whose words are others than the file's."""

    language: SpokenLanguage
    prompt: str
    words: str
    who: str
    at: datetime


def read_words(prompt: str, typed: str) -> str:
    """What somebody typed, as it would be said.

    Raises:
        Unsayable
    """
    text = tidy(typed)
    check(prompt, text)
    return text


def effects_of(
    language: SpokenLanguage,
    prompt: str,
    text: str,
    now: Mapping[Place, str],
    then: Mapping[Place, str],
) -> Effects:
    """What saying `text` at the prompt does; `now` and `then`: what is recorded, of what is said
    now and of what would be (`Records.current_takes`)."""
    before = language.text_of(prompt) or ""
    place = (language.code, prompt)
    heard = not is_text(prompt)
    sets_aside = heard and place in now and then.get(place) != now[place]
    falls_silent = sets_aside and place not in then and not language.voiced
    whole = all((language.code, each) in now for each in language.words)
    seconds = seconds_to_say(text)
    return Effects(
        sets_aside=sets_aside,
        brings_back=heard and place in then and then[place] != now.get(place),
        not_offered=falls_silent and whole,
        too_long=seconds if heard and seconds > longest(prompt) else None,
        lost_digits=tuple(digit for digit in digits_in(before) if digit not in digits_in(text)),
    )


def lines_of_prompt(
    language: SpokenLanguage, prompt: str, changes: Iterable[Change]
) -> tuple[WordingLine, ...]:
    """The last changes of a prompt's words, the last first."""
    name = name_of(language.code, prompt)
    filed = file_words(language, prompt)
    mine = [change for change in changes if change.name == name]
    counts = set(standing(mine).values())
    return tuple(
        WordingLine(change, filed if change.value is None else change.value, change in counts)
        for change in reversed(mine[-LAST_CHANGES:])
    )


def words_before(
    language: SpokenLanguage, prompt: str, changes: Sequence[Change], change_id: int
) -> str:
    """The words that hold once that change is undone."""
    left = standing(
        change
        for change in changes
        if change.change_id != change_id and change.name == name_of(language.code, prompt)
    )
    for change in left.values():
        if change.value is not None:
            return change.value
    return file_words(language, prompt)


def file_words(language: SpokenLanguage, prompt: str) -> str:
    return language.filed.get(prompt, language.text_of(prompt) or "")


def known_of(language: SpokenLanguage, prompt: str, changes: Iterable[Change]) -> str:
    """What a form was shown with: after another change, or undoing one, it is another."""
    mine = [change for change in changes if change.name == name_of(language.code, prompt)]
    undone = sum(change.undone_at is not None for change in mine)
    return f"{mine[-1].change_id}-{undone}" if mine else "0"


def value_of(language: SpokenLanguage, prompt: str, text: str) -> str | None:
    """What is kept of words: None where they are the file's."""
    return None if text == file_words(language, prompt) else text


def changed_words(
    spoken: Iterable[SpokenLanguage], changes: Sequence[Change]
) -> tuple[ChangedWords, ...]:
    """In the order of languages and prompts."""
    hands = last_hand(changes)
    found = []
    for language in spoken:
        for prompt in (*language.words, *language.texts):
            hand = hands.get(name_of(language.code, prompt))
            if prompt in language.filed and hand is not None:
                found.append(ChangedWords(language, prompt, language.text_of(prompt) or "", *hand))
    return tuple(found)


def last_of_words(changes: Iterable[Change]) -> tuple[str, datetime] | None:
    """Who had a hand in any words last, also where nothing is left of it."""
    hands = last_hand(change for change in changes if place_of(change.name) is not None)
    return max(hands.values(), key=lambda hand: hand[1], default=None)
