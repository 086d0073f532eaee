"""From what a CTC model says of each frame to words with their times. Pure.

Such a model (Graves et al., 'Connectionist Temporal Classification', 2006) gives for each frame how
likely every letter is, or none. The best letter of each frame, repeats taken for one and blanks for
nothing, spells what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from math import exp
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.model import Word

LogProbabilities = NDArray[np.float32]
"""Frames by letters: the natural logarithm of each letter's probability."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """What a model's letters stand for."""

    letters: Mapping[int, str]
    """Of those that are written; the others, and numbers that are not here, are not."""
    blank: int
    """The letter that stands for none."""
    delimiter: int | None
    """The one between words; None in writing that has none."""


PAUSE: Final = 1.0
"""Seconds without a letter after which another word begins, whatever the model says."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A letter that goes on over frames, up to `end` and without it."""

    letter: int
    start: int
    end: int
    log_probability: float
    """Mean over its frames."""


def spelt(frames: LogProbabilities, alphabet: Alphabet, step: float) -> tuple[Word, ...]:
    """The words, in order; `step`: seconds of a frame.

    A word's probability is the geometric mean of its letters', each of which that of its frames.
    """
    words: list[list[_Run]] = [[]]
    for run in _runs(frames):
        if run.letter == alphabet.delimiter:
            words.append([])
        elif run.letter != alphabet.blank and run.letter in alphabet.letters:
            if words[-1] and (run.start - words[-1][-1].end) * step > PAUSE:
                words.append([])
            words[-1].append(run)
    return tuple(
        Word(
            text=(" " if index else "") + "".join(alphabet.letters[run.letter] for run in word),
            start=word[0].start * step,
            end=word[-1].end * step,
            probability=min(1.0, exp(sum(run.log_probability for run in word) / len(word))),
        )
        for index, word in enumerate(filter(None, words))
    )


def _runs(frames: LogProbabilities) -> Iterator[_Run]:
    best = frames.argmax(axis=1)
    start = 0
    for letter, same in groupby(best.tolist()):
        end = start + sum(1 for _ in same)
        yield _Run(letter, start, end, float(frames[start:end, letter].mean()))
        start = end
