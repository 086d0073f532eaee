"""`python -m bench.beep`: seconds from the answer to the first beep, in each language.

Followed through the line's own documents, from the words of `prompts/`. A voice is taken to say 15
characters a second, as the simulator has it, for nobody but the provider has its voices; what is
recorded lasts as long as it lasts, and is not measured here. Three callers:

    knows the way     presses each key the moment it counts
    first chance      presses when the key has been said
    hears all         presses when everything has been said

All of them choose 'happening now'. Limit: 25 s for an English caller at the first chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ivr.languages import Language, Prompts, load_prompts
from ivr.script import (
    Ask,
    AskLanguage,
    ChosenLanguage,
    Record,
    Step,
    Taken,
    after_keys,
    after_language,
    begin,
)
from simulator.script import CHARACTERS_A_SECOND

LIMIT = 25.0
NOW = "1"


class Manner(StrEnum):
    KNOWS_THE_WAY = "knows the way"
    FIRST_CHANCE = "first chance"
    HEARS_ALL = "hears all"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said before a key is due, and up to where the key has been named."""

    whole: str
    named: str

    def seconds(self, manner: Manner) -> float:
        text = {
            Manner.KNOWS_THE_WAY: "",
            Manner.FIRST_CHANCE: self.named,
            Manner.HEARS_ALL: self.whole,
        }[manner]
        return len(text) / CHARACTERS_A_SECOND


def until_beep(prompts: Prompts, language: Language, manner: Manner) -> float:
    """Seconds from the answer to the beep of the first recording."""
    step: Step = begin()
    seconds = 0.0
    keys = [*language.keys, NOW]
    while not isinstance(step, Record):
        if isinstance(step, AskLanguage):
            seconds += _languages(prompts, language).seconds(manner) if not step.more else 0.0
            led = after_language(prompts, step.turn, keys.pop(0), more=step.more)
            step = led.step if isinstance(led, ChosenLanguage) else led
        elif isinstance(step, Ask):
            seconds += _menu(language, step).seconds(manner)
            taken = after_keys(prompts, step.question, step.turn, keys.pop(0), {})
            step = taken.step if isinstance(taken, Taken) else taken
        else:
            raise LookupError(f"no way to a recording by way of {step}")
    last = [language.words[prompt] for prompt in (*step.before, step.question.id)]
    return seconds + len(" ".join(last)) / CHARACTERS_A_SECOND


def _languages(prompts: Prompts, language: Language) -> Said:
    """The menu, up to the sentence in the caller's own language."""
    offered = prompts.offered
    spoken = [offered[0].words["welcome"], *(each.words["choose_language"] for each in offered)]
    own = offered.index(language) + 2
    return Said(" ".join(spoken), " ".join(spoken[:own]))


def _menu(language: Language, step: Ask) -> Said:
    before = [language.words[prompt] for prompt in step.before]
    menu = language.words[step.question.id]
    named = menu[: menu.index(NOW) + 1] if NOW in menu else menu
    return Said(" ".join([*before, menu]), " ".join([*before, named]))


def main(_arguments: Sequence[str] | None = None) -> None:
    prompts = load_prompts(Path("prompts"))
    print(f"{'':14}" + "".join(f"{manner:>16}" for manner in Manner) + "   of the limit")
    for language in prompts.offered:
        times = [until_beep(prompts, language, manner) for manner in Manner]
        print(
            f"{language.name:14}"
            + "".join(f"{seconds:14.1f} s" for seconds in times)
            + f"   {times[1] / LIMIT:.0%}"
        )


if __name__ == "__main__":
    main()
