"""What of a call is given to the networks that weigh counts (`network.py`): `counted.py` lays it
out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

ROOM: Final = 3
"""Empty places around each passage."""
NOTHING: Final = 4
"""What stands behind an empty place: one more than the last of `said.Stop`, which stand behind
words."""
SIZES: Final = (1, 2, 4, 8, 20)
"""The largest counts that are alike in size."""
ORDERS: Final = 3
"""How the second of two counts is to the first: less, as many, more."""
GAPS: Final = 6
"""How many distances between two there are: of two words each, the last of all that are more."""


class Place(NamedTuple):
    """Something that may count, on the sheet."""

    first: int
    last: int
    """Its last word."""
    noun: int
    """The last word of what it counts, its own where nothing is named."""
    behind: int
    begins: int
    """Where its sentence begins."""
    ends: int
    """And the place behind it."""
    kind: str
    noun_kind: str
    size: int


class Pair(NamedTuple):
    """Two that may belong together."""

    one: int
    other: int
    """By their place among those that may count."""
    order: int
    gap: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A call, as the networks are given it."""

    words: Sequence[str]
    """Plain; empty where nothing stands."""
    stops: Sequence[int]
    marks: Sequence[tuple[int, str]]
    """Where a word stands, and the name of a mark that it is part of."""
    places: Sequence[Place]
    """In the order of what may count."""
