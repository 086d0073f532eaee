"""What the pages of prompts show: which are heard, which are missing, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from reports.model import PromptChoice, PromptTake
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

    @property
    def machine_draft(self) -> bool:
        return self.review.casefold().startswith(MACHINE_DRAFT)


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
    draft: PromptTake | None
    """That of whoever looks, not kept yet."""
    earlier: tuple[PromptTake, ...]
    """Takes that were kept once and are not current, the last first."""
    changes: tuple[Change, ...]
    """The last first."""

    @property
    def outdated(self) -> bool:
        """The words have changed since they were recorded."""
        return self.current is not None and self.current.words != self.words

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
    current = changes[-1].take if changes else None
    heard: Heard = "recorded" if current else "voice" if language.voiced else "missing"
    return PromptRow(
        prompt=prompt,
        words=language.words[prompt],
        heard=heard,
        longest=longest(prompt),
        current=current,
        draft=next(
            (take for take in reversed(takes) if take.take_id not in kept and take.made_by == who),
            None,
        ),
        earlier=tuple(take for take in reversed(takes) if take.take_id in kept and take != current),
        changes=tuple(reversed(changes)),
    )
