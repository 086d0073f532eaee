"""Shifts are put on, taken off and changed; a turn is given up, taken, swapped, and given back.

Nothing is written over: every row says who did it and when, and what is undone is noted beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from reports.people import Cover, Duty, People, Shift
from reports.ports import ReportStore


class Why(StrEnum):
    """Why a shift or a turn cannot be so. Pages have the words for what to do instead."""

    WHO = "who"
    """Nobody of that handle is here."""
    LEFT = "left"
    LAST_BEFORE_FIRST = "last_before_first"
    NEVER = "never"
    """None of its weekdays lies between its first and last day."""
    OVER = "over"
    """All of it lies before today."""
    THERE = "there"
    """The same stands in the roster."""
    SAME_TURN = "same_turn"


class ShiftRefused(ValueError):
    """A shift or turn cannot be as it was asked for."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class NoSuchTurn(LookupError):
    """No such shift stands in the roster, or it does not come round on that day."""


class TurnMoved(RuntimeError):
    """Somebody else did something about the turn meanwhile; `last` is what. None: nobody gave it
    up."""

    def __init__(self, last: Cover | None) -> None:
        super().__init__()
        self.last = last


@dataclass(frozen=True, slots=True)
class Plan:
    """A shift as it is asked for; its fields are those of `Shift`."""

    person_id: str
    duty: Duty
    first_on: date
    begins: time
    ends: time
    weekdays: frozenset[int] = frozenset()
    last_on: date | None = None

    @classmethod
    def of(cls, shift: Shift) -> Plan:
        return cls(
            shift.person_id,
            shift.duty,
            shift.first_on,
            shift.begins,
            shift.ends,
            shift.weekdays,
            shift.last_on,
        )


@dataclass(frozen=True, slots=True)
class TurnId:
    """One time that a shift comes round, by the day on which it begins."""

    shift_id: int
    on: date


# --- Shifts ---------------------------------------------------------------------------------------


def add_shift(store: ReportStore, *, plan: Plan, who: str, at: datetime, today: date) -> int:
    """Its id. `today`: by the group's clock.

    Raises:
        ShiftRefused
    """
    with store.begin() as records:
        return _add(records.people, plan, who, at, today)


def remove_shift(store: ReportStore, *, shift_id: int, who: str, at: datetime) -> bool:
    """Takes it off from now on. False: it is off.

    Raises:
        NoSuchTurn: there never was such a shift.
    """
    with store.begin() as records:
        if records.people.shift(shift_id) is None:
            raise NoSuchTurn(shift_id)
        return records.people.remove_shift(shift_id, at, who)


def put_back_shift(
    store: ReportStore, *, shift_id: int, who: str, at: datetime, today: date
) -> int:
    """Puts on again what was taken off, with what was arranged of its turns to come. Its new id, or
    its own if it stands.

    Raises:
        NoSuchTurn, ShiftRefused.
    """
    with store.begin() as records:
        people = records.people
        shift = people.shift(shift_id)
        if shift is None:
            raise NoSuchTurn(shift_id)
        if shift.removed_at is None:
            return shift_id
        again = _add(people, Plan.of(shift), who, at, today)
        _carry(people, shift, again, at, today)
    return again


def change_shift(
    store: ReportStore, *, shift_id: int, plan: Plan, who: str, at: datetime, today: date
) -> int:
    """Takes it off and puts another on. What was arranged of its turns to come is kept where the
    same person still has them. Its new id, or its own if nothing changed.

    Raises:
        NoSuchTurn: it does not stand any more.
        ShiftRefused
    """
    with store.begin() as records:
        people = records.people
        shift = people.shift(shift_id)
        if shift is None or shift.removed_at is not None:
            raise NoSuchTurn(shift_id)
        if Plan.of(shift) == _tidy(plan):
            return shift_id
        people.remove_shift(shift_id, at, who)
        changed = _add(people, plan, who, at, today)
        if plan.person_id == shift.person_id:
            _carry(people, shift, changed, at, today)
    return changed


def _add(people: People, plan: Plan, who: str, at: datetime, today: date) -> int:
    plan = _tidy(plan)
    _here(people, plan.person_id)
    if plan.last_on is not None and plan.last_on < plan.first_on:
        raise ShiftRefused(Why.LAST_BEFORE_FIRST)
    shift = Shift(
        plan.person_id,
        plan.duty,
        plan.first_on,
        plan.begins,
        plan.ends,
        at,
        who,
        plan.weekdays,
        plan.last_on,
    )
    if not _comes(shift, plan.first_on):
        raise ShiftRefused(Why.NEVER)
    # Of yesterday: a night that is not over.
    if not _comes(shift, today - timedelta(days=1)):
        raise ShiftRefused(Why.OVER)
    if any(Plan.of(one) == plan for one in people.shifts() if one.removed_at is None):
        raise ShiftRefused(Why.THERE)
    return people.add_shift(shift)


def _comes(shift: Shift, since: date) -> bool:
    """Whether it ever begins on a day or later."""
    start = max(since, shift.first_on)
    return any(shift.comes_on(start + timedelta(days=day)) for day in range(7))


def _tidy(plan: Plan) -> Plan:
    """The last day of what comes once says nothing."""
    return plan if plan.weekdays else replace(plan, last_on=None)


def _carry(people: People, before: Shift, shift_id: int, at: datetime, today: date) -> None:
    after = people.shift(shift_id)
    last = {
        cover.on: cover
        for cover in people.covers()
        if cover.shift_id == before.shift_id and cover.undone_at is None
    }
    for on, cover in last.items():
        if after is not None and on >= today and after.comes_on(on):
            people.add_cover(replace(cover, shift_id=shift_id, at=at, cover_id=None))


# --- Turns ----------------------------------------------------------------------------------------


def give_up_turn(
    store: ReportStore, *, turn: TurnId, who: str, at: datetime, today: date
) -> int | None:
    """Says that whoever has a turn cannot. The id of what was noted, None: it was said already.

    Raises:
        NoSuchTurn, ShiftRefused.
    """
    with store.begin() as records:
        people = records.people
        shift, last = _turn(people, turn, today)
        if _holder(shift, last) is None:
            return None
        return people.add_cover(Cover(turn.shift_id, turn.on, None, at, who))


def take_turn(
    store: ReportStore, *, turn: TurnId, person_id: str, who: str, at: datetime, today: date
) -> int | None:
    """Somebody takes a turn that was given up. The id of what was noted, None: they have it.

    Raises:
        NoSuchTurn, ShiftRefused.
        TurnMoved: it is not to be had.
    """
    with store.begin() as records:
        people = records.people
        shift, last = _turn(people, turn, today)
        _here(people, person_id)
        holder = _holder(shift, last)
        if holder == person_id:
            return None
        if holder is not None:
            raise TurnMoved(last)
        return people.add_cover(Cover(turn.shift_id, turn.on, person_id, at, who))


def swap_turns(
    store: ReportStore, *, one: TurnId, other: TurnId, who: str, at: datetime, today: date
) -> tuple[int, int]:
    """Who has one turn takes the other, and the other way round. The ids of what was noted.

    Raises:
        NoSuchTurn
        ShiftRefused: both are the same person's.
        TurnMoved: one of them was given up.
    """
    with store.begin() as records:
        people = records.people
        # In one order, so that two who swap at once wait for each other and not for ever.
        found = {
            each: _turn(people, each, today)
            for each in sorted((one, other), key=lambda turn: (turn.shift_id, turn.on))
        }
        holders = []
        for each in (one, other):
            holder = _holder(*found[each])
            if holder is None:
                raise TurnMoved(found[each][1])
            holders.append(_here(people, holder))
        if holders[0] == holders[1]:
            raise ShiftRefused(Why.SAME_TURN)
        first = people.add_cover(Cover(one.shift_id, one.on, holders[1], at, who))
        second = people.add_cover(Cover(other.shift_id, other.on, holders[0], at, who))
    return first, second


def undo_covers(store: ReportStore, *, cover_ids: Iterable[int], who: str, at: datetime) -> bool:
    """Takes back what was arranged of turns, all of it or nothing. False: it was taken back.

    Raises:
        NoSuchTurn: there is no such thing to undo.
        TurnMoved: something was arranged of the turn since.
    """
    wanted = list(dict.fromkeys(cover_ids))
    with store.begin() as records:
        people = records.people
        known = {cover.cover_id: cover for cover in people.covers()}
        if not wanted or any(each not in known for each in wanted):
            raise NoSuchTurn
        for shift_id in sorted({known[each].shift_id for each in wanted}):
            people.shift(shift_id)
        covers = people.covers()
        standing = [each for each in covers if each.cover_id in wanted and each.undone_at is None]
        for cover in standing:
            last = _last(covers, TurnId(cover.shift_id, cover.on))
            if last != cover:
                raise TurnMoved(last)
        for cover in standing:
            people.undo_cover(cover.cover_id or 0, at, who)
    return bool(standing)


def _turn(people: People, turn: TurnId, today: date) -> tuple[Shift, Cover | None]:
    """The shift, held until the commit, and what was last arranged of its turn."""
    shift = people.shift(turn.shift_id)
    if shift is None or shift.removed_at is not None or not shift.comes_on(turn.on):
        raise NoSuchTurn(turn)
    if turn.on < today - timedelta(days=1):
        raise ShiftRefused(Why.OVER)
    return shift, _last(people.covers(), turn)


def _last(covers: Sequence[Cover], turn: TurnId) -> Cover | None:
    standing = (
        cover
        for cover in reversed(covers)
        if (cover.shift_id, cover.on) == (turn.shift_id, turn.on) and cover.undone_at is None
    )
    return next(standing, None)


def _holder(shift: Shift, last: Cover | None) -> str | None:
    return shift.person_id if last is None else last.person_id


def _here(people: People, person_id: str) -> str:
    person = people.person(person_id)
    if person is None:
        raise ShiftRefused(Why.WHO)
    if person.left_at is not None:
        raise ShiftRefused(Why.LEFT)
    return person_id
