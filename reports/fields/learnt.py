"""What words speak for, as much as they did in the written calls that `bench/learning.py` weighed.

Of a call as a whole: each of its words, each two and three that stand together, and what the
lexicon marks in it. No words can be shown for what is guessed so; where rules find some and do not
contradict, theirs are shown. What a call counts is weighed otherwise: `headcount.py`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from math import exp, sqrt
from pathlib import Path
from struct import unpack
from typing import TYPE_CHECKING, Final

from reports.fields.network import Networks

if TYPE_CHECKING:
    from reports.fields.said import Passage

BIAS: Final = "*"
"""What stands in every call."""
NONE: Final = "none"
"""The class of calls that say nothing of what is asked."""
MARKS: Final = frozenset(
    [
        "activity",
        "agency",
        "call_me",
        "day",
        "greeting",
        "held",
        "kind",
        "knows",
        "look",
        "need",
        "officers",
        "past",
        "presence",
        "present",
        "unsure",
    ]
)
"""The lexicon's kinds that speak for something, whatever language they are of."""
FIRST_WORDS: Final = 3
LAST_WORDS: Final = 3
LONG: Final = 6
"""Binary digits of the length of a call from which on longer ones are alike."""
QUESTION: Final = 3
"""`said.Stop.QUESTION`."""


WIDTH: Final = 32
"""Binary digits of a number that is packed: more than whatever a call may sum up to."""


def packed(row: Sequence[int]) -> int:
    """Whole numbers side by side in one: where such are added, all that stand in them are, in the
    time that one takes."""
    return sum(each << (WIDTH * at) for at, each in enumerate(row))


def unpacked(number: int, columns: int) -> list[int]:
    """The numbers that stand in one."""
    half = 1 << (WIDTH - 1)  # added to each, which is none below nought then
    above = (number + packed([half] * columns)).to_bytes(columns * WIDTH // 8, "little")
    return [each - half for each in unpack(f"<{columns}I", above)]


class Weights(Mapping[str, Sequence[int]]):
    """A row of whole numbers by feature, which is kept packed."""

    def __init__(self, rows: Mapping[str, Sequence[int]]) -> None:
        """Raises:
        ValueError: rows are not of one length.
        """
        self.columns = max(map(len, rows.values()), default=0)
        if any(len(row) != self.columns for row in rows.values()):
            raise ValueError("rows are not of one length")
        alike: dict[int, int] = {}  # many weigh the same: of those there is one number
        for_each = ((feature, packed(row)) for feature, row in rows.items())
        self._packed = {feature: alike.setdefault(row, row) for feature, row in for_each}

    def __getitem__(self, feature: str) -> Sequence[int]:
        return unpacked(self._packed[feature], self.columns)

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def summed(self, given: Iterable[str]) -> int:
        """What features say together, packed; nothing of those that are not known."""
        return sum(map(self._packed.get, given, repeat(0)))


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights by field, class and feature; made by `load_learnt`."""

    classes: Mapping[str, Sequence[str]]
    """By field."""
    weights: Weights
    """By feature: of all classes of the first field, then of the second, and so on."""
    unit: int
    """By which weights are divided."""
    networks: Networks | None = None
    """Weigh counts; None: what rules count is taken as it is."""

    def likely(self, passages: Sequence[Passage]) -> Mapping[str, Mapping[str, float]]:
        """How likely each class of each field is, 0 to 1."""
        return self.likely_of(features(passages))

    def likely_of(self, given: Collection[str]) -> Mapping[str, Mapping[str, float]]:
        """The same, of features."""
        by = scale(len(given)) / self.unit
        sums = unpacked(self.weights.summed(given), self.weights.columns)
        own = self.weights[BIAS]
        scores = [by * each + bias / self.unit for each, bias in zip(sums, own, strict=True)]
        found: dict[str, Mapping[str, float]] = {}
        at = 0
        for name, classes in self.classes.items():
            begin, at = at, at + len(classes)
            found[name] = dict(zip(classes, shares(scores[begin:at]), strict=True))
        return found


def scale(count: int) -> float:
    """By which what so many features say is multiplied: a long call says no more than a short."""
    return 1 / sqrt(count + 1)


def shares(scores: Sequence[float]) -> list[float]:
    """Scores as shares of one."""
    most = max(scores)
    powers = [exp(score - most) for score in scores]
    whole = sum(powers)
    return [power / whole for power in powers]


def features(passages: Sequence[Passage]) -> set[str]:
    """What speaks in words."""
    found: set[str] = set()
    for passage in passages:
        words = [token.plain for token in passage.tokens]
        found.update(words)
        found.update(map(" ".join, pairwise(words)))
        found.update(map(" ".join, zip(words, words[1:], words[2:], strict=False)))
        found.update(f"^{word}" for word in words[:FIRST_WORDS])
        found.update(f"${word}" for word in words[-LAST_WORDS:])
        found.add(f"%{min(LONG, len(words).bit_length())}")
        if any(token.stop == QUESTION for token in passage.tokens):
            found.add("?")
            if passage.tokens[-1].stop == QUESTION:
                found.add("?.")
        found.update({f"#{mark.kind}:{mark.value}" for mark in passage.marks if mark.kind in MARKS})
        found.update({f"#{mark.kind}" for mark in passage.marks})
    return found


def load_learnt(file: Path) -> Learnt | None:
    """From what `bench/learning.py` wrote, None where nothing was: then nothing is guessed.

    Raises:
        ValueError, KeyError: it is not what was written.
    """
    if not file.exists():
        return None
    given = json.loads(file.read_text(encoding="utf-8"))
    return Learnt(
        {name: tuple(classes) for name, classes in given["classes"].items()},
        Weights(given["weights"]),
        given["unit"],
    )
