"""What the pages of prompts show: which are heard, which are missing, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from reports.model import PromptChoice, PromptTake
from reports.wording import Place, Wording, same_words
from sounds.lengths import longest

MACHINE_DRAFT = "machine draft"
"""How `review` begins in a `says.toml` whose words nobody has answered for yet."""

Heard = Literal["recorded", "voice", "missing"]


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language of callers, as far as its prompts are recorded here."""

    code: str
    name: str
    """In itself."""
    keys: str
    """What a caller presses for it."""
    review: str
    """Who answers for the words."""
    voiced: bool
    """Whether a voice of the provider reads what is not recorded."""
    words: Mapping[str, str]
    """What is to be said, by prompt, in the order of a call."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """The text messages to callers, each by its name among the prompts."""
    filed: Mapping[str, str] = field(default_factory=dict)
    """What the language's file says of both, where that is something else."""

    def worded(self, wording: Wording) -> SpokenLanguage:
        """The same with the words that are set; `self` as the files have it."""

        def now(words: Mapping[str, str]) -> dict[str, str]:
            return {
                prompt: wording.words.get((self.code, prompt), text)
                for prompt, text in words.items()
            }

        words, texts = now(self.words), now(self.texts)
        before = {**self.words, **self.texts}
        changed = {name for name, text in {**words, **texts}.items() if text != before[name]}
        return replace(
            self, words=words, texts=texts, filed={name: before[name] for name in changed}
        )

    def text_of(self, prompt: str) -> str | None:
        """The words of a prompt or text message as they are now; None: there is none."""
        return self.words.get(prompt, self.texts.get(prompt))

    def with_words(self, prompt: str, text: str) -> SpokenLanguage:
        """As it would be."""
        return replace(
            self, words={**self.words, **({prompt: text} if prompt in self.words else {})}
        )

    @property
    def machine_draft(self) -> bool:
        return self.review.casefold().startswith(MACHINE_DRAFT)


@dataclass(frozen=True, slots=True)
class ScriptQuestion:
    """A question of the script, as far as it may be switched off."""

    id: str
    optional: bool
    keys: tuple[tuple[str, str], ...] = ()
    """Questions at which a key leads to it and to nothing else, each with the key."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a language is."""

    language: SpokenLanguage
    recorded: int

    @property
    def total(self) -> int:
        return len(self.language.words)

    @property
    def missing(self) -> int:
        """Prompts that can be heard in no way."""
        return 0 if self.language.voiced else self.total - self.recorded


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was done about a prompt. `take` None: its recording was taken away."""

    at: datetime
    who: str
    take: PromptTake | None


@dataclass(frozen=True, slots=True)
class PromptRow:
    """One prompt of a language."""

    prompt: str
    words: str
    heard: Heard
    longest: float
    """Seconds."""
    current: PromptTake | None
    """What callers hear: it says these words."""
    aside: PromptTake | None
    """What was chosen last, where it says other words: nobody hears it."""
    changed: bool
    """Whether the words are others than the file's."""
    draft: PromptTake | None
    """That of whoever looks, not kept yet."""
    earlier: tuple[PromptTake, ...]
    """Takes that were kept once and are not current, the last first."""
    changes: tuple[Change, ...]
    """The last first."""

    def says_it(self, take: PromptTake) -> bool:
        """Whether a take says the words that hold now."""
        return same_words(take.words, self.words)

    @property
    def before(self) -> str:
        """The id of the take that undoing the last change makes current; '' for none."""
        take = self.changes[1].take if len(self.changes) > 1 else None
        return "" if take is None else take.take_id


@dataclass(frozen=True, slots=True)
class LanguagePage:
    progress: Progress
    rows: tuple[PromptRow, ...]
    names: Mapping[str, str]
    """Username -> the name that others see."""
    today: str

    @property
    def language(self) -> SpokenLanguage:
        return self.progress.language

    def name(self, username: str) -> str:
        return self.names.get(username, username)


def said_in(languages: Iterable[SpokenLanguage]) -> Mapping[Place, str]:
    """What is to be heard at each prompt of each language."""
    return {
        (language.code, prompt): words
        for language in languages
        for prompt, words in language.words.items()
    }


def progress_of(language: SpokenLanguage, current: Mapping[tuple[str, str], str]) -> Progress:
    """`current`: as `Records.current_takes` gives it."""
    return Progress(language, sum((language.code, prompt) in current for prompt in language.words))


def rows_of(
    language: SpokenLanguage,
    takes: Sequence[PromptTake],
    choices: Sequence[PromptChoice],
    who: str,
) -> tuple[PromptRow, ...]:
    """`takes` and `choices` of the language, in the order in which they were made; `who` looks."""
    by_id = {take.take_id: take for take in takes}
    return tuple(
        _row(
            language,
            prompt,
            [take for take in takes if take.prompt == prompt],
            [
                Change(
                    choice.at,
                    choice.who,
                    None if choice.take_id is None else by_id[choice.take_id],
                )
                for choice in choices
                if choice.prompt == prompt
            ],
            who,
        )
        for prompt in language.words
    )


def _row(
    language: SpokenLanguage,
    prompt: str,
    takes: Sequence[PromptTake],
    changes: Sequence[Change],
    who: str,
) -> PromptRow:
    kept = {change.take.take_id for change in changes if change.take is not None}
    words = language.words[prompt]
    # As `reports.wording.recorded`, which the telephone goes by.
    current = next(
        (
            change.take
            for change in reversed(changes)
            if change.take is None or same_words(change.take.words, words)
        ),
        None,
    )
    last = changes[-1].take if changes else None
    heard: Heard = "recorded" if current else "voice" if language.voiced else "missing"
    return PromptRow(
        prompt=prompt,
        words=words,
        heard=heard,
        longest=longest(prompt),
        current=current,
        aside=None if last is None or same_words(last.words, words) else last,
        changed=prompt in language.filed,
        draft=next(
            (take for take in reversed(takes) if take.take_id not in kept and take.made_by == who),
            None,
        ),
        earlier=tuple(take for take in reversed(takes) if take.take_id in kept and take != current),
        changes=tuple(reversed(changes)),
    )
