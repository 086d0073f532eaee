"""Who they say they are, and how they look: as the caller claims it, and never as a fact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from reports.fields.finding import Finding
from reports.fields.lexicon import Mark
from reports.fields.marked import CONFIDENCE, marked
from reports.fields.said import Passage, Stop


class Agency(StrEnum):
    """That the caller named. Store 'caller said ICE', not 'ICE'."""

    ICE = "ice"
    BORDER_PATROL = "border_patrol"
    POLICE = "police"
    SHERIFF = "sheriff"
    FEDERAL = "federal"
    """Other than those above, or not said which."""
    UNSURE = "unsure"
    """The caller does not know who they are."""


class Look(StrEnum):
    MASKED = "masked"
    UNIFORM = "uniform"
    PLAIN_CLOTHES = "plain_clothes"
    VEST = "vest"
    TACTICAL = "tactical"
    """Helmets, armour."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An agency that was named."""

    agency: Agency
    is_unsure: bool = False
    """'ERO, I think.'"""


@dataclass(frozen=True, slots=True)
class Appearance:
    """One thing about how they look."""

    look: Look
    colour: str | None = None
    words: tuple[str, ...] = ()
    """That stand on a vest: 'POLICE', 'ERO'."""
    is_unsure: bool = False


AGENCY: Final = "agency"
LOOK: Final = "look"
COLOUR: Final = "colour"
SAYS: Final = "says"
"""The lexicon's kind for what leads over to words that stand on something."""
LETTERING: Final = "lettering"
"""The lexicon's kind for such words; its values are how they are written there."""
GUESS: Final = "guess"
"""The lexicon's kind for 'I think', 'maybe'."""
NEAR: Final = 3
"""Words between a claim and 'I think' at the most."""
COLOUR_WITHIN: Final = 3
"""Words between a colour and what has it at the most."""
WRITTEN_WITHIN: Final = 8
"""Words between 'says' and what it says at the most."""


def agencies_said(passages: Sequence[Passage]) -> tuple[Finding[Claim], ...]:
    """Each agency that was named and not denied, where it was named first."""
    found: dict[Agency, Finding[Claim]] = {}
    for passage in passages:
        for mark in marked(passage, AGENCY):
            agency = Agency(mark.value)
            if agency not in found:
                claim = Claim(agency, is_unsure=is_guess(passage, mark.first, mark.last))
                found[agency] = Finding(claim, passage, mark.first, mark.last, CONFIDENCE)
    return tuple(found.values())


def is_guess(passage: Passage, first: int, last: int) -> bool:
    """'I think' stands beside words of a sentence."""
    return any(
        max(guess.first - last, first - guess.last) <= NEAR
        and not passage.parted(min(guess.last, last) - 1, max(guess.first, first))
        for guess in passage.of(GUESS)
    )


def appearance_said(passages: Sequence[Passage]) -> tuple[Finding[Appearance], ...]:
    """How they look, each thing once; what stands on vests belongs to the vest."""
    found: dict[Look, Finding[Appearance]] = {}
    for passage in passages:
        for mark in marked(passage, LOOK):
            look = Look(mark.value)
            if look in found and (found[look].value.words or found[look].value.colour):
                continue
            words, last = lettering(passage, mark) if look is Look.VEST else ((), mark.last)
            colour = _colour(passage, mark) if look is not Look.MASKED else None
            unsure = bool(words) and is_guess(passage, mark.first, last)
            appearance = Appearance(look, colour, words, is_unsure=unsure)
            if look not in found or words or colour:
                found[look] = Finding(appearance, passage, mark.first, last, CONFIDENCE)
    return tuple(found.values())


def lettering(passage: Passage, mark: Mark) -> tuple[tuple[str, ...], int]:
    """What is said to stand on what a mark names, and where that ends."""
    return _written(passage, mark) or ((), mark.last)


def _written(passage: Passage, mark: Mark) -> tuple[tuple[str, ...], int] | None:
    marks = [each for each in passage.of(LETTERING) if each.value != "none"]
    for says in passage.of(SAYS):
        ahead = says.first - mark.last
        if not -1 <= ahead <= NEAR or passage.parted(mark.last - 1, says.first):
            continue
        words: list[str] = []
        last = says.last
        for each in marks:
            if (
                each.first >= last
                and each.first - last <= (WRITTEN_WITHIN if not words else NEAR)
                and not passage.parted(says.last - 1, each.first)
            ):
                words.append(each.value)
                last = each.last
        if words:
            return tuple(dict.fromkeys(words)), last
    # 'Police vests', 'chalecos de ICE'.
    beside = [
        each
        for each in marks
        if (each.last == mark.first or 0 <= each.first - mark.last <= 1)
        and not passage.parted(min(each.first, mark.first), max(each.first, mark.first), Stop.COMMA)
    ]
    if not beside:
        return None
    return tuple(each.value for each in beside), max(mark.last, *(each.last for each in beside))


def _colour(passage: Passage, mark: Mark) -> str | None:
    """'Green uniforms', 'uniforme verde', 'vests, black ones'."""
    return next(
        (
            colour.value
            for colour in _nearest(passage, mark)
            if not passage.parted(
                min(colour.first, mark.first), max(colour.last, mark.last) - 1, Stop.COMMA
            )
        ),
        None,
    )


def _nearest(passage: Passage, mark: Mark) -> Iterator[Mark]:
    def gap(colour: Mark) -> int:
        return max(colour.first - mark.last, mark.first - colour.last)

    near = [colour for colour in passage.of(COLOUR) if 0 <= gap(colour) < COLOUR_WITHIN]
    yield from sorted(near, key=gap)
