"""Who is let in how, and when the line is flooded: decided on numbers alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports.model import Admission, Block, Flood, FloodMode
from reports.pressure import (
    CHECK_DIGITS,
    Limits,
    admission,
    check_digits,
    flood_after,
    is_checked,
    switched,
)

AT = datetime(2026, 1, 15, 14, 0, tzinfo=UTC)
STRICTER = tuple(Admission)
"""From the gentlest to the strictest."""

limits = st.builds(
    Limits,
    caller_an_hour=st.integers(1, 50),
    withheld_an_hour=st.integers(1, 200),
    flood_calls=st.integers(2, 500),
    check=st.booleans(),
)
many = st.integers(0, 20_000)


@given(many, many, st.booleans(), st.booleans(), st.booleans(), st.booleans(), limits)
def test_more_calls_never_make_it_gentler(
    fewer: int,
    more: int,
    withheld: bool,
    trusted: bool,
    blocked: bool,
    flooded: bool,
    limits: Limits,
) -> None:
    fewer, more = sorted((fewer, more))

    def let_in(calls: int) -> int:
        return STRICTER.index(
            admission(
                withheld=withheld,
                calls=calls,
                trusted=trusted,
                blocked=blocked,
                flooded=flooded,
                limits=limits,
            )
        )

    assert let_in(fewer) <= let_in(more)


@given(many, st.booleans(), limits)
def test_a_caller_with_a_good_history_is_never_limited_nor_checked(
    calls: int, flooded: bool, limits: Limits
) -> None:
    let_in = admission(
        withheld=False, calls=calls, trusted=True, blocked=False, flooded=flooded, limits=limits
    )
    assert let_in is Admission.NORMAL
    assert not is_checked(let_in, limits)


@given(many, st.booleans(), st.booleans(), limits)
def test_a_persons_block_holds_whatever_else_is_true(
    calls: int, trusted: bool, flooded: bool, limits: Limits
) -> None:
    let_in = admission(
        withheld=False, calls=calls, trusted=trusted, blocked=True, flooded=flooded, limits=limits
    )
    assert let_in is Admission.BLOCKED
    assert not let_in.alerts


@given(limits)
def test_up_to_the_limit_a_call_is_like_any_other(limits: Limits) -> None:
    def let_in(calls: int, *, withheld: bool) -> Admission:
        return admission(
            withheld=withheld,
            calls=calls,
            trusted=False,
            blocked=False,
            flooded=False,
            limits=limits,
        )

    for withheld, limit in ((False, limits.caller_an_hour), (True, limits.withheld_an_hour)):
        assert let_in(limit - 1, withheld=withheld) is Admission.NORMAL
        assert let_in(limit, withheld=withheld) is Admission.LIMITED


def test_who_is_limited_or_blocked_wakes_nobody_and_who_is_not_does() -> None:
    assert {each for each in Admission if each.alerts} == {Admission.NORMAL, Admission.FLOOD}
    assert {each for each in Admission if not each.short} == {Admission.NORMAL}


# --- Floods


def floods(calls: list[int], limits: Limits) -> list[bool]:
    """Whether the line is flooded after each of these looks, a minute apart."""
    last: Flood | None = None
    states = []
    for minute, count in enumerate(calls):
        change = flood_after(last, count, AT + timedelta(minutes=minute), limits)
        last = change or last
        states.append(last is not None and last.is_on)
    return states


@given(st.lists(many, max_size=40), limits)
def test_a_flood_begins_at_its_threshold_and_ends_at_half_of_it(
    calls: list[int], limits: Limits
) -> None:
    states = floods(calls, limits)
    for count, is_on in zip(calls, states, strict=True):
        if count >= limits.flood_calls:
            assert is_on
        if count < limits.calm_calls:
            assert not is_on
    for (before, after), count in zip(pairwise(states), calls[1:], strict=False):
        if limits.calm_calls <= count < limits.flood_calls:
            assert before == after, "in between nothing changes: it does not flicker"


@given(many, many, st.sampled_from(FloodMode), st.booleans(), limits)
def test_more_calls_never_end_a_flood(
    fewer: int, more: int, mode: FloodMode, is_on: bool, limits: Limits
) -> None:
    fewer, more = sorted((fewer, more))
    last = Flood(AT, mode, is_on, None, 0)

    def flooded(calls: int) -> bool:
        return (flood_after(last, calls, AT, limits) or last).is_on

    assert flooded(fewer) <= flooded(more)


@given(many, st.sampled_from((FloodMode.ON, FloodMode.OFF)), limits)
def test_what_a_person_switched_stays_until_a_person_switches_it(
    calls: int, mode: FloodMode, limits: Limits
) -> None:
    change = switched(None, mode, calls, "ana", AT, limits)
    assert (change.is_on, change.who) == (mode is FloodMode.ON, "ana")
    assert flood_after(change, calls, AT + timedelta(hours=9), limits) is None


@given(many, st.sampled_from(FloodMode), limits)
def test_back_to_automatic_the_calls_decide_at_once(
    calls: int, before: FloodMode, limits: Limits
) -> None:
    last = switched(None, before, 0, "ana", AT, limits)
    change = switched(last, FloodMode.AUTO, calls, "kim", AT, limits)
    assert change.mode is FloodMode.AUTO
    assert flood_after(change, calls, AT, limits) is None, "nothing is left to decide"


# --- Blocks


@given(
    st.timedeltas(timedelta(days=-40), timedelta(days=200)),
    st.integers(1, 90),
    st.none() | st.integers(0, 90),
)
def test_a_block_holds_until_it_expires_or_is_undone(
    since: timedelta, days: int, undone_after: int | None
) -> None:
    undone_at = None if undone_after is None else AT + timedelta(days=undone_after)
    block = Block(
        *("b", "ab", "4821", "pranks", "ana", AT, AT + timedelta(days=days)),
        undone_by=None if undone_at is None else "kim",
        undone_at=undone_at,
    )
    assert block.holds(AT + since) is (since < timedelta(days=days) and undone_at is None)


# --- The digits


@given(st.text("0123456789abcdef", min_size=32, max_size=32))
def test_the_digits_are_three_that_ring_nobody_and_the_same_each_time(fingerprint: str) -> None:
    digits = check_digits(fingerprint)
    assert len(digits) == CHECK_DIGITS
    assert set(digits) <= set("123456789")
    assert check_digits(fingerprint) == digits


def test_only_a_flood_checks_and_only_where_that_is_set() -> None:
    on, off = Limits(check=True), Limits(check=False)
    assert [each for each in Admission if is_checked(each, on)] == [Admission.FLOOD]
    assert [each for each in Admission if is_checked(each, off)] == []
