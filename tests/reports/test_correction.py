"""A person's words take over the times of the machine's."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.correction import corrected
from reports.model import Segment, Word


def heard(*words: str, start: float = 1.0) -> Segment:
    """A word a second."""
    timed = tuple(
        Word(f" {word}", start + index, start + index + 0.8, 0.7)
        for index, word in enumerate(words)
    )
    return Segment(" ".join(words), timed[0].start, timed[-1].end, timed, -0.3, 0.01, 1.1)


def test_words_that_stay_keep_their_times_and_the_corrected_one_stands_in_its_place() -> None:
    (segment,) = corrected(
        "At Lake and Bloomington.", [heard("at", "lake", "and", "blooming", "ton")], 8.0
    )
    assert segment.text == "At Lake and Bloomington."
    assert [(word.text, word.start, word.end) for word in segment.words] == [
        ("At", 1.0, 1.8),
        (" Lake", 2.0, 2.8),
        (" and", 3.0, 3.8),
        (" Bloomington.", 4.0, 5.8),
    ]
    assert all(word.sureness == 1.0 for word in segment.words), "a person vouches for them"


def test_a_word_that_the_machine_missed_stands_between_its_neighbours() -> None:
    (segment,) = corrected("at Lake Street", [heard("at", "street")], 8.0)
    assert (segment.words[1].start, segment.words[1].end) == (1.8, 2.0)


def test_each_line_is_a_stretch_of_speech() -> None:
    first, second = corrected("four men\n\nstill here\n", [heard("four", "men", "still")], 8.0)
    assert (first.text, second.text) == ("four men", "still here")
    assert first.end <= second.start


def test_what_no_machine_heard_is_spread_over_the_recording() -> None:
    (segment,) = corrected("waa afar nin", [], 6.0)
    assert segment.start == 0.0
    assert segment.end == 6.0


SAID = st.sampled_from(["a", "b", "lake", "and", "Lake.", "4th", ","])
LINES = st.lists(st.lists(SAID, min_size=1, max_size=6), max_size=4)


@given(LINES, st.lists(st.sampled_from(["a", "b", "lake", "and", "x"]), min_size=1, max_size=8))
def test_times_never_go_back_and_no_word_is_lost(said: list[list[str]], before: list[str]) -> None:
    segments = corrected("\n".join(" ".join(line) for line in said), [heard(*before)], 20.0)
    assert [segment.text.split() for segment in segments] == said
    times = [(word.start, word.end) for segment in segments for word in segment.words]
    assert all(start <= end for start, end in times)
    assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(times))
