"""How each prompt can be heard in each language, as a table of letters. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ivr.languages import DIGITS, Language, Prompts

WIDTH: Final = 100
"""Columns of a terminal into which the table fits with twelve languages."""


class Heard(StrEnum):
    """How a prompt is heard; the value is its mark in the table."""

    RECORDED = "R"
    VOICE = "V"
    MISSING = "–"


LEGEND: Final = "R recorded · V read by the provider's voice · – missing"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one language is."""

    language: Language
    heard: tuple[tuple[str, Heard], ...]
    """Every prompt in the order of a call."""

    def count(self, how: Heard) -> int:
        return sum(each is how for _, each in self.heard)

    @property
    def offered(self) -> bool:
        return not self.count(Heard.MISSING)


def coverage(language: Language) -> Coverage:
    return Coverage(
        language, tuple((prompt, _heard(language, prompt)) for prompt in language.words)
    )


def coverage_table(prompts: Prompts) -> Iterator[str]:
    """Languages as columns, prompts as rows, then totals and who is not offered; line by line.

    `prompts` with what was recorded, see `Prompts.with_recordings`.
    """
    columns = [coverage(language) for language in prompts.languages]
    rows = list(prompts.languages[0].words)
    names = max(map(len, (*rows, *(how.name for how in Heard)))) + 1
    wide = max(3, *(len(column.language.code) for column in columns)) + 1
    yield LEGEND
    yield ""
    yield _row("", [column.language.code for column in columns], names, wide)
    for place, prompt in enumerate(rows):
        yield _row(prompt, [column.heard[place][1] for column in columns], names, wide)
    yield ""
    for how in Heard:
        yield _row(how.name.lower(), [str(each.count(how)) for each in columns], names, wide)
    yield _row("offered", ["yes" if each.offered else "no" for each in columns], names, wide)


def _heard(language: Language, prompt: str) -> Heard:
    if prompt in DIGITS and language.voice is not None:
        # A number is read out by recordings only where all ten are there: `ivr.twiml`.
        whole = all(digit in language.recorded for digit in DIGITS)
        return Heard.RECORDED if whole else Heard.VOICE
    if prompt in language.recorded:
        return Heard.RECORDED
    return Heard.MISSING if language.voice is None else Heard.VOICE


def _row(name: str, cells: list[str], names: int, wide: int) -> str:
    return f"{name:{names}}" + "".join(f"{cell:>{wide}}" for cell in cells)
