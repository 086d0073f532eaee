"""What a field is found to be in words, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from reports.fields.said import Passage

V_co = TypeVar("V_co", covariant=True)


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

    @property
    def words(self) -> str:
        return self.passage.words(self.first, self.last)
