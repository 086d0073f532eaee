"""Letters of frames become words with their times."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from transcribe.ctc import Alphabet, spelt

LETTERS = "_|abc"
"""By number: the blank, the delimiter and the rest."""
ALPHABET = Alphabet({2: "a", 3: "b", 4: "c"}, blank=0, delimiter=1)


def frames(said: str, sure: float = 0.9) -> NDArray[np.float32]:
    """A frame for each character, which has that probability."""
    rest = (1 - sure) / (len(LETTERS) - 1)
    likely = np.full((len(said), len(LETTERS)), rest, np.float32)
    for at, letter in enumerate(said):
        likely[at, LETTERS.index(letter)] = sure
    return np.log(likely)


def test_repeats_are_one_letter_and_blanks_are_none() -> None:
    words = spelt(frames("__aa_b||_cc_c_"), ALPHABET, step=0.02)
    assert [word.text for word in words] == ["ab", " cc"]
    assert [(word.start, word.end) for word in words] == [
        pytest.approx((0.04, 0.12)),
        pytest.approx((0.18, 0.26)),
    ]
    assert all(word.probability == pytest.approx(0.9) for word in words)


def test_after_a_long_pause_another_word_begins() -> None:
    words = spelt(frames("a" + "_" * 60 + "b"), ALPHABET, 0.02)
    assert [word.text for word in words] == ["a", " b"]


def test_silence_says_nothing() -> None:
    assert spelt(frames("____||__"), ALPHABET, 0.02) == ()
    assert spelt(frames(""), ALPHABET, 0.02) == ()


def test_writing_without_spaces_is_one_word() -> None:
    alphabet = Alphabet({2: "a", 3: "b"}, blank=0, delimiter=None)
    assert [word.text for word in spelt(frames("a_b"), alphabet, 0.02)] == ["ab"]


@given(st.text(LETTERS, max_size=40), st.floats(0.3, 1.0, exclude_max=True))
def test_times_ascend_and_lie_in_the_sound(said: str, sure: float) -> None:
    words = spelt(frames(said, sure), ALPHABET, 0.02)
    assert all(0 <= word.start < word.end <= len(said) * 0.02 + 1e-9 for word in words)
    assert all(one.end <= other.start + 1e-9 for one, other in pairwise(words))
    assert all(0 < word.probability <= 1 for word in words)
    assert all(word.text.strip() for word in words)
