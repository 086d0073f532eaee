"""Those who guess passwords are slowed down; those who have one are not."""

from __future__ import annotations

from datetime import timedelta

from dashboard.attempts import FORGET_AFTER, WITH_ADDRESS, WITH_USERNAME, Attempts
from tests.dashboard.conftest import Clock

AT_ONCE = timedelta(0)


def test_a_few_slips_cost_nothing(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(WITH_USERNAME.free):
        assert attempts.wait("ana", "192.0.2.1") == AT_ONCE
        attempts.failed("ana", "192.0.2.1")
    assert attempts.wait("ana", "192.0.2.1") == AT_ONCE


def test_each_further_failure_doubles_the_wait_up_to_a_bound(clock: Clock) -> None:
    attempts = Attempts(clock)
    waits = []
    for place in range(WITH_USERNAME.free + 8):
        attempts.failed("ana", f"192.0.2.{place}")
        waits.append(attempts.wait("ana", "198.51.100.7").total_seconds())
    assert waits[WITH_USERNAME.free :] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_the_wait_runs_out(clock: Clock) -> None:
    attempts = Attempts(clock)
    for place in range(WITH_USERNAME.free + 3):
        attempts.failed("ana", f"192.0.2.{place}")
    clock.passes(seconds=3)
    assert attempts.wait("ana", "198.51.100.7") == timedelta(seconds=1)
    clock.passes(seconds=1)
    assert attempts.wait("ana", "198.51.100.7") == AT_ONCE


def test_one_address_that_tries_many_names_is_slowed_down(clock: Clock) -> None:
    attempts = Attempts(clock)
    for place in range(WITH_ADDRESS.free + 20):
        attempts.failed(f"name{place}", "192.0.2.1")
    assert attempts.wait("ana", "192.0.2.1") == WITH_ADDRESS.longest
    assert attempts.wait("ana", "198.51.100.7") == AT_ONCE


def test_strangers_cannot_hold_up_an_organizer_where_they_logged_in_before(clock: Clock) -> None:
    attempts = Attempts(clock)
    attempts.succeeded("ana", "198.51.100.7")
    for place in range(50):
        attempts.failed("ana", f"192.0.2.{place}")
    assert attempts.wait("ana", "198.51.100.7") == AT_ONCE
    assert attempts.wait("ana", "203.0.113.9") > AT_ONCE


def test_an_hour_without_a_failure_is_forgiven(clock: Clock) -> None:
    attempts = Attempts(clock)
    for _ in range(30):
        attempts.failed("ana", "192.0.2.1")
    clock.passes(seconds=FORGET_AFTER.total_seconds() + 1)
    attempts.failed("ana", "192.0.2.1")
    assert attempts.wait("ana", "192.0.2.1") == AT_ONCE


def test_memory_is_bounded_and_the_oldest_go_first(clock: Clock) -> None:
    attempts = Attempts(clock, capacity=2)
    for name in ("ana", "ana", "ana", "ana", "ana", "ana", "sam", "kim"):
        attempts.failed(name, f"192.0.2.{name}")
    assert attempts.wait("ana", "198.51.100.7") == AT_ONCE
    for _ in range(6):
        attempts.failed("kim", "192.0.2.kim")
    assert attempts.wait("kim", "198.51.100.7") > AT_ONCE
