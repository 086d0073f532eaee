"""The folder `prompts/` as typed values: the languages that callers are offered and the script.

Everything that is missing or wrong is found when the line starts, in one list that names file, line
and key, and never while somebody is on the telephone.

A prompt is heard as it was recorded in the language; where it was not, the provider's voice reads
it, if there is one for the language; a language in which anything can be heard in neither way is
not offered at all: no Somali read by an English voice, and no silence.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from ivr.scripts import Script, read_script
from ivr.toml_file import TomlFile
from ivr.voices import speaks
from reports.model import Admission
from reports.wording import LONGEST_SAY, TEXTS, Place, Wording, text_prompt

PROMPTS: Final = (
    "welcome",
    "choose_language",
    "more_languages",
    "safety",
    "correction",
    "unknown_language",
    "many_calls",
    "digits_check",
    "calling_person",
    "nobody_free",
    "no_such_report",
    "keep_or_again",
    "thanks",
    "your_reference",
    "again",
    "after_report",
    "offer_text",
    "goodbye",
    "goodbye_without_report",
)
"""What every language must say beside the script's questions."""
DIGITS: Final = tuple(f"digit_{digit}" for digit in string.digits)
"""Prompts that are one digit each: a number is read out by them where no voice can."""
FALLBACK: Final = "en"
"""The language that callers are told of when all are switched off."""
MORE: Final = "9"
"""The key that leads to the languages of two digits."""
_KEYS: Final = re.compile(r"[1-8]|9[1-8]")


class BadPrompts(ValueError):
    """`prompts/` cannot be used. `str()` lists everything that is wrong, a line each."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the provider: `language` as Twilio's Say writes it, such as 'es-MX'."""

    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class Language:
    """One language of callers: what is said in it, and how."""

    code: str
    name: str
    """In itself: Español, Soomaali."""
    keys: str
    """What a caller presses for it: one digit, or two that begin with 9. The same for ever, for it
    stands on posters."""
    review: str
    """Who answers for the words, and since when; 'machine draft' until somebody does."""
    voice: Voice | None
    words: Mapping[str, str]
    """What is said at each prompt, by its id: the prompts, the questions and the digits."""
    texts: Mapping[str, str]
    """The text messages to callers."""
    recorded: Mapping[str, str] = field(default_factory=dict)
    """The prompts that somebody recorded: id -> SHA-256 of the sound, hexadecimal."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The prompts that can be heard in no way."""
        if self.voice is not None:
            return ()
        return tuple(prompt for prompt in self.words if prompt not in self.recorded)

    def worded(self, wording: Wording) -> Language:
        """The same with the words that are set; what is set of a prompt that is no more, is not."""
        return replace(
            self,
            words={
                prompt: wording.words.get((self.code, prompt), words)
                for prompt, words in self.words.items()
            },
            texts={
                text: wording.words.get((self.code, text_prompt(text)), words)
                for text, words in self.texts.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Prompts:
    """All of `prompts/` that the telephone needs. `languages` in the order of their keys, those
    that are not offered among them."""

    script: Script
    languages: tuple[Language, ...]
    off: frozenset[str] = frozenset()
    """Codes of those that callers are not told of. Their keys lead to them all the same."""

    @property
    def offered(self) -> tuple[Language, ...]:
        """Those that a key leads to."""
        return tuple(language for language in self.languages if not language.missing)

    @property
    def told(self) -> tuple[Language, ...]:
        """Those that callers are told of: never none, English before all others."""
        offered = self.offered
        told = tuple(language for language in offered if language.code not in self.off)
        english = tuple(language for language in offered if language.code == FALLBACK)
        return told or english or offered

    def language(self, code: str | None) -> Language | None:
        """The language of that code, if it is offered."""
        return next((language for language in self.offered if language.code == code), None)

    @property
    def said(self) -> Mapping[Place, str]:
        """What is to be heard at each prompt of each language."""
        return {
            (language.code, prompt): words
            for language in self.languages
            for prompt, words in language.words.items()
        }

    def worded(self, wording: Wording) -> Prompts:
        """The same with the words that are set, and without the questions that are switched off."""
        codes = {code for code, _ in wording.words}
        return replace(
            self,
            script=self.script.without(wording.questions_off),
            languages=tuple(
                language.worded(wording) if language.code in codes else language
                for language in self.languages
            ),
        )

    def with_recordings(self, recorded: Mapping[Place, str]) -> Prompts:
        """The same with what was recorded: (language, prompt) -> SHA-256 of the sound."""
        return replace(
            self,
            languages=tuple(
                replace(
                    language,
                    recorded={
                        prompt: sha256
                        for (code, prompt), sha256 in recorded.items()
                        if code == language.code and prompt in language.words
                    },
                )
                for language in self.languages
            ),
        )

    def without(self, codes: Iterable[str]) -> Prompts:
        """The same, and callers are not told of these languages."""
        return replace(self, off=frozenset(codes))

    def short(self, let_in: Admission) -> Prompts:
        """The same with the short script for a call that was let in so."""
        return replace(self, script=self.script.short(let_in))

    def in_order(self, codes: Sequence[str]) -> Prompts:
        """The same with the languages named first in front, in that order."""
        rank = {code: place for place, code in enumerate(codes)}
        return replace(
            self,
            languages=tuple(
                sorted(self.languages, key=lambda each: rank.get(each.code, len(rank)))
            ),
        )


def load_prompts(folder: Path) -> Prompts:
    """Reads the script and every language's `says.toml`.

    Raises:
        BadPrompts: with everything that is wrong, not only the first.
    """
    wrong: list[str] = []
    script = read_script(folder / "script.toml", wrong)
    languages = [
        language
        for path in sorted(folder.glob("*/says.toml"))
        if (language := _language(path, script, wrong)) is not None
    ]
    if not languages and not wrong:
        wrong.append(f"{folder}: no language has a says.toml")
    wrong.extend(_clashing_keys(languages))
    if languages and not wrong and not any(not language.missing for language in languages):
        wrong.append(f"{folder}: no language can be heard: none has a [voice]")
    if wrong or script is None:
        raise BadPrompts("\n".join(["prompts/ cannot be used:", *(f"  {line}" for line in wrong)]))
    return Prompts(script, tuple(sorted(languages, key=lambda language: language.keys)))


def _language(path: Path, script: Script | None, wrong: list[str]) -> Language | None:
    file = TomlFile.read(path, wrong)
    if file is None:
        return None
    before = len(wrong)
    table = file.table
    for name in ("name", "keys", "review"):
        if not isinstance(table.get(name), str) or not table[name]:
            wrong.append(file.at(f"{name} is missing", key=name))
    if isinstance(table.get("keys"), str) and not _KEYS.fullmatch(table["keys"]):
        wrong.append(file.at("keys must be 1 to 8, or 91 to 98", key="keys"))
    voice = _voice(file, wrong)
    asked = [question.id for question in script.questions] if script else []
    none: frozenset[str] = frozenset()
    wrong.extend(_section(file, "prompts", dict.fromkeys(PROMPTS, none)))
    wrong.extend(_section(file, "questions", dict.fromkeys(asked, none)))
    wrong.extend(_section(file, "texts", TEXTS))
    if voice is None or "digits" in table:
        wrong.extend(_section(file, "digits", dict.fromkeys(string.digits, none)))
    wrong.extend(
        file.at(f"{clash} is a prompt's name too", "questions", key=clash)
        for clash in sorted(set(asked) & {*PROMPTS, *DIGITS, *map(text_prompt, TEXTS)})
    )
    if len(wrong) > before:
        return None
    digits = table.get("digits", {})
    return Language(
        code=path.parent.name,
        name=table["name"],
        keys=table["keys"],
        review=table["review"],
        voice=voice,
        words=MappingProxyType(
            {
                **{name: table["prompts"][name] for name in PROMPTS},
                **{name: table["questions"][name] for name in asked},
                **{f"digit_{digit}": digits.get(digit, digit) for digit in string.digits},
            }
        ),
        texts=MappingProxyType(dict(table["texts"])),
    )


def _voice(file: TomlFile, wrong: list[str]) -> Voice | None:
    """None where the file names none: the language is then heard by recordings alone."""
    table = file.table.get("voice")
    if table is None:
        return None
    language, voice = table.get("language"), table.get("voice")
    for name, value in (("language", language), ("voice", voice)):
        if not isinstance(value, str) or not value:
            wrong.append(file.at(f"{name} is missing", "voice"))
            return None
    if not speaks(voice, language):
        wrong.append(
            file.at(
                f"the provider has no voice {voice!r} for {language!r}: see ivr/voices.py",
                "voice",
                key="voice",
            )
        )
        return None
    return Voice(language, voice)


def _section(file: TomlFile, section: str, needed: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What is wrong with a table of words: `needed` names them and what is filled in."""
    said: Mapping[str, Any] = file.table.get(section, {})
    for name, wanted in needed.items():
        text = said.get(name)
        if not isinstance(text, str) or not text.strip():
            yield file.at(f"{name} is missing", section, key=name)
            continue
        if len(text) > LONGEST_SAY:
            yield file.at(f"{name} is longer than {LONGEST_SAY} characters", section, key=name)
        try:
            used = {one for _, one, _, _ in string.Formatter().parse(text) if one is not None}
        except ValueError as error:
            yield file.at(f"{name}: {error}", section, key=name)
            continue
        if used != wanted:
            yield file.at(
                f"{name} must hold {_braces(wanted)} and holds {_braces(used)}", section, key=name
            )
    for name in sorted(said.keys() - set(needed)):
        yield file.at(f"{name} is never said", section, key=name)


def _braces(names: set[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "no {…}"


def _clashing_keys(languages: Sequence[Language]) -> Iterator[str]:
    taken: dict[str, str] = {}
    for language in languages:
        other = taken.setdefault(language.keys, language.code)
        if other != language.code:
            yield f"the languages {other} and {language.code} have the same keys {language.keys}"
