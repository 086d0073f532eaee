"""How likely a word is right."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.model import Segment, Word
from transcribe.confidence import confidence, with_confidence

PROBABILITIES = st.floats(0, 1)
LOGS = st.floats(-3, 0)


@given(PROBABILITIES, PROBABILITIES, LOGS, LOGS)
def test_a_word_that_the_engine_is_surer_of_is_never_less_likely_right(
    one: float, other: float, log_one: float, log_other: float
) -> None:
    low, high = sorted((one, other))
    bad, good = sorted((log_one, log_other))
    assert 0 < confidence(low, bad) <= confidence(high, good) < 1


def test_the_same_word_is_less_likely_right_where_all_around_it_went_badly() -> None:
    word = Word("Lake", 0.0, 0.5, 0.8)
    well, badly = with_confidence(
        Segment("Lake", 0.0, 0.5, (word,), log_probability, 0.0, 1.0)
        for log_probability in (-0.2, -0.9)
    )
    assert well.words[0].sureness > 0.8 > badly.words[0].sureness
    assert well.words[0].probability == 0.8, "the engine's own is kept"
