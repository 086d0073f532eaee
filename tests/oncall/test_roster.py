"""Who may be rung, and when nobody is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.roster import to_ring
from reports.people import QuietHours

CHICAGO = ZoneInfo("America/Chicago")
NUMBERS = ("+16125550110", "+16125550111")
NIGHT = QuietHours.parse("22:00-06:30")
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def chicago(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 25, hour, minute, tzinfo=CHICAGO).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "rung"),
    [
        (chicago(21, 59), True),
        (chicago(22), False),
        (chicago(3), False),
        (chicago(6, 29), False),
        (chicago(6, 30), True),
        (chicago(12), True),
    ],
)
def test_nobody_is_rung_at_night_by_the_groups_own_clock(at: datetime, rung: bool) -> None:
    assert to_ring(NUMBERS, NIGHT, at, CHICAGO) == (NUMBERS if rung else ())


def test_without_quiet_hours_everybody_is_rung_at_any_hour() -> None:
    assert to_ring(NUMBERS, None, chicago(3), CHICAGO) == NUMBERS


def test_the_clocks_going_back_makes_the_night_longer_and_not_noisier() -> None:
    begin = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # midnight; at 2 it is 1 once more
    night = [begin + timedelta(minutes=10 * step) for step in range(45)]
    assert all(to_ring(NUMBERS, NIGHT, at, CHICAGO) == () for at in night)


@given(TIMES, TIMES, st.integers(0, 366 * 24 * 60))
def test_an_instant_lies_in_the_hours_or_in_those_around_them(
    begin: time, end: time, minutes: int
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    quiet, loud = QuietHours(begin, end), QuietHours(end, begin)
    if begin != end:
        assert quiet.hold(at, CHICAGO) is not loud.hold(at, CHICAGO)


@pytest.mark.parametrize("text", ["22-6", "22:00", "22:00-25:00", "night", "22:00–06:30"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"22:00-06:30|hour must be"):
        QuietHours.parse(text)
