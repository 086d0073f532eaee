"""Shifts and turns change hands: who did it stays to be seen, and it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from reports.people import Cover, Duty, Person, Shift
from reports.services.roster import (
    NoSuchTurn,
    Plan,
    ShiftRefused,
    TurnId,
    TurnMoved,
    Why,
    add_shift,
    change_shift,
    give_up_turn,
    put_back_shift,
    remove_shift,
    swap_turns,
    take_turn,
    undo_covers,
)
from reports.store import SqlReportStore

AT = datetime(2026, 11, 25, 14, 10, tzinfo=UTC)
TODAY = date(2026, 11, 25)  # a Wednesday
NIGHTS = Plan("ana", Duty.PRIMARY, TODAY, time(22), time(6), frozenset({2, 4}))
FRIDAY = date(2026, 11, 27)


def by(who: str, minutes: int = 0) -> dict[str, Any]:
    return {"who": who, "at": AT + timedelta(minutes=minutes), "today": TODAY}


def without_today(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name != "today"}


@pytest.fixture(autouse=True)
def people(store: SqlReportStore) -> None:
    with store.begin() as records:
        for handle in ("ana", "sam", "kaw"):
            records.people.put_person(Person(handle, handle.title(), AT, "ana"))
        records.people.put_person(Person("gone", "Gone", AT, "ana", left_at=AT))


def shifts_of(store: SqlReportStore) -> list[Shift]:
    with store.read() as records:
        return list(records.people.shifts())


def covers_of(store: SqlReportStore) -> list[Cover]:
    with store.read() as records:
        return list(records.people.covers())


def nights(store: SqlReportStore) -> int:
    return add_shift(store, plan=NIGHTS, **by("sam"))


def test_a_shift_is_in_the_roster_with_who_put_it_there(store: SqlReportStore) -> None:
    shift_id = nights(store)
    (shift,) = shifts_of(store)
    assert Plan.of(shift) == NIGHTS
    assert (shift.shift_id, shift.made_by, shift.made_at) == (shift_id, "sam", AT)


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (replace(NIGHTS, person_id="nobody"), Why.WHO),
        (replace(NIGHTS, person_id="gone"), Why.LEFT),
        (replace(NIGHTS, last_on=TODAY - timedelta(days=1)), Why.LAST_BEFORE_FIRST),
        (replace(NIGHTS, weekdays=frozenset({0}), last_on=FRIDAY), Why.NEVER),
        (replace(NIGHTS, weekdays=frozenset(), first_on=date(2026, 11, 23)), Why.OVER),
        (replace(NIGHTS, first_on=date(2026, 1, 1), last_on=date(2026, 11, 23)), Why.OVER),
    ],
)
def test_a_shift_that_would_never_come_is_refused(
    store: SqlReportStore, plan: Plan, why: Why
) -> None:
    with pytest.raises(ShiftRefused) as refused:
        add_shift(store, plan=plan, **by("sam"))
    assert refused.value.why is why
    assert shifts_of(store) == []


def test_a_night_that_began_yesterday_may_still_be_put_in(store: SqlReportStore) -> None:
    yesterday = replace(NIGHTS, weekdays=frozenset(), first_on=TODAY - timedelta(days=1))
    add_shift(store, plan=replace(yesterday, last_on=FRIDAY), **by("sam"))
    assert shifts_of(store)[0].last_on is None, "what comes once needs no last day"


def test_pressing_twice_puts_it_in_once(store: SqlReportStore) -> None:
    nights(store)
    with pytest.raises(ShiftRefused) as refused:
        nights(store)
    assert refused.value.why is Why.THERE


def test_a_shift_is_taken_off_once_and_put_back(store: SqlReportStore) -> None:
    first = nights(store)
    give_up_turn(store, turn=TurnId(first, FRIDAY), **by("ana"))
    assert remove_shift(store, shift_id=first, **without_today(by("sam", 1)))
    assert not remove_shift(store, shift_id=first, **without_today(by("ana", 2)))
    again = put_back_shift(store, shift_id=first, **by("sam", 3))
    off, on = shifts_of(store)
    assert (off.removed_by, off.removed_at) == ("sam", AT + timedelta(minutes=1))
    assert (on.shift_id, Plan.of(on)) == (again, NIGHTS)
    assert put_back_shift(store, shift_id=again, **by("sam", 4)) == again
    # That Ana cannot on Friday is still so.
    assert [(cover.shift_id, cover.on, cover.person_id) for cover in covers_of(store)] == [
        (first, FRIDAY, None),
        (again, FRIDAY, None),
    ]
    with pytest.raises(NoSuchTurn):
        remove_shift(store, shift_id=4711, **without_today(by("sam")))
    with pytest.raises(NoSuchTurn):
        put_back_shift(store, shift_id=4711, **by("sam"))


def test_a_change_is_another_shift_and_the_old_one_stays_to_be_seen(store: SqlReportStore) -> None:
    first = nights(store)
    give_up_turn(store, turn=TurnId(first, FRIDAY), **by("ana"))
    longer = replace(NIGHTS, ends=time(8))
    assert change_shift(store, shift_id=first, plan=NIGHTS, **by("sam", 1)) == first
    second = change_shift(store, shift_id=first, plan=longer, **by("sam", 1))
    assert [Plan.of(shift) for shift in shifts_of(store)] == [NIGHTS, longer]
    assert shifts_of(store)[0].removed_by == "sam"
    assert covers_of(store)[-1].shift_id == second
    third = change_shift(
        store, shift_id=second, plan=replace(longer, person_id="sam"), **by("sam", 2)
    )
    assert [cover.shift_id for cover in covers_of(store)] == [first, second], "Sam can"
    with pytest.raises(NoSuchTurn):
        change_shift(store, shift_id=first, plan=longer, **by("sam", 3))
    with pytest.raises(ShiftRefused):
        change_shift(store, shift_id=third, plan=replace(longer, person_id="gone"), **by("sam"))
    assert shifts_of(store)[-1].removed_at is None, "nothing was taken off for nothing"


def test_ana_cannot_and_sam_takes_it_and_gives_it_back(store: SqlReportStore) -> None:
    turn = TurnId(nights(store), FRIDAY)
    with pytest.raises(TurnMoved):
        take_turn(store, turn=turn, person_id="sam", **by("sam"))
    cannot = give_up_turn(store, turn=turn, **by("ana"))
    assert give_up_turn(store, turn=turn, **by("ana", 1)) is None, "it was said"
    taken = take_turn(store, turn=turn, person_id="sam", **by("sam", 2))
    assert take_turn(store, turn=turn, person_id="sam", **by("sam", 3)) is None
    with pytest.raises(TurnMoved) as moved:
        take_turn(store, turn=turn, person_id="kaw", **by("kaw", 4))
    assert moved.value.last is not None
    assert moved.value.last.person_id == "sam"
    with pytest.raises(TurnMoved):
        undo_covers(store, cover_ids=[cannot or 0], **without_today(by("ana", 5)))
    assert undo_covers(store, cover_ids=[taken or 0], **without_today(by("sam", 6)))
    assert not undo_covers(store, cover_ids=[taken or 0], **without_today(by("sam", 7)))
    assert undo_covers(store, cover_ids=[cannot or 0], **without_today(by("ana", 8)))
    assert [(cover.who, cover.undone_by) for cover in covers_of(store)] == [
        ("ana", "ana"),
        ("sam", "sam"),
    ]


def test_two_turns_are_swapped_and_swapped_back_at_once(store: SqlReportStore) -> None:
    friday = TurnId(nights(store), FRIDAY)
    day = replace(NIGHTS, person_id="sam", begins=time(8), ends=time(16))
    wednesday = TurnId(add_shift(store, plan=day, **by("sam")), TODAY)
    with pytest.raises(ShiftRefused) as refused:
        swap_turns(store, one=friday, other=replace(friday, on=TODAY), **by("ana"))
    assert refused.value.why is Why.SAME_TURN
    ids = swap_turns(store, one=friday, other=wednesday, **by("ana"))
    assert [(cover.on, cover.person_id) for cover in covers_of(store)] == [
        (FRIDAY, "sam"),
        (TODAY, "ana"),
    ]
    give_up_turn(store, turn=wednesday, **by("ana", 1))
    with pytest.raises(TurnMoved):
        undo_covers(store, cover_ids=ids, **without_today(by("sam", 2)))
    with pytest.raises(TurnMoved):
        swap_turns(store, one=friday, other=wednesday, **by("sam", 2))
    undo_covers(store, cover_ids=[ids[1] + 1], **without_today(by("ana", 3)))
    undo_covers(store, cover_ids=ids, **without_today(by("sam", 4)))
    assert all(cover.undone_at for cover in covers_of(store))


@pytest.mark.parametrize(
    "act",
    [
        lambda store, turn: give_up_turn(store, turn=turn, **by("ana")),
        lambda store, turn: take_turn(store, turn=turn, person_id="sam", **by("ana")),
    ],
)
def test_nobody_does_anything_about_a_turn_that_does_not_come(
    store: SqlReportStore, act: Callable[[SqlReportStore, TurnId], object]
) -> None:
    shift_id = nights(store)
    for turn in (TurnId(shift_id, date(2026, 11, 26)), TurnId(4711, FRIDAY)):
        with pytest.raises(NoSuchTurn):
            act(store, turn)
    remove_shift(store, shift_id=shift_id, **without_today(by("ana")))
    with pytest.raises(NoSuchTurn):
        act(store, TurnId(shift_id, FRIDAY))


def test_what_is_over_changes_hands_no_more(store: SqlReportStore) -> None:
    turn = TurnId(nights(store), TODAY)
    later = {**by("ana"), "today": FRIDAY}
    with pytest.raises(ShiftRefused) as refused:
        give_up_turn(store, turn=turn, **later)
    assert refused.value.why is Why.OVER
    with pytest.raises(NoSuchTurn):
        undo_covers(store, cover_ids=[], **without_today(by("ana")))
