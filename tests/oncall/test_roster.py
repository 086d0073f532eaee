"""Who is on call, who may be rung, and when nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.roster import (
    Roster,
    Stretch,
    instant,
    listeners_of,
    to_ring,
    turns,
    uncovered,
    unheard,
    watch,
)
from reports.people import Cover, Duty, Person, QuietHours, Shift

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


# --- Turns ----------------------------------------------------------------------------------------

MADE = datetime(2026, 11, 1, tzinfo=UTC)
EVERY_DAY = frozenset(range(7))
ANA = Person("ana", "Ana", MADE, "ana", languages=("es", "en"))
SAM = Person("sam", "Sam", MADE, "ana", languages=("en-US",))
KAW = Person("kaw", "Kaw", MADE, "ana", languages=("kar",))
PEOPLE = (ANA, SAM, KAW)
YEARS = (
    ("America/Chicago", 2026),
    ("Europe/Berlin", 2026),
    ("Australia/Lord_Howe", 2026),  # half an hour
    ("America/Havana", 2026),  # at midnight
    ("Asia/Beirut", 2026),
    ("Pacific/Chatham", 2026),
    ("America/St_Johns", 2010),  # a minute past midnight
    ("Pacific/Apia", 2011),  # a day that never was
    ("Asia/Kolkata", 2026),
)
HALF_HOURS = st.integers(0, 47).map(lambda half: time(half // 2, half % 2 * 30))


def shift(
    who: Person,
    begins: str,
    ends: str,
    *,
    on: date = date(2026, 11, 23),
    days: frozenset[int] = EVERY_DAY,
    duty: Duty = Duty.PRIMARY,
    shift_id: int = 1,
) -> Shift:
    return Shift(
        who.person_id,
        duty,
        on,
        time.fromisoformat(begins),
        time.fromisoformat(ends),
        MADE,
        "ana",
        days,
        shift_id=shift_id,
    )


def on_call(roster: Roster, at: datetime, known_at: datetime | None = None) -> list[str]:
    return [person.person_id for person in watch(roster, at, known_at=known_at).primary]


@given(
    st.sampled_from(YEARS),
    st.lists(HALF_HOURS | TIMES, min_size=1, max_size=6, unique=True),
    st.integers(0, 360),
    st.integers(1, 30 * 24 * 60),
)
def test_shifts_that_adjoin_leave_no_instant_uncovered_and_none_twice(
    where: tuple[str, int], times: Sequence[time], day: int, minutes: int
) -> None:
    zone, year = ZoneInfo(where[0]), where[1]
    around = sorted(times)
    shifts = tuple(
        shift(ANA, f"{begins:%H:%M}", f"{ends:%H:%M}", on=date(year - 1, 12, 1), shift_id=number)
        for number, (begins, ends) in enumerate(pairwise([*around, around[0]]))
    )
    roster = Roster(zone, PEOPLE, shifts=shifts)
    since = datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day)
    until = since + timedelta(minutes=minutes)
    found = turns(roster, since, until)
    assert found[0].begins <= since
    assert found[-1].ends >= until
    assert all(one.ends == other.begins for one, other in pairwise(found))
    assert uncovered(roster, since, until, Duty.PRIMARY) == []


@given(st.sampled_from(YEARS), st.integers(0, 364), TIMES, TIMES)
def test_a_later_time_of_day_is_never_an_earlier_instant(
    where: tuple[str, int], day: int, one: time, other: time
) -> None:
    on, zone = date(where[1], 1, 1) + timedelta(days=day), ZoneInfo(where[0])
    first, last = sorted((one, other))
    assert instant(on, first, zone) <= instant(on, last, zone)
    assert instant(on, last, zone) <= instant(on + timedelta(days=1), first, zone)


@pytest.mark.parametrize(
    ("day", "wall", "utc"),
    [
        (date(2026, 3, 8), time(1, 59), datetime(2026, 3, 8, 7, 59, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 0), datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),
        (date(2026, 3, 8), time(2, 30), datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),
        (date(2026, 3, 8), time(3, 0), datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),
        (date(2026, 11, 1), time(1, 30), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),
        (date(2026, 11, 1), time(2, 0), datetime(2026, 11, 1, 8, 0, tzinfo=UTC)),
    ],
)
def test_a_time_that_is_skipped_is_the_skip_and_one_shown_twice_the_first(
    day: date, wall: time, utc: datetime
) -> None:
    assert instant(day, wall, CHICAGO) == utc


@given(st.data())
def test_uncovered_is_exactly_where_nobody_is_primary(data: st.DataObject) -> None:
    days = st.dates(date(2026, 10, 25), date(2026, 11, 8))
    instants = st.integers(0, 14 * 48).map(
        lambda half: datetime(2026, 10, 25, tzinfo=UTC) + timedelta(minutes=30 * half)
    )
    people = tuple(replace(one, left_at=data.draw(st.none() | instants)) for one in PEOPLE)
    who = st.sampled_from(people)
    shifts = tuple(
        Shift(
            data.draw(who).person_id,
            data.draw(st.sampled_from((Duty.PRIMARY, Duty.PRIMARY, Duty.BACKUP))),
            data.draw(days),
            data.draw(HALF_HOURS),
            data.draw(HALF_HOURS),
            MADE,
            "ana",
            data.draw(st.frozensets(st.integers(0, 6))),
            data.draw(st.none() | days),
            shift_id=number,
        )
        for number in range(data.draw(st.integers(0, 5)))
    )
    covers = tuple(
        Cover(number % 3, data.draw(days), data.draw(st.none() | st.just("kaw")), MADE, "ana")
        for number in range(data.draw(st.integers(0, 4)))
    )
    roster = Roster(CHICAGO, people, shifts=shifts, covers=covers)
    since = data.draw(instants)
    until = since + timedelta(minutes=data.draw(st.integers(0, 5 * 24 * 60)))
    gaps = uncovered(roster, since, until, Duty.PRIMARY)
    assert all(one.ends < other.begins for one, other in pairwise(gaps))
    edges = [at for gap in gaps for at in (gap.begins, gap.ends)]
    for edge in (since, until, *edges, *(data.draw(instants) for _ in range(4))):
        for at in (edge - timedelta(microseconds=1), edge, edge + timedelta(minutes=7)):
            if since <= at < until:
                is_gap = any(gap.begins <= at < gap.ends for gap in gaps)
                assert is_gap is not bool(watch(roster, at).primary)


def test_a_night_is_a_turn_of_the_day_on_which_it_begins() -> None:
    friday = shift(ANA, "22:00", "06:00", days=frozenset({4}))
    roster = Roster(CHICAGO, PEOPLE, shifts=(friday,))
    begins = datetime(2026, 11, 28, 4, tzinfo=UTC)
    (turn,) = turns(roster, begins, begins + timedelta(days=3))
    assert (turn.on, turn.begins, turn.ends - turn.begins) == (
        date(2026, 11, 27),
        begins,
        timedelta(hours=8),
    )
    assert on_call(roster, begins) == ["ana"]
    assert on_call(roster, turn.ends - timedelta(microseconds=1)) == ["ana"]
    assert on_call(roster, turn.ends) == []


def test_the_night_when_clocks_go_back_is_an_hour_longer() -> None:
    roster = Roster(
        CHICAGO,
        PEOPLE,
        shifts=(shift(ANA, "22:00", "06:00", on=date(2026, 10, 31), days=frozenset()),),
    )
    (turn,) = turns(roster, MADE, MADE + timedelta(days=2))
    assert turn.ends - turn.begins == timedelta(hours=9)


def test_from_a_time_to_the_same_is_a_whole_day() -> None:
    once = shift(ANA, "08:00", "08:00", days=frozenset())
    (turn,) = turns(Roster(CHICAGO, PEOPLE, shifts=(once,)), chicago(0) - timedelta(9), chicago(0))
    assert turn.ends - turn.begins == timedelta(days=1)


def test_a_single_shift_comes_once_and_a_weekly_one_until_its_last_day() -> None:
    since = instant(date(2026, 11, 1), time(), CHICAGO)
    until = since + timedelta(days=60)
    monday = frozenset({0})

    def days(one: Shift) -> list[int]:
        return [turn.on.day for turn in turns(Roster(CHICAGO, PEOPLE, shifts=(one,)), since, until)]

    weekly = shift(ANA, "08:00", "12:00", on=date(2026, 11, 4), days=monday)
    assert days(replace(weekly, weekdays=frozenset())) == [4]
    assert days(weekly) == [9, 16, 23, 30, 7, 14, 21, 28]
    assert days(replace(weekly, last_on=date(2026, 11, 23))) == [9, 16, 23]


def test_a_shift_that_was_taken_off_is_still_answered_for_when_it_stood() -> None:
    standing = shift(ANA, "00:00", "00:00")
    gone = replace(standing, removed_at=chicago(12), removed_by="sam")
    roster = Roster(CHICAGO, PEOPLE, shifts=(gone,))
    assert on_call(roster, chicago(9)) == []
    assert on_call(roster, chicago(9), known_at=chicago(9)) == ["ana"]
    assert on_call(roster, chicago(9), known_at=chicago(12)) == []
    assert on_call(roster, chicago(9), known_at=MADE - timedelta(seconds=1)) == []


def test_a_cover_counts_for_its_turn_alone_the_last_one_and_until_it_is_undone() -> None:
    weekly = shift(ANA, "08:00", "16:00")
    on = date(2026, 11, 25)
    cannot = Cover(1, on, None, chicago(6), "ana", cover_id=1)
    taken = Cover(1, on, "sam", chicago(7), "sam", cover_id=2)
    roster = Roster(CHICAGO, PEOPLE, shifts=(weekly,), covers=(cannot, taken))
    assert on_call(roster, chicago(9)) == ["sam"]
    assert on_call(roster, chicago(9) + timedelta(days=1)) == ["ana"]
    (turn,) = turns(roster, chicago(9), chicago(10))
    assert turn.is_covered

    given_back = replace(taken, undone_at=chicago(8), undone_by="sam")
    roster = replace(roster, covers=(cannot, given_back))
    assert on_call(roster, chicago(9)) == []
    assert uncovered(roster, chicago(7), chicago(17), Duty.PRIMARY) == [
        Stretch(chicago(7), chicago(17))
    ]
    roster = replace(roster, covers=(replace(cannot, undone_at=chicago(8)), given_back))
    assert on_call(roster, chicago(9)) == ["ana"]

    assert on_call(roster, chicago(9), known_at=chicago(5)) == ["ana"]
    assert on_call(roster, chicago(9), known_at=chicago(6)) == []
    assert on_call(roster, chicago(9), known_at=chicago(7)) == ["sam"]


def test_who_left_has_no_turn_from_then_on() -> None:
    gone = replace(ANA, left_at=chicago(12))
    roster = Roster(CHICAGO, (gone, SAM), shifts=(shift(ANA, "08:00", "16:00"),))
    assert on_call(roster, chicago(11)) == ["ana"]
    assert on_call(roster, chicago(12)) == []
    assert uncovered(roster, chicago(8), chicago(16), Duty.PRIMARY) == [
        Stretch(chicago(12), chicago(16))
    ]


def test_a_duty_is_nobodys_until_somebody_has_that_one() -> None:
    roster = Roster(CHICAGO, PEOPLE, shifts=(shift(ANA, "08:00", "16:00", duty=Duty.BACKUP),))
    assert uncovered(roster, chicago(8), chicago(16), Duty.BACKUP) == []
    assert uncovered(roster, chicago(8), chicago(16), Duty.PRIMARY) == [
        Stretch(chicago(8), chicago(16))
    ]
    assert uncovered(roster, chicago(8), chicago(8), Duty.PRIMARY) == []


def test_a_language_is_unheard_where_nobody_on_call_understands_it() -> None:
    roster = Roster(
        CHICAGO,
        PEOPLE,
        shifts=(
            shift(SAM, "08:00", "12:00", shift_id=1),
            shift(ANA, "10:00", "16:00", shift_id=2, duty=Duty.LISTENER),
        ),
    )
    assert unheard(roster, ("en", "es-MX", "kar"), chicago(8), chicago(16)) == {
        "es-MX": [Stretch(chicago(8), chicago(10))],
        "kar": [Stretch(chicago(8), chicago(16))],
    }
    now = watch(roster, chicago(11))
    assert now.everybody == (SAM, ANA)
    assert now.understand("es")
    assert not now.understand("kar")
    assert listeners_of(now, "es") == (ANA,)
    assert listeners_of(now, "en") == (ANA,)
    assert listeners_of(now, None) == ()
