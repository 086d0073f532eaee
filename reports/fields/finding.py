"""What a field is found to be in words, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from reports.fields.said import Passage

V_co = TypeVar("V_co", covariant=True)
V = TypeVar("V")
CORRECTION = "correction"
"""The lexicon's kind for words that take back what was said before them."""


@dataclass(frozen=True)
class Finding(Generic[V_co]):
    """A value that stands in the words of a passage from `first` up to `last` and without it."""

    value: V_co
    passage: Passage
    first: int
    last: int
    confidence: float
    """0 to 1, that it is what the caller meant, if the words are what they said."""
    before: tuple[V_co, ...] = ()
    """What the caller said first and then took back, oldest first."""
    is_guess: bool = False
    """No words say it: the whole sounds like it."""

    @property
    def words(self) -> str:
        return self.passage.words(self.first, self.last)


def taken_back(found: Sequence[Finding[V]], within: int | None = None) -> list[Finding[V]]:
    """Those of findings, in the order in which they were said, that words behind them take back:
    'four, no wait, five'. `within`: words between those words and either at the most; None: any
    number."""
    return [
        one
        for one, other in pairwise(found)
        if one.passage is other.passage
        and any(
            one.last <= mark.first <= other.first
            and (
                within is None
                or mark.first - one.last <= within
                or other.first - mark.last <= within
            )
            for mark in one.passage.of(CORRECTION)
        )
    ]
