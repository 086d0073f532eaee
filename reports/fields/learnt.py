"""What words speak for, as much as they did in the written calls that `bench/learning.py` weighed.

Of a call as a whole: each of its words, each two and three that stand together, and what the
lexicon marks in it. No words can be shown for what is guessed so; where rules find some and do not
contradict, theirs are shown. Of what a call counts: `headcount.py`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Final

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


@dataclass(frozen=True, slots=True)
class Headcounts:
    """What speaks for and against ways to count, as `headcount.py` asks for it."""

    weights: Mapping[str, Sequence[float]]
    """By feature: of each field."""
    pairs: Mapping[str, Sequence[float]]
    """By feature of what stands between two: of each relation of the first field, then of the
    second."""

    def sums(self, given: Iterable[str]) -> Sequence[float]:
        """What features say together, by field."""
        officers = detained = 0.0
        for row in filter(None, map(self.weights.get, given)):
            officers += row[0]
            detained += row[1]
        return officers, detained

    def pair_sums(self, given: Iterable[str]) -> Sequence[float]:
        """The same of features of two, by field and relation."""
        known = list(filter(None, map(self.pairs.get, given)))
        return [sum(column) for column in zip(*known, strict=True)] or NOTHING


NOTHING: Final = (0.0,) * 10
"""Of two fields and five relations."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """Weights by field, class and feature; made by `load_learnt`."""

    classes: Mapping[str, Sequence[str]]
    """By field."""
    weights: Mapping[str, Sequence[float]]
    """By feature: of all classes of the first field, then of the second, and so on."""
    headcounts: Headcounts | None = None
    """None: what rules count is taken as it is."""

    def likely(self, passages: Sequence[Passage]) -> Mapping[str, Mapping[str, float]]:
        """How likely each class of each field is, 0 to 1."""
        return self.likely_of(features(passages))

    def likely_of(self, given: Collection[str]) -> Mapping[str, Mapping[str, float]]:
        """The same, of features."""
        known = list(filter(None, map(self.weights.get, given)))
        by = scale(len(given))
        scores = bias = self.weights[BIAS]
        if known:
            sums = map(sum, zip(*known, strict=True))
            scores = [by * each + own for each, own in zip(sums, bias, strict=True)]
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
    counts = given.get("headcounts")
    return Learnt(
        {name: tuple(classes) for name, classes in given["classes"].items()},
        _rows(given["weights"], given["unit"]),
        None
        if counts is None
        else Headcounts(
            _rows(counts["weights"], given["unit"]), _rows(counts["pairs"], given["unit"])
        ),
    )


def _rows(given: Mapping[str, Sequence[int]], unit: int) -> Mapping[str, Sequence[float]]:
    return {feature: tuple(each / unit for each in row) for feature, row in given.items()}
