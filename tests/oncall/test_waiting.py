"""A family waits for somebody to take them up: since when, until when, and who is told again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oncall.waiting import USUAL, Clocks, Wait, due_at, parse_within
from reports.fields.priority import Priority, Ranked
from reports.model import Admission, Handling, NotificationKind, Verdict
from reports.people import QuietHours
from tests.oncall.test_escalation import ALERT, AT, UPDATE, a_dossier, kinds_due

CHICAGO = ZoneInfo("America/Chicago")
NIGHT = QuietHours(time(22, 0), time(6, 30))
FAMILY = Ranked(Priority.P3, ("family",))
OVER = Ranked(Priority.P3, ("over",))
NOW = Ranked(Priority.P1, ("now", "first_hand"))
REMINDER = NotificationKind.REMINDER
HALF_AN_HOUR = timedelta(minutes=30)
MINUTES = st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes))
INSTANTS = st.integers(0, 3 * 365 * 1440).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
# None begins or ends in the hour that clocks are put on by.
TIMES = st.times(time(3, 1), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
QUIET = st.builds(QuietHours, TIMES, TIMES)


def at_home(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=CHICAGO)


def test_a_family_has_half_an_hour_what_goes_on_minutes_and_what_is_over_no_clock() -> None:
    dossier = a_dossier(over=True)
    filed = dossier.report.filed_at
    assert Clocks().wait_of(dossier, FAMILY) == Wait(filed, filed + HALF_AN_HOUR)
    assert Clocks().wait_of(dossier, OVER) is None
    assert Clocks().wait_of(dossier, NOW) == Wait(filed, filed + timedelta(minutes=3))


def test_each_priority_may_have_its_own_and_a_familys_goes_first() -> None:
    clocks = Clocks(parse_within("family=30, P3=240, P1=5"))
    dossier = a_dossier(over=True)
    filed = dossier.report.filed_at
    waits = [clocks.wait_of(dossier, rank) for rank in (FAMILY, OVER, NOW)]
    due = [(wait.due - filed) // timedelta(minutes=1) for wait in waits if wait is not None]
    assert due == [30, 240, 5]
    assert Clocks(parse_within("family=0,P3=240")).wait_of(dossier, FAMILY) is None


@pytest.mark.parametrize("handling", list(Handling))
@pytest.mark.parametrize("verdict", list(Verdict))
def test_whoever_takes_it_up_stops_the_clock(handling: Handling, verdict: Verdict) -> None:
    dossier = a_dossier(over=True)
    dossier = replace(dossier, report=replace(dossier.report, handling=handling, verdict=verdict))
    waits = Clocks().wait_of(dossier, FAMILY) is not None
    assert waits == (handling is Handling.NEW and verdict is Verdict.UNVERIFIED)


def test_of_a_limited_call_nobody_is_told_again() -> None:
    assert Clocks().wait_of(a_dossier(over=True, admission=Admission.LIMITED), FAMILY) is None


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-01-15T21:20", "2026-01-15T21:50"),
        ("2026-01-15T21:50", "2026-01-16T06:50"),
        ("2026-01-15T23:00", "2026-01-16T07:00"),
        ("2026-01-16T06:29", "2026-01-16T07:00"),
        ("2026-01-16T06:30", "2026-01-16T07:00"),
        ("2026-03-07T21:50", "2026-03-08T06:50"),
    ],
)
def test_a_familys_clock_stands_still_at_night(since: str, due: str) -> None:
    assert due_at(at_home(since), HALF_AN_HOUR, NIGHT, CHICAGO) == at_home(due)


def test_what_goes_on_does_not_wait_for_the_morning() -> None:
    night = at_home("2026-01-15T23:00").astimezone(UTC)
    dossier = a_dossier(over=True)
    dossier = replace(dossier, report=replace(dossier.report, filed_at=night))
    clocks = Clocks(parse_within("P1=5,family=30"), NIGHT, CHICAGO)
    now, family = (clocks.wait_of(dossier, rank) for rank in (NOW, FAMILY))
    assert now is not None
    assert now.due == night + timedelta(minutes=5)
    assert family is not None
    assert family.due == at_home("2026-01-16T07:00")


@settings(deadline=None)
@given(INSTANTS, st.integers(1, 30).map(lambda minutes: timedelta(minutes=minutes)), QUIET)
def test_exactly_so_many_minutes_pass_outside_of_quiet_hours(
    since: datetime, within: timedelta, quiet: QuietHours
) -> None:
    due = due_at(since, within, quiet, CHICAGO)
    minute, at, awake = timedelta(minutes=1), since, timedelta()
    while at < due and awake <= within:
        awake += timedelta() if quiet.hold(at, CHICAGO) else minute
        at += minute
    assert at == due
    assert awake == within
    assert not quiet.hold(due - minute, CHICAGO), "and no later than that"


@given(INSTANTS, MINUTES, MINUTES, QUIET)
def test_who_may_wait_longer_is_never_due_earlier(
    since: datetime, one: timedelta, other: timedelta, quiet: QuietHours
) -> None:
    shorter, longer = sorted([one, other])
    assert due_at(since, shorter, quiet, CHICAGO) <= due_at(since, longer, quiet, CHICAGO)


def test_who_is_on_call_is_told_once_more_when_the_time_is_over() -> None:
    told = a_dossier(over=True, told=(ALERT, UPDATE))
    due = AT + HALF_AN_HOUR
    assert kinds_due(told, due - timedelta(milliseconds=1), FAMILY) == ()
    assert kinds_due(told, due, FAMILY) == (REMINDER,)
    again = a_dossier(over=True, told=(ALERT, UPDATE, REMINDER))
    assert kinds_due(again, due + timedelta(hours=5), FAMILY) == ()
    assert kinds_due(told, due, OVER) == ()


def test_nobody_is_told_again_before_they_were_told() -> None:
    late = a_dossier(over=True)
    assert REMINDER not in kinds_due(late, AT + timedelta(days=1), FAMILY)


@pytest.mark.parametrize(
    "written", ["family", "P5=3", "P1=-1", "family=1441", "P1=5m", "P1=5,P1=6", "p1=5"]
)
def test_what_is_no_clock_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"write|once"):
        parse_within(written)


def test_clocks_are_written_in_minutes() -> None:
    assert parse_within("") == USUAL
    assert parse_within("family=20")["family"] == timedelta(minutes=20)


def test_who_sets_one_clock_keeps_the_others() -> None:
    assert parse_within("family=20,P2=0") == {
        **USUAL,
        "family": timedelta(minutes=20),
        Priority.P2: timedelta(),
    }
