"""What the pages of the roster show. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from oncall.roster import (
    Roster,
    Stretch,
    Turn,
    Watch,
    held_turns,
    instant,
    turns,
    uncovered,
    unheard,
    watch,
)
from reports.people import Cover, Duty, Person, Shift
from reports.services.roster import Plan

DAYS: Final = 14
"""That the roster shows, today among them."""
AHEAD: Final = timedelta(weeks=6)
"""How far turns that look for somebody, and those to swap with, are shown."""
EVERY_DAY: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Preset:
    begins: time
    ends: time
    weekdays: frozenset[int]


PRESETS: Final[Mapping[str, Preset]] = MappingProxyType(
    {
        "nights": Preset(time(22), time(6), EVERY_DAY),
        "mornings": Preset(time(6), time(14), EVERY_DAY),
        "afternoons": Preset(time(14), time(22), EVERY_DAY),
        "workdays": Preset(time(8), time(17), WORKDAYS),
        "weekends": Preset(time(8), time(22), frozenset({5, 6})),
    }
)
"""Shifts that many groups have. The first three are all of a day."""


@dataclass(frozen=True, slots=True)
class OnCall:
    """Who is on call now."""

    duty: Duty
    person: Person
    until: datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """A turn as a list shows it."""

    turn: Turn
    person: Person | None
    usual: Person | None
    """Whose the shift is, where somebody else has the turn or nobody."""
    is_mine: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Lack:
    """When something is missing; `is_always`: all of the days that are shown."""

    stretches: tuple[Stretch, ...]
    is_always: bool
    language: str | None = None
    """A code, where it is somebody who understands it that is missing."""


@dataclass(frozen=True, slots=True)
class Day:
    on: date
    is_today: bool
    slots: tuple[Slot, ...]
    gaps: tuple[Stretch, ...]
    """When nobody is primary."""


@dataclass(frozen=True, slots=True)
class RosterPage:
    me: Person | None
    """Whoever looks, if they are among the people."""
    any_person: bool
    any_shift: bool
    on_call: tuple[OnCall, ...]
    nobody: Lack | None
    no_backup: Lack | None
    not_heard: tuple[Lack, ...]
    looking: tuple[Slot, ...]
    """Turns that nobody has."""
    mine: tuple[Slot, ...]
    days: tuple[Day, ...]
    others: tuple[Person, ...]
    """Who may be put in for somebody."""


def roster_page(
    roster: Roster, languages: Collection[str], username: str, now: datetime
) -> RosterPage:
    """`languages`: those that the line speaks; `username`: of whoever looks."""
    today = now.astimezone(roster.zone).date()
    end = instant(today + timedelta(days=DAYS), time(), roster.zone)
    me = person_of(roster, username, now)
    ahead = slots_of(roster, now, now + AHEAD, me, now)
    standing = any(shift.removed_at is None for shift in roster.shifts)
    return RosterPage(
        me=me,
        any_person=bool(roster.here(now)),
        any_shift=standing,
        on_call=on_call(roster, now),
        nobody=_lack(uncovered(roster, now, end, Duty.PRIMARY), now, end),
        no_backup=_lack(uncovered(roster, now, end, Duty.BACKUP), now, end),
        not_heard=tuple(
            lack
            for code, stretches in unheard(roster, languages, now, end).items()
            if (lack := _lack(stretches, now, end, code)) is not None
        ),
        looking=tuple(slot for slot in ahead if slot.person is None),
        mine=tuple(slot for slot in ahead if slot.is_mine),
        days=tuple(_day(roster, today + timedelta(days=number), me, now) for number in range(DAYS)),
        others=roster.here(now),
    )


def person_of(roster: Roster, username: str, now: datetime) -> Person | None:
    """Who has that account."""
    return next((one for one in roster.here(now) if one.username == username), None)


def on_call(roster: Roster, now: datetime) -> tuple[OnCall, ...]:
    """By duty, each until they are relieved: two turns of theirs on end are one."""
    held = held_turns(roster, now, now + timedelta(days=DAYS))
    found: list[OnCall] = []
    for duty in Duty:
        own = [(person, stretch) for turn, person, stretch in held if turn.shift.duty is duty]
        for person in dict.fromkeys(who for who, stretch in own if stretch.begins <= now):
            until = now
            for who, stretch in own:
                if who == person and stretch.begins <= until:
                    until = max(until, stretch.ends)
            found.append(OnCall(duty, person, until))
    return tuple(each for each in found if each.until > now)


def slots_of(
    roster: Roster, since: datetime, until: datetime, me: Person | None, now: datetime
) -> tuple[Slot, ...]:
    return tuple(_slot(roster, turn, me, now) for turn in turns(roster, since, until))


def _slot(roster: Roster, turn: Turn, me: Person | None, now: datetime) -> Slot:
    here = {person.person_id: person for person in roster.here(turn.begins)}
    person = here.get(turn.person_id or "")
    whose = roster.person(turn.shift.person_id)
    return Slot(
        turn=turn,
        person=person,
        usual=None if person == whose else whose,
        is_mine=person is not None and person == me,
        is_now=turn.begins <= now < turn.ends,
    )


def _day(roster: Roster, on: date, me: Person | None, now: datetime) -> Day:
    begins = instant(on, time(), roster.zone)
    ends = instant(on + timedelta(days=1), time(), roster.zone)
    is_today = begins <= now < ends
    shown = slots_of(roster, max(begins, now), ends, me, now)
    return Day(
        on=on,
        is_today=is_today,
        # What runs on from the day before stands there, unless that is over.
        slots=tuple(slot for slot in shown if is_today or slot.turn.begins >= begins),
        gaps=tuple(uncovered(roster, max(begins, now), ends, Duty.PRIMARY)),
    )


def _lack(
    stretches: Sequence[Stretch], since: datetime, until: datetime, language: str | None = None
) -> Lack | None:
    if not stretches:
        return None
    return Lack(tuple(stretches), list(stretches) == [Stretch(since, until)], language)


# --- One turn, and who was on call then -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arranged:
    """Something that was done about a turn."""

    cover: Cover
    person: Person | None
    can_be_undone: bool
    """It is the last that stands."""


@dataclass(frozen=True, slots=True)
class TurnPage:
    slot: Slot
    me: Person | None
    is_over: bool
    arranged: tuple[Arranged, ...]
    to_swap: tuple[Slot, ...]
    """Turns of others."""
    others: tuple[Person, ...]


def turn_page(
    roster: Roster, shift: Shift, on: date, username: str, now: datetime
) -> TurnPage | None:
    """None: no such turn comes round."""
    begins = instant(on, time(), roster.zone)
    me = person_of(roster, username, now)
    found = [
        slot
        for slot in slots_of(roster, begins, begins + timedelta(days=3), me, now)
        if slot.turn.shift.shift_id == shift.shift_id and slot.turn.on == on
    ]
    if not found:
        return None
    (slot,) = found
    covers = [each for each in roster.covers if (each.shift_id, each.on) == (shift.shift_id, on)]
    standing = [each for each in covers if each.undone_at is None]
    return TurnPage(
        slot=slot,
        me=me,
        is_over=slot.turn.ends <= now,
        arranged=tuple(
            Arranged(
                each,
                None if each.person_id is None else roster.person(each.person_id),
                each in standing[-1:],
            )
            for each in reversed(covers)
        ),
        to_swap=tuple(
            each
            for each in slots_of(roster, now, now + AHEAD, me, now)
            if each.person is not None and each.person != slot.person
        ),
        others=tuple(person for person in roster.here(now) if person != slot.person),
    )


@dataclass(frozen=True, slots=True)
class Then:
    """Who was on call at an instant, as the roster stood then."""

    at: datetime
    watch: Watch


def then(roster: Roster, at: datetime, now: datetime) -> Then:
    """Of what is to come: as it stands."""
    return Then(at, watch(roster, at, known_at=min(at, now)))


def suggested_plan(preset: str, person_id: str, today: date) -> Plan:
    """What the form of a new shift begins with; an unknown preset: once, tonight."""
    chosen = PRESETS.get(preset, Preset(time(22), time(6), frozenset()))
    return Plan(person_id, Duty.PRIMARY, today, chosen.begins, chosen.ends, chosen.weekdays)
