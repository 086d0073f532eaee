"""The words callers hear and the questions they are asked, as they are set at the desk. Pure.

What is set stands among the settings' changes (`reports.settings`), each prompt of each language
under a name of its own, so that who, when and undo are one mechanism. Where nothing is set, or what
is set cannot be said, the words of the language's `says.toml` hold.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from reports.settings import Change, Setting, standing

TEXTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "received": frozenset({"reference"}),
        "added": frozenset({"reference"}),
        "report": frozenset({"reference"}),
        "help": frozenset(),
    }
)
"""The text messages to callers, and what is filled in."""
LONGEST_SAY: Final = 4096
"""Characters in one <Say> (https://www.twilio.com/docs/voice/twiml/say)."""
LONGEST_TEXT: Final = 1400
"""Characters of a text message: the provider takes 1600
(https://www.twilio.com/docs/glossary/what-sms-character-limit), and addresses may follow."""
LETTERS_A_SECOND: Final = 15.0
"""How fast the provider's voices read, near enough."""
_WIDE: Final = 3
"""Letters that one of Chinese, Japanese or Korean takes the time of."""
_OF_TEXT: Final = "text_"
_NAME: Final = "words"

Place = tuple[str, str]
"""A language's code and a prompt of it."""


class Fault(StrEnum):
    """Why words cannot be said."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    BRACES = "braces"
    """A { or } that belongs to nothing."""
    LACKS = "lacks"
    """Something that is filled in is missing."""
    UNKNOWN = "unknown"
    """Something in braces that nobody fills in."""


class Unsayable(ValueError):
    """Words that cannot be said; `name`: what is missing or unknown, as it stands in braces."""

    def __init__(self, fault: Fault, name: str = "") -> None:
        super().__init__(f"{fault} {name}".strip())
        self.fault = fault
        self.name = name


@dataclass(frozen=True, slots=True)
class Wording:
    """What is set at the desk of words and questions, at an instant."""

    words: Mapping[Place, str] = field(default_factory=dict)
    """Only what can be said; the words of texts under `text_prompt`."""
    questions_off: frozenset[str] = frozenset()
    """Ids. That a question may be left out at all, the script says."""
    unsayable: frozenset[Place] = frozenset()
    """Where something is set that cannot be said."""


def text_prompt(text: str) -> str:
    """The name by which a text message stands among the prompts."""
    return _OF_TEXT + text


def needed(prompt: str) -> frozenset[str]:
    """What is filled in, in the words of a prompt or text."""
    return TEXTS.get(prompt.removeprefix(_OF_TEXT), frozenset()) if is_text(prompt) else frozenset()


def is_text(prompt: str) -> bool:
    """Whether it is read and not heard."""
    return prompt.startswith(_OF_TEXT) and prompt.removeprefix(_OF_TEXT) in TEXTS


def tidy(text: str) -> str:
    """Words as somebody typed them, in one line and without what no document may hold.

    What joins or parts letters without being seen stays: some scripts need it.
    """
    shown = (
        letter
        for letter in text
        if letter in "\t\r\n"
        or (unicodedata.category(letter) not in ("Cc", "Cs") and letter not in "\ufffe\uffff")
    )
    return re.sub(r"[ \t\r\n]+", " ", "".join(shown)).strip(" ")


def check(prompt: str, text: str) -> None:
    """Whether these words can be said at that prompt.

    Raises:
        Unsayable
    """
    if not text.strip():
        raise Unsayable(Fault.EMPTY)
    if len(text) > (LONGEST_TEXT if is_text(prompt) else LONGEST_SAY):
        raise Unsayable(Fault.TOO_LONG)
    wanted = needed(prompt)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        raise Unsayable(Fault.BRACES) from None
    used = set()
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in wanted or form or conversion:
            as_typed = (
                name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
            )
            raise Unsayable(Fault.UNKNOWN, as_typed)
        used.add(name)
    if not wanted and ("{" in text or "}" in text):
        # Nothing is filled in, so doubled braces would be read out.
        raise Unsayable(Fault.BRACES)
    for name in sorted(wanted - used):
        raise Unsayable(Fault.LACKS, name)


def seconds_to_say(text: str) -> float:
    """About how long a voice takes."""
    letters = sum(_WIDE if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
    return letters / LETTERS_A_SECOND


def digits_in(text: str) -> tuple[str, ...]:
    """The digits that stand in the words, each once: keys to press, numbers to call."""
    return tuple(sorted({each for each in text if each in string.digits}))


# --- What was recorded ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice of a take that says these words; of none, where both are None."""

    choice_id: int
    language: str
    prompt: str
    words: str | None
    sha256: str | None


def same_words(one: str, other: str) -> bool:
    """Whether they sound alike: points, commas, quotes and capitals are not heard."""
    return one == other or _heard(one) == _heard(other)


@lru_cache(maxsize=4096)
def _heard(text: str) -> str:
    return " ".join(_SILENT.sub(" ", unicodedata.normalize("NFC", text)).casefold().split())


_SILENT: Final = re.compile(r'[.,;:!?¡¿…"“”«»()،؛؟።፣፤፥፦፧၊။]')
"""Apostrophes and hyphens are letters in some languages, and # and * are keys."""


def recorded(choices: Iterable[Chosen], said: Mapping[Place, str]) -> Mapping[Place, str]:
    """SHA-256 of what callers hear at each prompt at which `said` is to be heard.

    A recording of other words is never one of it: the last choice counts whose take says these
    words, unless later on somebody chose that there be none.
    """
    best: dict[Place, Chosen] = {}
    for choice in choices:
        place = (choice.language, choice.prompt)
        if place not in said:
            continue
        if choice.words is not None and not same_words(choice.words, said[place]):
            continue
        if place not in best or choice.choice_id > best[place].choice_id:
            best[place] = choice
    return {place: one.sha256 for place, one in best.items() if one.sha256 is not None}


# --- What was set ---------------------------------------------------------------------------------


def name_of(language: str, prompt: str) -> str:
    """The name under which words are set.

    >>> name_of("en", "where")
    'words:en:where'
    """
    return f"{_NAME}:{language}:{prompt}"


def place_of(name: str) -> Place | None:
    """What a change is of; None: of no words."""
    kind, _, rest = name.partition(":")
    language, _, prompt = rest.partition(":")
    return (language, prompt) if kind == _NAME and language and prompt else None


def concerns(name: str) -> bool:
    """Whether a change is of what callers hear or are asked."""
    return name == Setting.QUESTIONS_OFF or place_of(name) is not None


def as_of(changes: Iterable[Change], at: datetime) -> list[Change]:
    """The changes as they stood at an instant: what was made or undone later is not."""
    return [
        change
        if change.undone_at is None or change.undone_at <= at
        else replace(change, undone_at=None, undone_by=None)
        for change in changes
        if change.at <= at
    ]


@lru_cache(maxsize=4096)
def _is_sayable(prompt: str, text: str) -> bool:
    # Asked at each step of each call of the same few words.
    try:
        check(prompt, text)
    except Unsayable:
        return False
    return True


def wording(changes: Iterable[Change], questions_off: Iterable[str]) -> Wording:
    """What holds by these changes; `questions_off` as the environment and the desk have it."""
    words: dict[Place, str] = {}
    unsayable = set()
    for name, change in standing(changes).items():
        place = place_of(name)
        if place is None or change.value is None:
            continue
        if _is_sayable(place[1], change.value):
            words[place] = change.value
        else:
            unsayable.add(place)
    return Wording(words, frozenset(questions_off), frozenset(unsayable))
