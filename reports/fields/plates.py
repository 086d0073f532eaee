"""Number plates, as they were spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from reports.fields.finding import CORRECTION, Finding
from reports.fields.lexicon import Mark
from reports.fields.said import Passage, Stop


@dataclass(frozen=True, slots=True)
class Plate:
    """Internal: for matching, never in alerts or in what the public gets."""

    characters: str
    """Capital letters and digits as they were spelt, without gaps."""
    state: str | None = None
    """Two letters, as the post has them: 'MN'."""
    is_partial: bool = False


PLATE: Final = "plate"
STATE: Final = "plate_state"
LETTER: Final = "letter"
"""The lexicon's kind for the names of letters: 'kilo', 'uve'."""
AS_IN: Final = "as_in"
"""The lexicon's kind for 'as in', behind which a word says which letter was meant."""
GAP: Final = "spelling_gap"
"""The lexicon's kind for 'dash'."""
AGENCY: Final = "agency"
"""The lexicon's kind for 'ICE', that spells nothing: 'Rice y Maryland. Cuatro de ICE.'"""
PARTIAL: Final = "partial"
"""The lexicon's kind for 'begins with'."""
BEGINS_WITHIN: Final = 6
"""Words between 'plate' and its first letter at the most."""
STATE_WITHIN: Final = 4
SHORTEST, WHOLE, LONGEST = 3, 5, 8
"""Characters: of what is one, of what is one for certain whole, and of any."""
CONFIDENCE: Final = 0.7
"""Letters of the telephone are easily misheard."""
LETTERS: Final = 4
"""Of what is written together, at the most."""
_MIXED: Final = re.compile(r"(?=.*\d)(?=.*[a-z])[a-z0-9]{2,8}")
_UNMISTAKABLE: Final = re.compile(r"[A-Z]{3}\d{3}")


def plates(passage: Passage) -> list[Finding[Plate]]:
    """All that were spelt out in a passage, in order and apart."""
    kept: list[Finding[Plate]] = []
    for found in sorted(_candidates(passage), key=lambda each: (each.first, -each.last)):
        if not kept or found.first >= kept[-1].last:
            kept.append(found)
    return kept


def _candidates(passage: Passage) -> Iterator[Finding[Plate]]:
    for word in passage.of(PLATE):
        for at in range(word.last, min(word.last + BEGINS_WITHIN, len(passage.tokens))):
            if passage.parted(word.last - 1, at) and at > word.last + 1:
                break
            spelt = _spelt(passage, at)
            if spelt and len(spelt.characters) >= SHORTEST:
                yield _plate(passage, word.first, spelt)
                break
    for state in passage.of(STATE):
        spelt = _spelt(passage, state.last)
        if spelt and spelt.is_mixed and len(spelt.characters) >= WHOLE:
            yield _plate(passage, state.first, spelt)
    for at, token in enumerate(passage.tokens):
        if not token.text.isupper():
            continue
        behind = passage.tokens[at + 1].text if at + 1 < len(passage.tokens) else ""
        joined = token.text + behind
        if _UNMISTAKABLE.fullmatch(token.text) or (
            token.stop == Stop.NONE and _UNMISTAKABLE.fullmatch(joined)
        ):
            spelt = _spelt(passage, at)
            if spelt:
                yield _plate(passage, at, spelt)


@dataclass(frozen=True, slots=True)
class _Spelt:
    characters: str
    last: int
    before: tuple[str, ...] = ()

    @property
    def is_mixed(self) -> bool:
        return not self.characters.isalpha() and not self.characters.isdigit()


def _plate(passage: Passage, first: int, spelt: _Spelt) -> Finding[Plate]:
    state = next(
        (
            each
            for each in passage.of(STATE)
            if -STATE_WITHIN <= each.last - first <= 1
            or first <= each.first < spelt.last
            or 0 <= each.first - spelt.last <= 2
        ),
        None,
    )
    partial = len(spelt.characters) < WHOLE or any(
        first - STATE_WITHIN <= mark.first < spelt.last for mark in passage.of(PARTIAL)
    )
    plate = Plate(spelt.characters, state.value if state else None, partial)
    before = tuple(replace(plate, characters=each) for each in spelt.before)
    return Finding(plate, passage, first, spelt.last, CONFIDENCE, before)


def _spelt(passage: Passage, at: int) -> _Spelt | None:
    """What is spelt from a word on, with what is corrected in it."""
    first, last = _run(passage, at)
    if not first:
        return None
    before: list[str] = []
    while (mark := _correction(passage, last)) is not None:
        again, end = _run(passage, mark.last)
        if len(again) < 2:  # 'sorry, I …' spells nothing
            break
        before.append(first)
        first, last = _corrected(first, again), end
    if len(first) > LONGEST:
        return None
    return _Spelt(first, last, tuple(before))


def _correction(passage: Passage, last: int) -> Mark | None:
    return next((m for m in passage.of(CORRECTION) if 0 <= m.first - last <= 1), None)


def _corrected(before: str, again: str) -> str:
    """'K L V four one two, no, one three' ends otherwise; a whole one is another."""
    if len(again) >= len(before) - 1:
        return again
    same = str.isdigit if again.isdigit() else str.isalpha
    head = "".join(takewhile(same, before))
    tail = "".join(takewhile(same, reversed(before)))
    if tail and len(again) <= len(tail):
        return before[: -len(again)] + again
    if head and len(again) == len(head):
        return again + before[len(head) :]
    return again


def _run(passage: Passage, at: int) -> tuple[str, int]:
    """Letters and digits from a word on, and where they end."""
    letters = passage.beginning(LETTER)
    gaps = passage.beginning(GAP)
    as_in = passage.beginning(AS_IN)
    numbers = {number.first: number for number in passage.numbers if not number.is_ordinal}
    corrections = passage.beginning(CORRECTION)
    agencies = passage.beginning(AGENCY)
    found, last = "", at
    while at < len(passage.tokens) and len(found) <= LONGEST:
        token = passage.tokens[at]
        if found and at in as_in and at not in letters:
            at = as_in[at].last + 1
            last = min(at, len(passage.tokens))
            continue
        if found and at in gaps:
            at = gaps[at].last
            continue
        if found and at in corrections:
            break
        if token.plain.isdigit():
            piece, step = token.plain, 1
        elif (number := numbers.get(at)) is not None and not token.plain.isdigit():
            piece, step = number.digits, number.last - at
        elif len(token.plain) == 1 and token.plain.isalpha() and token.plain.isascii():
            piece, step = token.plain, 1
        elif (letter := letters.get(at)) is not None:
            piece, step = letter.value, letter.last - at
        elif _MIXED.fullmatch(token.plain) or (
            token.text.isupper() and len(token.text) <= LETTERS and at not in agencies
        ):
            piece, step = token.plain, 1
        else:
            break
        if found and passage.tokens[at - 1].stop >= Stop.SENTENCE and len(piece) > 1:
            break
        found += piece.upper()
        at += step
        last = at
    return found, last
