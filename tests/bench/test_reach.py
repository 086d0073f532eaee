"""The benchmark of how soon people are reached counts from the right instant, and hides nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.reach import LIMIT, LIMITS, RINGS, RINGS_SAID, Told, is_kept, seconds_after, told_line

OVER = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)


def after(*seconds: float) -> tuple[datetime, ...]:
    return tuple(OVER + timedelta(seconds=each) for each in seconds)


def test_each_word_is_counted_from_when_the_recording_was_over() -> None:
    told = Told(texts=after(0.5, 3.0), pushes=after(0.25, 4.0))
    assert seconds_after(OVER, told) == {
        "text": 0.5,
        "push": 0.25,
        "second text": 3.0,
        "second push": 4.0,
    }
    assert told.is_whole


def test_what_did_not_arrive_is_no_figure() -> None:
    told = Told(texts=after(0.5), pushes=after(0.25))
    assert seconds_after(OVER, told) == {"text": 0.5, "push": 0.25}
    assert not told.is_whole


def test_a_line_has_the_middle_the_longest_and_what_they_are_of_the_limit() -> None:
    line = told_line("text", [1.0, 2.0, 5.0], calls=4)
    assert line.split() == ["text", "3/4", "2.00", "5.00", "10", "20%", "50%"]


def test_what_nobody_had_is_said() -> None:
    assert told_line("push", [], calls=4).split() == ["push", "0/4"]


def test_one_word_that_is_missing_or_late_breaks_the_promise() -> None:
    well = dict(LIMITS)
    assert is_kept([well, well])
    assert not is_kept([well, {**well, "push": LIMIT + 0.1}])
    assert not is_kept([{name: 1.0 for name in LIMITS if name != RINGS}])


def test_not_every_call_is_of_the_gravest() -> None:
    assert is_kept([{name: 1.0 for name in LIMITS if name != RINGS_SAID}])
    assert not is_kept([{**LIMITS, RINGS_SAID: LIMITS[RINGS_SAID] + 0.1}])


@given(st.lists(st.floats(0, 60), min_size=1, max_size=12))
def test_the_middle_is_never_beyond_the_longest(took: list[float]) -> None:
    _, _, middle, longest, *_ = told_line("text", took, len(took)).split()
    assert float(middle) <= float(longest) == pytest.approx(max(took), abs=0.01)
